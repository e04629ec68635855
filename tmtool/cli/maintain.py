"""Commands that keep things tidy: diff, merge, dedupe, remove, replace, recode, info."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import click

from tmtool import maintenance
from tmtool.cli import NO, Shared
from tmtool.cli.common import (
    any_encoding_option,
    are_finished,
    came,
    dry_run_option,
    filter_options,
    format_option,
    language_codes,
    languages,
    marked,
    of_languages,
    open_memory,
    pass_shared,
    refuse_read,
    sampled,
    say_lost,
    say_more,
    shown,
    sought,
    summed,
    units_in,
    write_units,
)
from tmtool.conflict import OnConflict
from tmtool.formats import format_of
from tmtool.language import Language
from tmtool.maintenance import IGNORED, Difference, Figures, Filter, Ignored, Rewritten, Units
from tmtool.match import diff
from tmtool.memory import Change, Memory
from tmtool.model import STATES, Header, Side, State, format_time, told_apart
from tmtool.store import public
from tmtool.text import display_safe, nfc

_FIRST = 5  # of a kind that are named
_SAMPLE = 20  # units of a dry run that are shown

_document = click.option("-d", "--document", metavar="NAME", help="Only of this document.")
_states = click.option(
    "--state",
    "states",
    type=click.Choice(STATES),
    multiple=True,
    help="Only units in this state; may be repeated.  [default: any]",
)
_ANY = ("und", "und")  # languages of a file that does not name them, where they do not matter
_out = click.option(
    "-o", "--output", metavar="FILE", help="Where to write the units of a file, as its suffix says."
)


def _scope(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which units of a memory or file a command is about."""
    return _document(_states(languages(source=None, target_required=False)(command)))


