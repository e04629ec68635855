"""PO: what a message says of a unit, and a unit of a message."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tmtool as library
from tests.conftest import Program, pair
from tests.test_formats import FULL, units_in, written
from tests.test_formats_tables import odd, texts, wild
from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.formats import Written
from tmtool.model import STATES, Header, State

HEADER = """msgid ""
msgstr ""
"Language: kk_KZ\\n"
"X-Source-Language: en\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
PLURAL = """# how many
#. shown in the list
#: src/list.c:10 src/list.c:20
#, fuzzy, c-format
msgctxt "list"
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d файл"
msgstr[1] "%d файлдар"
"""


@settings(max_examples=60)
@given(st.lists(st.tuples(wild, odd, wild, st.sampled_from(STATES)), max_size=4))
def test_po_gives_back_what_it_was_given(rows: list[tuple[str, str, str, str]]) -> None:
    """Escapes, breaks that are no line ends, notes, states; sources that are the same, too."""
    units = [
        pair(*texts, notes=tuple(filter(None, [note])), state=state, position=number + 1.0)
        for number, (*texts, note, state) in enumerate(rows)
    ]
    assert units_in(written(units, "po"), "po") == units


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["context", "reference", "flags", "comment", "obsolete", "form"]), wild
        ),
        max_size=4,
    )
)
def test_props_that_do_not_fit_are_carried(props: list[tuple[str, str]]) -> None:
    """Nothing that a prop of ours holds breaks the file or is lost."""
    unit = pair("Иә.", "Yes.", props=tuple((f"x-po:{name}", value) for name, value in props))
    (again,) = units_in(written([unit], "po"), "po")
    assert sorted(again.props) == sorted(unit.props)
    assert replace(again, props=unit.props) == unit


def test_a_message_says_more_than_its_text() -> None:
    """Context, references, flags and comments are props and notes, and come back."""
    entry = PLURAL.replace('msgid_plural "%d files"\nmsgstr[0]', "msgstr").partition("msgstr[1]")[0]
    entry = entry.replace("fuzzy, ", "#| msgid").replace("#, #| msgid", "#, ")
    (unit,) = units_in(HEADER + entry, "po")
    assert unit.languages == ("en", "kk-KZ")
    assert (unit.state, unit.notes, unit.origin) == ("translated", ("how many",), "po")
    assert unit.props == (
        ("x-po:context", "list"),
        ("x-po:reference", "src/list.c:10 src/list.c:20"),
        ("x-po:flags", "c-format"),
        ("x-po:comment", "shown in the list"),
    )
    again = written([unit], "po").decode()
    for line in entry.splitlines():
        assert line in again


@pytest.mark.parametrize(
    ("flag", "target", "state"),
    [("", "", "initial"), ("#, fuzzy\n", "Иә", "initial"), ("", "Иә", "translated")],
)
def test_fuzzy_is_a_proposal_that_is_nobodys_yet(flag: str, target: str, state: str) -> None:
    """As gettext uses it: such a message is not shown to anybody. A reviewer is led to it."""
    (unit,) = units_in(f'{HEADER}{flag}msgid "Yes"\nmsgstr "{target}"\n', "po")
    assert unit.state == state
    assert unit.entry.is_doubtful == bool(flag)
    assert ("#, fuzzy" in written([unit], "po").decode()) == bool(flag)


@pytest.mark.parametrize(
    ("state", "score", "is_fuzzy"),
    [
        ("initial", None, True),
        ("translated", None, False),
        ("translated", 0.95, False),
        ("translated", 0.6, True),
        ("reviewed", 0.6, False),
        ("final", None, False),
        ("rejected", None, True),
    ],
)
def test_what_a_translator_did_is_not_fuzzy(
    state: State, score: float | None, is_fuzzy: bool
) -> None:
    """It is used; what is proposed, in doubt or rejected is not. The exact state comes back."""
    unit = pair("Иә.", "Yes.", state=state, score=score)
    data = written([unit], "po").decode()
    assert ("#, fuzzy" in data) == is_fuzzy
    assert units_in(data, "po") == [unit]


