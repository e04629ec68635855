"""SRX files become rules, and what is wrong with one is said."""

from __future__ import annotations

from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.conftest import Program
from tests.test_segment_golden import CODES, golden
from tmtool import breaks, srx
from tmtool.errors import FormatError, InputError, TmtoolError
from tmtool.language import Language
from tmtool.reading import Reading
from tmtool.segment import Segmenter
from tmtool.syntax import portable, shared

SRX = """<srx xmlns="http://www.lisa.org/srx20" version="2.0">
<header segmentsubflows="yes" cascade="{cascade}"/>
<body><languagerules>
<languagerule languagerulename="Kazakh">
<!-- initial: М. Әуезов is one name -->
<rule break="no"><beforebreak>\\b\\p{{Lu}}\\.</beforebreak><afterbreak>\\s</afterbreak></rule>
</languagerule>
<languagerule languagerulename="Default">
<rule break="yes"><beforebreak>{before}</beforebreak><afterbreak>\\s</afterbreak></rule>
</languagerule>
</languagerules><maprules>
<languagemap languagepattern="[Kk][Kk].*" languagerulename="Kazakh"/>
<languagemap languagepattern=".*" languagerulename="{default}"/>
</maprules></body></srx>"""


def written(
    tmp_path: Path, cascade: str = "yes", before: str = "\\.", default: str = "Default"
) -> Path:
    path = tmp_path / "rules.srx"
    path.write_text(SRX.format(cascade=cascade, before=before, default=default), "utf-8")
    return path


def test_rules_come_in_order_with_their_names(tmp_path: Path) -> None:
    """A comment names its rule; a rule without one goes by its block and number."""
    rules = srx.read(written(tmp_path), "kk")
    assert [(rule.name, rule.breaks) for rule in rules] == [
        ("initial", False),
        ("Default:1", True),
    ]
    assert rules[0].before == r"\b\p{Lu}\."
    assert rules[0].line == 6


def test_only_cascading_files_join_several_maps(tmp_path: Path) -> None:
    """Without cascade the first language map that fits is the only one."""
    assert [rule.name for rule in srx.read(written(tmp_path, cascade="no"), "kk")] == ["initial"]
    assert [rule.name for rule in srx.read(written(tmp_path), "de")] == ["Default:1"]


def test_an_expression_that_does_not_compile_is_named(tmp_path: Path) -> None:
    """The linguist who wrote it is told the line and the reason."""
    with pytest.raises(FormatError, match=r"rules\.srx:9: the expression .* does not compile"):
        srx.read(written(tmp_path, before="(\\."), "kk")


def test_an_endless_pattern_of_languages_is_refused(tmp_path: Path) -> None:
    """Codes are short."""
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8").replace("[Kk][Kk].*", "я" * 1001), "utf-8")
    with pytest.raises(FormatError, match=r"rules\.srx:\d+: the languagepattern .* far too long"):
        srx.read(path, "kk")


@pytest.mark.parametrize(
    "before", ["a{999999999}", "(?:(?:a{1,999}b){999}[)]){99}", "a{99999999999,}"]
)
def test_an_expression_that_takes_all_memory_is_refused(tmp_path: Path, before: str) -> None:
    """One that repeats something millions of times is no rule of sentences."""
    with pytest.raises(FormatError, match=r"rules\.srx:9: .* repeats things too often"):
        srx.read(written(tmp_path, before=before), "kk")


@pytest.mark.parametrize(
    ("before", "meant"),
    [
        ("(?i)а|b", "(?:[аА])|(?:[bB])"),
        ("x(?:a(?i)b|c)d", "x(?:a(?:[bB])|(?:[cC]))d"),
        ("(?iu)a(?#a letter)1ß", "(?:[aA]1ß)"),
        ("(?-i)a(?m-s:b)(?s)c|d", "(?:a(?m-s:b)(?s:c))|(?:(?s:d))"),
        (r"(?i:[^а-в\-.]\p{Ll}(?-i:г))д", r"(?:[^а-в\-.АбБВ][\p{Lu}\p{Ll}\p{Lt}](?:г))д"),
        (r"\x{49B}\x{2e}", r"қ\."),
        (r"[^[:alpha:][:space:]]", r"[^\p{L}\s]"),
        (r"\x20[\u0020\x2d]", r" [ \-]"),
        ("(а)(?&lt;rule1&gt;б)", "(?:а)(?:б)"),
        (r"\%never%", r"\%never%"),
        ("и\u0306", "й"),
        ("a<!-- a letter -->b<?c?>c", "abc"),
        ("&#1072;[)(]", "а[)(]"),
    ],
)
def test_an_expression_means_what_other_engines_take_it_for(
    tmp_path: Path, before: str, meant: str
) -> None:
    """A flag holds to the end of its group, and a comment is no end of an expression."""
    assert srx.read(written(tmp_path, before=before), "kk")[1].before == meant


