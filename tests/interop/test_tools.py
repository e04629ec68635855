"""Our files in other tools: translate-toolkit, tmxutil, xmllint, LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.conftest import SEED, SEED_ENGLISH, Program, environment_in, pair, program_in
from tests.interop.omegat import JAR
from tmtool.errors import FormatError
from tmtool.formats import read, write
from tmtool.memory import Memory
from tmtool.model import Code, TranslationUnit, Variant

ODD = [
    '=HYPERLINK("x")',
    "+7 701 000 00 00",
    "@ел",
    "-5 °C",
    "'тырнақша",
    "00123",
    "1,5",
    "2025-10-20",
    "TRUE",
    "«А»; \"Б\", 'В'",
    "5\u00a0000 ₸ & <u>қалың</u> 🙂",
    "https://egov.kz/?a=1&b=2",
    "_x0041_ é",
]


CODES = re.compile("<([be]pt|x|g|ph)\\b[^>]*>[^<]*</\\1>|</?b>|⟦[0-9]+⟧")


def needs(*programs: str, modules: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    absent = [name for name in programs if not shutil.which(name)]
    absent += [name for name in modules if not find_spec(name)]
    return pytest.mark.skipif(bool(absent), reason=f"{', '.join(absent)} not installed")


def units() -> list[TranslationUnit]:
    """Units that spreadsheets and parsers like to change, with states, notes and codes."""
    found = [
        pair(text, f"x {text}", id=f"{number:016x}", notes=(text,))
        for number, text in enumerate(ODD)
    ]
    codes = (
        Code("bpt", '<bpt i="1" type="bold">&lt;b></bpt>', "1"),
        "сөз",
        Code("ept", '<ept i="1">&lt;/b></ept>', "1"),
    )
    coded = Variant("kk", codes), Variant("en", codes)
    return [*found, TranslationUnit(*coded, id="f" * 16, state="reviewed")]


@pytest.fixture(scope="module")
def exported(loaded: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory with the seed and the odd units, exported in every format."""
    folder = tmp_path_factory.mktemp("exported")
    tmtool = program_in(folder, environment_in(folder), loaded)
    tmtool("-m", "m.db", "align", SEED, SEED_ENGLISH, "-t", "en", "--add")
    with Memory.open(folder / "m.db") as memory:
        memory.add(units())
    for suffix in ("tmx", "xlf", "po", "xlsx", "csv"):
        tmtool("-m", "m.db", "export", f"all.{suffix}")
    return folder


@pytest.fixture
def seed(exported: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(exported, tmp_path, dirs_exist_ok=True)


def pairs(folder: Path) -> list[tuple[str, str]]:
    """The texts of the memory."""
    with Memory.open(folder / "m.db") as memory:
        return [(unit.source.text, unit.target.text) for unit in memory.units()]


@needs(modules=("translate",))
@pytest.mark.parametrize(
    ("suffix", "module"), [("tmx", "tmx.tmxfile"), ("xlf", "xliff.xlifffile"), ("po", "po.pofile")]
)
def test_translate_toolkit_reads_every_unit(seed: Path, suffix: str, module: str) -> None:
    """Source and target as the memory holds them, once inline codes are taken out."""
    name, kind = module.split(".")
    storage: Any = __import__(f"translate.storage.{name}", fromlist=[kind])
    store = getattr(storage, kind).parsestring((seed / f"all.{suffix}").read_bytes())
    found = [
        tuple(CODES.sub("", str(side)) for side in (unit.source, unit.target))
        for unit in store.units
        if unit.istranslatable()
    ]
    assert found == pairs(seed)


@needs(modules=("translate",))
@pytest.mark.parametrize("suffix", ["tmx", "xlf", "po"])
def test_pofilter_checks_our_files(seed: Path, suffix: str) -> None:
    """It reads all of them, and finds what was planted."""
    planted = "Қараңыз: https://egov.kz", "See the site"
    texts = [*pairs(seed), planted]
    write([pair(source, target) for source, target in texts], seed / f"in.{suffix}")
    command = [sys.executable, "-m", "translate.filters.pofilter", "--test=urls"]
    subprocess.run(
        [*command, f"in.{suffix}", f"out.{suffix}"], cwd=seed, check=True, capture_output=True
    )
    found = read(seed / f"out.{suffix}", languages=("kk", "en"))  # its TMX says srclang="en"
    assert [(unit.source.text, unit.target.text) for unit in found] == [planted]


@needs(modules=("tmxutil",))
@pytest.mark.parametrize("side", [0, 1])
def test_tmxutil_reads_every_unit(seed: Path, side: int) -> None:
    """Its list of the texts of one language is ours, but for texts with inline codes."""
    command = [sys.executable, "-m", "tmxutil", "-q", "-i", "tmx", "-o", "txt"]
    command += ["--output-languages", ("kk", "en")[side], "--", "all.tmx"]
    done = subprocess.run(command, cwd=seed, check=True, capture_output=True)
    assert done.stdout.decode().splitlines() == [
        texts[side].replace("сөз", "") if texts == ("сөз", "сөз") else texts[side]
        for texts in pairs(seed)
    ]


@needs("xmllint")
@pytest.mark.skipif(JAR is None, reason="the DTD comes with OmegaT")
def test_xmllint_finds_the_tmx_valid(seed: Path) -> None:
    """By the DTD of TMX 1.4."""
    assert JAR is not None
    with zipfile.ZipFile(JAR) as jar:
        (seed / "tmx14.dtd").write_bytes(jar.read("schemas/tmx14.dtd"))
    command = ["xmllint", "--nonet", "--noout", "--dtdvalid", "tmx14.dtd"]
    subprocess.run([*command, "all.tmx"], cwd=seed, check=True)
    broken = (seed / "all.tmx").read_bytes().replace(b"<note>", b"<nota>")
    (seed / "broken.tmx").write_bytes(broken.replace(b"</note>", b"</nota>"))
    assert subprocess.run([*command, "broken.tmx"], cwd=seed, stderr=-3, check=False).returncode


@pytest.fixture(scope="module")
def through_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """A table as LibreOffice saves it, opened with what it proposes itself."""
    profile = tmp_path_factory.mktemp("profile")  # which takes longer to make than a table

    def saved(table: Path) -> Path:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless"]
        if table.suffix == ".csv":
            command += ["--infilter=Text - txt - csv (StarCalc):44,34,UTF-8"]
        command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "saved", table.name]
        subprocess.run(command, cwd=table.parent, check=True, capture_output=True, timeout=120)
        return table.parent / "saved" / f"{table.stem}.xlsx"

    return saved