def test_a_flag_that_was_changed_changes_the_state() -> None:
    """Who takes it out has made the translation their own, and the other way round."""
    for state in ("initial", "translated", "rejected"):
        data = written([pair("Иә.", "Yes.", state=state, score=0.6)], "po").decode()
        (unit,) = units_in(data.replace("#, fuzzy\n", ""), "po")
        assert (unit.state, unit.score) == ("translated", None)
        assert "#, fuzzy" not in written([unit], "po").decode()
    data = written([pair("Иә.", "Yes.", state="final")], "po").decode()
    (unit,) = units_in(data.replace('msgid "Иә."', '#, fuzzy\nmsgid "Иә."'), "po")
    assert unit.state == "initial"


def test_a_prop_is_no_judgement() -> None:
    """A flag that is called fuzzy in a prop makes no message fuzzy."""
    unit = pair("Иә.", "Yes.", state="final", props=(("x-po:flags", "c-format, fuzzy"),))
    assert units_in(written([unit], "po"), "po") == [unit]


def test_each_form_of_a_plural_is_a_unit() -> None:
    """The forms of a message become one message again."""
    units = units_in(HEADER + PLURAL, "po")
    assert texts(units) == [("%d file", "%d файл"), ("%d files", "%d файлдар")]
    assert [unit.state for unit in units] == ["initial", "initial"]
    again = written(units, "po").decode()
    assert '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"' in again
    for line in PLURAL.splitlines():
        assert line in again
    assert units_in(again, "po") == units
    assert written(units_in(again, "po"), "po").decode() == again
    alone = written(units[1:], "po").decode()
    assert "msgid_plural" not in alone
    assert sorted(units_in(alone, "po")[0].props) == sorted(units[1].props)


def test_a_source_that_is_there_twice_gets_a_context() -> None:
    """gettext refuses a PO with the same message twice; the context is no prop of the unit."""
    units = [pair("Иә.", "Yes."), pair("Иә.", "Yeah."), pair("Иә.", "Sure.")]
    data = written(units, "po")
    assert data.count(b"msgctxt") == 2
    assert units_in(data, "po") == units


def test_what_a_message_was_and_an_empty_context_come_back() -> None:
    """An empty context is one: beside it, the same source may stand without."""
    messages = (
        '#, fuzzy\n#| msgctxt "was"\n#| msgid "one\\n"\n#| "file"\n#| msgid_plural "files"\n'
        'msgctxt ""\nmsgid "a"\nmsgid_plural "as"\nmsgstr[0] "а"\nmsgstr[1] "б"\n'
        '\nmsgid "a"\nmsgstr "в"\n\n#| msgctxt ""\nmsgctxt "c"\nmsgid "a"\nmsgstr "г"\n'
    )
    units = units_in(HEADER + messages, "po")
    assert [prop for prop in units[0].props if prop[0].startswith("x-po:prev")] == [
        ("x-po:previous-context", "was"),
        ("x-po:previous", "one\nfile"),
        ("x-po:previous-plural", "files"),
    ]
    for format in ("po", "tmx", "xlsx", "xlf", "csv"):
        again = written(units_in(written(units, format), format), "po").decode()
        kept = [line for line in again.split("\n") if not line.startswith("#. tmtool")]
        wanted = messages.replace('#| msgid "one\\n"', '#| msgid ""\n#| "one\\n"')
        assert kept[kept.index("#, fuzzy") :] == wanted.split("\n")


def test_a_comment_that_is_about_nothing_is_counted() -> None:
    """It stands behind all messages; one of an obsolete message does not."""
    lost: Counter[str] = Counter()
    text = f'{HEADER}\nmsgid "a"\nmsgstr "а"\n# c\n#~ msgid "b"\n#~ msgstr "б"\n\n'
    units = units_in(text, "po", lost=lost)
    obsolete = {"obsolete messages (#~), read like others": 1}
    assert lost == obsolete
    lost.clear()
    assert units_in(f"{text}# the end\n#: x\n\n", "po", lost=lost) == units
    assert lost == {"comments behind the last message, left out": 1, **obsolete}


