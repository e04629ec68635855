"""Commands that find units: lookup, by what is like a text; concordance, by what stands in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

import click

from tmtool.cli import NO, Shared
from tmtool.cli.common import (
    format_option,
    in_colour,
    is_typed,
    languages,
    marked,
    one_of,
    open_memory,
    pass_shared,
    shown,
    standard_input,
    summed,
    text_encoding_option,
    write_units,
)
from tmtool.formats import format_of
from tmtool.match import difference
from tmtool.model import Hit, Match, Side, Span, format_time
from tmtool.signs import proposed
from tmtool.text import clean, display_safe

_SHOWN = 20  # units where nobody says how many
_COUNTED = 1_000  # units beyond those that are counted


@click.command("lookup")
@click.argument("texts", nargs=-1, metavar="[TEXT|-]...")
@languages(target_required=False)
@click.option(
    "-n", "--limit", type=click.IntRange(1), default=5, show_default=True, help="Matches at most."
)
@click.option(
    "--min",
    "percent",
    type=click.IntRange(1, 100),
    default=70,
    show_default=True,
    help="Least percentage of a match.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@text_encoding_option
@pass_shared
def lookup_command(
    shared: Shared,
    texts: tuple[str, ...],
    source: str,
    target: str | None,
    limit: int,
    percent: int,
    as_json: bool,
    encoding: str | None,
) -> None:
    """Find what the memory holds that is like a text.

    For - or without a TEXT, each line of standard input is one, and is answered as it comes. A
    match is a line: its percentage, in what it differs (exact, case, script, punctuation, numbers,
    fuzzy), the target, the source as it differs from the text, the document. 101 is not given:
    that takes neighbours. A target whose numbers were replaced by those of the text is marked with
    #. Without -t, every language that the memory has translations in is looked at. Exits with 1 if
    nothing is found.
    """
    found = has_said = False
    texts = texts or ("-",)
    is_asked = "-" in texts and sys.stdin.isatty()
    with open_memory(shared) as memory:
        targets = [target] if target else memory.target_languages(source)
        for text in filter(None, map(clean, _given(shared, texts, encoding))):
            matches = [
                match
                for language in targets
                for match in memory.lookup(text, source, language, limit=limit, min_percent=percent)
            ]
            matches.sort(key=lambda match: -match.percent)
            for match in matches[:limit]:
                found = True
                line = _as_json(text, match) if as_json else _as_line(text, match)
                click.echo(line)
            if is_asked and not matches:
                has_said = True
                shared.say("no match")
    if not found:
        if not has_said:
            shared.say("no match")
        sys.exit(NO)


def _given(shared: Shared, texts: Sequence[str], encoding: str | None) -> Iterator[str]:
    """Texts, and for ``-`` the lines of standard input, each as it comes."""
    for text in texts:
        if text != "-":
            yield text
            continue
        if sys.stdin.isatty():
            shared.say("Type a text and Enter; Ctrl-D ends.")
        rest = ""
        for part in standard_input(encoding, by_lines=True):
            *lines, rest = f"{rest}{part}.".splitlines()  # the last has no end
            rest = rest.removesuffix(".")
            yield from lines
        yield rest


def _as_json(text: str, match: Match) -> str:
    fields = {"text": text, "percent": match.percent, "kind": match.kind}
    if match.proposal is not None:
        fields["proposal"] = match.proposal
    pieces = [list(piece) for piece in difference(text, match)]
    return shown(
        json.dumps(fields | {"diff": pieces, "unit": match.unit.as_dict()}, ensure_ascii=False)
    )


def _as_line(text: str, match: Match) -> str:
    pieces = difference(text, match)
    cells = [
        f"{match.percent:3}",
        match.kind,
        display_safe(proposed(match)),
        marked(pieces),
        display_safe(match.unit.document or ""),
    ]
    return "\t".join(cells).rstrip("\t")


@click.command("concordance")
@click.argument("pattern")
@languages(target_required=False)
@click.option("--in", "side", type=click.Choice(["source", "target"]), help="Only on this side.")
@click.option("--regex", "is_regex", is_flag=True, help="PATTERN is a regular expression.")
@click.option(
    "--whole", "is_whole", is_flag=True, help="Whole words only; an expression has \\b for that."
)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1),
    help=f"Units at most.  [default: {_SHOWN}; all with -o]",
)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@click.option("-o", "--output", metavar="FILE", help="Write the units to a file of any format.")
@format_option("--to", "Format of the file.")
@pass_shared
def concordance_command(
    shared: Shared,
    pattern: str,
    source: str,
    target: str | None,
    side: Side | None,
    is_regex: bool,
    is_whole: bool,
    limit: int | None,
    as_json: bool,
    output: str | None,
    format: str | None,
) -> None:
    """Find words in the units of the memory.

    The words of PATTERN stand one after another. Each begins a word of the text, so that a stem
    finds its inflected forms. Case and the kind of quotes and dashes count for nothing. A unit is
    a line, the latest first: source, target, document, date. Without -t, units into every
    language are searched. Where -n leaves some out, how many is said. Exits with 1 if nothing is
    found.
    """
    if is_whole and is_regex:
        wanted = one_of("is_whole", "is_regex")
        is_whole, is_regex = wanted == "is_whole", wanted == "is_regex"
    if output and as_json and one_of("output", "as_json") == "as_json":
        output = None
    if format and not output and is_typed("format"):
        raise click.UsageError("--to goes with -o.")
    kind = format_of(output, format, option="--to") if output else None
    most = limit or (None if output else _SHOWN)
    with open_memory(shared) as memory:
        hits = [
            hit
            for language in ([target] if target else memory.target_languages(source))
            for hit in memory.concordance(
                pattern,
                source,
                language,
                side=side,
                is_regex=is_regex,
                is_whole=is_whole,
                limit=most and most + _COUNTED + 1,
            )
        ]
    hits.sort(key=lambda hit: hit.number, reverse=True)  # in all languages together
    if not hits:
        shared.say("not found")
        sys.exit(NO)
    given = hits[:most]
    if output and kind:
        units = (hit.unit for hit in given)
        written = write_units(units, output, kind, besides=[shared.memory])
        shared.say(summed(written, kind))
    else:
        for hit in given:
            click.echo(_hit_as_json(hit) if as_json else _hit_as_line(hit))
    if more := len(hits) - len(given):
        said = f"{more}" if more <= _COUNTED else f"over {_COUNTED}"
        shared.say(f"and {said} more; say with -n how many to show")


def _hit_as_json(hit: Hit) -> str:
    spans = {"source_spans": hit.source_spans, "target_spans": hit.target_spans}
    return shown(json.dumps(spans | {"unit": hit.unit.as_dict()}, ensure_ascii=False))


def _hit_as_line(hit: Hit) -> str:
    unit = hit.unit
    at = unit.changed_at or unit.created_at
    cells = [
        _highlighted(unit.source.text, hit.source_spans),
        _highlighted(unit.target.text, hit.target_spans),
        display_safe(unit.document or ""),
        format_time(at)[:10],
    ]
    return "\t".join(cells)


def _highlighted(text: str, spans: tuple[Span, ...]) -> str:
    """A text with some places in colour on a terminal, else between signs."""
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [display_safe(text[end:start]), _hit(display_safe(text[start:stop]))]
        end = stop
    return "".join([*pieces, display_safe(text[end:])])


def _hit(words: str) -> str:
    return click.style(words, fg="yellow", bold=True) if in_colour() else f"[{words}]"
