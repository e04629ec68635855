"""Commands on the memory: documents, import, export."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from io import BytesIO
from itertools import chain
from typing import cast

import click

import tmtool.formats
from tmtool.cli import Shared
from tmtool.cli.common import (
    format_option,
    language_map_option,
    languages,
    named,
    open_memory,
    pass_shared,
    plural,
    raw_cells_option,
    shown,
    write_units,
)
from tmtool.formats import format_of
from tmtool.language import Language
from tmtool.memory import OnConflict
from tmtool.model import STATES, State, TranslationUnit
from tmtool.profiles import TOOLS, Tailored, Tool, placed, preferred

_FINISHED = ("tmx", "moses")
"""Formats in which every pair is taken for a translation."""


@click.command("documents")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@pass_shared
def documents_command(shared: Shared, as_json: bool) -> None:
    """List the documents of the memory.

    One a line: name, languages, number of units by state, what the text says of itself.
    """
    with open_memory(shared) as memory:
        for summary in memory.documents():
            if as_json:
                click.echo(shown(json.dumps(asdict(summary), ensure_ascii=False)))
                continue
            states = " ".join(f"{state}={count}" for state, count in sorted(summary.states.items()))
            props = " ".join(f"{kind.removeprefix('x-tmtool:')}={v}" for kind, v in summary.props)
            pair = f"{summary.source_language}-{summary.target_language}"
            click.echo(shown("\t".join([summary.name, pair, states, props]).rstrip("\t")))


@click.command("import")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@format_option("--from", "Format of the files.")
@languages(source=None, target_required=False)
@click.option(
    "-d",
    "--document",
    metavar="NAME",
    callback=named,
    help="Make the units a document of this name.",
)
@click.option(
    "--on-conflict",
    type=click.Choice(["keep", "replace"]),
    default="keep",
    show_default=True,
    help="What to do with a unit that the memory holds with another translation.",
)
@language_map_option
@raw_cells_option
@pass_shared
def import_command(
    shared: Shared,
    files: tuple[str, ...],
    format: str | None,
    source: str | None,
    target: str | None,
    document: str | None,
    on_conflict: str,
    language_map: dict[str, str],
    raw_cells: bool,
) -> None:
    """Add the units of files to the memory.

    Each file is taken as a whole or, where it is broken, not at all. -s and -t say the
    languages of a file that does not (TSV), and choose a pair from one that holds several.
    Importing the same again changes nothing.
    """
    if bool(source) != bool(target):
        raise click.UsageError("-s and -t go together.")
    pair = (source, target) if source and target else None
    for code in pair or ():
        Language.check(code)
    kinds = [format_of(file, format) for file in files or ("-",)]

    # Read to its end before the memory is locked.
    standard_input = BytesIO(b"" if files and "-" not in files else sys.stdin.buffer.read())

    def units(file: str, kind: str) -> Iterator[TranslationUnit]:
        stream = standard_input if file == "-" else file
        read = tmtool.formats.read(
            stream, format=kind, languages=pair, language_map=language_map, raw_cells=raw_cells
        )
        for unit in read:
            yield replace(unit, document=document, position=0.0) if document else unit

    with open_memory(shared, create=True) as memory:
        for file, kind in zip(files or ("-",), kinds, strict=True):
            added = memory.add(units(file, kind), on_conflict=cast(OnConflict, on_conflict))
            counts = ", ".join(f"{count} {name}" for name, count in asdict(added).items() if count)
            shared.say(f"{file}: {counts or 'no units'}")


@click.command("export")
@click.argument("path", metavar="FILE")
@format_option("--to", "Format of the file.")
@click.option("-d", "--document", metavar="NAME", help="Only this document.")
@languages(source=None, target_required=False)
@click.option(
    "--state",
    "states",
    type=click.Choice(STATES),
    multiple=True,
    help="Only units in this state; may be repeated.  [default: all but rejected]",
)
@click.option(
    "--for",
    "tool",
    type=click.Choice(list(TOOLS)),
    help="A TMX as this tool wants it: languages, contexts, limits.",
)
@click.option(
    "--file-names",
    metavar="NAME",
    default="{}.txt",
    show_default=True,
    help="With --for omegat: the source files of the project, {} for the document.",
)
@language_map_option
@raw_cells_option
@pass_shared
def export_command(
    shared: Shared,
    path: str,
    format: str | None,
    document: str | None,
    source: str | None,
    target: str | None,
    states: tuple[State, ...],
    tool: Tool | None,
    file_names: str,
    language_map: dict[str, str],
    raw_cells: bool,
) -> None:
    """Write units of the memory to a file.

    FILE is replaced as a whole; - is standard output, with --to. A TMX takes only units
    that have text on both sides, and no doubtful pretranslation unless --state says so. The
    same memory gives the same bytes.

    With --for, a TMX has languages with regions (Trados, memoQ, Wordfast), the texts before and
    after each unit (memoQ), or, where a source has several translations, each bound to its
    place and the most trusted one for any place (OmegaT), and no text too long for the tool.
    """
    kind = format_of(path, format)
    if tool and kind != "tmx":
        raise click.UsageError("--for is for TMX.")
    wanted = states or tuple(state for state in STATES if state != "rejected")
    tailored = Tailored(tool or "generic", file_names, language_map)

    suggestions = set[str]()

    def is_wanted(unit: TranslationUnit) -> bool:
        fits = (
            unit.state in wanted
            and document in (None, unit.document)
            and source in (None, unit.source.language)
            and target in (None, unit.target.language)
        )
        if fits and unit.is_suggestion and kind in _FINISHED and not states:
            suggestions.add(unit.id)
            return False
        return fits

    with open_memory(shared) as memory:
        units = memory.units(document=document, states=() if tool else wanted)
        if tool:
            several = preferred(filter(is_wanted, memory.disputed())) if tool == "omegat" else {}
            in_place = (found for found in placed(units) if is_wanted(found[0]))
            units = tailored.units(in_place, several)
        else:
            units = filter(is_wanted, units)
        first = next(units, None)
        if first is None:
            shared.say("no unit to export; 'tmtool documents' lists what there is")
            sys.exit(1)
        pairs = set[str]()
        doubtful = 0

        def every() -> Iterator[TranslationUnit]:
            nonlocal doubtful
            for unit in chain([first], units):
                pairs.add("-".join(unit.languages))
                doubtful += unit.is_paired and unit.entry.is_doubtful
                yield unit

        written = write_units(
            every(),
            path,
            kind,
            besides=[shared.memory],
            language_map=language_map,
            raw_cells=raw_cells,
        )
    left_out = f"; {written.left_out} one-sided left out" if written.left_out else ""
    if suggestions:
        left_out += f"; {plural(len(suggestions), 'doubtful pretranslation')} left out"
    if tailored.too_long and tool:
        left_out += f"; {tailored.too_long} too long for {TOOLS[tool]} left out"
    shared.say(f"{path}: {plural(written.units, 'unit')}{left_out}")
    if doubtful:
        shared.say(f"note: {doubtful} of them doubtful; 'tmtool review' shows which")
    if len(pairs) > 1:
        shared.say(
            f"note: it holds {', '.join(sorted(pairs))}; OmegaT mixes them in one project, "
            "so choose a pair with -s and -t"
        )
