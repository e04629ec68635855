"""check --for: what a CAT tool will make of a TMX, and a copy without the traps."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import BinaryIO

import click

from tmtool.cli import NO, Shared
from tmtool.cli.common import output, shown
from tmtool.errors import FormatError
from tmtool.formats.files import opened
from tmtool.model import Severity
from tmtool.preflight import Problem, inspect
from tmtool.profiles import TOOLS, Tool
from tmtool.text import plural


def preflight(
    shared: Shared,
    files: Iterable[str],
    tool: Tool,
    *,
    languages: tuple[str, str] | None,
    language_map: Mapping[str, str],
    fix: bool,
    copy: str | None,
    worst: Iterable[Severity],
    as_json: bool,
) -> None:
    """Print the traps in TMX files for a tool; exit with 1 if one as bad as ``worst`` remains.

    With ``fix``, what becomes of them in a mended copy is said, and the one of the one file is
    written to ``copy``, if that is given. Raises ``FormatError`` if it cannot be mended, with what
    was there before untouched.
    """
    remaining = mended = 0
    left_out = set[int]()
    for name in files:
        stream = nullcontext(sys.stdin.buffer) if name == "-" else opened(name)
        target: AbstractContextManager[BinaryIO | None]
        target = output(copy, besides=[name]) if copy else nullcontext()
        with stream as file, target as written:
            found = inspect(
                file,
                name,
                tool,
                languages=languages,
                language_map=language_map,
                output=written,
            )
            for problem in _whole(found, name, is_copy=fix):
                is_settled = bool(fix and problem.outcome)
                mended += fix and problem.outcome == "mended"
                if problem.unit and problem.outcome == "left out":
                    left_out.add(problem.unit)
                remaining += not is_settled and problem.severity in worst
                line = _json(problem, name) if as_json else _table(problem, name, is_settled)
                click.echo(shown(line), err=copy == "-")
    said = plural(remaining, "problem") if remaining else "no problem"
    if fix:
        gone = f"{plural(len(left_out), 'unit')} left out, " if left_out else ""
        said = f"{mended} mended, {gone}{said} left"
    nothing = "; nothing is written" if fix and not copy else ""
    shared.say(f"{said} for {TOOLS[tool]}{nothing}")
    if remaining:
        sys.exit(NO)


def _whole(problems: Iterator[Problem], name: str, *, is_copy: bool) -> Iterator[Problem]:
    """The problems; raises ``FormatError`` instead of one that leaves a copy half written."""
    for problem in problems:
        if problem.is_fatal and is_copy:
            raise FormatError(
                problem.message,
                path=name,
                line=problem.line,
                hint="it cannot be mended; export it again from the tool it came from",
            )
        yield problem


def _table(problem: Problem, name: str, is_settled: bool) -> str:
    unit = f"unit {problem.unit}: " if problem.unit else ""
    said = f"{unit}{problem.message}; {problem.effect}"
    cells = [f"{name}:{problem.line}", problem.severity, problem.trap, said]
    return "\t".join([*cells, problem.outcome] if is_settled else cells)


def _json(problem: Problem, name: str) -> str:
    return json.dumps({"file": name, **asdict(problem)}, ensure_ascii=False)
