"""The command report: a document as a page that people look at."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tmtool.checks import checked
from tmtool.cli import Shared, configured_styles
from tmtool.cli.common import languages, open_memory, output, pass_shared
from tmtool.cli.leverage import WORKERS, looking_up
from tmtool.document import Document
from tmtool.leverage import analysed
from tmtool.memory import Memory
from tmtool.model import OWN, TranslationUnit
from tmtool.processors import processors
from tmtool.report import Report, Row, page
from tmtool.text import plural


@click.command("report")
@click.argument("document", metavar="[DOCUMENT]", required=False)
@languages(source=None, target_required=False)
@click.option(
    "-o",
    "--output",
    "path",
    metavar="FILE",
    required=True,
    help="Where to write, - for stdout.",
)
@pass_shared
def report_command(
    shared: Shared, document: str | None, source: str | None, target: str | None, path: str
) -> None:
    """Write a document as an HTML page to look at, to send or to print.

    The pairs side by side with their states, how sure the aligner was, what checks found, and
    what a person changed since the first translation; counts, a plot of the confidence along the
    document, and what the rest of the memory holds of it. The page can be searched and narrowed.
    It is one file that fetches nothing. DOCUMENT may be left out where the memory holds but one.
    """
    with open_memory(shared) as memory:
        found = Document.find(memory, document, source, target)
        units = list(memory.units(document=found.name, languages=found.languages))
        origins = _origins(memory, found.name)
        rows = [
            Row(unit, findings, _edited(unit, origins.get(unit.id)))
            for unit, findings in checked(
                units, glossary=memory.glossary(), styles=configured_styles()
            )
        ]
        sources = [unit.source.text for unit in units if unit.source.text]
        workers = min(processors(), WORKERS)
        with looking_up(shared, len(sources)) as tick:
            analysis = analysed(
                [sources], memory, found.languages, besides=found.name, workers=workers, tick=tick
            )[0]
    props = units[0].props if units else ()
    told = [(name.removeprefix(OWN), value) for name, value in props if name.startswith(OWN)]
    report = Report(found.name, found.languages, rows, told, analysis)
    with output(path, besides=[shared.memory]) as stream:
        for piece in page(report):
            stream.write(piece.encode("utf-8"))
    if path != "-":
        shared.say(f"{path}: {plural(len(rows), 'pair')}")


def _origins(memory: Memory, name: str) -> dict[str, str]:
    """The first translation of each unit that is or was in a document, by its id."""
    origins: dict[str, str] = {}
    for unit_id, text in _translations(memory, name):
        origins.setdefault(unit_id, text)
    return origins


def _translations(memory: Memory, name: str) -> Iterator[tuple[str, str]]:
    for event in memory.history(document=name):
        for unit in (event.before, event.after):
            if unit and unit.target.text:
                yield event.unit_id, unit.target.text


def _edited(unit: TranslationUnit, origin: str | None) -> str | None:
    """The first translation, where it is another one now."""
    return origin if origin and unit.target.text and origin != unit.target.text else None
