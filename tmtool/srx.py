"""SRX 2.0 segmentation rules: the files of the Localization Industry's standard.

A rule holds two regular expressions, one for the text before a position and one for the
text after it, and says whether a segment ends there. The first rule that fits a position
decides (SRX 2.0, section 3). tmtool adds one habit: the comment that stands before a
``<rule>`` gives it a name and a sentence of why, ``<!-- initial: М. Әуезов is one name -->``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
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
    share; an empty one matches anywhere. ``line`` is where the rule stands in its file, ``why``
    what its author says of it.
    """

    name: str
    breaks: bool
    before: str
    after: str
    line: int = 0
    why: str = ""


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


def write(languages: Mapping[str, Sequence[Rule]]) -> bytes:
    """The rules of languages as an SRX 2.0 file, by language code, for other tools.

    The languages are tried in order, and a code serves its regions, too. Expressions are put
    so that engines in Java and ICU read them as tmtool does (see :func:`portable`).
    """
    names = {"xmlns": NAMESPACE, "version": "2.0"}
    root = etree.Element("srx", names)
    header = etree.SubElement(root, "header", segmentsubflows="yes", cascade="no")
    for kind, include in (("start", "no"), ("end", "yes"), ("isolated", "no")):
        etree.SubElement(header, "formathandle", type=kind, include=include)
    body = etree.SubElement(root, "body")
    blocks = etree.SubElement(body, "languagerules")
    maps = etree.SubElement(body, "maprules")
    for code, rules in languages.items():
        block = etree.SubElement(blocks, "languagerule", languagerulename=code)
        for rule in rules:
            # XML has no two hyphens in a comment.
            block.append(
                etree.Comment(f" {rule.name}: {rule.why}".replace("--", "-‑").rstrip() + " ")
            )
            element = etree.SubElement(block, "rule", {"break": "yes" if rule.breaks else "no"})
            etree.SubElement(element, "beforebreak").text = portable(rule.before)
            etree.SubElement(element, "afterbreak").text = portable(rule.after)
        pattern = f"(?i){code}([-_].*)?"
        etree.SubElement(maps, "languagemap", languagepattern=pattern, languagerulename=code)
    return _xml(root)


def write_omegat(languages: Mapping[str, Sequence[Rule]]) -> bytes:
    """The same as OmegaT's ``segmentation.conf``, for versions before 6.1, which reads no SRX.

    It is what Java's XMLEncoder makes of OmegaT's rules. A line end is made a break, because
    OmegaT does not part paragraphs of plain text at single ones.
    """
    root = etree.Element("java", {"class": "java.beans.XMLDecoder"})
    top = etree.SubElement(root, "object", {"class": "org.omegat.core.segmentation.SRX"})
    _property(top, "version", "string", "0.2.2")
    maps = etree.SubElement(top, "void", property="mappingRules")
    line_end = Rule("line-end", True, r"[\r\n]", "")
    for code, rules in languages.items():
        add = etree.SubElement(maps, "void", method="add")
        mapped = etree.SubElement(add, "object", {"class": "org.omegat.core.segmentation.MapRule"})
        _property(mapped, "language", "string", code)
        _property(mapped, "pattern", "string", f"{code.upper()}.*")
        held = etree.SubElement(mapped, "void", property="rules")
        array = etree.SubElement(held, "object", {"class": "java.util.ArrayList"})
        for rule in (line_end, *rules):
            add = etree.SubElement(array, "void", method="add")
            element = etree.SubElement(
                add, "object", {"class": "org.omegat.core.segmentation.Rule"}
            )
            _property(element, "breakRule", "boolean", "true" if rule.breaks else "false")
            _property(element, "beforebreak", "string", portable(rule.before, LINE_START))
            after = portable(rule.after)  # OmegaT looks for places that do not overlap
            _property(element, "afterbreak", "string", f"(?={after})" if after else "")
    return _xml(root)


_SPACES = r"\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u0085"
_LONGEST = 1_000_000
"""Parts of an expression written out at the most; more take too much memory."""

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|.", re.S)


def _written_out(expression: str) -> int:
    """How many parts an expression has when what it repeats by number is written out."""
    totals, last = [0], 0
    for token in _TOKEN.finditer(expression):
        if token[0] == "(":
            totals.append(0)
        elif token[0] == ")" and len(totals) > 1:
            last = totals.pop()
            totals[-1] += last
        elif token[1]:
            times = int((token[2] or token[1])[:12])
            totals[-1] += last * (times - 1)
            last *= times
        else:
            last = 1
            totals[-1] += 1
    return sum(totals)


_SAID = re.compile(r"\s*([^\s:].*?):(?!\S)(.*)\Z", re.S)

_PIECE = re.compile(r"\\.|\[\^?|\]|[^\\\[\]]", re.S)


