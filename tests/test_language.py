"""Languages are folders of data; others get generic rules and a Moses list."""

from __future__ import annotations

import pytest

from tmtool.errors import LanguageError
from tmtool.language import Language, parse_prefixes


@pytest.mark.parametrize("code", ["kk", "KK", "kk-KZ", "kk_KZ", "kk-Cyrl-KZ"])
def test_regions_and_scripts_share_a_language(code: str) -> None:
    """kk-KZ is segmented like kk."""
    assert Language.load(code) is Language.load("kk")


@pytest.mark.parametrize(
    "code",
    ["", "k", "kazakh!", "қаз", "kk-", "../kk", "kk-K", "kk-x", "x", "kk-u-x-a", "x-kazakhstan"],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    """A code becomes a folder name, so it is checked before anything else."""
    with pytest.raises(LanguageError, match="is not a language code; use one such as kk"):
        Language.load(code)


@pytest.mark.parametrize(
    ("code", "normal"),
    [
        ("KK_kz", "kk-KZ"),
        ("kaz-CYRL", "kk-Cyrl"),
        ("kk-kz-X-Old-KZ", "kk-KZ-x-old-kz"),
        ("kk-U-SD-kz", "kk-u-sd-kz"),
        ("kk-Latn-t-kk-cyrl-x-0", "kk-Latn-t-kk-cyrl-x-0"),
        ("X-Klingon", "x-klingon"),
        ("i-default", "i-default"),
    ],
)
def test_codes_are_spelled_as_bcp_47_has_them(code: str, normal: str) -> None:
    """Extensions and private codes, too, which a memory of somebody may be in."""
    assert Language.normal(code) == normal
    assert not Language.load("x-klingon").is_known


def test_a_language_without_a_folder_uses_its_moses_list() -> None:
    """sacremoses knows German abbreviations, so a German text is split with them."""
    german = Language.load("de")
    assert german.is_known
    assert any("Prof" in rule.before or "rof" in rule.before for rule in german.rules)


def test_an_unknown_language_is_marked_as_such() -> None:
    """The caller can tell the user that only generic rules apply."""
    assert not Language.load("xx").is_known
    assert Language.load("kk").is_known


def test_no_rule_keeps_a_placeholder() -> None:
    """Every %class% of an SRX file stands for abbreviations, or for nothing."""
    for code in ("kk", "de", "xx"):
        for rule in Language.load(code).rules:
            assert "%" not in rule.before + rule.after


def test_prefix_lists_are_read_as_moses_writes_them() -> None:
    """Comments are skipped, numeric-only entries are a class, ours are named in brackets."""
    lines = ["# Titles", "проф", "", "# [era] before Christ", "б.з.б", "No #NUMERIC_ONLY#"]
    assert parse_prefixes(lines) == {"never": ["проф"], "era": ["б.з.б"], "before-number": ["No"]}