def test_flags_of_one_rule_are_none_of_another(tmp_path: Path) -> None:
    """They hold in their own expression alone, in what is found and in what is explained."""
    text = "x т. А т. а Т. А"
    for before in (r"(?i)т\.", r"т\."):
        path = written(tmp_path, before=before)
        segmenter = Segmenter(Language.load("de", srx_file=path))
        found = [segment.end for segment in segmenter.segment(text)][:-1]
        assert found == [d.offset for d in segmenter.explain(text) if d.breaks]
        assert len(found) == (3 if "i" in before else 2)


@pytest.mark.parametrize(
    ("before", "complaint"),
    [
        ("(?x)a # b", r"sets the flags \(\?x\), of which i, m and s are known"),
        ("(?R)", r"sets the flags \(\?R\)"),
        ("(?r)a", r"sets the flags \(\?r\)"),
        (r"(a)\1", r"uses \\1, which rules cannot hold"),
        ("(?:abc){e}", "uses {e"),
        (r"[\p{L}&amp;&amp;[^a]]", r"has a set within the set \["),
        ("[[:cntrl:]]", r"has \[:cntrl:\] in a set"),
        ("(?:" * 101 + ")" * 101, "has more than 100 groups within each other"),
        ("[а~~б]", "has a set within the set"),
        ("а*+", r"uses \*\+, which rules cannot hold"),
        ("(?>а)", r"uses \(\?>а, which rules cannot hold"),
        ("a<b/>", "an expression holds <b>, where text belongs"),
    ],
)
def test_what_engines_do_not_share_is_refused(tmp_path: Path, before: str, complaint: str) -> None:
    """Rules that would mean something else elsewhere, or beside other rules, are none."""
    with pytest.raises(FormatError, match=rf"rules\.srx:9: .*{complaint}"):
        srx.read(written(tmp_path, before=before), "kk")


def test_an_entity_in_an_expression_is_refused(tmp_path: Path) -> None:
    """What it stands for is declared elsewhere, perhaps in another file."""
    path = written(tmp_path, before="a&stop;")
    text = '<!DOCTYPE srx [<!ENTITY stop "\\.">]>' + path.read_text("utf-8")
    path.write_text(text, "utf-8")
    with pytest.raises(FormatError, match=r"rules\.srx:9: an expression holds &stop;, where text"):
        srx.read(path, "kk")


def test_a_rule_breaks_or_does_not(tmp_path: Path) -> None:
    """Anything but yes and no is a slip that would change what every rule below it does."""
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8").replace('break="no"', 'break="maybe"'), "utf-8")
    with pytest.raises(FormatError, match=r"rules\.srx:6: a rule has break='maybe'"):
        srx.read(path, "kk")


def test_a_map_to_a_missing_block_is_named(tmp_path: Path) -> None:
    """Rules that are asked for must be there."""
    with pytest.raises(FormatError, match="'Other', which no <languagerule> defines"):
        srx.read(written(tmp_path, default="Other"), "de")


