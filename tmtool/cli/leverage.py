"""Commands on what the memory saves: stats counts it, pretranslate takes it over."""

from __future__ import annotations

import csv
import io
import json
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

import click

from tmtool.cli import NO, Shared, complain
from tmtool.cli.common import (
    Texts,
    check_name,
    document_name,
    document_option,
    is_named_for,
    languages,
    open_memory,
    output,
    text_options,
    texts_in,
)
from tmtool.document import Document
from tmtool.errors import InputError, StoreError, TmtoolError
from tmtool.formats.table import neutral
from tmtool.leverage import BANDS, RATES, Analysis, Band, Figures, analysed
from tmtool.processors import processors
from tmtool.reading import document_props
from tmtool.text import display_safe, plural

Rates = Mapping[Band, float]

_LABELS: dict[Band, str] = {
    "context": "101 % (context)",
    "repetition": "repetitions",
    "cross-file": "cross-file repetitions",
    "100": "100 %",
    "95-99": "95–99 %",
    "85-94": "85–94 %",
    "75-84": "75–84 %",
    "50-74": "50–74 %",
    "none": "no match",
}
_SHORT = ("101", "rep.", "cross", "100", "95–99", "85–94", "75–84", "50–74", "none", "total")
_WIDTH = 80
WORKERS = 8  # processes at most: each takes some memory
_LONG = 2000
"""Segments from which on a bar shows how far the work is."""


