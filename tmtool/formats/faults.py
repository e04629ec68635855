"""What parsers say of bad files, in words that tell a person what is wrong there."""

from __future__ import annotations

import re

NO_TEXT = "its bytes are no text"
"""What is said of bytes that are not in the encoding of their file."""

_SURROGATE = r"5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3])"  # in decimals
_XML = (
    (
        r"Opening and ending tag mismatch: (\S+) line (\d+) and (\S+)",
        r"<\1> of line \2 ends as </\3>",
    ),
    (r"Premature end of data in tag (\S+) line (\d+)", r"it ends within <\1> of line \2"),
    (r"Couldn't find end of Start Tag (\S+).*", r"the tag <\1 has no end"),
    (r"Document is empty|[Nn]o element found.*", "it is empty"),
    (r"Start tag expected, '<' not found", "it does not begin with a tag"),
    (r"Extra content at the end of the document", "it goes on after its end"),
    (r"XML declaration allowed only at the start.*", "something stands before <?xml"),
    (
        r"xmlParseEntityRef: no name|EntityRef: expecting ';'.*",
        "an & stands for itself; it is &amp;",
    ),
    (r"StartTag: invalid element name", "a < stands for itself; it is &lt;"),
    (r"Unescaped '<' not allowed in attributes values", "a < stands in an attribute; it is &lt;"),
    (r"Sequence '\]\]>' not allowed in content", "]]> stands in a text; it is ]]&gt;"),
    (r"Entity '(.+)' not defined", r"nobody says what the entity &\1; means"),
    (r"Maximum entity amplification.*", "its entities grow without end"),
    (
        rf"(?:PCDATA i|.*\bI|.*xmlParseCharRef: i)nvalid (?:xml)?[Cc]har value ({_SURROGATE})",
        r"it holds half of a character (a surrogate, \1)",
    ),
    (
        r"(?:PCDATA i|.*\bI|.*xmlParseCharRef: i)nvalid (?:xml)?[Cc]har value (\d+)",
        r"it holds the control character \1",
    ),
    (r".*character reference out of bounds", "it holds the number of no character"),
    (r"invalid character in attribute value", "an attribute holds a control character"),
    (
        r"(?:Input is not proper UTF-8|Invalid bytes in character encoding).*",
        NO_TEXT,
    ),
    (r"Unsupported encoding:? (\S+)", r"its encoding \1 is unknown"),
    (r"AttValue: .*|error parsing attribute name", 'an attribute is not written as name="value"'),
    (r"Specification mandates value for attribute (\S+)", r"the attribute \1 has no value"),
    (r"Attribute (\S+) redefined", r"the attribute \1 is there twice"),
    (
        r"Namespace prefix (\S+)( for \S+)? on (\S+) is not defined",
        r"the prefix \1: of <\3> is not declared",
    ),
    (r"Comment not terminated", "a comment has no end"),
    (r"Excessive depth in document.*", "its elements are nested too deep"),
)
_PLACE = re.compile(r", line \d+, column \d+\Z")
_CSV = (
    (r"unexpected end of data", "a quote that opens a cell is never closed"),
    (r"'.' expected after '\"'", "text follows the quote that closes a cell"),
    (r"field larger than field limit \((\d+)\)", r"a cell is longer than \1 characters"),
    (r"new-line character seen in unquoted field.*", "a line end stands in a cell without quotes"),
)


def of_xml(said: str) -> str:
    """What libxml2 said is wrong, without the place; its own words if they are not known."""
    return _in_words(_PLACE.sub("", said), _XML)


def of_csv(said: str) -> str:
    """What Python's ``csv`` said is wrong."""
    return _in_words(said, _CSV)


def _in_words(said: str, words: tuple[tuple[str, str], ...]) -> str:
    for pattern, meaning in words:
        if found := re.fullmatch(pattern, said.strip()):
            return found.expand(meaning)
    return said
