"""What a CAT tool will make of a TMX: the traps in it, and those that can be mended.

A TMX can be well-formed and still be refused as a whole, lose units without a word, empty
sentences, or match nothing. What each tool does with each trap is in :data:`TRAPS`. For OmegaT
it was measured with 3.6.0; for Trados, memoQ and Wordfast it is what their manuals say; what
TMX 1.4 itself demands holds for all of them. Mending never guesses: what nobody but the author
can know is left as it is and named.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from html.entities import name2codepoint
from typing import Any, BinaryIO, Literal

from lxml import etree

from tmtool.checks.core import CHECKS, Pair
from tmtool.checks.known import Known
from tmtool.errors import LanguageError
from tmtool.formats import faults
from tmtool.formats.markup import (
    NO_ENTITY,
    TOO_MANY,
    UNIT_BYTES,
    XML,
    entities_of,
    forget,
    has_too_many,
    local_name,
    quoted,
    wide_encoding,
    write_out,
)
from tmtool.formats.tmx import SEGTYPES, source_at
from tmtool.language import Language
from tmtool.model import Severity, TranslationUnit, Variant, parse_time, tmx_time
from tmtool.profiles import LONGEST, TOOLS, Tool
from tmtool.text import legal, nfc
from tmtool.tmx14 import MODELS, code_faults, header_faults, match_faults

Outcome = Literal["", "mended", "left out"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A trap in a file: where it is, what it is, and what the tool does about it.

    ``unit`` counts the units of the file from 1; 0 is the file itself. ``outcome`` says what
    became of it in a mended copy, or would: empty where nothing can be done without guessing.
    ``is_fatal``: the file could not be read on from here.
    """

    line: int
    unit: int
    trap: str
    severity: Severity
    message: str
    effect: str
    outcome: Outcome = ""
    is_fatal: bool = False


_FAILS = "does not load the file"
_STRICT = "may refuse the file: TMX 1.4 does not allow it"
_NEVER = "never matches it"

_Effects = Mapping[str, str]
"""What tools do, by their name; ``*`` is every other tool, an empty text nothing of note."""

TRAPS: dict[str, tuple[Severity, _Effects]] = {
    # The file
    "not-xml": ("error", {"*": _FAILS}),
    "encoding": ("error", {"*": _FAILS}),
    "control-character": ("error", {"*": _FAILS}),
    "entity": ("error", {"*": _FAILS}),
    "suffix": ("error", {"omegat": "passes the file over without a word"}),
    "not-plain-utf-8": ("info", {"generic": "may not read it; UTF-8 without a mark is safest"}),
    "doctype": ("info", {"generic": "may look for the DTD, and fail where there is none"}),
    "namespace": ("warning", {"omegat": "", "*": "may not know the names in it"}),
    "prefix": ("error", {"omegat": "passes over it", "*": "may not know the name"}),
    "version": ("warning", {"omegat": "", "*": "may refuse the file; they read 1.1 to 1.4"}),
    "no-header": ("error", {"omegat": "", "*": _STRICT}),
    "header": ("error", {"omegat": "", "*": _STRICT}),
    "no-srclang": ("error", {"*": _FAILS}),
    "no-unit": ("warning", {"*": "takes nothing from it"}),
    "element": ("error", {"omegat": "passes over it", "*": _STRICT}),
    "loose-text": ("error", {"omegat": "passes over it", "*": _STRICT}),
    "attribute": ("warning", {"omegat": "passes over it", "*": _STRICT}),
    # The frame of a unit
    "prop-without-type": ("error", {"omegat": _FAILS, "*": _STRICT}),
    "prop-prefix": ("info", {"trados": "takes over only fields with x- before their names"}),
    "order": ("error", {"omegat": "", "*": _STRICT}),
    "date": (
        "warning",
        {"omegat": "may take another date, or none", "*": "may refuse the unit or forget the date"},
    ),
    "no-language": ("error", {"omegat": _FAILS, "*": _STRICT}),
    "old-language": ("warning", {"omegat": "", "*": "may not see the language: 1.4 has xml:lang"}),
    "language-code": ("error", {"omegat": "skips the unit", "*": "may not know the language"}),
    "language-code-of-target": (
        "error",
        {
            "omegat": "takes it for a translation into the language of any project",
            "*": "may not know the language",
        },
    ),
    "long-language-code": ("error", {"wordfast": "holds codes of five characters at most"}),
    "no-region": ("warning", {"trados": "wants a region in each language, as in kk-KZ"}),
    "other-languages": (
        "error",
        {
            "omegat": "mixes it with the others in one project",
            "trados": "skips it without a word",
            "memoq": "takes one pair of languages from a file",
            "*": "may skip it, or mix it with the others",
        },
    ),
    "srclang": (
        "warning",
        {"omegat": "", "*": "may skip it: no side is in the language that srclang says"},
    ),
    "one-sided": ("error", {"*": "skips it"}),
    "two-of-a-language": ("error", {"omegat": "takes the last", "*": "takes one of them"}),
    "no-seg": ("error", {"omegat": "skips the unit", "*": _STRICT}),
    "two-segs": ("error", {"omegat": "takes the last", "*": _STRICT}),
    # Its text
    "empty-target": (
        "error",
        {"omegat": "wipes the sentence, in tm/auto", "*": "skips it, or offers nothing as a match"},
    ),
    "empty-source": ("error", {"*": _NEVER}),
    "white-space": ("error", {"omegat": _NEVER, "*": "does not match it as the same text"}),
    "white-space-in-target": ("warning", {"*": "takes it over into the translation"}),
    "line-break": ("warning", {"*": "matches only a text that breaks there, too"}),
    "highlight": ("error", {"omegat": "drops the text inside"}),
    "unknown-code": ("error", {"omegat": "drops the text inside", "*": _STRICT}),
    "code": ("warning", {"omegat": "", "*": "may refuse the unit or drop the code"}),
    "code-match": ("info", {"omegat": "", "*": "may not know which codes are the same"}),
    "too-many-codes": ("error", {"*": "may take forever with it"}),
    "old-code": ("info", {"generic": "may drop it: <ut> is deprecated"}),
    "too-long": (
        "error",
        {
            "trados": "skips units of more than 2000 characters",
            "wordfast": "holds 8000 characters at most",
        },
    ),
    "no-break-space": ("warning", {"*": "matches only a text that has it, too"}),
    "invisible": ("warning", {"*": "matches only a text that has it, too"}),
    "decomposed": ("warning", {"omegat": "", "*": "matches only a text with the same letters"}),
    "mixed-script": ("warning", {"*": "matches only a text with the same mistake"}),
    "two-targets": ("warning", {"omegat": "takes the last", "*": "offers both, or keeps one"}),
    "other-document": ("warning", {"omegat": "matches it in that document only"}),
}
"""How bad each trap is, and what tools do with it."""

