"""How fast TMX is read, written and imported, beside other ways in the same run.

    python -m tests.benchmarks.tmx [--units 100000] [--folder FOLDER]

A file of made-up units, with the props and dates that tmtool writes, is read into units; beside
it by ``lxml.etree.iterparse`` that builds nothing, and by translate-toolkit if it is installed.
The same units are written; beside it by ``lxml.etree.xmlfile``. Then the file is imported into a
fresh memory, index included, by the program itself. A million units make some 600 MB.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from tests.benchmarks.units import pairs
from tests.measured import measured
from tmtool.formats import tmx
from tmtool.model import TranslationUnit, Variant, format_time

PART = 20_000  # units that are written, and read several times
ROUNDS = 5
START = datetime(2024, 1, 1, tzinfo=UTC)


def made(count: int) -> Iterator[TranslationUnit]:
    """Units as a memory holds them: half of documents of 500, half that stand alone."""
    for number, (source, target) in enumerate(pairs(count)):
        at = START + timedelta(seconds=37 * number)
        is_aligned = number // 500 % 2 == 0
        yield TranslationUnit(
            Variant.of("kk", source),
            Variant.of("en", target),
            id=f"{number:016x}",
            state="reviewed" if number % 3 else "translated",
            document=f"text-{number // 500}" if is_aligned else None,
            position=float(number % 500 + 1) if is_aligned else 0.0,
            origin="align" if is_aligned else "translate",
            created_at=at,
            created_by="a.b",
            changed_at=at + timedelta(hours=1),
            changed_by="a.b",
            score=round(0.5 + number % 997 / 2000, 4) if is_aligned else None,
        )


def by_xmlfile(units: list[TranslationUnit], file: io.BytesIO) -> None:
    """The same as ``tmx.write`` for units of plain text, element by element."""
    with etree.xmlfile(file, encoding="UTF-8") as xf, xf.element("tmx", version="1.4"):
        xf.write(etree.Element("header", creationtool="tmtool", srclang="kk", segtype="sentence"))
        with xf.element("body"):
            for unit in units:
                _by_xmlfile(unit, xf)


def _by_xmlfile(unit: TranslationUnit, xf: Any) -> None:
    attributes = {
        "tuid": unit.id,
        "creationdate": format_time(unit.created_at).replace("-", "").replace(":", ""),
        "creationid": unit.created_by,
        "changedate": format_time(unit.changed_at).replace("-", "").replace(":", ""),
        "changeid": unit.changed_by,
    }
    own = {
        "state": unit.state,
        "document": unit.document,
        "position": str(unit.position) if unit.position else None,
        "origin": unit.origin,
        "score": None if unit.score is None else str(unit.score),
    }
    with xf.element("tu", attributes):
        for kind, value in own.items():
            if value is not None:
                with xf.element("prop", type=f"x-tmtool:{kind}"):
                    xf.write(value)
        for variant in (unit.source, unit.target):
            attributes = {"{http://www.w3.org/XML/1998/namespace}lang": variant.language}
            with xf.element("tuv", attributes), xf.element("seg"):
                xf.write(variant.text)


def bare(path: Path) -> int:
    """``iterparse`` that builds nothing, and forgets what it has seen, element by element."""
    count = 0
    for _, element in etree.iterparse(path):
        count += element.tag == "tu"
        element.clear()
    return count


def bare_units(path: Path) -> int:
    """The same that is told of units alone."""
    count = 0
    for _, element in etree.iterparse(path, tag="tu"):
        count += 1
        parent = element.getparent()
        element.clear()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
    return count


def by_translate_toolkit(path: Path) -> list[tuple[str, str]]:
    """Source and target of all units, as translate-toolkit reads them."""
    store = import_module("translate.storage.tmx").tmxfile.parsestring(path.read_bytes())
    return [(unit.source, unit.target) for unit in store.units]


def seconds(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Processor time of the best of some rounds, in which each has its turn."""
    best = dict.fromkeys(works, math.inf)
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - start)
    return best


def reading(path: Path) -> None:
    def ours() -> int:
        with path.open("rb") as file:
            return sum(1 for _ in tmx.read(file, str(path)))

    works: dict[str, Callable[[], object]] = {
        f"tmtool {version('tmtool')}": ours,
        f"lxml {version('lxml')}, iterparse": lambda: bare(path),
        f"lxml {version('lxml')}, iterparse tag=tu": lambda: bare_units(path),
    }
    try:
        name = f"translate-toolkit {version('translate-toolkit')}"
        works[name] = lambda: by_translate_toolkit(path)
    except PackageNotFoundError:
        print("translate-toolkit: not installed", file=sys.stderr)
    size = path.stat().st_size / 1e6
    rounds = ROUNDS if size < 100 else 1
    table(f"reading {size:.0f} MB", size, seconds(works, rounds))


def writing(units: list[TranslationUnit]) -> None:
    file = io.BytesIO()
    tmx.write(units, file)
    works: dict[str, Callable[[], object]] = {
        f"tmtool {version('tmtool')}": lambda: tmx.write(units, io.BytesIO()),
        f"lxml {version('lxml')}, xmlfile": lambda: by_xmlfile(units, io.BytesIO()),
    }
    table("writing", file.tell() / 1e6, seconds(works, ROUNDS))


def table(what: str, size: float, taken: Mapping[str, float]) -> None:
    print(what)
    ours = next(iter(taken.values()))
    for name, seconds in taken.items():
        print(f"  {name:36}{size / seconds:8.1f} MB/s{seconds / ours:8.2f}×", flush=True)


def importing(path: Path, memory: Path, count: int) -> None:
    program = [sys.executable, "-m", "tmtool", "-m", str(memory)]
    copy = str(memory.with_suffix(".tmx"))
    for arguments in (["convert", str(path), copy], ["import", str(path)], ["export", copy]):
        done = measured([*program, *arguments])
        if done.status:
            raise SystemExit(done.errors)
        print(
            f"{arguments[0]:8}{done.seconds:8.1f} s, processor {done.processor:.1f} s"
            f"{count / done.seconds:8.0f} units/s, at most {done.megabytes} MB",
            flush=True,
        )
    print(f"memory  {memory.stat().st_size / 1e6:8.0f} MB for {path.stat().st_size / 1e6:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to work, on a large disk")
    parser.add_argument("--no-import", action="store_true", help="leave the memory out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path, part = Path(folder, "all.tmx"), Path(folder, "part.tmx")
        for where, count in ((path, options.units), (part, PART)):
            with where.open("wb") as file:
                tmx.write(made(count), file)
        print(f"{options.units:,} units, {os.stat(path).st_size / 1e6:.0f} MB")
        writing(list(islice(made(PART), PART)))
        reading(part)
        if options.units > PART:
            reading(path)
        if not options.no_import:
            importing(path, Path(folder, "memory.db"), options.units)


if __name__ == "__main__":
    main()