def _rates(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[Band, float]:
    rates = dict(RATES)
    for pair in given:
        name, _, value = pair.partition("=")
        band = next((band for band in BANDS if band == name.strip().rstrip("%")), None)
        if band is None:
            raise click.BadParameter(f"{pair!r} names no band; there are {', '.join(BANDS)}.")
        try:
            rates[band] = float(value.strip().rstrip("%"))
        except ValueError:
            rates[band] = -1.0
        if not 0 <= rates[band] <= 100:
            raise click.BadParameter(f"{pair!r} is not of the form 85-94=60, 0 to 100 per cent.")
    return rates


@click.command("stats")
@click.argument("files", nargs=-1, metavar="[FILE|FOLDER|-]...")
@languages(target_required=False)
@click.option("--csv", "as_csv", is_flag=True, help="CSV: a row for each file and band.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: a file each, then all.")
@click.option(
    "--rate",
    "rates",
    metavar="BAND=PERCENT",
    multiple=True,
    callback=_rates,
    help="What a word of a band is paid, of the full price; may be repeated.",
)
@click.option("-o", "--output", "path", metavar="FILE", default="-", help="Where to write.")
@text_options
def stats_command(
    shared: Shared,
    texts: Texts,
    files: tuple[str, ...],
    source: str,
    target: str | None,
    as_csv: bool,
    as_json: bool,
    rates: Rates,
    path: str,
) -> None:
    """Count what texts hold, by how much the memory saves.

    Segments, words and characters by band: between the same neighbours as in the memory
    (context), repeated within a file or from an earlier one (repetition, cross-file), then by the
    best match (100, 95-99, 85-94, 75-84, 50-74, none). Each segment is in one band; the sums do
    not depend on the order of the files. Without -t no memory is looked at.

    A word stands between white space and holds a letter or a digit. Characters are counted
    with white space inside segments and without any. Weighted words are those of each band by
    its rate: context=10, repetition=25, cross-file=25, 100=25, 95-99=40, 85-94=60, 75-84=80,
    50-74=100, none=100, unless --rate, or in its place a list rate in tmtool.toml, says otherwise.

    Of a FOLDER all files are counted but those named for the target language and those that
    tmtool writes. A file that cannot be read is reported, the others are counted, and the exit
    code is 1.
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other.")
    names = [name for name in _named(files or ("-",), target) if Path(name) != shared.memory]
    segments: dict[str, list[str]] = {}
    segmenter = texts.segmenter(source)
    for name in names:
        try:
            segments[name] = [segment.text for segment in segmenter.segment(texts.read(name))]
        except StoreError:
            raise
        except TmtoolError as error:
            if len(names) == 1:
                raise
            complain(error)
    with (
        open_memory(shared) if target else nullcontext() as memory,
        looking_up(shared, sum(map(len, segments.values()))) as tick,
    ):
        spoken = source, target or ""
        workers = min(processors(), WORKERS)
        found = analysed(list(segments.values()), memory, spoken, workers=workers, tick=tick)
    analyses = dict(zip(segments, found, strict=True))
    total = sum(found, Analysis.none())
    if as_json:
        rows = _json(analyses, total, rates)
    elif as_csv:
        rows = _csv(analyses, total, rates)
    else:
        rows = _table(analyses, total, rates)
    besides = (*names, texts.srx, texts.prefixes, shared.memory)
    with output(path, besides=besides) as stream:
        for row in rows:
            stream.write(row.encode("utf-8"))
    if len(segments) < len(names):
        shared.say(f"{plural(len(names) - len(segments), 'file')} of {len(names)} not counted")
        sys.exit(NO)


def _named(files: Iterable[str], target: str | None) -> Iterator[str]:
    """The files that are named, and those in the folders that are, each once."""
    seen = set[str]()
    for name in files:
        folder = Path(name)
        inside = [name]
        if name != "-" and folder.is_dir():
            here = texts_in(folder)
            for path in here:
                check_name(path)
            inside = [str(path) for path in here if not (target and is_named_for(path, target))]
            if not inside:
                raise InputError("holds no text", path=name, hint="name a folder with texts")
        for file in inside:
            if file not in seen:
                seen.add(file)
                yield file


@contextmanager
def looking_up(shared: Shared, segments: int) -> Iterator[Callable[[int], object]]:
    """A progress bar for long work at a terminal."""
    if shared.quiet or segments < _LONG or not sys.stderr.isatty():
        yield lambda count: None
        return
    with click.progressbar(length=segments, label="looking up", file=sys.stderr) as bar:
        yield bar.update


# How it is shown


def _table(analyses: Mapping[str, Analysis], total: Analysis, rates: Rates) -> Iterator[str]:
    """Words by file where there are several, then all figures; 80 columns."""
    if len(analyses) > 1:
        cells = {name: _words(analysis) for name, analysis in analyses.items()}
        cells[f"{len(analyses)} files"] = _words(total)
        width = [max(map(len, column)) for column in zip(_SHORT, *cells.values(), strict=True)]
        room = max(len("words"), _WIDTH - sum(width) - 2 * len(width))
        shown = {name: _fitting(name, room) for name in cells}
        room = max(map(len, shown.values()))
        for name, row in [("words", _SHORT), *((shown[name], row) for name, row in cells.items())]:
            aligned = "".join(f"  {cell:>{w}}" for cell, w in zip(row, width, strict=True))
            yield f"{name:{room}}{aligned}\n"
        yield "\n"
    label = max(map(len, _LABELS.values()))
    head = ("segments", "words", "characters", "no spaces", "rate", "weighted")
    sizes = (8, 8, 10, 10, 5, 9)

    def line(name: str, cells: Iterable[str]) -> str:
        aligned = "".join(f" {cell:>{size}}" for cell, size in zip(cells, sizes, strict=True))
        return f"{name:{label}}{aligned}\n"

    yield line("", head)
    for band, title in _LABELS.items():
        figures = total.bands[band]
        weighted = figures.words * rates[band] / 100
        yield line(title, [*_numbers(figures), f"{rates[band]:g} %", f"{weighted:.2f}"])
    yield line("total", [*_numbers(total.total), "", f"{total.weighted(rates):.2f}"])


def _words(analysis: Analysis) -> tuple[str, ...]:
    return (*(str(analysis.bands[band].words) for band in BANDS), str(analysis.total.words))


def _numbers(figures: Figures) -> list[str]:
    return [str(number) for number in asdict(figures).values()]


def _fitting(name: str, room: int) -> str:
    """The name of a file, its beginning left out where there is little room."""
    name = display_safe(name)
    return name if len(name) <= room else f"…{name[-(room - 1) :]}"


def _csv(analyses: Mapping[str, Analysis], total: Analysis, rates: Rates) -> Iterator[str]:
    """Rows that a spreadsheet sums or filters; the rows of all files have no file."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(["file", "band", *asdict(Figures()), "rate", "weighted_words"])
    for name, analysis in [*analyses.items(), ("", total)]:
        for band in BANDS:
            figures = analysis.bands[band]
            weighted = round(figures.words * rates[band] / 100, 2)
            cells = [*_numbers(figures), f"{rates[band]:g}", f"{weighted:g}"]
            writer.writerow([neutral(name), band, *cells])
        weighted = round(analysis.weighted(rates), 2)
        writer.writerow([neutral(name), "total", *_numbers(analysis.total), "", f"{weighted:g}"])
    yield buffer.getvalue()


def _json(analyses: Mapping[str, Analysis], total: Analysis, rates: Rates) -> Iterator[str]:
    """An object a file, and one of all whose file is null."""
    for name, analysis in [*analyses.items(), (None, total)]:
        bands = {
            band: asdict(figures) | {"rate": rates[band]}
            for band, figures in analysis.bands.items()
        }
        weighted = round(analysis.weighted(rates), 2)
        whole = asdict(analysis.total) | {"weighted_words": weighted}
        yield json.dumps({"file": name, "bands": bands, "total": whole}, ensure_ascii=False) + "\n"


@click.command("pretranslate")
@click.argument("file", metavar="FILE|-")
@languages()
@click.option(
    "--min",
    "percent",
    type=click.IntRange(50, 101),
    default=100,
    show_default=True,
    help="Least percentage of a match.",
)
@document_option
@text_options
def pretranslate_command(
    shared: Shared,
    texts: Texts,
    file: str,
    source: str,
    target: str,
    percent: int,
    document: str | None,
) -> None:
    """Fill a document with the translations that the memory holds.

    The sentences of FILE become a document, as with translate, and those without a translation
    get the best match of the memory. 101 % is the very same sentence between the same
    neighbours, 100 % the very same sentence. With a lower --min, such as 75, the translation of
    a sentence that is only like it is taken too, with the numbers of this one where that is safe.
    That one is marked as doubtful, and so is a translation of the very same sentence that is still
    initial, of one with other inline codes (a plain text has none), or one of several of the most
    trusted state (final, reviewed, translated): until somebody confirms it, it is no match for
    anything and in no TMX. What is translated, rejected or being typed is left alone. 'tmtool undo'
    takes all of it back, the new sentences too.
    """
    from tmtool.pretranslate import pretranslate

    text = texts.read(file)
    segments = texts.segmenter(source).segment(text)
    name = document or document_name(file, source)
    with open_memory(shared, create=True) as memory:
        pairs = Document.of(memory, name, source, target)
        done = pretranslate(memory, pairs, segments, document_props(text), min_percent=percent)
    said = f"{name}: {plural(done.exact + done.doubtful, 'unit')} pretranslated, {done.exact} exact"
    if done.doubtful:
        said += f", {done.doubtful} doubtful"
        if done.ambiguous:
            said += f" ({done.ambiguous} of several translations)"
        said += f"; see 'tmtool review {shlex.quote(name)}'"
    shared.say(f"{said}; {done.left_open} left open")
