"""The picture of the screen that the manual shows.

    python -m tests.picture

writes tests/data/screens/review.svg: the seed under review, with a doubtful pair, a warning,
terms and matches from the memory and a note.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.conftest import ROOT, SEED, SEED_ENGLISH, pair
from tmtool.alignment import align
from tmtool.document import Document
from tmtool.memory import Memory
from tmtool.model import Term, Variant
from tmtool.segment import Segmenter
from tmtool.tui.app import ReviewApp

PICTURE = ROOT / "tests" / "data" / "screens" / "review.svg"


def interview(path: Path) -> None:
    """Make a memory with the seed, aligned, some of it reviewed."""
    kazakh, english = Segmenter.for_language("kk"), Segmenter.for_language("en")
    source = kazakh.segment(SEED.read_text("utf-8"))
    target = english.segment(SEED_ENGLISH.read_text("utf-8"))
    with Memory.open(path, author="Айгүл") as memory:
        document = Document(memory, "interview", "kk", "en")
        document.fill(align(source, target))
        for index in (0, 1, 3):
            document.approve(index)
        document.reject(4)
        document.note(2, "ask about the name of the club")
        unit = document.units[6]
        memory.change("edit", [(unit, replace(unit, score=0.62))])
        text = document.units[5].source.text
        memory.add(
            [
                pair(text, "The same, translated before."),
                pair(text.replace("ресми", "жеке"), "Almost the same, translated before."),
            ]
        )


async def picture(path: Path) -> str:
    """The screen at 100 by 30, as SVG that asks nothing of the network."""
    with Memory.open(path, author="Айгүл") as memory:
        document = Document.find(memory)
        unit = document.units[6]
        target = Variant.of("en", unit.target.text.removesuffix("."))
        memory.change("edit", [(unit, replace(unit, target=target))])
        memory.add_terms([Term("ресми", "official"), Term("деңгей", "level")], ("kk", "en"))
        document.refresh()
        app = ReviewApp(document, memory, translating=False)
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("g", "6", "enter")
            await asyncio.sleep(0.5)
            while app.workbench.unanswered:
                await asyncio.sleep(0.01)
            await pilot.pause()
            drawn = app.export_screenshot(title="tmtool review")
    return re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        interview(Path(folder) / "memory.db")
        PICTURE.write_text(asyncio.run(picture(Path(folder) / "memory.db")), "utf-8")