def test_a_comment_needs_no_space_behind_its_mark() -> None:
    """As gettext reads them: flags, places, what a program or a person wrote."""
    comments = "#.shown\n#:a.c:1\n#!c-format\n#T\n#-*- po -*-\n##d\n#@ e\n#= f\n#,fuzzy\n"
    (unit,) = units_in(f'{HEADER}{comments}#|msgid "old"\nmsgid "a"\nmsgstr "а"\n', "po")
    assert unit.state != "reviewed"
    assert unit.notes == ("T", "-*- po -*-", "#d", "@ e", "= f")
    assert unit.props == (
        ("x-po:previous", "old"),
        ("x-po:reference", "a.c:1"),
        ("x-po:flags", "c-format"),
        ("x-po:comment", "shown"),
    )
    assert units_in(written([unit], "po"), "po") == [unit]


def test_the_first_comment_is_of_the_first_message_where_there_is_no_header() -> None:
    """With one, it is about the file."""
    message = '# how good\nmsgid "A"\nmsgstr "Б"\n'
    (alone,) = units_in(message, "po", languages=("en", "kk"))
    assert alone.notes == ("how good",)
    (below,) = units_in(f"# of the file\n{HEADER}{message}", "po")
    assert below.notes == ("how good",)


def test_an_obsolete_message_keeps_what_is_known_of_it() -> None:
    """What it was before, its comments, its place and its state."""
    text = f'{HEADER}#, fuzzy\n#~| msgid "was"\n#~msgid "b"\n#~msgstr "б"\n#~\n'
    (unit,) = units_in(text, "po")
    assert unit.props == (("x-po:previous", "was"), ("x-po:obsolete", "yes"))
    props = (*unit.props, ("x-po:reference", "a.c:1"), ("x-po:comment", "c"))
    unit = replace(unit, props=props, state="final", notes=("n",))
    data = written([unit], "po").decode()
    assert '#~| msgid "was"\n#~ msgid "b"\n#~ msgstr "б"\n' in data
    (again,) = units_in(data, "po")
    assert sorted(again.props) == sorted(props)
    assert replace(again, props=props) == unit


def test_obsolete_messages_stay_obsolete() -> None:
    """They are translations all the same."""
    text = HEADER + '#~ msgid "Old"\n#~ msgstr "Ескі"\n\nmsgid "Old"\nmsgstr "Ескі"\n'
    units = units_in(text, "po")
    assert sorted(unit.props for unit in units) == [(), (("x-po:obsolete", "yes"),)]
    data = written(units, "po").decode()
    assert '#~ msgctxt "tmtool:1"\n#~ msgid "Old"' in data
    assert data.count("msgctxt") == 1
    assert "msgctxt" not in written([replace(units[0], props=())], "po").decode()


def test_po_in_an_old_encoding_is_read() -> None:
    """The header says which."""
    text = HEADER.replace("UTF-8", "CP1251") + 'msgid "Yes"\nmsgstr "Да"\n'
    assert texts(units_in(text.encode("cp1251"), "po")) == [("Yes", "Да")]


def test_a_header_without_languages_must_be_helped() -> None:
    """Most say only the language of the translation."""
    text = HEADER.replace('"X-Source-Language: en\\n"\n', "") + 'msgid "Yes"\nmsgstr "Иә"\n'
    with pytest.raises(InputError, match="say which with -s and -t"):
        units_in(text, "po")
    assert units_in(text, "po", languages=("en", "kk"))[0].languages == ("en", "kk-KZ")