def test_what_could_be_meant_in_two_ways_is_refused(tmp_path: Path) -> None:
    """Two blocks of one name, and a cascade that is neither on nor off."""
    path = written(tmp_path, cascade="true")
    with pytest.raises(FormatError, match="has cascade='true', neither yes nor no"):
        srx.read(path, "kk")
    path = written(tmp_path)
    text = path.read_text("utf-8").replace('rulename="Kazakh">', 'rulename="Default">', 1)
    path.write_text(text, "utf-8")
    with pytest.raises(FormatError, match="two <languagerule>s called 'Default'; give each"):
        srx.read(path, "kk")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("<srx", "is not well-formed XML"),
        ("<tmx/>", "is not SRX: its root is <tmx>"),
        ("<srx/>", "no namespace"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str, complaint: str) -> None:
    """A broken file and one of another kind have a message each."""
    path = tmp_path / "x.srx"
    path.write_text(content, "utf-8")
    with pytest.raises(FormatError, match=complaint):
        srx.read(path, "kk")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The user sees which file was not there."""
    with pytest.raises(InputError, match=r"none\.srx: cannot be read"):
        srx.read(tmp_path / "none.srx", "kk")


KAZAKH = Language.load("kk")


def test_written_rules_are_valid_and_read_back(tmp_path: Path) -> None:
    """The schema of SRX 2.0 has nothing to say, and a region gets its language's rules."""
    path = tmp_path / "out.srx"
    path.write_bytes(srx.write({"kk": KAZAKH.rules, "xx": Language.load("xx").rules}))
    schema = pytest.importorskip("choppa", reason="the schema comes with choppa-srx").SRX_2_XSD
    assert etree.XMLSchema(etree.parse(schema)).validate(etree.parse(path))
    again = srx.read(path, "kk-KZ")
    assert [(rule.name, rule.breaks) for rule in again] == [
        (rule.name, rule.breaks) for rule in KAZAKH.rules
    ]
    assert len(srx.read(path, "XX")) == len(Language.load("xx").rules)


@pytest.mark.parametrize(
    ("expression", "spelled"),
    [
        (r"\s", r"[\s\u00a0"),
        (r"[»\s]", r"[»\s\u00a0"),
        (r"\S", r"[^\s\u00a0"),
        (r"\d\\s[\]\d]", r"\p{Nd}\\s[\]\p{Nd}]"),
    ],
)
def test_white_space_and_digits_are_spelled_out(expression: str, spelled: str) -> None:
    """Java means ASCII by them."""
    assert portable(expression).startswith(spelled)
    assert portable(portable(expression)) == portable(expression)


CARRIED = [
    *(r"(?i:[а-г])\.", r"\b\w\w\b", r"[\w-]+ж\.", r"\W\w\.", r"[[:alpha:]]{3}\.", r"\D\d+\."),
    *(r"\Bа\.", r"[^\W\d]\.", r"(?i)құж\.|млрд\.", r"[\s.]\p{Lu}\p{Ll}", r"\S\s\."),
]


@settings(max_examples=200)
@given(st.sampled_from(CARRIED), st.text(st.sampled_from("аАғҒжqQ1٣_- .\u0301\u00a0")))
def test_expressions_carried_to_others_find_the_same(expression: str, text: str) -> None:
    """What is spelled out is what ours takes it for."""
    ours = regex.compile(shared(expression))
    try:
        theirs = regex.compile(portable(shared(expression)))
    except ValueError:
        assert r"[^\W" in expression
        return
    assert [m.span() for m in theirs.finditer(text)] == [m.span() for m in ours.finditer(text)]


@pytest.mark.parametrize("before", [r"\p{Cyrillic}+\.", r"[\p{Alphabetic}]\.", r"[\W.]\."])
def test_what_others_have_no_name_for_is_not_written(tmp_path: Path, before: str) -> None:
    """Rules that another tool would not load are worth nothing."""
    rules = srx.read(written(tmp_path, before=before), "kk")
    with pytest.raises(TmtoolError, match="the rule 'Default:1' cannot be carried to other tools"):
        srx.write({"kk": rules})


def test_a_map_may_name_a_region(tmp_path: Path) -> None:
    """It is asked for by the whole code first, in any case."""
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8").replace("[Kk][Kk].*", "KK-kz"), "utf-8")
    names = [rule.name for rule in Language.load("kk-KZ", srx_file=path).rules]
    assert names[0] == "initial"
    assert [rule.name for rule in Language.load("kk", srx_file=path).rules] == ["Default:1"]


def test_a_side_of_a_pair_without_own_rules_keeps_ours(tmp_path: Path) -> None:
    """Own rules for Kazakh serve its regions, and English is split as ever."""
    path = written(tmp_path)
    text = path.read_text("utf-8").replace("[Kk][Kk].*", "kk").replace('".*"', '"xx"')
    path.write_text(text, "utf-8")
    ours, theirs = Reading(srx=str(path)).segmenters(("kk-KZ", "en"))
    assert [rule.name for rule in ours.language.rules] == ["initial"]
    assert theirs.language.rules == Language.load("en").rules
    with pytest.raises(FormatError, match="has no rules for 'de'"):
        Reading(srx=str(path)).segmenters(("de", "en"))


