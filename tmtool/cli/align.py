"""The command align: a text and its translation, or many of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click

from tmtool.cli import NO, Shared, complain
from tmtool.cli.common import (
    Texts,
    check_name,
    document_name,
    document_option,
    format_option,
    has_memory,
    kept_of,
    language_map_option,
    languages,
    open_memory,
    refuse_files_read,
    summed,
    text_options,
    texts_in,
    write_units,
)
from tmtool.corpus import Job
from tmtool.document import Document
from tmtool.errors import FormatError, InputError, MismatchError, StoreError, TmtoolError
from tmtool.formats import files_of, format_of
from tmtool.formats.files import opened
from tmtool.model import Bead, Segment, TranslationUnit
from tmtool.reading import document_props
from tmtool.store import Address
from tmtool.text import clean, plural

_BATCH = 20_000
"""Source sentences that are aligned together; their texts share what they teach about words."""

_LONG = 400
"""Source sentences from which on a bar shows how far the work is."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A job with the sentences of both sides, and the metadata of the text."""

    job: Job
    source: list[Segment]
    target: list[Segment]
    props: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A job and the pairs it came to."""

    job: Job
    beads: list[Bead]
    props: tuple[tuple[str, str], ...]


@click.command("align")
@click.argument("source_path", metavar="[SRC", required=False)
@click.argument("target_path", metavar="TGT]", required=False)
@languages()
@click.option("--pairs", "list_path", metavar="LIST", help="Align the files that a TSV names.")
@click.option("-o", "--output", "path", metavar="FILE", help="Where to write, - for stdout.")
@format_option("--to", "Format of the output.")
@click.option("--add", is_flag=True, help="Put the pairs into the memory.")
@click.option("--force", is_flag=True, help="Pair texts that seem to be no translations, too.")
@document_option
@language_map_option
@text_options
def align_command(
    shared: Shared,
    texts: Texts,
    source_path: str | None,
    target_path: str | None,
    source: str,
    target: str,
    list_path: str | None,
    path: str | None,
    format: str | None,
    add: bool,
    force: bool,
    document: str | None,
    language_map: dict[str, str],
) -> None:
    """Pair the sentences of a text and its translation.

    Writes the pairs to a file (.tmx, .tsv or .jsonl), puts them into the memory with --add,
    or prints them as TSV. Several sentences may share a pair; a sentence without a partner
    has an empty cell in TSV and is left out of TMX. With --add, what the document already
    has translated is kept.

    SRC and TGT may be folders, whose files are paired by their names without language and
    suffix. --pairs LIST names two files a line, as seen from the folder of LIST, and the
    document in a third column if there is one. -o then names a file for all of them, or a
    folder for a file each. What cannot be paired is reported, and the others go on.
    """
    spoken = source, target
    if (list_path is None) is (target_path is None) or (list_path and source_path):
        raise click.UsageError("Name a text and its translation, two folders, or a --pairs LIST.")
    is_one = list_path is None and not Path(source_path or "").is_dir()
    if document and not is_one:
        raise click.UsageError("--document names one document; a LIST may name each.")
    tally = Tally(is_one)
    if list_path is not None:
        jobs = listed(Path(list_path), source)
    elif is_one:
        jobs = [_one(source_path or "", target_path or "", document, spoken)]
    else:
        jobs = matched(Path(source_path or ""), Path(target_path or ""), spoken, tally)
    if not jobs and not tally.failed:
        raise click.UsageError(f"There are no texts in {list_path or source_path}.")
    if any(job.source == job.target == "-" for job in jobs):
        raise click.UsageError("The text and its translation cannot both be standard input.")
    if path is None and not add:
        path = "-"
    in_one_file = path is not None and (is_one or path == "-" or Path(path).suffix != "")
    to = format or ("tsv" if path == "-" else "" if in_one_file else "tmx")
    if path is not None and in_one_file:
        to = format_of(path, to or None, option="--to")

    read = [file for job in jobs for file in (job.source, job.target)]
    read += [file for file in (list_path, texts.srx, texts.prefixes) if file]
    besides = [*read, shared.memory]
    places = dict[Job, str]()  # of the files, where each has its own
    if path is not None and in_one_file:
        refuse_files_read(path, to, besides, spoken, language_map)
    elif path is not None:
        files_of(path, to, spoken, language_map)  # raises what holds for all
        for job in jobs:
            with tally.trying():
                places[job] = _file(Path(path), job.document, to)
                refuse_files_read(places[job], to, besides, spoken, language_map)
        jobs = list(places)

    results = _aligned(
        _loaded(jobs, texts, shared, spoken, force, tally), shared, spoken, force, tally
    )
    if add:
        results = _added(results, shared, spoken, tally)
    writer = _Writer(shared, spoken, to, language_map, besides)
    if path is None:
        tally.done = sum(1 for _ in results)
    elif in_one_file:
        tally.done = writer.write(results, path)
    else:
        for result in results:
            with tally.trying():
                tally.done += writer.write([result], _made(places[result.job]))
    tally.conclude(shared)


# What is to be done


class Tally:
    """How many texts were aligned and how many could not be; with one text, errors are raised."""

    def __init__(self, is_one: bool) -> None:
        self.done = self.failed = 0
        self._is_one = is_one

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Report what goes wrong, and go on with the next text."""
        try:
            yield
        except StoreError:
            raise
        except TmtoolError as error:
            if self._is_one:
                raise
            self.failed += 1
            complain(error)

    def conclude(self, shared: Shared) -> None:
        """Say what came of it; exit code 1 if something was left out."""
        if self._is_one:
            return
        left_out = f"; {self.failed} could not be" if self.failed else ""
        shared.say(f"{plural(self.done, 'text')} aligned{left_out}")
        if self.failed:
            sys.exit(NO)