_HEADER = {
    "creationtool": "unknown",
    "creationtoolversion": "unknown",
    "segtype": "sentence",
    "o-tmf": "unknown",
    "adminlang": "en",
    "srclang": "*all*",
    "datatype": "unknown",
}
_CONTEXT = ("file", "prev", "next", "id")  # props by which OmegaT binds a unit to a place
_OF_MEMOQ = "x-context"  # begins the types of its props with the same purpose
_ORDER = {"note": 0, "prop": 0, "tuv": 1, "seg": 1}
_READ_BY_NAME = ("tu", "tuv", "seg")  # by OmegaT, which takes others in any namespace
_DATES = ("creationdate", "changedate", "lastusagedate")
_LANG = f"{XML}lang"
_in_namespace = etree.XPath("descendant-or-self::*[namespace-uri()]")

_ENDS = " \t\n\r"
# Spaces and line ends are looked at from their beginning, or long runs would take for ever.
_INDENTED = re.compile(r"(?:(?<![ \t])[ \t]*)?(?<!\n)(?!(?<=\r)\n)(?:\r?\n)+[ \t]+")
_NO_BREAK = re.compile("[\u00a0\u2007\u202f]")
_C1 = re.compile("[\x7f-\x84\x86-\x9f]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Comments, CDATA and instructions, in which nothing is a reference.
_APART = r"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>)"
_BEGUN = re.compile(rf"{_APART}|<(?P<begun>!--|!\[CDATA\[|\?).*", re.DOTALL)
_REFERENCE = re.compile(
    rf"{_APART}|&(?:#[xX](?P<hex>[0-9a-fA-F]*)|#(?P<decimal>[0-9]*)|(?P<name>[A-Za-z][A-Za-z0-9]*));",
    re.DOTALL,
)
_DEFINES = re.compile(rf"{_APART}|<!ENTITY\s+(?P<name>\w+)", re.DOTALL)
_SAID_ENCODING = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.:-]+)")
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_BLOCK = 1 << 18
_SHOWN = 40  # characters of a text in a message


def inspect(
    file: BinaryIO,
    name: str,
    tool: Tool,
    *,
    languages: tuple[str, str] | None = None,
    language_map: Mapping[str, str] | None = None,
    output: BinaryIO | None = None,
) -> Iterator[Problem]:
    """Yield the traps in a TMX, as it is read, for a tool.

    ``languages`` are those the file should hold, by default those of its first unit. A mended
    copy is written to ``output``, in which codes are replaced as ``language_map`` says. The
    copy is whole unless a problem is fatal.
    """
    yield from _Inspection(file, name, tool, languages, language_map or {}, output).run()


