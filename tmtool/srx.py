"""SRX 2.0 segmentation rules: the files of the Localization Industry's standard.

A rule holds two regular expressions, one for the text before a position and one for the
text after it, and says whether a segment ends there. The first rule that fits a position
decides (SRX 2.0, section 3). tmtool adds one habit: the comment that stands before a
``<rule>`` gives it a name and a sentence of why, ``<!-- initial: М. Әуезов is one name -->``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import regex
from lxml import etree

from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.syntax import LINE_START, is_too_long, portable, shared

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


@dataclass(frozen=True, slots=True)
class Header:
    """How tools are to treat what stands between the words of a text, each ``yes`` or ``no``.

    ``subflows``: whether texts within texts, as in notes, are segmented. ``includes``: whether a
    segment takes in the inline codes of each type that stand where it ends.
    """

    subflows: str = "yes"
    includes: tuple[tuple[str, str], ...] = (("start", "no"), ("end", "yes"), ("isolated", "no"))


def read(path: str | os.PathLike[str], language: str) -> tuple[Rule, ...]:
    """The rules of an SRX file that apply to a language, in the order they are tried.

    A code is asked for as it is and, if nothing is for it, without its region. With
    ``cascade="yes"`` all matching language maps contribute, else the first one.
    Raises ``InputError`` if the file cannot be read and ``FormatError`` if it is not SRX
    or holds an expression that does not compile.
    """
    root, names = _root(path)
    cascade = str(root.xpath("string(s:header/@cascade)", namespaces=names))
    if cascade not in ("yes", "no", ""):
        raise FormatError(
            f"has cascade={cascade!r}, neither yes nor no", path=path, hint="write one of them"
        )
    blocks: dict[str, etree._Element] = {}
    for block in root.iterfind(".//s:languagerule", names):
        name = block.get("languagerulename", "")
        if name in blocks:
            raise FormatError(
                f"has two <languagerule>s called {name!r}",
                path=path,
                line=block.sourceline or 0,
                hint="give each a name of its own",
            )
        blocks[name] = block
    for code in dict.fromkeys((language, re.split("[-_]", language)[0])):
        if rules := _mapped(root, names, path, code, blocks, cascade=cascade == "yes"):
            return rules
    return ()


def read_header(path: str | os.PathLike[str]) -> Header:
    """What the header of an SRX file says; raises as :func:`read`."""
    root, names = _root(path)
    found = root.find("s:header", names)
    if found is None:
        return Header()
    kinds = dict(Header().includes)
    said = {"": found.get("segmentsubflows", "yes")}
    for handle in found.iterfind("s:formathandle", names):
        said[handle.get("type") or "?"] = handle.get("include", "")
    for kind, value in said.items():
        if kind not in ("", *kinds) or value not in ("yes", "no"):
            what = f"formathandle {kind!r} with include" if kind else "segmentsubflows"
            raise FormatError(
                f"has {what}={value!r}",
                path=path,
                line=found.sourceline or 0,
                hint="it is yes or no, of start, end and isolated",
            )
    includes = tuple((kind, said.get(kind, value)) for kind, value in kinds.items())
    return Header(said[""], includes)


def _root(path: str | os.PathLike[str]) -> tuple[etree._Element, dict[str, str]]:
    """The root of an SRX file, and its namespace as ``s``."""
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
            f"is not well-formed XML: {error.msg}",
            path=path,
            line=error.lineno or 0,
            hint="mend it there",
        ) from None
    if etree.QName(root).localname != "srx":
        raise FormatError(
            f"is not SRX: its root is <{etree.QName(root).localname}>",
            path=path,
            line=1,
            hint="export the rules as SRX 2.0",
        )
    names = {"s": etree.QName(root).namespace or ""}
    if not names["s"]:
        raise FormatError(
            "is not SRX 2.0: no namespace",
            path=path,
            line=1,
            hint=f'write <srx xmlns="{NAMESPACE}" version="2.0">',
        )
    return root, names


def _mapped(
    root: etree._Element,
    names: dict[str, str],
    path: str | os.PathLike[str],
    language: str,
    blocks: Mapping[str, etree._Element],
    *,
    cascade: bool,
) -> tuple[Rule, ...]:
    """The rules of the blocks that maps give to a code, or of the first one without cascade."""
    rules: list[Rule] = []
    for entry in root.iterfind(".//s:languagemap", names):
        name = entry.get("languagerulename", "")
        said = entry.get("languagepattern", "")
        if len(said) > _LONGEST_PATTERN:
            raise FormatError(
                f"the languagepattern {_shown(said)} is far too long",
                path=path,
                line=entry.sourceline or 0,
                hint="name the languages, as in kk.*",
            )
        pattern = f"(?i:{said})"  # as codes have no case
        if not _compiled(pattern, path, entry).fullmatch(language):
            continue
        if name not in blocks:
            raise FormatError(
                f"<languagemap> names {name!r}, which no <languagerule> defines",
                path=path,
                line=entry.sourceline or 0,
            )
        elements = blocks[name].findall("s:rule", names)
        if len(rules) + len(elements) > _MOST:
            raise FormatError(
                f"has more than {_MOST} rules for {language!r}",
                path=path,
                line=blocks[name].sourceline or 0,
                hint="join those that differ in a word, as in (?:а|б)",
            )
        rules += [
            _rule(element, names, path, f"{name}:{number}")
            for number, element in enumerate(elements, 1)
        ]
        if not cascade:
            break
    return tuple(rules)


def write(languages: Mapping[str, Sequence[Rule]], said: Header | None = None) -> bytes:
    """The rules of languages as an SRX 2.0 file, by language code, for other tools.

    Its header says what ``said`` does. Raises ``TmtoolError`` if a rule holds what not all of
    them know.

    The languages are tried in order, and a code serves its regions, too. Expressions are put
    so that engines in Java and ICU read them as tmtool does (see :func:`portable`).
    """
    names = {"xmlns": NAMESPACE, "version": "2.0"}
    root = etree.Element("srx", names)
    said = said or Header()
    header = etree.SubElement(root, "header", segmentsubflows=said.subflows, cascade="no")
    for kind, include in said.includes:
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
            etree.SubElement(element, "beforebreak").text = _portable(rule, rule.before)
            etree.SubElement(element, "afterbreak").text = _portable(rule, rule.after)
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
            _property(element, "beforebreak", "string", _portable(rule, rule.before, LINE_START))
            after = _portable(rule, rule.after)  # OmegaT looks for places that do not overlap
            _property(element, "afterbreak", "string", f"(?={after})" if after else "")
    return _xml(root)


_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOST = 10_000  # rules for a language; more take their time with every text
_LONGEST_PATTERN = 1000  # characters of an expression for codes of languages
_SHOWN = 80  # characters of an expression in a message
_SAID = re.compile(r"\s*([^\s:].*?):(?!\S)(.*)\Z", re.S)


def _portable(rule: Rule, expression: str, start: str = "^") -> str:
    try:
        return _NOT_IN_XML.sub(lambda found: rf"\u{ord(found[0]):04X}", portable(expression, start))
    except ValueError as error:
        raise TmtoolError(
            f"the rule {rule.name!r} cannot be carried to other tools: {_shown(expression)} {error}"
        ) from None


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
    text = unicodedata.normalize("NFC", str(element.xpath("string()")))  # as texts are
    pattern: str = _compiled(text, path, element).pattern
    return pattern


def _compiled(
    expression: str, path: str | os.PathLike[str], element: etree._Element
) -> regex.Pattern[str]:
    if is_too_long(expression):
        raise FormatError(
            f"the expression {_shown(expression)} is too long, or repeats things too often",
            path=path,
            line=element.sourceline or 0,
            hint="part it, and write + or * in place of large numbers",
        )
    try:
        return regex.compile(shared(expression))
    except ValueError as error:
        raise FormatError(
            f"the expression {_shown(expression)} {error}", path=path, line=element.sourceline or 0
        ) from None
    except regex.error as error:
        raise FormatError(
            f"the expression {_shown(expression)} does not compile: {error}",
            path=path,
            line=element.sourceline or 0,
            hint="mend it there",
        ) from None


def _shown(expression: str) -> str:
    return f"'{expression if len(expression) <= _SHOWN else expression[:_SHOWN] + '…'}'"