@click.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@format_option("--from", "Format of the files.")
@any_encoding_option
@languages(source=None, target_required=False)
@click.option("--texts", is_flag=True, help="Only where a text differs.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@pass_shared
def diff_command(
    shared: Shared,
    old: str,
    new: str,
    format: str | None,
    source: str | None,
    target: str | None,
    texts: bool,
    as_json: bool,
) -> None:
    """Compare two files or memories.

    A difference is a line: removed, changed or added, the reason of a change (text, numbers, case
    and the like, state, else what else differs), source and target with the words that went and
    came, the document. Where a format holds texts alone, --texts leaves the rest out. Units are
    known by their id, else by what they say. Exits with 1 if there is a difference.
    """
    lost: dict[str, Counter[str]] = {old: Counter(), new: Counter()}
    a, b = (_units(shared, file, format, source, target, lost[file]) for file in (old, new))
    counts: Counter[str] = Counter()
    for found in maintenance.differences(a, b):
        if texts and found.reason in ("state", "other"):
            continue
        counts[_kind(found)] += 1
        click.echo(_difference_as_json(found) if as_json else _difference_as_line(found))
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    shared.say(said or "no difference")
    for file, some in lost.items():
        say_lost(shared, file, some)
    if counts:
        sys.exit(NO)


@click.command("merge")
@click.argument("files", nargs=-1, metavar="FILE...", required=True)
@format_option("--from", "Format of the files.")
@any_encoding_option
@languages(source=None, target_required=False)
@click.option(
    "--on-conflict",
    type=click.Choice(get_args(OnConflict)),
    default="keep",
    show_default=True,
    help="Which to take where files have different translations of a unit.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to write them.")
@dry_run_option
@pass_shared
def merge_command(
    shared: Shared,
    files: tuple[str, ...],
    format: str | None,
    source: str | None,
    target: str | None,
    on_conflict: OnConflict,
    output: str | None,
    dry_run: bool,
) -> None:
    """Make one file of several files or memories.

    As if they were imported into an empty memory, one after another, and exported from it. With
    --dry-run nothing is written; some units that another file has with another translation are
    listed, one a line: what would become of it and in what it differs, as diff says it, source,
    target, and the target of the other.
    """
    if not (output or dry_run):
        raise click.UsageError("say with -o where to write the units, or --dry-run.")
    kind = format_of(output, None) if output else ""
    if output:
        refuse_read(output, files)
    with (
        TemporaryDirectory(prefix="tmtool-") as folder,
        Memory.open(Path(folder) / "memory.db", author=shared.author) as memory,
    ):
        for file in files:
            headers: list[Header] = []
            lost: Counter[str] = Counter()
            units = _units(shared, file, format, source, target, lost, headers)
            added = memory.add(units(), on_conflict=on_conflict, headers=headers)
            shared.say(f"{public(file)}: {came(added)}")
            say_lost(shared, file, lost)
            for outcome, some in added.sample.items() if dry_run else ():
                for before, unit in some:
                    if before:
                        click.echo(sampled(outcome, before, unit))
                if some[0][0]:
                    say_more(shared, {outcome: getattr(added, outcome) - len(some)})
        if not output:
            return
        written = write_units(
            memory.units(),
            output,
            kind,
            besides=files,
            headers=[memory.header],
            suggestions=are_finished(files, format),
            dry_run=dry_run,
        )
    said = summed(written, kind)
    shared.say(f"{said}; nothing is written" if dry_run else said)


@click.command("dedupe")
@click.argument("file", required=False, metavar="[FILE]")
@format_option("--from", "Format of the file.")
@any_encoding_option
@click.option(
    "--ignore",
    multiple=True,
    type=click.Choice(IGNORED),
    help="Texts that differ in this alone are the same; may be repeated.",
)
@_scope
@_out
@dry_run_option
@pass_shared
def dedupe_command(
    shared: Shared,
    file: str | None,
    format: str | None,
    ignore: tuple[Ignored, ...],
    document: str | None,
    states: tuple[State, ...],
    source: str | None,
    target: str | None,
    output: str | None,
    dry_run: bool,
) -> None:
    """Take out units that say the same as another one.

    Of a file if one is named, else of the memory, where no document loses a sentence: only units
    that stand alone are taken out. The most trusted stays, of these the newest, and takes over the
    notes and props of the others. What is bound to another place (as by file and id) is no double;
    what -d, --state, -s and -t leave out stays.
    """
    wanted = Filter(source, target, document, states or STATES)

    def rewritten(units: Units) -> Iterator[Rewritten]:
        return maintenance.deduplicated(units, ignore, wanted=wanted, alone=file is None)

    carry_out(
        shared,
        "dedupe",
        rewritten,
        file,
        format,
        output,
        dry_run=dry_run,
        turned=_pair(wanted),
    )


@click.command("remove")
@click.argument("file", required=False, metavar="[FILE]")
@format_option("--from", "Format of the file.")
@any_encoding_option
@_scope
@filter_options
@_out
@dry_run_option
@pass_shared
def remove_command(
    shared: Shared,
    file: str | None,
    format: str | None,
    document: str | None,
    states: tuple[State, ...],
    source: str | None,
    target: str | None,
    chosen: Filter,
    output: str | None,
    dry_run: bool,
) -> None:
    """Take out units of which all that is said is true.

    Of a file if one is named, else of the memory, where 'tmtool undo' brings them back.
    """
    scope = Filter(source, target, document, states or STATES)
    if scope == chosen == Filter():
        raise click.UsageError("say which units, as in --state rejected.")

    def rewritten(units: Units) -> Iterator[Rewritten]:
        for unit in units():
            yield unit, None if scope(unit) and chosen(unit) else unit

    carry_out(
        shared,
        "remove",
        rewritten,
        file,
        format,
        output,
        dry_run=dry_run,
        turned=_pair(scope),
    )


@click.command("replace")
@click.argument("pattern")
@click.argument("replacement")
@click.argument("file", required=False, metavar="[FILE]")
@format_option("--from", "Format of the file.")
@any_encoding_option
@click.option(
    "--in",
    "side",
    type=click.Choice(get_args(Side)),
    default="target",
    show_default=True,
    help="On which side.",
)
@click.option("--regex", is_flag=True, help="PATTERN is an expression; \\1 is its first group.")
@click.option("--any-case", is_flag=True, help="Also where the case differs.")
@_scope
@_out
@dry_run_option
@pass_shared
def replace_command(
    shared: Shared,
    pattern: str,
    replacement: str,
    file: str | None,
    format: str | None,
    side: Side,
    regex: bool,
    any_case: bool,
    document: str | None,
    states: tuple[State, ...],
    source: str | None,
    target: str | None,
    output: str | None,
    dry_run: bool,
) -> None:
    """Replace text in units.

    Of a file if one is named, else of the memory. --dry-run shows what would change. Inline codes
    are never touched.
    """
    if not pattern:
        raise click.UsageError("PATTERN is empty.")
    scope = Filter(source, target, document, states or STATES)
    wanted = sought("PATTERN", pattern, is_regex=regex, any_case=any_case)
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", replacement):
        raise click.UsageError("REPLACEMENT holds a line end or a control character.")
    put = nfc(replacement)
    put = put if regex else put.replace("\\", "\\\\")

    def rewritten(units: Units) -> Iterator[Rewritten]:
        for unit in units():
            yield unit, maintenance.replaced(unit, wanted, put, side) if scope(unit) else unit

    carry_out(
        shared,
        "replace",
        rewritten,
        file,
        format,
        output,
        dry_run=dry_run,
        turned=_pair(scope),
    )


@click.command("recode")
@click.argument(
    "codes",
    nargs=-1,
    metavar="CODE=CODE...",
    required=True,
    callback=lambda ctx, option, pairs: language_codes(pairs),
)
@click.option("-d", "--document", metavar="NAME", help="Only of this document.")
@dry_run_option
@pass_shared
def recode_command(
    shared: Shared, codes: dict[str, str], document: str | None, dry_run: bool
) -> None:
    """Change language codes in the memory, as in kk=kk-KZ.

    The languages of a pair need two. Those of files change with 'tmtool convert --lang-map'.
    """
    scope = Filter(document=document)
    spelled = {code: Language.normal(other) for code, other in codes.items()}

    def rewritten(units: Units) -> Iterator[Rewritten]:
        chosen = ((unit, maintenance.recoded(unit, spelled)) for unit in filter(scope, units()))
        return told_apart(chosen)

    carry_out(shared, "recode", rewritten, None, None, None, dry_run=dry_run)


@click.command("info")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@format_option("--from", "Format of the files.")
@any_encoding_option
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@pass_shared
def info_command(shared: Shared, files: tuple[str, ...], format: str | None, as_json: bool) -> None:
    """Count what the memory or files hold.

    Units, those with an empty side, those whose both texts came before; words and characters;
    by languages, state, document and author; the first and the last change.
    """
    for file in files or (None,):
        units = units_in(shared, file, format, turned=_ANY)
        found = maintenance.figures(units())
        name = public(file) if file else str(shared.memory)
        click.echo(shown(_figures_as_json(name, found)) if as_json else _figures(name, found))


def _units(
    shared: Shared,
    file: str,
    format: str | None,
    source: str | None,
    target: str | None,
    lost: Counter[str],
    headers: list[Header] | None = None,
) -> Units:
    """The units of a file in some languages, turned round if need be; to be read several times."""
    pair = _pair(Filter(source, target))
    units = units_in(shared, file, format, headers, languages=pair, lost=lost)
    return units if pair else of_languages(units, source, target, lost)


def _pair(wanted: Filter) -> tuple[str, str] | None:
    """The two languages that a filter asks for."""
    source, target = wanted.source_language, wanted.target_language
    return (source, target) if source and target else None


def carry_out(
    shared: Shared,
    kind: str,
    rewritten: Callable[[Units], Iterator[Rewritten]],
    file: str | None,
    format: str | None,
    output: str | None,
    *,
    dry_run: bool,
    **reading: Any,
) -> None:
    """Rewrite a file into another one, or the memory in one action; say what was done.

    ``reading`` holds the options of :func:`tmtool.cli.common.units_in` for a file.
    """
    if file is None and output:
        raise click.UsageError("-o is where the units of a FILE are written.")
    if file and not (output or dry_run):
        raise click.UsageError("say with -o where to write the units, or --dry-run.")
    counts: Counter[str] = Counter()
    samples: list[str] = []
    headers: list[Header] = []
    lost: Counter[str] = Counter()
    units = units_in(shared, file, format, headers, lost=lost, **reading)
    nothing = "nothing to do"

    def counted() -> Iterator[Rewritten]:
        for before, after in rewritten(units):
            if before != after:
                what = "changed" if after else "removed"
                counts[what] += 1
                if dry_run and counts[what] <= _SAMPLE:
                    samples.append(_difference_as_line(Difference(before, after)))
            yield before, after

    if dry_run:
        for _ in counted():
            pass
        for line in samples:
            click.echo(line)
        say_more(shared, {what: count - _SAMPLE for what, count in counts.items()})
    elif file and output:
        kept = (after for _, after in counted() if after)
        made = format_of(output, None)
        written = write_units(
            kept,
            output,
            made,
            besides=[file],
            headers=headers,
            suggestions=are_finished([file], format),
        )
        shared.say(summed(written, made))
        say_lost(shared, file, lost)
        withheld = written.suggestions or written.rejected
        is_less = written.changed or written.left_out or withheld
        nothing = "nothing else to do" if is_less else nothing
    else:
        changes: list[Change] = [pair for pair in counted() if pair[0] != pair[1]]
        with open_memory(shared) as memory:
            memory.change(kind, changes)
    said = ", ".join(f"{count} {what}" for what, count in counts.items()) or nothing
    shared.say(f"{said}; nothing is written" if dry_run and counts else said)


# How it is shown


def _kind(found: Difference) -> str:
    return "added" if not found.before else "removed" if not found.after else "changed"


def _difference_as_line(found: Difference) -> str:
    before, after = found.before, found.after
    unit = after or before
    assert unit is not None
    sides = []
    for side in get_args(Side):
        old, new = (getattr(it, side).text if it else "" for it in (before, after))
        is_changed = before is not None and after is not None and old != new
        sides.append(marked(diff(old, new)) if is_changed else display_safe(new or old))
    reason = f"{_kind(found)} ({found.why})" if found.why else _kind(found)
    return "\t".join([reason, *sides, display_safe(unit.document or "")]).rstrip("\t")


def _difference_as_json(found: Difference) -> str:
    said: dict[str, Any] = {"kind": _kind(found), "reason": found.reason, "others": found.others}
    units = {"before": found.before, "after": found.after}
    said |= {name: unit.as_dict() for name, unit in units.items() if unit}
    return shown(json.dumps(said, ensure_ascii=False))


def _figures_as_json(name: str, found: Figures) -> str:
    said: dict[str, Any] = {"name": name}
    said |= {it.name: getattr(found, it.name) for it in fields(found)}
    said |= {"first": format_time(found.first), "last": format_time(found.last)}
    return json.dumps(said, ensure_ascii=False)


def _figures(name: str, found: Figures) -> str:
    rows = [
        ("units", f"{found.units:,}"),
        ("one-sided", f"{found.one_sided:,}"),
        ("repeated", f"{found.repeated:,}"),
        ("words", f"{found.source_words:,} and {found.target_words:,}"),
        ("characters", f"{found.source_characters:,} and {found.target_characters:,}"),
        ("languages", _ranked(found.languages)),
        ("states", _ranked(found.states)),
        ("documents", _ranked(found.documents)),
        ("authors", _ranked(found.authors)),
        ("first", format_time(found.first)),
        ("last", format_time(found.last)),
    ]
    lines = [name, *(f"  {what:<12}{said}" for what, said in rows if said)]
    return "\n".join(map(display_safe, lines))


def _ranked(counts: Counter[str]) -> str:
    """The most frequent of them with their counts."""
    first = [f"{name} {count:,}" for name, count in counts.most_common(_FIRST)]
    rest = len(counts) - len(first)
    return ", ".join([*first, f"{rest:,} more"] if rest else first)