_PART = re.compile(
    r"""(?P<escape>\\[pPN]\{[^}]*\}|\\.)
    |(?P<set>\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\])
    |(?P<comment>\(\?\#[^)]*\))
    |\(\?(?P<flags>[a-zA-Z-]+)(?P<scope>[:)])
    |(?P<group>\((?:\?(?:[:=!>]|<[=!]|<\w+>))?(?![?*]))
    |(?P<times>\{\d+(?:,\d*)?\})
    |(?P<odd>\([?*].?.?|\{.?.?)
    |(?P<other>.)""",
    re.S | re.X,
)
_UNSHARED = re.compile(r"\\(?:[1-9gkKL])")
_SET_IN_SET = re.compile(r"(?<!\\)(?:\\\\)*(?:&&|\[(?!:\^?\w+:\]))")


def shared(expression: str) -> str:
    """An expression with only what the engines of SRX, and rules tried at once, can share.

    Flags get an end: ``(?i)a|b`` becomes ``(?i:a)|(?i:b)``. Raises ``ValueError`` where a part
    means something else to others, or depends on the number of its groups.
    """
    parts: list[str] = []
    opened: list[list[str]] = [[]]  # by depth, the flags that hold to the end of the group
    for match in _PART.finditer(expression):
        part = match[0]
        if match["odd"] or (match["escape"] and _UNSHARED.match(part)):
            raise ValueError(f"uses {part}, which not all engines know; write it otherwise")
        if match["set"] and _SET_IN_SET.search(part[1:]):
            raise ValueError(f"has a set within the set {part}; write one, and \\[ for a bracket")
        if match["comment"]:
            continue
        if flags := match["flags"]:
            if set(flags) - set("imsu-"):
                raise ValueError(f"sets the flags {part}, of which i, m and s are known")
            part = f"(?{flags.replace('u', '').removesuffix('-')}:"
            if match["scope"] == ")":
                opened[-1].append(part)
            else:
                opened.append([])
        elif match["group"]:
            opened.append([])
        elif part == ")":
            part = ")" * len(opened[-1]) + ")"
            if len(opened) > 1:
                opened.pop()
        elif part == "|":
            part = ")" * len(opened[-1]) + "|" + "".join(opened[-1])
        parts.append(part)
    return "".join(parts) + ")" * len(opened[-1])


LINE_START = r"(?<![^\r\n])"
"""``^`` where a paragraph may hold several lines."""


def portable(expression: str, start: str = "^") -> str:
    """An expression in the common part of the syntaxes of Java, ICU and Python's regex.

    White space and digits of all scripts are spelled out, which Java leaves out of ``\\s`` and
    ``\\d`` unless told. ``start`` takes the place of ``^``.
    """
    parts = []
    inside = False
    for match in _PIECE.finditer(expression):
        piece = match[0]
        match piece:
            case r"\s" if not expression.startswith(_SPACES, match.start()):
                piece = _SPACES if inside else f"[{_SPACES}]"
            case r"\S" if not inside:
                piece = f"[^{_SPACES}]"
            case r"\d":
                piece = r"\p{Nd}"
            case "^" if not inside:
                piece = start
            case "[" | "[^":
                inside = True
            case "]":
                inside = False
        parts.append(piece)
    return "".join(parts)


def _property(parent: etree._Element, name: str, kind: str, value: str) -> None:
    holder = etree.SubElement(parent, "void", property=name)
    etree.SubElement(holder, kind).text = value


def _xml(root: etree._Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _rule(
    element: etree._Element,
    names: dict[str, str],
    path: str | os.PathLike[str],
    number: str,
) -> Rule:
    before, after = (
        _expression(element.find(f"s:{side}", names), path)
        for side in ("beforebreak", "afterbreak")
    )
    comment = element.getprevious()
    said = _SAID.match(comment.text or "") if isinstance(comment, etree._Comment) else None
    name, why = (said[1], " ".join(said[2].split())) if said else (number, "")
    line = element.sourceline or 0
    breaks = element.get("break", "yes")
    if breaks not in ("yes", "no"):
        raise FormatError(f"a rule has break={breaks!r}, neither yes nor no", path=path, line=line)
    return Rule(name, breaks == "yes", before, after, line, why)


def _expression(element: etree._Element | None, path: str | os.PathLike[str]) -> str:
    """The expression that an element holds, in the syntax that engines of SRX share."""
    if element is None:
        return ""
    for child in element:
        if not isinstance(child, etree._Comment | etree._ProcessingInstruction):
            is_entity = isinstance(child, etree._Entity)
            what = child.text if is_entity else f"<{etree.QName(child).localname}>"
            raise FormatError(
                f"an expression holds {what}, where text belongs",
                path=path,
                line=element.sourceline or 0,
                hint="write the characters themselves",
            )
    pattern: str = _compiled(str(element.xpath("string()")), path, element).pattern
    return pattern


def _compiled(
    expression: str, path: str | os.PathLike[str], element: etree._Element
) -> regex.Pattern[str]:
    if _written_out(expression) > _LONGEST:
        raise FormatError(
            f"the expression {expression[:80]!r} repeats things too often",
            path=path,
            line=element.sourceline or 0,
            hint="write + or * in place of large numbers",
        )
    try:
        return regex.compile(shared(expression))
    except ValueError as error:
        raise FormatError(
            f"the expression {expression[:80]!r} {error}", path=path, line=element.sourceline or 0
        ) from None
    except regex.error as error:
        raise FormatError(
            f"the expression {expression!r} does not compile: {error}",
            path=path,
            line=element.sourceline or 0,
        ) from None