def test_what_po_cannot_hold_is_counted_or_refused() -> None:
    """A message without a source is the header; a PO has one pair of languages."""
    stream = io.BytesIO()
    units = [pair("Иә.", "Yes."), pair("", "Alone.")]
    assert library.write(units, stream, format="po") == Written(1, left_out=1)
    other = replace(pair("Иә."), target=replace(pair("x").target, language="ru"))
    with pytest.raises(TmtoolError, match="PO holds one pair of languages, not kk-en and kk-ru"):
        written([*units, other], "po")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hello\n", "-:1: is not PO: this is no part of a message"),
        ('msgid "a"\nmsgstr "b\n', "-:2: a string is not closed"),
        ('msgid "a"\nmsgstr "b\\"\n', "-:2: a string is not closed"),
        ('msgid "a" "b"\nmsgstr "b"\n', "-:1: a string is not closed, or holds a quote"),
        ('msgid "a"\nmsgstr "b" c\n', "-:2: a string is not closed, or holds a quote"),
        ('msgstr "a"\n', "-:1: is not PO"),
        (
            'msgid "a"\nmsgid_plural "b"\nmsgstr[1] "c"\nmsgstr[0] "d"\nmsgstr[1] "e"\n',
            r"-:5: msgstr\[1\] stands twice in a message",
        ),
        (
            'msgid "a"\nmsgid_plural "b"\n' + "".join(f'msgstr[{n}] "c"\n' for n in range(11)),
            r"-:13: msgstr\[10\] is beyond msgstr\[9\]",
        ),
        ('#. tmtool: {}\nmsgid "a"\nmsgstr "b"\n', "what tmtool wrote beside it is damaged"),
        ('#. tmtool: [7]\nmsgid "a"\nmsgstr "b"\n', "what tmtool wrote .* is damaged"),
    ],
)
def test_what_is_wrong_in_a_po_is_named(text: str, complaint: str) -> None:
    """File, line, reason."""
    with pytest.raises(FormatError, match=complaint):
        units_in(text, "po", languages=("en", "kk"))


def test_a_file_whose_text_is_the_name_of_another_is_text(tmp_path: Path) -> None:
    """The parser would open it."""
    secret = tmp_path / "secret.po"
    secret.write_text('msgid "a"\nmsgstr "secret"\n')
    with pytest.raises(FormatError, match="is not PO"):
        units_in(str(secret), "po", languages=("en", "kk"))


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
def test_gettext_has_nothing_to_say(tmp_path: Path) -> None:
    """What we write, msgfmt compiles, also where an obsolete message says the same source."""
    foreign = (("x-po:context", "tmtool:x"),)
    obsolete = (("x-po:obsolete", "yes"),)
    units = [*units_in(HEADER + PLURAL, "po"), *(replace(FULL, id=str(n)) for n in range(2))]
    said = ((), obsolete, foreign, obsolete, foreign)
    units += [replace(FULL, id=f"p{n}", props=props) for n, props in enumerate(said)]
    path = tmp_path / "a.po"
    path.write_bytes(written(units[:2], "po") + written(units[2:], "po").partition(b"\n\n")[2])
    done = subprocess.run(
        ["msgfmt", "--check-format", "-o", "/dev/null", path], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_edits_of_a_translator_come_back(tmtool: Program) -> None:
    """A unit is known by its id, and loses nothing."""
    tmtool("-m", "m.db", "import", "-", "--from", "jsonl", input=written([FULL], "jsonl"))
    text = tmtool("-m", "m.db", "export", "-", "--to", "po").stdout
    edited = text.replace("New < year", "The new year ⟦1⟧")
    options = ["--from", "po", "--on-conflict", "replace"]
    tmtool("-m", "m.db", "import", "-", *options, input=edited)
    (unit,) = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    assert (unit.target.text, unit.source, unit.props) == (
        "The new year ⟦1⟧",
        FULL.source,
        FULL.props,
    )


HEADED = r"""# Copyright Айгүл
msgid ""
msgstr ""
"Project-Id-Version: my \"1.0\"\n"
"Language: en\n"
"X-Source-Language: kk\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"X-Poedit-Basepath: C:\\a\n"

#. a \x41 that is a comment
msgid "\xd0\x98\xd3\x99 \\x41 \101\x0a"
msgstr "Yes"
"""


def test_the_header_goes_through_the_memory(tmtool: Program, tmp_path: Path) -> None:
    """But for what is about the file itself; again it is said once."""
    (tmp_path / "in.po").write_text(HEADED, "utf-8")
    tmtool("convert", "in.po", "converted.po")
    tmtool("-m", "m.db", "import", "in.po", "converted.po")
    tmtool("-m", "m.db", "export", "out.tmx")
    tmtool("-m", "other.db", "import", "out.tmx")
    tmtool("-m", "other.db", "export", "out.po")
    for name in ("converted.po", "out.po"):
        text = (tmp_path / name).read_text("utf-8")
        assert text.startswith("# Copyright Айгүл\nmsgid")
        for line in HEADED.splitlines()[3:8]:
            assert text.count(line) == 1


def test_what_a_string_spells_is_composed() -> None:
    """Letters by their bytes, in a message and in the header, are in NFC as all texts are."""
    data = (
        'msgid ""\nmsgstr "X-Team: e\\xcc\\x81\\n"\n\n'
        'msgctxt "e\\314\\201"\nmsgid "e\\xcc\\x81"\nmsgstr "u\\xcc\\x88"\n'
    )
    headers: list[Header] = []
    (unit,) = units_in(data, "po", languages=("kk", "en"), headers=headers)
    assert (unit.source.text, unit.target.text) == ("\u00e9", "\u00fc")
    assert ("x-po:context", "\u00e9") in unit.props
    assert headers[0].props == (("x-po:header/X-Team", "\u00e9"),)


def test_letters_that_are_spelled_by_their_bytes_are_read() -> None:
    """In the encoding of the file, and not behind a backslash that stands for itself."""
    (unit,) = units_in(HEADED, "po")
    assert unit.source.text == "Иә \\x41 A\n"
    assert dict(unit.props)["x-po:comment"] == "a \\x41 that is a comment"
    with pytest.raises(FormatError, match=r"-:11: the bytes that a string spells are not UTF-8"):
        units_in(HEADED.replace(r"\xd3\x99", r"\xd3"), "po")


def test_a_language_of_the_header_is_not_overruled(tmtool: Program, tmp_path: Path) -> None:
    """What is in another language than was said is left out, and said."""
    (tmp_path / "in.po").write_text(
        'msgid ""\nmsgstr "Language: ru\\n"\n\nmsgid "Yes"\nmsgstr "Да"\n', "utf-8"
    )
    done = tmtool("-m", "m.db", "import", "in.po", "-s", "en", "-t", "kk")
    assert done.stderr.splitlines() == [
        "in.po: no units",
        "note: in.po: units in en-ru, not in en-kk as -s and -t say, left out: 1",
    ]
    done = tmtool("-m", "m.db", "import", "in.po", "-s", "ru", "-t", "en")
    assert done.stderr == "in.po: 1 new\n"
    (unit,) = units_in(tmtool("-m", "m.db", "export", "-", "--to", "jsonl").stdout, "jsonl")
    assert (unit.languages, unit.source.text, unit.target.text) == (("ru", "en"), "Да", "Yes")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('msgid "a"\nmsgstr "b"\n\nmsgid "c"\n', 4, "cut short: a message has no msgstr"),
        ('msgid "a"\nmsgstr "b"\n\nmsgctxt "c"\n', 4, "cut short: a message has no msgstr"),
        ('msgid "a"\nmsgid_plural "b"\n', 2, "cut short: a message has no msgstr"),
        ('#~ msgid "a"\n', 1, "cut short: a message has no msgstr"),
        ('msgid "a"\n\nmsgid "c"\nmsgstr "d"\n', 1, "a message has no msgstr"),
        ('msgid "a"\nmsgstr[0] "b"\n', 2, r"msgstr\[0\] belongs to a msgid_plural"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr "c"\n', 3, r"has msgstr\[0\], not msgstr"),
    ],
)
def test_a_message_is_whole(text: str, line: int, said: str) -> None:
    """What a file that was cut off leaves of one is no translation that is missing."""
    with pytest.raises(FormatError, match=said) as caught:
        units_in(text, "po")
    assert caught.value.line == line