class _Inspection:
    """One reading of one file."""

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        tool: Tool,
        languages: tuple[str, str] | None,
        language_map: Mapping[str, str],
        output: BinaryIO | None,
    ) -> None:
        self._file, self._name, self._tool, self._output = file, name, tool, output
        self._asked = tuple(map(Language.normal, languages or ()))
        self._languages = self._asked
        self._language_map = language_map
        self._found: list[Problem] = []
        self._unit = 0
        self._kept = 0  # of the units, in a copy
        self._line = 1  # of the text that is being read
        self._place = 1  # of the element that is being looked at
        self._taken = 0  # bytes of the file since the last unit
        self._encoding = self._spoken = ""  # by its one name, and as the file calls it
        self._srclang = ""
        self._has_header = False
        self._entities: Mapping[str, str | None] | None = None  # none before the root
        self._own_names = {"amp", "lt", "gt", "quot", "apos"}  # of entities, and those of XML
        self._targets: dict[tuple[str, ...], tuple[int, str]] = {}
        self._bound: dict[str, list[tuple[int, int, str]]] = {}
        self._said: set[tuple[str, str]] = set()

    def run(self) -> Iterator[Problem]:
        parser = etree.XMLPullParser(
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=False,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        if not self._name.lower().endswith(".tmx") and self._name != "-":
            self._note("suffix", "its name does not end in .tmx")
        try:
            for text in self._cleaned(self._decoded()):
                parser.feed(text.encode("utf-8"))
                for event, element in parser.read_events():
                    self._place = element.sourceline or 0
                    self._element(event, element)
                    if local_name(element) == "tu":
                        self._taken = 0
                for fault in parser.feed_error_log.filter_from_fatals():
                    self._place = fault.line  # of an entity that nobody defined: feed is silent
                    raise _NotTmxError(_ill_formed(fault.message))
                yield from self._flushed()
            parser.close()
        except etree.XMLSyntaxError as error:
            self._place = error.lineno or 0
            self._fatal("not-xml", _ill_formed(error.msg))
        except UnicodeDecodeError as error:
            self._place = self._line + bytes(error.object[: error.start]).count(b"\n")
            byte = error.object[error.start]
            self._fatal("encoding", f"is not {self._spoken.upper()}: byte 0x{byte:02X}")
        except (_NotTmxError, ValueError) as error:
            self._fatal("not-xml", str(error))
        else:
            if not self._has_header:
                self._header(None)
            if not self._kept:
                what = "a mended copy has no unit" if self._unit else "has no <tu>"
                self._unit = 0
                self._note("no-unit", what)
            self._check_bound()
            self._write("  </body>\n</tmx>\n")
        yield from self._flushed()

    # What was found

    def _flushed(self) -> list[Problem]:
        found, self._found = self._found, []
        return found

    def _note(
        self, trap: str, message: str, outcome: Outcome = "", *, line: int | None = None
    ) -> bool:
        """Note a problem, if it is one for the tool; whether it is."""
        severity, effects = TRAPS[trap]
        effect = effects.get(self._tool, effects.get("*", ""))
        if effect:
            place = self._place if line is None else line
            said = f"{TOOLS[self._tool]} {effect}"
            self._found.append(Problem(place, self._unit, trap, severity, message, said, outcome))
        return bool(effect)

    def _note_once(self, trap: str, message: str, outcome: Outcome = "") -> bool:
        """Note what would be said of every unit the first time only."""
        if (trap, message) in self._said:
            return bool(TRAPS[trap][1].get(self._tool, TRAPS[trap][1].get("*", "")))
        self._said.add((trap, message))
        return self._note(trap, f"{message}, here for the first time", outcome)

    def _fatal(self, trap: str, message: str) -> None:
        self._note(trap, message)
        self._found[-1] = replace(self._found[-1], is_fatal=True)

    def _write(self, text: str) -> None:
        if self._output is not None:
            self._output.write(text.encode("utf-8"))

    # The text of the file

    def _decoded(self) -> Iterator[str]:
        """The text of the file in pieces."""
        data = self._file.read(_BLOCK)
        wide = wide_encoding(data)
        encoding = self._spoken = wide or self._declared(data)
        bom = "\ufeff".encode(encoding) if wide or data.startswith(codecs.BOM_UTF8) else b""
        bom = bom if data.startswith(bom) else b""
        self._encoding = codecs.lookup(encoding).name
        if bom or self._encoding not in ("utf-8", "ascii"):
            self._note("not-plain-utf-8", "is not UTF-8 without a byte order mark", "mended")
        decoder = codecs.getincrementaldecoder(encoding)()
        data = data[len(bom) :]
        while data:
            yield decoder.decode(data)
            if self._taken > UNIT_BYTES:
                raise _NotTmxError(f"a unit has more than {UNIT_BYTES >> 20} MB")
            data = self._file.read(_BLOCK)
            self._taken += len(data)
        yield decoder.decode(b"", final=True)

    def _declared(self, data: bytes) -> str:
        """The encoding of a file of bytes, as it says it."""
        if data.startswith(codecs.BOM_UTF8):
            return "utf-8"
        said = _SAID_ENCODING.match(data)
        spoken = said[1].decode() if said else "utf-8"
        try:
            "".encode(spoken)  # refuses what turns bytes into bytes
        except (LookupError, UnicodeError):
            raise _NotTmxError(f"its encoding {spoken!r} is unknown") from None
        is_wide = codecs.lookup(spoken).name.startswith(("utf-16", "utf-32"))
        return "utf-8" if is_wide else spoken  # which is not so, as its declaration was read

    def _cleaned(self, pieces: Iterator[str]) -> Iterator[str]:
        """The text without what no XML parser takes, cut nowhere inside what is looked for."""
        pending, line = "", 1
        is_first = True
        for piece in pieces:
            pending += self._legal(piece)
            end = pending.rfind(">") + 1
            found = _BEGUN.finditer(pending, 0, end)
            whole = pending[: next((each.start() for each in found if each["begun"]), end)]
            pending = pending[len(whole) :]
            if is_first and whole:
                declaration = _DECLARATION.match(whole)
                if declaration:
                    self._check_declaration(declaration[0])
                    whole = "\n" * declaration[0].count("\n") + whole[declaration.end() :]
                is_first = False
            yield self._referred(whole, line)
            line += whole.count("\n")
        text, mark, rest = pending.partition("<")
        yield self._referred(text, line)
        yield mark + rest  # which never ends

    def _check_declaration(self, declaration: str) -> None:
        if declaration[0] != "<":
            self._note("not-xml", "has white space before <?xml", "mended")
        said = _SAID_ENCODING.search(declaration.encode("ascii", "ignore"))
        spoken = said[1].decode().lower() if said else self._encoding
        if spoken.startswith(("utf-16", "utf-32")) != self._encoding.startswith("utf-16"):
            self._note("encoding", f"says it is {spoken} and is {self._encoding}", "mended")

    def _legal(self, text: str) -> str:
        """The next text of the file without the characters that XML has no place for."""
        clean = legal(text)
        if clean != text:
            for number, line in enumerate(text.split("\n"), self._line):
                if legal(line) != line:
                    what = "holds a control character"
                    self._note("control-character", what, "mended", line=number)
        self._line += text.count("\n")
        return clean

    def _referred(self, text: str, line: int) -> str:
        """A text, which begins in a line, without the references that XML does not know."""
        if "<!ENTITY" in text:
            names = (found["name"] for found in _DEFINES.finditer(text))
            self._own_names.update(filter(None, names))
        if "&" not in text:
            return text
        at = 0  # up to here lines are counted

        def known(reference: re.Match[str]) -> str:
            nonlocal at, line
            said, name = reference[0], reference["name"]
            is_of_html = name in name2codepoint and name not in self._own_names
            if said[0] == "<" or not (is_of_html if name else _is_none(reference)):
                return said
            line += text.count("\n", at, reference.start())
            at = reference.start()
            if name:
                self._note("entity", f"holds {said}, which is of HTML", "mended", line=line)
                return chr(name2codepoint[name])
            self._note("control-character", f"holds {_shown(said)}", "mended", line=line)
            return ""

        return _REFERENCE.sub(known, text)

    # Its elements

    def _element(self, event: str, element: etree._Element) -> None:
        tag = local_name(element)
        if event == "start":
            if self._entities is None:
                self._root(element, tag)
                self._entities = entities_of(element)
            return
        parent = element.getparent()
        above = "" if parent is None else local_name(parent)
        if tag in ("tu", "header"):
            if next(element.iterancestors("{*}tu", "{*}header"), None) is not None:
                return  # it is looked at with what it is in
        elif above not in ("", "tmx", "body"):
            return
        self._check_place(element, tag, parent, above)
        if tag == "header" and not self._has_header:
            self._header(element)
        elif tag == "tu":
            if not self._has_header:
                self._header(None)
            self._unit += 1
            if self._check_unit(element):
                self._kept += 1
                self._write(f"    {_serialised(element)}\n")
            forget(element)

    def _check_place(
        self, element: etree._Element, tag: str, parent: etree._Element | None, above: str
    ) -> None:
        """What is wrong with where an element outside units stands: none of it is in a copy."""
        unit, self._unit = self._unit, 0
        before = element.getprevious()
        is_second = (tag == "header" and self._has_header) or (
            tag == "body" and before is not None and local_name(before) == tag
        )
        if above == "body" and tag != "tu" and tag.lower() == "tu":
            unit = self._unit = unit + 1
            self._note("element", f"is a <{tag}>, not a <tu> in small letters", "left out")
            self._unit = 0
        elif above in MODELS and (tag not in MODELS[above].children or is_second):
            self._note_misplaced(tag, above, "mended")
        if parent is not None and above == "body":
            texts = [parent.text if before is None else before.tail]
            self._note_loose(above, [*texts, element.tail if tag == "tu" else None])
        if tag == "body":
            self._check_attributes(element, tag)
            self._note_loose(tag, [element[-1].tail if len(element) else element.text])
        elif tag == "tmx":
            self._note_loose(tag, [element.text, *(child.tail for child in element)])
        self._unit = unit

    def _note_misplaced(self, tag: str, above: str, outcome: Outcome = "") -> None:
        inside = MODELS[above]
        is_code = inside.has_text and above not in ("note", "prop")
        what = f"<{tag}> stands in <{above}>, where TMX has none"
        self._note("unknown-code" if is_code else "element", what, outcome)

    def _note_loose(self, tag: str, texts: Iterable[str | None]) -> None:
        """Note the text in an element that holds none, if there is some."""
        text = " ".join(" ".join(filter(None, texts)).split())
        if text:
            what = f"<{tag}> holds text, where TMX has none: {_shown(text)}"
            self._note("loose-text", what, "mended")

    def _check_attributes(self, element: etree._Element, tag: str) -> None:
        """Take away the attributes that TMX does not know."""
        known = MODELS[tag].attributes
        if known.issuperset(element.keys()):
            return
        for key in sorted({*map(str, element.keys())} - known):
            what = f"<{tag}> has the attribute {key.split('}')[-1]!r}, which TMX has not"
            self._note_once("attribute", what, "mended")
            del element.attrib[key]

    def _mend_model(self, element: etree._Element) -> None:
        """Take away what TMX does not know in an element, but for what is in its texts."""
        tag = str(element.tag)
        model = MODELS[tag]
        self._check_attributes(element, tag)
        children = list(element.iterchildren("*"))
        if not model.has_text:
            texts = [element.text, *(child.tail for child in children)]
            if any(text and not text.isspace() for text in texts):
                self._note_loose(tag, texts)
                element.text = None
                for child in children:
                    child.tail = None
        for child in children:
            name = str(child.tag)
            if name in model.children:
                self._mend_model(child)
            else:
                self._note_misplaced(name, tag, "" if model.has_text else "mended")
                if not model.has_text:
                    element.remove(child)

    def _root(self, root: etree._Element, tag: str) -> None:
        if tag != "tmx":
            raise _NotTmxError(f"is not TMX: its root is <{tag}>")
        docinfo = root.getroottree().docinfo
        if docinfo.doctype:
            self._note("doctype", f"names a DTD: {docinfo.doctype}", "mended")
        if root.tag != "tmx":
            self._note_once("namespace", "its names are in a namespace", "mended")
        self._check_attributes(root, tag)
        version = root.get("version", "")
        if version not in ("1.1", "1.2", "1.3", "1.4"):
            said = f"says it is version {version}" if version else "says no version"
            self._note("version", said, "mended")

    def _header(self, header: etree._Element | None) -> None:
        """Check and write what stands before the units."""
        self._has_header = True
        attributes: dict[str, str] = {}
        children: list[etree._Element] = []
        if header is None:
            self._note("no-header", "has no <header>", "mended")
        else:
            self._write_out(header)
            _drop_namespaces(header)
            self._mend_model(header)
            attributes = {str(key): str(value) for key, value in header.attrib.items()}
            children = [child for child in header if isinstance(child.tag, str)]
            for child in [each for each in children if _entity_in(each)]:
                what = f"its header has {NO_ENTITY}: {_entity_in(child)}"
                self._note("entity", what, "left out")
                children.remove(child)
            self._check_header(attributes)
            for child in children:
                for fault in header_faults(child):
                    self._note("header", f"its header is wrong: {fault}")
        if attributes.get("srclang"):
            self._check_code(attributes["srclang"], "header")
            attributes["srclang"] = self._code(attributes["srclang"])
        elif self._languages:
            attributes["srclang"] = self._languages[0]
        whole = {**_HEADER, **attributes}
        self._srclang = whole["srclang"]
        said = "".join(f" {key}={quoted(value)}" for key, value in whole.items())
        inside = "".join(f"\n    {_serialised(child)}" for child in children)
        self._write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
            f"  <header{said}>{inside}</header>\n  <body>\n"
        )

    def _check_header(self, attributes: dict[str, str]) -> None:
        if not attributes.get("srclang"):
            self._note("no-srclang", "its header has no srclang", "mended")
            attributes.pop("srclang", None)
        missing = [key for key in _HEADER if key not in attributes and key != "srclang"]
        if missing:
            self._note("header", f"its header has no {', '.join(missing)}", "mended")
        segtype = attributes.get("segtype", SEGTYPES[0])
        if segtype not in SEGTYPES:
            said = f"its segtype {segtype!r} is not one of {', '.join(SEGTYPES)}"
            self._note("header", said, "mended")
            del attributes["segtype"]
        self._mend_dates(attributes)

    def _check_unit(self, tu: etree._Element) -> bool:
        """Note what is wrong with a unit and mend it; whether it can stay."""
        if has_too_many(tu):
            self._note("too-many-codes", TOO_MANY, "left out")
            return False
        self._write_out(tu)
        self._mend_names(tu)
        self._mend_model(tu)
        self._mend_frame(tu)
        variants = [child for child in tu if local_name(child) == "tuv"]
        if entity := _entity_in(tu):
            self._note("entity", f"has {NO_ENTITY}: {entity}", "left out")
            return False
        if len(variants) < 2:
            self._note("one-sided", f"has {len(variants)} <tuv>, not two", "left out")
            return False
        said = {tuv: self._language(tuv) for tuv in variants}
        if not all(said.values()) or not self._drop_empty(tu, said):
            return False
        codes, at = self._mend_codes(tu, said)
        segs = [tuv.findall("seg") for tuv in said]
        for code, found in zip(codes, segs, strict=True):
            if len(found) > 1:
                self._note("two-segs", f"its text in {code} is there {len(found)} times")
        self._check_languages(tu, codes, at)
        sources, targets = [segs[at][-1]], [seg[-1] for n, seg in enumerate(segs) if n != at]
        for seg in (*sources, *targets):
            self._check_seg(seg, is_source=seg is sources[0])
        for seg in targets:
            for fault in match_faults(sources[0], seg):
                self._note("code-match", fault)
        self._check_texts(tu, [_text(seg) for seg in (*sources, *targets)], codes[at])
        return True

    def _drop_empty(self, tu: etree._Element, said: dict[etree._Element, str]) -> bool:
        """Take the sides without text out of a unit; whether the pair that is wanted is left.

        That is the one that was asked for, if the unit has it, else any.
        """
        segs = [tuv.findall("seg") for tuv in said]
        are_full = [bool(found) and _has_text(found[-1]) for found in segs]
        if all(are_full):
            return True
        codes = [self._code(each) for each in said.values()]
        at = source_at(codes, tu.get("srclang") or self._srclang)
        targets = {number: code for number, code in enumerate(codes) if number != at}
        others = [each for each in self._asked if not _same_language(each, codes[at])]
        wanted = [n for n, c in targets.items() if any(_same_language(c, each) for each in others)]
        is_left = are_full[at] and any(are_full[number] for number in wanted or targets)
        for number, tuv in enumerate([*said]):
            if are_full[number]:
                continue
            outcome: Outcome = "mended" if is_left else "left out"
            if not segs[number]:
                self._note("no-seg", "a <tuv> has no <seg>", outcome)
            elif number == at:
                self._note("empty-source", "its source is empty", outcome)
            else:
                what = f"its translation into {codes[number]} is empty"
                self._note("empty-target", what, outcome)
            tu.remove(tuv)
            del said[tuv]
        return is_left

    def _mend_names(self, tu: etree._Element) -> None:
        """Leave the names of a unit in no namespace."""
        for element in _in_namespace(tu):
            name = local_name(element)
            if element.prefix and name in _READ_BY_NAME:
                said = f"<{name}> is called <{element.prefix}:{name}>"
                self._note_once("prefix", said, "mended")
            else:
                self._note_once("namespace", "its names are in a namespace", "mended")
            element.tag = name

    def _write_out(self, element: etree._Element) -> None:
        """Put the texts in the places of entities that the file defines so."""
        if self._entities:
            for name in dict.fromkeys(write_out(element, self._entities)):
                what = f"holds &{name};, which the file defines itself"
                self._note("entity", what, "mended")

    def _mend_frame(self, tu: etree._Element) -> None:
        """The attributes and the order of a unit, and its props."""
        segtype = tu.get("segtype", SEGTYPES[0])
        if segtype not in SEGTYPES:
            said = f"its segtype {segtype!r} is not one of {', '.join(SEGTYPES)}"
            self._note("attribute", said, "mended")
            del tu.attrib["segtype"]
        for element in (tu, *tu.findall("tuv")):
            self._mend_dates(element.attrib)
            children = [child for child in element if local_name(child) in _ORDER]
            ordered = sorted(children, key=lambda child: _ORDER[local_name(child)])
            if children != ordered:
                self._note("order", "a note or prop comes after what it is about", "mended")
                for child in ordered:
                    element.remove(child)
                    element.append(child)
        for prop in [*tu.findall("prop"), *tu.findall("tuv/prop")]:
            kind = prop.get("type", "")
            if not kind:
                self._note("prop-without-type", "a <prop> has no type")
            elif not kind.startswith("x-") and self._note_once(
                "prop-prefix", f"its prop {kind!r} is private", "mended"
            ):
                prop.set("type", f"x-{kind}")

    def _mend_dates(self, attributes: dict[str, str] | etree._Attrib) -> None:
        for key in _DATES:
            said = str(attributes.get(key) or "")
            mended = tmx_time(said)
            if said == mended:
                continue
            if not _is_time(said):
                self._note("date", f"its {key} {said!r} is no date", "mended")
                del attributes[key]
                continue
            what = f"its {key} {said!r} is not as in 20251020T093000Z"
            self._note("date", what, "mended" if mended else "")
            if mended:
                attributes[key] = mended

    # Languages

    def _language(self, tuv: etree._Element) -> str:
        """The language of a side, as it is said; empty if it has none."""
        said = str(tuv.get(_LANG) or "")
        old = str(tuv.get("lang") or "")
        if not said and not old:
            self._note("no-language", "a <tuv> has no xml:lang", "left out")
            return ""
        if not said:
            self._note_once("old-language", f"a <tuv> has lang={old!r}, not xml:lang", "mended")
        tuv.attrib.pop("lang", None)
        return said or old

    def _mend_codes(
        self, tu: etree._Element, said: Mapping[etree._Element, str]
    ) -> tuple[list[str], int]:
        """The languages of the sides, mended, and which of them is the source."""
        codes = [self._code(each) for each in said.values()]
        at = source_at(codes, tu.get("srclang") or self._srclang)
        for number, (tuv, each) in enumerate(said.items()):
            self._check_code(each, "language-code" if number == at else "language-code-of-target")
            tuv.set(_LANG, codes[number])
        return codes, at

    def _code(self, said: str) -> str:
        """A language code as tools know it, and as the map says."""
        if said in self._language_map:
            return self._language_map[said]
        code = _normal(said) or said
        return self._language_map.get(code, code)

    def _check_code(self, said: str, trap: str) -> None:
        """Note what is wrong with a language code that the map does not hold."""
        if said in self._language_map or (said == "*all*" and trap == "header"):  # its srclang
            return
        code = _normal(said)
        if not code:
            self._note_once(trap, f"{said!r} is no language code")
            return
        if code.lower() != said.lower():
            self._note_once(trap, f"{said!r} is not {code!r}", "mended")
        code = self._language_map.get(code, code)
        if len(code) > 5:
            self._note_once("long-language-code", f"{code!r} is longer than five characters")
        if not re.search(r"-(?:[A-Za-z]{2}|\d{3})(?:-|\Z)", code):
            self._note_once("no-region", f"{code!r} says no region; say which with --lang-map")

    def _check_languages(self, tu: etree._Element, codes: list[str], at: int) -> None:
        srclang = tu.get("srclang") or self._srclang
        if srclang != "*all*" and not any(_same_language(code, srclang) for code in codes):
            self._note("srclang", f"it is {'-'.join(codes)}, and srclang is {srclang}")
        lowered = [code.lower() for code in codes]
        for code in sorted({code for code in lowered if lowered.count(code) > 1}):
            self._note("two-of-a-language", f"its text in {code} is there twice")
        targets = [code for number, code in enumerate(codes) if number != at]
        if not self._languages:
            self._languages = codes[at], targets[0]
        source, target = self._languages
        if not _same_language(codes[at], source) or not any(
            _same_language(code, target) for code in targets
        ):
            others = "-".join([codes[at], *targets])
            self._note("other-languages", f"it is {others}, the file {source}-{target}")

    # Texts

    def _check_seg(self, seg: etree._Element, *, is_source: bool) -> None:
        """The codes and the white space of a side."""
        known = [child for child in seg.iter() if child is not seg] if len(seg) else []
        for fault in dict.fromkeys(code_faults(seg) if known else ()):
            self._note("code", fault)
        if any(child.tag == "ut" for child in known):
            self._note("old-code", "it uses <ut>")
        highlights = [child for child in known if child.tag == "hi"]
        if highlights and self._note("highlight", "a part of the text is in <hi>", "mended"):
            for highlight in highlights:
                _unwrap(highlight)
        slots = list(_slots(seg))
        texts = said = [getattr(element, slot) or "" for element, slot in slots]
        found = next(filter(None, map(_C1.search, texts)), None)
        if found:
            what = f"its text holds the control character U+{ord(found[0]):04X}"
            self._note("invisible", what, "mended")
            texts = [_C1.sub("", text) for text in texts]
        composed = [nfc(text) for text in texts]
        if composed != texts:
            what = "its text has letters and marks in place of one letter, as in й"
            self._note("decomposed", what, "mended")
        texts = composed
        mended = [_INDENTED.sub(" ", text) for text in texts]
        mended[0] = mended[0].lstrip(_ENDS)
        mended[-1] = mended[-1].rstrip(_ENDS)
        if texts != mended:
            trap = "white-space" if is_source else "white-space-in-target"
            self._note(trap, "its text is indented, or has white space at its ends", "mended")
        if is_source and any("\n" in text for text in mended):
            self._note("line-break", "its source has a line break")
        for (element, slot), before, text in zip(slots, said, mended, strict=True):
            if text != before:
                setattr(element, slot, text)

    def _check_texts(self, tu: etree._Element, texts: list[str], language: str) -> None:
        """The words of a unit whose sides hold text."""
        source, target = texts[0], texts[1]
        longest = LONGEST.get(self._tool)
        if longest and max(map(len, texts)) > longest:
            self._note("too-long", f"a side has {max(map(len, texts))} characters")
        if _NO_BREAK.search(source):
            self._note("no-break-space", "its source has a space that does not break")
        if found := _INVISIBLE.search(source):
            self._note("invisible", f"its source holds U+{ord(found[0]):04X}, which is not seen")
        unit = TranslationUnit(Variant.of(language, source), Variant.of(language, source))
        for flaw in CHECKS["mixed-script"].run(Pair(unit, Known())):
            if flaw.side == "source":
                self._note("mixed-script", flaw.message)
        context = {prop.get("type"): prop.text or "" for prop in tu.findall("prop")}
        if "file" in context:
            self._bound.setdefault(source, []).append((self._place, self._unit, context["file"]))
        if not context.keys().isdisjoint(_CONTEXT):
            return
        key = source, *(self._contexts(tu) if self._tool == "memoq" else ())
        line, other = self._targets.setdefault(key, (self._place, target))
        if other != target:
            self._note("two-targets", f"the unit in line {line} translates the same otherwise")

    @staticmethod
    def _contexts(tu: etree._Element) -> list[str]:
        """The contexts by which memoQ tells units of one source apart."""
        props = [*tu.iterfind("prop"), *tu.iterfind("tuv/prop")]
        return [
            f"{kind}={prop.text}"
            for prop in props
            if (kind := prop.get("type", "")).startswith(_OF_MEMOQ)
        ]

    def _check_bound(self) -> None:
        """Sources that are translated in some documents, and nowhere else."""
        for source, places in self._bound.items():
            if (source,) not in self._targets:
                for line, self._unit, name in places:
                    self._note("other-document", f"it is bound to the document {name!r}", line=line)