def _file(folder: Path, document: str, suffix: str) -> str:
    """The file of a document in a folder."""
    inside = Path(f"{document}.{suffix}")
    if inside.is_absolute() or ".." in inside.parts:
        raise InputError(f"the document {document!r} would be written outside {folder}")
    return str(folder / inside)


def _made(file: str) -> str:
    """A file, with the folders that it stands in made."""
    folder = Path(file).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", path=folder) from None
    return file


def _one(source: str, target: str, document: str | None, spoken: tuple[str, str]) -> Job:
    """The job of two texts; one from standard input is called what the other is."""
    if source == "-":
        document = document or document_name(target, spoken[1])
    return _job(source, target, document, spoken[0])


def _job(source: str, target: str, document: str | None, language: str) -> Job:
    return Job(source, target, clean(document or "") or document_name(source, language))


def listed(path: Path, language: str) -> list[Job]:
    """The jobs of a list: source, target and perhaps the document, parted by tabs.

    That of ``-`` is standard input, and its files are seen from where we are.
    """
    try:
        with nullcontext(sys.stdin.buffer) if str(path) == "-" else opened(path) as file:
            lines = file.read().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError("is not UTF-8", path=path, hint="save it as UTF-8") from None
    jobs: dict[str, Job] = {}
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or line.startswith("#"):
            continue
        if "\0" in line:
            raise FormatError("holds a NUL character", path=path, line=number)
        if len(cells) not in (2, 3) or not (cells[0] and cells[1]):
            raise FormatError(
                f"holds {plural(len(cells), 'column')}",
                path=path,
                line=number,
                hint="write source, tab, target, and a document behind another tab if you like",
            )
        source, target = (str(path.parent / cell) for cell in cells[:2])
        job = _job(source, target, cells[2] if len(cells) == 3 else None, language)
        if jobs.setdefault(job.document, job) is not job:
            raise FormatError(
                f"makes a second document {job.document!r}",
                path=path,
                line=number,
                hint="name it otherwise in a third column",
            )
    return list(jobs.values())


def matched(source: Path, target: Path, spoken: tuple[str, str], tally: Tally) -> list[Job]:
    """The jobs of two folders, whose files are paired by their names; others are reported.

    The two may be one folder, where the languages in the names tell the sides apart.
    """
    sides = _named_files(source, spoken[0], tally), _named_files(target, spoken[1], tally)
    jobs, lone = [], list[tuple[Path, Path]]()
    for name in sorted(sides[0] | sides[1]):
        ours, theirs = (side.get(name, []) for side in sides)
        if len(ours) == len(theirs) == 1:
            jobs.append(Job(str(ours[0]), str(theirs[0]), name))
        elif not ours or not theirs:
            lone += [(path, target if ours else source) for path in (ours or theirs)[:1]]
        else:
            with tally.trying():
                files = ", ".join(map(str, ours + theirs))
                raise InputError(f"several files are named {name!r}: {files}")
    paired = {path for job in jobs for path in (job.source, job.target)}
    for path, folder in dict(lone).items():
        with tally.trying():
            if str(path) not in paired:
                raise InputError(
                    f"has no partner in {folder}",
                    path=path,
                    hint="the names must be the same but for the language and the suffix",
                )
    return jobs


def _named_files(folder: Path, language: str, tally: Tally) -> dict[str, list[Path]]:
    """The files in a folder by the names of their documents, folders inside included.

    Those that cannot be named are reported.
    """
    if not folder.is_dir():
        raise InputError("is no folder", path=folder, hint="name two folders, or two files")
    found: dict[str, list[Path]] = {}
    for path in texts_in(folder):
        with tally.trying():
            check_name(path)
            inside = path.relative_to(folder).parent
            name = clean((inside / document_name(path.name, language)).as_posix())
            found.setdefault(name, []).append(path)
    return found


# Doing it


def _loaded(
    jobs: Iterable[Job],
    texts: Texts,
    shared: Shared,
    spoken: tuple[str, str],
    force: bool,
    tally: Tally,
) -> Iterator[Loaded]:
    from tmtool.alignment import check_sides

    source, target = texts.segmenters(spoken)
    for job in jobs:
        with tally.trying():
            text, translation = (texts.whole(path) for path in (job.source, job.target))
            sides = source.segment(text), target.segment(translation)
            loaded = Loaded(job, *sides, document_props(text))
            try:
                with _of(job):
                    check_sides(*sides, spoken)
            except MismatchError as error:
                if not force or not all(sides):
                    raise
                shared.say(f"note: {error.message}")
            yield loaded


