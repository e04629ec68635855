"""One tree of errors, each of which the library really raises."""

from __future__ import annotations

import inspect
from pathlib import Path

from tmtool import errors


def test_a_message_says_place_reason_and_remedy() -> None:
    """The one line a user sees reads path:line:column: what; what to do."""
    error = errors.FormatError("has no <seg>", path="x.tmx", line=3, column=7, hint="mend it")
    assert str(error) == "x.tmx:3:7: has no <seg>; mend it"
    assert str(errors.InputError("no such file", path="x.tmx")) == "x.tmx: no such file"
    assert str(errors.TmtoolError("no")) == "no"


def test_every_error_is_raised_somewhere() -> None:
    """A class that nothing raises would promise what the library does not keep."""
    package = Path(errors.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    classes = [
        name
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, errors.TmtoolError)
    ]
    assert len(classes) == 10
    for name in classes:
        assert f"raise {name}(" in code or f"return {name}(" in code, name