class _NotTmxError(Exception):
    """The file is something else."""


def _ill_formed(said: str) -> str:
    """What is wrong with a file of which libxml2 said something."""
    return f"is cut short or not well-formed XML: {faults.of_xml(said)}"


def _shown(text: str) -> str:
    """A text in a message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_none(reference: re.Match[str]) -> bool:
    """Whether a reference by number is to no character that XML has a place for."""
    digits = (reference["hex"] or reference["decimal"] or "0").lstrip("0")
    number = int(digits[:8] or "0", 16 if reference["hex"] else 10)  # more are as far beyond all
    return number > sys.maxunicode or legal(chr(number)) != chr(number)


def _same_language(one: str, other: str) -> bool:
    return one.split("-")[0].lower() == other.split("-")[0].lower()


@lru_cache(64)
def _normal(code: str) -> str:
    """A language code as BCP 47 spells it; empty if it is none."""
    try:
        return Language.normal(code.strip())
    except LanguageError:
        return ""


def _is_time(text: str) -> bool:
    """Whether a text says a time, with its zone or without."""
    try:
        return parse_time(text) is not None
    except ValueError:
        return False


def _drop_namespaces(element: etree._Element) -> None:
    """Leave the names of an element, and of all in it, in no namespace."""
    for each in element.iter():
        if isinstance(each.tag, str):
            each.tag = local_name(each)


def _serialised(element: etree._Element) -> str:
    """An element as text, in no namespace, and an empty one as it is written when read again."""
    for each in element.iter():
        if each.text == "":
            each.text = None
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    if "xmlns" not in text:
        return text
    element = deepcopy(element)
    _drop_namespaces(element)
    etree.cleanup_namespaces(element)
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _entity_in(element: etree._Element) -> str:
    """An entity in an element, as it is written there; empty if there is none."""
    return next((each.text or "" for each in element.iter(etree.Entity)), "")


def _slots(seg: etree._Element) -> Iterator[tuple[Any, str]]:
    """Where the text of a segment is kept: elements, and ``text`` or ``tail``."""
    yield seg, "text"
    for child in seg:
        if child.tag == "hi":
            yield from _slots(child)
        yield child, "tail"


def _text(seg: etree._Element) -> str:
    """The words of a segment, its codes left out."""
    return "".join(getattr(element, slot) or "" for element, slot in _slots(seg)).strip()


def _has_text(seg: etree._Element) -> bool:
    """Whether there are words in a segment besides codes and control characters."""
    texts = (getattr(element, slot) for element, slot in _slots(seg))
    return any(text and _C1.sub("", text).strip() for text in texts)


def _unwrap(element: etree._Element) -> None:
    """Put what is in an element in its place."""
    parent, before = element.getparent(), element.getprevious()
    assert parent is not None
    children = list(element)
    last = children[-1] if children else None
    if last is not None:
        last.tail = (last.tail or "") + (element.tail or "")
    text = (element.text or "") + ("" if children else element.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    at = parent.index(element)
    element.tail = None
    parent[at : at + 1] = children
