"""SRX 2.0 segmentation rules: the files of the Localization Industry's standard.

A rule holds two regular expressions, one for the text before a position and one for the
text after it, and says whether a segment ends there. The first rule that fits a position
decides (SRX 2.0, section 3). tmtool adds one habit: the comment that stands before a
``<rule>`` gives it a name and a sentence of why, ``<!-- initial: М. Әуезов is one name -->``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import regex
from lxml import etree

from tmtool.errors import FormatError, InputError

NAMESPACE = "http://www.lisa.org/srx20"


@dataclass(frozen=True, slots=True)
class Rule:
    """Whether a segment ends between text that matches ``before`` and text that matches ``after``.

    Both are regular expressions in the syntax that ICU, Java and the ``regex`` package
    share; an empty one matches anywhere. ``line`` is where the rule stands in its file.
    """

    name: str
    breaks: bool
    before: str
    after: str
    line: int = 0


def read(path: str | os.PathLike[str], language: str) -> tuple[Rule, ...]:
    """The rules of an SRX file that apply to a language, in the order they are tried.

    With ``cascade="yes"`` all matching language maps contribute, else the first one.
    Raises ``InputError`` if the file cannot be read and ``FormatError`` if it is not SRX
    or holds an expression that does not compile.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", path=path, hint="check the name"
        ) from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.parse(BytesIO(data), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"is not well-formed XML: {error.msg}", path=path, line=error.lineno or 0
        ) from None
    if etree.QName(root).localname != "srx":
        raise FormatError(
            f"is not SRX: its root is <{etree.QName(root).localname}>", path=path, line=1
        )
    names = {"s": etree.QName(root).namespace or ""}
    if not names["s"]:
        raise FormatError("is not SRX 2.0: no namespace", path=path, line=1, hint=NAMESPACE)

    cascade = root.xpath("string(s:header/@cascade)", namespaces=names) == "yes"
    blocks = {
        block.get("languagerulename", ""): block
        for block in root.iterfind(".//s:languagerule", names)
    }
    rules: list[Rule] = []
    for entry in root.iterfind(".//s:languagemap", names):
        name = entry.get("languagerulename", "")
        if not _compiled(entry.get("languagepattern", ""), path, entry).fullmatch(language):
            continue
        if name not in blocks:
            raise FormatError(
                f"<languagemap> names {name!r}, which no <languagerule> defines",
                path=path,
                line=entry.sourceline or 0,
            )
        rules += [
            _rule(element, names, path, f"{name}:{number}")
            for number, element in enumerate(blocks[name].iterfind("s:rule", names), 1)
        ]
        if not cascade:
            break
    return tuple(rules)


def _rule(
    element: etree._Element,
    names: dict[str, str],
    path: str | os.PathLike[str],
    number: str,
) -> Rule:
    before = element.findtext("s:beforebreak", "", names)
    after = element.findtext("s:afterbreak", "", names)
    comment = element.getprevious()
    said = comment.text or "" if isinstance(comment, etree._Comment) else ""
    name = said.partition(":")[0].strip() if ":" in said else number
    for expression in (before, after):
        _compiled(expression, path, element)
    return Rule(name, element.get("break", "yes") == "yes", before, after, element.sourceline or 0)


def _compiled(
    expression: str, path: str | os.PathLike[str], element: etree._Element
) -> regex.Pattern[str]:
    try:
        return regex.compile(expression)
    except regex.error as error:
        raise FormatError(
            f"the expression {expression!r} does not compile: {error}",
            path=path,
            line=element.sourceline or 0,
        ) from None
