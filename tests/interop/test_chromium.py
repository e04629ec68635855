"""The report in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop import chromium
from tests.interop.chromium import Page
from tests.test_report import reported
from tmtool.report import page as written

pytestmark = pytest.mark.skipif(not chromium.PROGRAM, reason="Chromium is not installed")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """The report of a small document, opened."""
    path = tmp_path / "report.html"
    path.write_text("".join(written(reported())), "utf-8")
    with chromium.browser(tmp_path / "profile") as opened:
        opened.open(path)
        yield opened


SEEN = "[...document.querySelectorAll('article')].filter((a) => !a.hidden).map((a) => a.id)"


def choose(page: Page, name: str, value: str) -> list[str]:
    """The numbers of the pairs that are seen when a field has this value."""
    page.run(
        f"document.forms[0].elements['{name}'].value = '{value}';"
        "document.forms[0].dispatchEvent(new Event('input'));"
        "new Promise((done) => setTimeout(done, 150))"
    )
    found: list[str] = page.run(SEEN)
    return found


def test_the_list_is_searched_and_narrowed(page: Page) -> None:
    """By words of either side, state, confidence and check; what is counted says so."""
    assert page.run(SEEN) == ["1", "2", "3", "4", "5"]
    assert choose(page, "text", "SUN the") == ["1"]
    assert page.run("document.querySelector('output').value") == "1 of 5 pairs"
    page.run("document.querySelector('button[type=reset]').click()")
    assert choose(page, "text", "") == ["1", "2", "3", "4", "5"]
    assert choose(page, "state", "reviewed") == ["3"]
    assert choose(page, "state", "") == ["1", "2", "3", "4", "5"]
    assert choose(page, "confidence", "doubtful") == ["2"]
    assert choose(page, "confidence", "") == ["1", "2", "3", "4", "5"]
    assert choose(page, "check", "*") == ["2"]
    assert choose(page, "text", "nowhere") == []
    assert page.run("document.querySelector('.none').hidden") is False


def test_a_count_and_the_plot_lead_to_pairs(page: Page) -> None:
    """A state that is clicked narrows the list, a place in the plot goes to its pair."""
    page.run("document.querySelector('button[data-value=reviewed]').click()")
    assert page.run(SEEN) == ["3"]
    page.run(
        "{ const plot = document.querySelector('.plot svg'), box = plot.getBoundingClientRect();"
        "plot.dispatchEvent(new MouseEvent('click', {clientX: box.right - 2, clientY: box.top})) }"
    )
    assert page.run("location.hash") == "#5"
    assert "5" in page.run(SEEN)


def test_nothing_of_a_text_is_run_and_nothing_is_fetched(page: Page) -> None:
    """Scripts in sources, translations, notes, names and messages are text."""
    assert page.run("typeof window.pwned") == "undefined"
    assert page.run("document.querySelectorAll('main script, main img, article b i').length") == 0
    requests = [e for e in page.events if e["method"] == "Network.requestWillBeSent"]
    assert {event["params"]["request"]["url"].split(":")[0] for event in requests} <= {"file"}
    assert not [event for event in page.events if event["method"] == "Log.entryAdded"]


@pytest.mark.parametrize(("width", "is_stacked"), [(1280, False), (390, True)])
def test_it_fits_a_desk_and_a_phone(page: Page, width: int, is_stacked: bool) -> None:
    """Columns stand beside each other or above; nothing is cut off at the side."""
    page.resize(width, 800)
    left = "(n) => document.querySelectorAll('article p')[n].getBoundingClientRect()"
    source, target = (page.run(f"({left})({n}).top") for n in (0, 1))
    assert (source < target) is is_stacked
    assert page.run("document.documentElement.scrollWidth") <= width