@needs("soffice")
def test_a_workbook_comes_back_from_libreoffice(
    seed: Path, tmtool: Program, through_libreoffice: Callable[[Path], Path]
) -> None:
    """Opened and saved there, it holds the very same units."""
    saved = through_libreoffice(seed / "all.xlsx")
    done = tmtool("-m", "m.db", "import", saved, "--on-conflict", "replace")
    assert done.stderr == f"{saved}: {len(pairs(seed))} unchanged\n"


@needs("soffice")
def test_a_csv_opens_in_libreoffice(
    seed: Path, through_libreoffice: Callable[[Path], Path]
) -> None:
    """Nothing in it is run, no letter is lost; what looks like a number it takes for one."""
    saved = through_libreoffice(seed / "all.csv")
    book = openpyxl.load_workbook(saved)
    rows = list(book.worksheets[0].iter_rows(min_col=2, max_col=3, min_row=2))
    book.close()
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    found = [tuple(str(cell.value) for cell in row) for row in rows]
    assert len(found) == len(pairs(seed))
    for texts, (source, target) in zip(found, pairs(seed), strict=True):
        if source not in ("00123", "1,5", "2025-10-20", "TRUE"):
            plain = tuple(CODES.sub("", text).removeprefix("'") for text in texts)
            assert plain == (source.removeprefix("'"), target)


@needs("soffice")
def test_a_workbook_that_libreoffice_calculated_is_read(
    tmp_path: Path, through_libreoffice: Callable[[Path], Path]
) -> None:
    """Formulas by what they came to, dates and shares as they look, comments as notes."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    rows = [date(2025, 10, 20), datetime(2025, 10, 20, 14, 30), 0.5, True, 2.0, '="№"&6', "=1/0"]
    sheet.append(("Термин (қаз)", "Перевод [ru]"))
    for number, value in enumerate(rows):
        sheet.append((f"сөз {number}", value))
    sheet["B4"].number_format = "0%"
    sheet["B2"].comment = Comment("Неге?", "aigul")
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    bad, lost = list[FormatError](), Counter[str]()
    found = list(read(through_libreoffice(tmp_path / "a.xlsx"), bad=bad.append, lost=lost))
    assert [unit.target.text for unit in found] == [
        *("2025-10-20", "2025-10-20 14:30", "50%", "TRUE", "2", "№6"),
    ]
    assert found[0].notes == ("Неге?",)
    assert ["cell B8 holds the error #DIV/0!" in str(error) for error in bad] == [True]
    assert lost == {"hidden rows, read like others": 1}