def _aligned(
    loaded: Iterable[Loaded],
    shared: Shared,
    spoken: tuple[str, str],
    force: bool,
    tally: Tally,
) -> Iterator[Result]:
    from tmtool.alignment import align_all, trusted

    for batch in _batches(loaded):
        known = _known(shared, spoken, batch)
        pairs = [(task.source, task.target) for task in batch]
        with _bar(shared, sum(len(task.source) for task in batch)) as progress:
            found = align_all(pairs, known=known, progress=progress)
        for task, beads in zip(batch, found, strict=True):
            with tally.trying():
                with _of(task.job, hint="--force pairs them all the same"):
                    beads, doubt = trusted(beads, task.source, task.target, force=force)
                _mention(shared, task, doubt)
                yield Result(task.job, beads, task.props)


def _batches(loaded: Iterable[Loaded]) -> Iterator[list[Loaded]]:
    batch: list[Loaded] = []
    for task in loaded:
        batch.append(task)
        if sum(len(task.source) for task in batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _known(shared: Shared, spoken: tuple[str, str], batch: list[Loaded]) -> list[tuple[str, str]]:
    """What the memory can teach; nothing if there is none."""
    if not has_memory(shared):
        return []
    with open_memory(shared) as memory:
        return memory.pairs(*spoken, besides=batch[0].job.document if len(batch) == 1 else "")


def _mention(shared: Shared, task: Loaded, doubt: str) -> None:
    """Notes on what a person should know of a pair of texts."""
    from tmtool.alignment import set_aside

    if doubt:
        shared.say(f"note: {doubt}")
    aside = set_aside(task.source, task.target)
    for path, lines in zip((task.job.source, task.job.target), aside, strict=True):
        if lines:
            shared.say(
                f"note: {path}: {plural(len(lines), 'line')} set aside as page headers or numbers"
            )


@contextmanager
def _of(job: Job, hint: str = "") -> Iterator[None]:
    """Name the files in what is said of both, and add a hint."""
    try:
        yield
    except (InputError, MismatchError) as error:
        message = f"{job.source}, {job.target}: {error.message}"
        raise type(error)(message, hint=f"{error.hint} {hint}".strip()) from None


@contextmanager
def _bar(shared: Shared, sentences: int) -> Iterator[Callable[[float], None] | None]:
    """A progress bar for long work at a terminal."""
    if shared.quiet or sentences < _LONG or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label="aligning", file=sys.stderr) as bar:
        yield lambda share: bar.update(round(1000 * share) - bar.pos)


# What becomes of it


def _added(
    results: Iterable[Result], shared: Shared, spoken: tuple[str, str], tally: Tally
) -> Iterator[Result]:
    """The same results, put into the memory."""
    for result in results:
        name = result.job.document
        with tally.trying():
            with open_memory(shared, create=True) as memory:
                pairs = Document.of(memory, name, *spoken)
                before = _lone(pairs)
                filled = pairs.fill(result.beads, result.props)
                lone = max(0, _lone(pairs) - before)
            alone = f" and {plural(lone, 'sentence')} without a partner" if lone else ""
            waiting = pairs.doubtful_count + pairs.untranslated_count
            doubtful = f"; {waiting} to look at, see 'tmtool review'"
            shared.say(
                f"{name}: {plural(filled.taken, 'pair')}{alone} added{kept_of(filled)}"
                + (doubtful if waiting else "")
            )
            yield result


def _lone(pairs: Document) -> int:
    """How many units of a document have text on one side only."""
    return sum(not (entry.has_source and entry.has_target) for entry in pairs.outline)


class _Writer:
    """Writes results to files in one format."""

    def __init__(
        self,
        shared: Shared,
        spoken: tuple[str, str],
        format: str,
        language_map: dict[str, str],
        read: list[str | Address | None],
    ) -> None:
        self._shared, self._spoken, self._format = shared, spoken, format
        self._language_map, self._read = language_map, read

    def write(self, results: Iterable[Result], path: str) -> int:
        """Write the pairs of all results to one file; how many results there were."""
        count = 0

        def units() -> Iterator[TranslationUnit]:
            nonlocal count
            for result in results:
                count += 1
                name = result.job.document
                for bead in result.beads:
                    yield bead.unit(*self._spoken, document=name, props=result.props)
            if not count:
                raise MismatchError("nothing could be aligned", hint=f"{path} is as it was")

        written = write_units(
            units(),
            path,
            self._format,
            besides=self._read,
            language_map=self._language_map,
            raw_cells=path == "-" and self._format == "tsv",  # for eyes and pipes
        )
        if path != "-":
            self._shared.say(summed(written, self._format, "pair"))
        return count