TWO_WAYS = "(?:а|а)+"  # to match each letter
SLOW = f"{TWO_WAYS}[бв]"


@pytest.mark.parametrize("is_explained", [False, True])
@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ((("yes", SLOW, ""), ("yes", r"\.", r"\s")), "а" * 60),
        ((("no", rf"[бв]{TWO_WAYS}\.", ""), ("yes", r"\.", r"\s")), "а" * 60 + ". Я"),
        ((("yes", "Я", SLOW), ("yes", r"\.", r"\s")), "Я" + "а" * 60),
        ((("yes", r"\.\s", f"(?!{SLOW})"), ("yes", r"\.", r"\s")), ". " + "а" * 60),
    ],
)
def test_a_rule_that_takes_too_long_is_named(
    rules: tuple[tuple[str, str, str], ...],
    text: str,
    is_explained: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With its file and line, whichever side of it and whichever kind it is."""
    monkeypatch.setattr(breaks, "_SECONDS", 0.1)
    path = tmp_path / "slow.srx"
    written = "\n".join(
        f"<!-- {'slow' if TWO_WAYS in before + after else 'quick'}: --><rule break='{kind}'>"
        f"<beforebreak>{before}</beforebreak><afterbreak>{after}</afterbreak></rule>"
        for kind, before, after in rules
    )
    block = f"<languagerule languagerulename='a'>\n{written}</languagerule>"
    served = "<maprules><languagemap languagepattern='.*' languagerulename='a'/></maprules>"
    body = f"<body><languagerules>{block}</languagerules>{served}</body>"
    path.write_text(f"<srx xmlns='{srx.NAMESPACE}'><header/>{body}</srx>", "utf-8")
    segmenter = Segmenter(Language.load("kk", srx_file=path))
    assert len(segmenter.segment("Бір. Екі.")) == 2
    with pytest.raises(FormatError, match=r"its rule 'slow' takes too long") as raised:
        segmenter.explain(text) if is_explained else segmenter.segment(text)
    assert (raised.value.path, raised.value.line) == (str(path), 2)
    assert len(segmenter.segment("Бір. Екі.")) == 2


def test_rules_are_limited_in_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a text of a few sentences is not waited for."""
    monkeypatch.setattr(srx, "_MOST", 1)
    assert len(srx.read(written(tmp_path), "de")) == 1
    with pytest.raises(FormatError, match="has more than 1 rules for 'kk'"):
        srx.read(written(tmp_path), "kk")


def test_own_abbreviations_come_before_own_rules(tmp_path: Path) -> None:
    """Rules that leave no place for them have them tried first; only of the plain classes."""
    own = tmp_path / "own.txt"
    own.write_text("құж\n№ #NUMERIC_ONLY#\n", "utf-8")
    language = Language.load("de", srx_file=written(tmp_path), prefixes_file=own)
    found = Segmenter(language).segment("Бұл құж. Жаңа. Ол № 5. Сол №. Біз")
    assert [s.text for s in found] == ["Бұл құж. Жаңа.", "Ол № 5.", "Сол №.", "Біз"]
    own.write_text("# [may-end]\nкг\n", "utf-8")
    with pytest.raises(FormatError, match=r"opens a class \[may-end\] that no rule uses"):
        Language.load("de", srx_file=written(tmp_path), prefixes_file=own)


def test_own_abbreviations_reach_other_tools(tmtool: Program, tmp_path: Path) -> None:
    """With the rules of several languages, and from rules of one's own."""
    (tmp_path / "own.txt").write_text("құж\n", "utf-8")
    tmtool("convert", "kk,eng", "x.srx", "--prefixes", "own.txt")
    tmtool("convert", "x.srx", "y.srx", "-s", "kk,en")
    text = "Жаңа құж. Нөмірі жоқ."
    assert tmtool("segment", "--srx", "y.srx", input=text).stdout == f"{text}\n"
    assert tmtool("segment", input=text).stdout.count("\n") == 2
    assert "No. 5" in tmtool("segment", "--srx", "y.srx", "-l", "en", input="No. 5 is.").stdout


@pytest.mark.parametrize("code", CODES)
def test_another_engine_finds_the_same_sentences(tmp_path: Path, code: str) -> None:
    """The port of the Java library, fed with our file, agrees on every golden case."""
    choppa = pytest.importorskip("choppa", reason="choppa-srx is not installed")
    path = tmp_path / "rules.srx"
    language = Language.load(code)
    path.write_bytes(srx.write({code: language.rules}))
    document = choppa.SrxDocument(ruleset=path)
    segmenter = Segmenter(language)
    for _, text, _ in golden(code):
        theirs = [piece.strip() for piece in choppa.SrxTextIterator(document, code, text)]
        assert [piece for piece in theirs if piece] == [s.text for s in segmenter.segment(text)]


def test_written_rules_stay_as_they_are_when_written_again(tmp_path: Path) -> None:
    """Names, reasons and expressions: nothing grows on the way round."""
    rules = KAZAKH.rules
    assert any(rule.why for rule in rules)
    written = srx.write({"kk": rules})
    (tmp_path / "once.srx").write_bytes(written)
    again = srx.read(tmp_path / "once.srx", "kk")
    assert srx.write({"kk": again}) == written
    assert [(rule.name, rule.why) for rule in again] == [(rule.name, rule.why) for rule in rules]


@pytest.mark.parametrize(
    ("header", "subflows", "start"),
    [
        ('segmentsubflows="no"><formathandle type="start" include="yes"/></header>', "no", "yes"),
        ("/>", "yes", "no"),
    ],
)
def test_what_a_header_says_is_carried_to_others(
    tmtool: Program, tmp_path: Path, header: str, subflows: str, start: str
) -> None:
    """But for the cascade, which no rules of one language need; the rest is as the standard has."""
    path = written(tmp_path)
    old = 'segmentsubflows="yes" cascade="yes"/>'
    path.write_text(path.read_text("utf-8").replace(old, f'cascade="yes" {header}'), "utf-8")
    tmtool("convert", path, "b.srx", "-s", "kk")
    found = etree.parse(tmp_path / "b.srx").getroot()[0]
    assert dict(found.attrib) == {"segmentsubflows": subflows, "cascade": "no"}
    handled = [(handle.get("type"), handle.get("include")) for handle in found]
    assert handled == [("start", start), ("end", "yes"), ("isolated", "no")]


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ('segmentsubflows="maybe"/>', "rules.srx:2: has segmentsubflows='maybe'"),
        ('><formathandle include="yes"/></header>', "has formathandle '?' with include='yes'"),
        ('><formathandle type="end"/></header>', "has formathandle 'end' with include=''"),
    ],
)
def test_a_header_that_nobody_understands_is_not_carried(
    tmtool: Program, tmp_path: Path, header: str, complaint: str
) -> None:
    """It is named, and nothing is written."""
    path = written(tmp_path)
    old = 'segmentsubflows="yes" cascade="yes"/>'
    path.write_text(path.read_text("utf-8").replace(old, f'cascade="yes" {header}'), "utf-8")
    done = tmtool("convert", path, "b.srx", "-s", "kk", status=3)
    assert complaint in done.stderr
    assert not (tmp_path / "b.srx").exists()


@pytest.mark.parametrize("name", ["b.srx", "segmentation.conf"])
def test_a_character_that_xml_cannot_hold_is_spelled(
    tmtool: Program, tmp_path: Path, name: str
) -> None:
    """By its number, as it was."""
    rules = written(tmp_path, before=r"\u0000[\x01]\.")
    tmtool("convert", rules, name, "-s", "kk")
    assert r"\u0000[\u0001]\." in (tmp_path / name).read_text("utf-8")


@pytest.mark.parametrize("options", [["--split", "3"], ["--by", "Ann"], ["-s", "kk"], ["-t", "en"]])
def test_what_means_nothing_for_rules_is_refused(tmtool: Program, options: list[str]) -> None:
    """Nobody waits for an effect that an option does not have."""
    done = tmtool("convert", "kk", "x.srx", *options, status=2)
    assert "x.srx takes rules; " in done.stderr