@pytest.mark.parametrize(
    "end", ["", "\n", "\r\n", "\n\n# the end\n", '\n#~ msgid "c"\n#~ msgstr ""']
)
def test_a_file_may_end_without_a_line_end(end: str) -> None:
    """And with an obsolete message, a blank line or a comment."""
    units = units_in(f'{HEADER}msgid "a"\nmsgstr "b"{end}', "po")
    assert units[0].target.text == "b"


def test_a_message_may_stand_in_thousands_of_places() -> None:
    """Each in a line of its own, with an obsolete message before it."""
    places = "".join(f"#: f.c:{number}\n" for number in range(9000))
    before = '#~ msgid "c"\n#~ msgstr "d"\n' * 6000
    *_, unit = units_in(f'{HEADER}{before}{places}msgid "a"\nmsgstr "b"\n', "po")
    assert unit.props[0][1].count(" ") == 8999


@settings(max_examples=60)
@given(st.lists(st.tuples(wild, wild, st.sampled_from(STATES)), max_size=3), st.integers(20, 90))
def test_who_wraps_a_po_loses_nothing_of_a_unit(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    """As polib does: what tmtool wrote beside a message is whole again, whatever stands in it."""
    units = [
        pair(
            f"Иә {number}.",
            "Yes.",
            id=f"one-{number}--two",
            document=f"a - b  {name} -- c-d",
            props=(("x-own", f"{value}  two"),),
            state=state,
            score=0.5,
            position=1.0,
        )
        for number, (name, value, state) in enumerate(rows)
    ]
    wrapped = polib.pofile(written(units, "po").decode(), wrapwidth=width)
    assert units_in(str(wrapped), "po") == units


@pytest.mark.parametrize("added", ["", "before", "behind"])
def test_who_wraps_the_notes_of_a_po_changes_none(added: str) -> None:
    """As polib does with long lines, which are not taken for notes; one that is added is one."""
    long = "бұл пікір бір жолға сыймайды-ау, сондықтан ол бірнеше жолға бөлінеді, " * 3
    note, comment = f"1 {long}".strip(), f"2 {long}".strip()
    unit = pair(
        *("Иә.", "Yes."),
        id="0" * 16,
        notes=(note, "short", f"{note} again"),
        props=(("x-po:comment", f"{comment}\nshort"),),
    )
    (message,) = file = polib.pofile(written([unit], "po").decode())
    notes = unit.notes
    if added == "before":
        message.tcomment, notes = f"more\n{message.tcomment}", ("more", *notes)
    if added == "behind":
        message.tcomment, notes = f"{message.tcomment}\nmore", (*notes, "more")
    assert f"# {note}\n" not in str(file)
    assert f"#. {comment}\n" not in str(file)
    assert units_in(str(file), "po") == [replace(unit, notes=notes)]


def test_what_was_wrapped_before_is_whole_again(tmtool: Program, tmp_path: Path) -> None:
    """Of a file whose line has spaces, too; a comment that follows it is one of the message."""
    told = '[{"id":"a1-b2","state":"final","document":"my text","position":1.0}]'
    lines = [f"tmtool: {told}".replace(" text", "\n#. text").replace("a1-", "a1-\n#. "), "mine"]
    entry = "".join(f"#. {line}\n" for line in ["theirs", *lines])
    (unit,) = units_in(f'{HEADER}{entry}msgid "Иә."\nmsgstr "Yes."\n', "po")
    assert (unit.id, unit.state, unit.document) == ("a1-b2", "final", "my text")
    assert unit.props == (("x-po:comment", "theirs\nmine"),)
    damaged = entry.replace('#. text","position":1.0}]\n', "")
    (tmp_path / "bad.po").write_text(f'{HEADER}{damaged}msgid "Иә."\nmsgstr "Yes."\n', "utf-8")
    said = tmtool("-m", "m.db", "import", "bad.po", status=3).stderr
    assert "what tmtool wrote beside it is damaged" in said


def test_what_a_message_says_itself_is_said_once() -> None:
    """The PO of others stays as plain; of ours only what gettext has no word for is told."""
    again = written(units_in(HEADER + PLURAL, "po"), "po").decode()
    assert "#. tmtool" not in again
    long = pair("Иә.", "Yes.", notes=("a" + " a" * 100,), origin="po")
    assert "#. tmtool" not in written([long], "po").decode()
    assert "state" not in written([pair("Иә.", "Yes.", state="translated")], "po").decode()
    assert "state" in written([pair("Иә.", "Yes.", state="reviewed")], "po").decode()


def test_obsolete_messages_are_counted(tmtool: Program, tmp_path: Path) -> None:
    """They are translations to be found, as msgmerge takes them up, and stay obsolete."""
    text = f'{HEADER}msgid "a"\nmsgstr "а"\n\n#~ msgid "b"\n#~ msgstr "б"\n'
    (tmp_path / "old.po").write_text(text, "utf-8")
    said = tmtool("-m", "m.db", "import", "old.po").stderr
    assert "note: old.po: obsolete messages (#~), read like others: 1" in said
    tmtool("-m", "m.db", "export", "new.po")
    assert '\n#~ msgid "b"\n#~ msgstr "б"\n' in (tmp_path / "new.po").read_text("utf-8")
