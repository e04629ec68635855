"""Commands on the memory: documents, import, export."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import asdict, replace
from io import BytesIO
from itertools import chain
from os.path import samefile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import click

import tmtool.formats
from tmtool.cli import NO, Shared, complain, exit_code
from tmtool.cli.common import (
    FINISHED,
    Skipped,
    Split,
    came,
    counted,
    dry_run_option,
    encoding_option,
    filter_options,
    format_option,
    has_memory,
    is_memory,
    kind_of,
    language_map_option,
    languages,
    named,
    open_memory,
    pass_shared,
    raw_cells_option,
    sampled,
    say_left,
    say_lost,
    say_more,
    shown,
    skip_bad_option,
    split_option,
    summed,
    units_in,
    write_units,
)
from tmtool.conflict import OnConflict
from tmtool.errors import InputError, StoreError, TmtoolError
from tmtool.formats import Written, format_of
from tmtool.formats.pairs import are_the_same, pair_named, under_one_code
from tmtool.language import Language, primary_code
from tmtool.maintenance import Filter, arrival
from tmtool.memory import Added, Memory
from tmtool.model import STATES, Header, Languages, State, TranslationUnit
from tmtool.profiles import TOOLS, Tailored, Tool, placed, preferred
from tmtool.store import Address, address, public
from tmtool.text import display_safe, one_line, plural

_STAYS = "a text that was emptied there stays"
_SHOWN = 80  # characters of a text that are shown beside another one
_DIFFERS = "'tmtool diff MEMORY FILE' shows all that differs"


@click.command("documents")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@pass_shared
def documents_command(shared: Shared, as_json: bool) -> None:
    """List the documents of the memory.

    One a line: name, languages, number of units by state, what the text says of itself.
    """
    with open_memory(shared) as memory:
        documents = memory.documents()
        if not documents:
            shared.say("no document; 'tmtool info' counts what the memory holds besides")
        for summary in documents:
            if as_json:
                click.echo(shown(json.dumps(asdict(summary), ensure_ascii=False)))
                continue
            states = " ".join(f"{state}={count}" for state, count in sorted(summary.states.items()))
            props = " ".join(f"{kind.removeprefix('x-tmtool:')}={v}" for kind, v in summary.props)
            pair = f"{summary.source_language}-{summary.target_language}"
            cells = map(display_safe, (summary.name, pair, states, props))
            click.echo("\t".join(cells).rstrip("\t"))


@click.command("import")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@format_option("--from", "Format of the files.")
@languages(source=None, target_required=False)
@click.option(
    "-d",
    "--document",
    metavar="NAME",
    callback=named,
    help="Make the units a document of this name, but for those that are in one.",
)
@click.option(
    "--on-conflict",
    type=click.Choice(get_args(OnConflict)),
    default="keep",
    show_default=True,
    help="Which to take where the memory holds a unit with another translation.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would become of the units.")
@skip_bad_option
@language_map_option
@encoding_option
@raw_cells_option
@pass_shared
def import_command(
    shared: Shared,
    files: tuple[str, ...],
    format: str | None,
    source: str | None,
    target: str | None,
    document: str | None,
    on_conflict: OnConflict,
    dry_run: bool,
    skip_bad: bool,
    language_map: dict[str, str],
    encoding: str | None,
    raw_cells: bool,
) -> None:
    """Add the units of files to the memory.

    A FILE may be another memory, too. Each is taken as a whole or, where it is broken, not at
    all: it is reported, and the others are taken. With --skip-bad each bad unit is reported, and
    the exit code is 1. -s and -t say the languages of a file that does not (TSV), and choose a pair
    from one that holds several.
    Importing the same again changes nothing.

    Where the memory holds another translation of a unit, it is kept (keep), replaced (replace),
    replaced if it is older (newest), or both are held, the other outside its document (both).
    With newest, what was edited in a file that this memory exported is merged with what was changed
    in the memory since; where both changed the same, the memory's is kept, and some are named.

    With --dry-run nothing is written; some units of each kind are listed, one a line: what
    would become of it and, as diff says it, in what it differs, source, target, and the target that
    the memory holds.
    """
    if bool(source) != bool(target):
        raise click.UsageError("-s and -t go together.")
    pair = (source, target) if source and target else None
    for code in pair or ():
        Language.check(code)
    kinds = ["" if is_memory(file) else kind_of(file, format) for file in files or ("-",)]
    for file in files:
        if is_memory(file) and shared.memory is not None and _is_same(address(file), shared.memory):
            raise click.UsageError(f"{public(file)} is the memory itself.")
    for file, kind in zip(files or ("-",), kinds, strict=True):
        if kind:
            tmtool.formats.check_encoding(file, kind, encoding)
    bad, skipped = Skipped(), 0
    taken: list[str] = []
    broken: list[TmtoolError] = []
    standard_input = BytesIO()
    headers: list[Header] = []
    lost: Counter[str] = Counter()

    def units(file: str, kind: str) -> Iterator[TranslationUnit]:
        with counted(shared, file) as progress:
            read = (
                tmtool.formats.read(
                    standard_input if file == "-" else file,
                    format=kind,
                    languages=pair,
                    language_map=language_map,
                    raw_cells=raw_cells,
                    encoding=encoding,
                    held=memory.states,
                    bad=bad if skip_bad else None,
                    headers=headers,
                    lost=lost,
                    progress=progress,
                )
                if kind
                else units_in(
                    shared,
                    file,
                    None,
                    headers,
                    languages=pair,
                    language_map=language_map,
                    lost=lost,
                )()
            )
            for unit in read:
                yield replace(unit, document=document, position=0.0) if document else unit

    def noting(file: str, kind: str) -> Iterator[TranslationUnit]:
        """The units of a file, telling what is wrong with it from what is with the memory."""
        try:
            yield from units(file, kind)
        except (InputError, StoreError) as error:
            if not kind or isinstance(error, InputError):
                broken.append(error)
            raise

    with _telling_if_interrupted(files, taken), ExitStack() as stack:
        if not files or "-" in files:  # to its end, before the memory is locked
            standard_input = BytesIO(sys.stdin.buffer.read())
        if dry_run and not has_memory(shared):
            folder = stack.enter_context(TemporaryDirectory(prefix="tmtool-"))
            shared = replace(shared, memory=Path(folder) / "memory.db")
        memory = stack.enter_context(open_memory(shared, create=True))
        for file, kind in zip(files or ("-",), kinds, strict=True):
            bad.count = 0
            headers.clear()
            lost.clear()
            try:
                with nullcontext() if dry_run else _noted(memory, file, taken):
                    added = memory.add(
                        noting(file, kind),
                        on_conflict=on_conflict,
                        dry_run=dry_run,
                        headers=headers,
                    )
            except (InputError, StoreError) as error:
                if len(files) < 2 or error not in broken:
                    raise
                complain(error)
                continue
            said = came(added, bad.count)
            shared.say(f"{public(file)}: {said}{'; nothing is written' if dry_run else ''}")
            if added.cleaned:
                lost["units with control characters, which were left out"] = added.cleaned
            if added.empty:
                lost["units without text and codes, which were left out"] = added.empty
            say_lost(shared, file, lost)
            skipped += bad.count
            if added.kept and on_conflict == "newest":
                _say_kept(shared, added)
            elif added.kept and on_conflict == "keep":
                shared.say(
                    f"note: what the memory held was kept; {_DIFFERS}; --on-conflict newest takes "
                    "what was edited in a file exported from here, replace all that a file says "
                    f"({_STAYS})"
                )
            if dry_run:
                for outcome, some in added.sample.items():
                    for before, unit in some:
                        click.echo(sampled(outcome, before, unit))
                    say_more(shared, {outcome: getattr(added, outcome) - len(some)})
        if dry_run and len(files) > 1:
            shared.say("note: each file was compared with the memory as it is, without the others")
        if broken:  # before a memory is made of nothing
            shared.say(f"{plural(len(broken), 'file')} of {len(files)} not taken")
            sys.exit(exit_code(broken[0]))
    if skipped:
        sys.exit(NO)


@contextmanager
def _noted(memory: Memory, file: str, taken: list[str]) -> Iterator[None]:
    """Note that a file is in the memory, also where that was interrupted when it was."""
    before = memory.last_number
    try:
        yield
    except KeyboardInterrupt:
        with suppress(StoreError):
            since = memory.actions(before + 1)
            if any((it.kind, it.author) == ("add", memory.author) for it in since):
                taken.append(file)
        raise
    taken.append(file)


@contextmanager
def _telling_if_interrupted(files: Sequence[str], taken: Sequence[str]) -> Iterator[None]:
    """Have an interrupt say which of some files were taken till then."""
    try:
        yield
    except KeyboardInterrupt:
        if not taken:
            said = "nothing was imported"
        elif len(taken) >= len(files):
            said = "the import was done"
        else:
            said = f"imported: {', '.join(map(public, taken))}; the other files were not"
        raise KeyboardInterrupt(said) from None


def _say_kept(shared: Shared, added: Added) -> None:
    """Name some of the units that the memory kept as they were, with what the file says of them."""
    some = added.sample["kept"]
    for held, unit in some:
        if held is None:
            shared.say(f"kept out: {_told(unit)}, as it was removed from the memory")
            continue
        came, was = _told(unit, held), _told(held, unit)
        source = "" if unit.source != held.source else f" {_quoted(held.source.text)}"
        if came == was:
            came += f", which differs in {arrival(held, unit, is_kept=True).why}"
        shared.say(f"kept: {held.id}{source}: the memory says {was}, the file {came}")
    say_more(shared, {"kept": added.kept - len(some)})
    shared.say(
        f"note: {_DIFFERS}, 'tmtool history ID' who changed it, 'tmtool review' lets you decide; "
        f"--on-conflict replace takes all as the file has it ({_STAYS})"
    )


def _told(unit: TranslationUnit, other: TranslationUnit | None = None) -> str:
    """The texts of a unit, or what of it another one does not have."""
    sides = [unit.target] if other and other.source == unit.source else [unit.source, unit.target]
    said = " – ".join(_quoted(side.text) for side in sides)
    if other and other.state != unit.state:
        said += f" ({unit.state})"
    notes = [note for note in unit.notes if other and note not in other.notes]
    return said + "".join(f" (note {_quoted(note)})" for note in notes)


def _quoted(text: str) -> str:
    """The beginning of a text, on one line."""
    line = one_line(text)
    return f'"{line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"}"'


def _is_same(one: Address, other: Address) -> bool:
    """Whether two addresses are of one memory, as far as they say."""
    if isinstance(one, Path) and isinstance(other, Path):
        return other.exists() and samefile(one, other)
    return one == other


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
@filter_options
@split_option
@language_map_option
@raw_cells_option
@dry_run_option
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
    chosen: Filter,
    split: Split | None,
    language_map: dict[str, str],
    raw_cells: bool,
    dry_run: bool,
) -> None:
    """Write units of the memory to a file.

    FILE is replaced as a whole; - is standard output, with --to. A TMX takes only units
    that have text on both sides. TMX, Moses and TSV, which have no word for it, take no doubtful
    pretranslation unless --state initial asks for it. The same memory gives the same bytes. -s,
    -t, -d, --state and the options from --by to --not say which units.

    With --for, a TMX is of one pair of languages, which have regions (Trados, memoQ, Wordfast);
    it has the texts before and after each unit (memoQ), or, where a source has several
    translations, each bound to its place and the most trusted one for any place (OmegaT), and no
    text too long for the tool.
    """
    kind = format_of(path, format, option="--to")
    if tool and kind != "tmx":
        raise click.UsageError("--for is for TMX.")
    scope = Filter(source, target, document, states or STATES)
    tailored = Tailored(tool or "generic", file_names, language_map)

    rejected, suggestions = set[str](), set[str]()

    def is_wanted(unit: TranslationUnit) -> bool:
        if not (scope(unit) and chosen(unit)):
            return False
        if unit.state == "rejected" and not states:
            rejected.add(unit.id)
            return False
        if unit.is_suggestion and kind in FINISHED and not states:
            suggestions.add(unit.id)
            return False
        return True

    with open_memory(shared) as memory:
        units = memory.units(document=document, states=() if tool else states)
        if tool and split:  # before the first file is written
            deque(_of_one_pair(filter(is_wanted, units), tool), maxlen=0)
            units = memory.units(document=document)
        if tool:
            several = preferred(filter(is_wanted, memory.disputed())) if tool == "omegat" else {}
            in_place = (found for found in placed(units) if is_wanted(found[0]))
            units = tailored.units(in_place, several)
        else:
            units = filter(is_wanted, units)
        first = next(units, None)
        if first is None:
            besides = f", but {len(rejected)} rejected" if rejected else ""
            hint = "'tmtool documents' lists what there is"
            if suggestions:
                besides += f", but {plural(len(suggestions), 'doubtful pretranslation')}"
                hint = "--state initial asks for it"
            shared.say(f"no unit to export{besides}; {hint}")
            sys.exit(NO)
        spoken = set[Languages]()
        doubtful: Counter[str] = Counter()

        def every() -> Iterator[TranslationUnit]:
            for unit in chain([first], units):
                source, target = unit.languages
                spoken.add((language_map.get(source, source), language_map.get(target, target)))
                doubtful[unit.document or ""] += unit.is_paired and unit.entry.is_doubtful
                yield unit

        written = write_units(
            _of_one_pair(every(), tool) if tool else every(),
            path,
            kind,
            besides=[shared.memory],
            split=split,
            language_map={} if tool else language_map,
            raw_cells=raw_cells,
            headers=[memory.header],
            suggestions=True,  # those that nobody asked for are gone
            rejected=True,
            dry_run=dry_run,
        )
    withheld = Written(0, suggestions=len(suggestions), rejected=len(rejected))
    said = summed(written + withheld, kind)
    if tailored.too_long and tool:
        said += f"; {tailored.too_long} too long for {TOOLS[tool]} left out"
    if tailored.of_one_language:
        said += f"; {tailored.of_one_language} with one language on both sides left out"
    if tailored.without_place:
        said += f"; {plural(tailored.without_place, 'further translation')} left out, as OmegaT "
        said += "takes one of a source that is in no document"
    if tailored.unmarked:
        said += f"; highlighting taken out of {tailored.unmarked}"
    if tailored.renamed and tool:
        said += f"; props renamed for {TOOLS[tool]} in {tailored.renamed}"
    if tailored.levelled and tool:
        said += f"; white space levelled for {TOOLS[tool]} in {tailored.levelled}"
    shared.say(f"{said}; nothing is written" if dry_run else said)
    say_left(shared, path, written, split)
    if count := doubtful.total():
        said = f"note: {count} of them doubtful"
        del doubtful[""]  # those of no document
        for name, number in (+doubtful).most_common(1):
            shows = "which" if number == count else f"{number} of these"
            said += f"; 'tmtool review {shlex.quote(name)}' shows {shows}"
        shared.say(said)
    if len(spoken) > 1 and kind == "tmx":
        held = f"note: it holds {', '.join(map(pair_named, sorted(spoken)))}; "
        if are_the_same(spoken):
            shared.say(f"{held}{under_one_code(spoken)} makes them one")
        elif not tool:
            shared.say(f"{held}OmegaT mixes them in one project, so choose a pair with -s and -t")


def _of_one_pair(units: Iterator[TranslationUnit], tool: Tool) -> Iterator[TranslationUnit]:
    """Units as long as they are of one pair of languages, which is what a tool takes from a file.

    Raises ``UsageError`` that counts them if they are not.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for unit in units:
        if unit.is_paired:
            counts[tuple(map(primary_code, unit.languages))] += 1
        if len(counts) < 2:
            yield unit
    if len(counts) > 1:
        pairs = (f"{'-'.join(pair)} ({plural(number, 'unit')})" for pair, number in counts.items())
        source, target = counts.most_common(1)[0][0]
        raise click.UsageError(
            f"A file for {TOOLS[tool]} holds one pair of languages, and these are of "
            f"{', '.join(pairs)}; choose one, as with -s {source} -t {target}."
        )
