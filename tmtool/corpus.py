"""Very many texts and their translations, aligned in shards by many processes.

A shard is some documents that are aligned together and make one TMX. Which one a document belongs
to depends on its name alone, so that what is added or changed later leaves the others as they
are. Words are learned first from a sample of all documents and then known to every shard. Beside
each TMX stands a record of what it was made from: a shard whose record still holds is not made
again. The bytes of a TMX depend on the texts and the settings, not on who made it or when.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from importlib.metadata import version
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from tmtool.alignment import align_all, check_sides, trusted
from tmtool.errors import InputError, MismatchError, TmtoolError
from tmtool.formats import write
from tmtool.formats.files import replaced
from tmtool.model import Bead, Segment, TranslationUnit
from tmtool.reading import Reading, document_props

_FORMAT = 1  # of records and manifest; another one makes everything anew
_SHARD = 300_000  # bytes of texts and translations in a shard, about
_FEWEST = 16  # shards, so that several processes have something to do
_SAMPLE = 300_000  # bytes from which words are learned first, at the most
_SAMPLE_SHARE = 0.25  # of all bytes, at the most
_TRUSTED = 0.95  # least score of a pair of the sample that teaches
_MOST_TAUGHT = 3000  # pairs
_RETRIES = 2  # of a shard in which a worker of a cluster failed

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Job:
    """A text, its translation, and the document that they make."""

    source: str
    target: str
    document: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What all shards are made by: languages, how texts are read, whether doubts are ignored."""

    source_language: str
    target_language: str
    reading: Reading = field(default_factory=Reading)
    force: bool = False

    @property
    def languages(self) -> tuple[str, str]:
        """Source and target."""
        return self.source_language, self.target_language


@dataclass(frozen=True, slots=True)
class Shard:
    """A batch of work, small enough to be sent: paths, not texts."""

    number: int
    folder: str
    jobs: tuple[Job, ...]
    settings: Settings
    lexicon: str | None

    @property
    def tmx(self) -> Path:
        """The file that it makes."""
        return Path(self.folder) / f"shard-{self.number:05}.tmx"

    @property
    def record(self) -> Path:
        """What it was made from and what came of it."""
        return self.tmx.with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a document: hashes (SHA-256) of its files, and counts.

    ``sentences`` are those of both sides; ``pairs`` have text on both sides, ``doubtful`` of them
    a confidence below 0.9; ``error`` says why it is in no TMX.
    """

    document: str
    source: str
    target: str
    hashes: tuple[str, str]
    sentences: tuple[int, int] = (0, 0)
    pairs: int = 0
    doubtful: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What a shard was made from and what came of it.

    ``key`` is a digest of all that it was made from, ``output`` the SHA-256 of its TMX, empty if
    there is none. ``seconds`` are those of its process. ``is_old`` tells that it was there before.
    """

    number: int
    key: str
    output: str
    fates: tuple[Fate, ...]
    seconds: float
    is_old: bool = False

    @classmethod
    def read(cls, path: Path) -> Record | None:
        """The record of a file; ``None`` if there is none that can be read."""
        try:
            found = json.loads(path.read_text("utf-8"))
            fates = [
                Fate(**fate | {name: tuple(fate[name]) for name in ("hashes", "sentences")})
                for fate in found["documents"]
            ]
            head = found["shard"], found["key"], found["output"]
            return cls(*head, tuple(fates), found["seconds"], True)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def as_dict(self) -> dict[str, Any]:
        """As it is kept."""
        documents = [asdict(fate) for fate in self.fates]
        return {
            "shard": self.number,
            "key": self.key,
            "output": self.output,
            "seconds": self.seconds,
            "documents": documents,
        }


Run = Callable[[Sequence[Shard]], Iterator[Record]]
"""Makes shards and gives their records, in the order in which they are done."""


def build(
    jobs: Sequence[Job],
    folder: Path,
    settings: Settings,
    run: Run,
    *,
    tick: Callable[[Shard, Record], object] = lambda shard, record: None,
) -> dict[str, Any]:
    """Align all jobs into shards in a folder; the manifest, which is written there too.

    ``tick`` hears of each shard that is done. What stopped an earlier run stops nothing: done
    shards are found again. Raises ``InputError`` if the folder cannot be written, and whatever
    ``run`` does.
    """
    begin = _clock()
    _make(folder)
    before = _manifest(folder)
    sizes = {job: _size(job) for job in jobs}
    count = before.get("shards") or _count(sizes)
    lexicon = _lexicon(sizes, folder, settings, before, is_of_use=count > 1)
    shards = _dealt(jobs, folder, settings, count, lexicon)
    for number in range(count):
        if not any(shard.number == number for shard in shards):
            _forget(Shard(number, str(folder), (), settings, None))
    taught = _taught(lexicon)
    manifest = {
        "format": _FORMAT,
        "versions": _versions(),
        "settings": asdict(settings),
        "shards": count,
        "lexicon": {"key": _lexicon_key(settings), "pairs": len(taught)},
    }
    _write_json(folder / MANIFEST, manifest)
    by_number = {shard.number: shard for shard in shards}
    records = []
    for record in run(shards):
        records.append(record)
        tick(by_number[record.number], record)
    fates = [fate for record in records for fate in record.fates]
    unchanged = sum(record.is_old for record in records)
    manifest["made"], manifest["unchanged"] = len(records) - unchanged, unchanged
    manifest["totals"] = {
        "documents": sum(not fate.error for fate in fates),
        "failed": sum(bool(fate.error) for fate in fates),
        "source_sentences": sum(fate.sentences[0] for fate in fates),
        "target_sentences": sum(fate.sentences[1] for fate in fates),
        "pairs": sum(fate.pairs for fate in fates),
        "doubtful": sum(fate.doubtful for fate in fates),
    }
    manifest["seconds"] = {
        "elapsed": round(_clock() - begin, 3),
        "of_processes": round(sum(record.seconds for record in records if not record.is_old), 3),
    }
    manifest["failed"] = {
        fate.document: fate.error
        for fate in sorted(fates, key=lambda fate: fate.document)
        if fate.error
    }
    _write_json(folder / MANIFEST, manifest)
    return manifest


def make(shard: Shard) -> Record:
    """Make a shard, unless its record says that it is made of the very same.

    A document that cannot be read or aligned is in its record and in no TMX. Raises
    ``InputError`` if the shard cannot be written.
    """
    begin = _clock()
    hashes = [(_hash(job.source), _hash(job.target)) for job in shard.jobs]
    key = _key(shard, hashes)
    held = Record.read(shard.record)
    if held and (held.key, held.output) == (key, _hash(str(shard.tmx))):
        return held
    _forget(shard)
    fates, units = _aligned(shard, hashes)
    if units:
        write(units, shard.tmx)
    seconds = round(_clock() - begin, 3)
    record = Record(shard.number, key, _hash(str(shard.tmx)), tuple(fates), seconds)
    _write_json(shard.record, record.as_dict())
    return record


# Who does it


def by_processes(workers: int) -> Run:
    """Makes shards in processes of this machine."""

    def run(shards: Sequence[Shard]) -> Iterator[Record]:
        if workers == 1:
            yield from map(make, shards)
            return
        context = get_context("spawn")
        with ProcessPoolExecutor(workers, context, _live_with_parent) as pool:
            try:
                with _no_interrupt():
                    made = [pool.submit(make, shard) for shard in shards]
                for done in as_completed(made):
                    yield done.result()
            except BrokenProcessPool:
                raise TmtoolError(
                    "a process was ended from outside, perhaps for want of memory",
                    hint="run the same again to go on, with fewer --jobs",
                ) from None
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    return run


def by_cluster(address: str) -> Run:
    """Makes shards on a cluster of Dask, whose workers see the same folders.

    A shard whose worker is lost is made by another one. Raises ``TmtoolError`` if the scheduler
    does not answer, or Dask is not installed.
    """

    def run(shards: Sequence[Shard]) -> Iterator[Record]:
        with _client(address) as client:
            from distributed import as_completed as completed

            futures = [client.submit(make, shard, pure=False, retries=_RETRIES) for shard in shards]
            try:
                for done in completed(futures):  # type: ignore[no-untyped-call]
                    yield done.result()
            except CancelledError:
                raise TmtoolError(
                    f"the scheduler of Dask at {address} has ended",
                    hint="start it, and run the same again to go on",
                ) from None
            finally:
                with suppress(OSError, CancelledError):
                    client.cancel(futures)

    return run


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError:
        raise TmtoolError(
            "a cluster needs Dask, which is not installed", hint="pip install 'tmtool[cluster]'"
        ) from None
    for name in logging.root.manager.loggerDict:  # what goes wrong is said by our own errors
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise TmtoolError(
            f"no scheduler of Dask answers at {address}", hint="start one with 'dask scheduler'"
        ) from error
    with client:
        yield client


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Have interrupts wait, and the processes begun meanwhile never see one.

    To be hidden from this thread is not enough: another one, of numpy, may get it for the process.
    """
    came: list[int] = []
    usual = signal.getsignal(signal.SIGINT)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in came[:1]:
            signal.raise_signal(number)


def _live_with_parent() -> None:
    """In a process of a pool: end when the one that waits for it was killed."""
    parent = parent_process()

    def follow() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=follow, daemon=True).start()


# What is to be done


def _count(sizes: dict[Job, int]) -> int:
    """How many shards documents of these sizes, in bytes, are dealt to."""
    total = sum(sizes.values())
    return max(min(_FEWEST, len(sizes)), -(-total // _SHARD), 1)


def _dealt(
    jobs: Iterable[Job], folder: Path, settings: Settings, count: int, lexicon: Path | None
) -> list[Shard]:
    """The shards that have documents, each with its own in the order of their names."""
    dealt: dict[int, list[Job]] = {}
    for job in sorted(jobs, key=lambda job: job.document):
        dealt.setdefault(_chance(job) % count, []).append(job)
    known = str(lexicon) if lexicon else None
    return [
        Shard(number, str(folder), tuple(dealt[number]), settings, known)
        for number in sorted(dealt)
    ]


def _chance(job: Job) -> int:
    """A number that is by chance, and always the same for a document."""
    return int.from_bytes(sha256(job.document.encode()).digest()[:8])


def _size(job: Job) -> int:
    size = 0
    for path in (job.source, job.target):
        with suppress(OSError):
            size += Path(path).stat().st_size
    return size


def _key(shard: Shard, hashes: Sequence[tuple[str, str]]) -> str:
    """A digest of all that a shard is made from."""
    reading = shard.settings.reading
    files = [path for path in (reading.srx, reading.prefixes, shard.lexicon) if path]
    documents = [(job.document, *pair) for job, pair in zip(shard.jobs, hashes, strict=True)]
    parts = [
        *(_FORMAT, version("tmtool"), asdict(shard.settings)),
        *([_hash(path) for path in files], documents),
    ]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _hash(path: str) -> str:
    """SHA-256 of a file; empty if it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


# The work itself


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The sentences of both sides of a document, and the metadata of its text."""

    source: list[Segment]
    target: list[Segment]
    props: tuple[tuple[str, str], ...]


def _loaded(jobs: Iterable[Job], settings: Settings) -> Iterator[tuple[Job, _Loaded | TmtoolError]]:
    """Each job with its sentences, or with what keeps it from being aligned."""
    source, target = settings.reading.segmenters(settings.languages)
    for job in jobs:
        try:
            text, translation = map(settings.reading.whole, (job.source, job.target))
            sides = source.segment(text), target.segment(translation)
            check_sides(*sides, settings.languages)
        except TmtoolError as error:
            yield job, error
        else:
            yield job, _Loaded(*sides, document_props(text))


def _aligned(
    shard: Shard, hashes: Sequence[tuple[str, str]]
) -> tuple[list[Fate], list[TranslationUnit]]:
    loaded = list(_loaded(shard.jobs, shard.settings))
    pairs = [(texts.source, texts.target) for _, texts in loaded if isinstance(texts, _Loaded)]
    lexicon = Path(shard.lexicon) if shard.lexicon else None
    found = iter(align_all(pairs, known=_taught(lexicon)))
    fates = []
    units: list[TranslationUnit] = []
    for (job, texts), pair in zip(loaded, hashes, strict=True):
        known = job.document, job.source, job.target, pair
        if isinstance(texts, TmtoolError):
            fates.append(Fate(*known, error=str(texts)))
            continue
        sentences = len(texts.source), len(texts.target)
        try:
            force = shard.settings.force
            beads, _ = trusted(next(found), texts.source, texts.target, force=force)
        except MismatchError as error:
            fates.append(Fate(*known, sentences, error=str(error)))
            continue
        own = [
            bead.unit(*shard.settings.languages, document=job.document, props=texts.props)
            for bead in beads
            if bead.source and bead.target
        ]
        doubtful = sum(unit.entry.is_doubtful for unit in own)
        fates.append(Fate(*known, sentences, len(own), doubtful))
        units += own
    return fates, units


# Words that every shard knows


def _lexicon(
    sizes: dict[Job, int],
    folder: Path,
    settings: Settings,
    before: dict[str, Any],
    *,
    is_of_use: bool,
) -> Path | None:
    """The file of pairs that teach words, learned from a sample unless that was done before."""
    path = folder / "lexicon.tsv"
    if not is_of_use:
        return None
    if before.get("lexicon", {}).get("key") == _lexicon_key(settings) and path.exists():
        return path
    bound = min(_SAMPLE, _SAMPLE_SHARE * sum(sizes.values()))
    sample: list[Job] = []
    for job in sorted(sizes, key=lambda job: (_chance(job), job.document)):
        if sizes[job] <= bound:
            sample.append(job)
            bound -= sizes[job]
    texts = [texts for _, texts in _loaded(sample, settings) if isinstance(texts, _Loaded)]
    aligned = align_all([(each.source, each.target) for each in texts])
    pairs = [
        (bead.source[0].text, bead.target[0].text)
        for beads, each in zip(aligned, texts, strict=True)
        if _agree(beads, each)
        for bead in beads
        if bead.kind == "1-1" and bead.score >= _TRUSTED
    ]
    lines = ("\t".join(" ".join(text.split()) for text in pair) for pair in pairs[:_MOST_TAUGHT])
    with replaced(path) as stream:
        stream.write("".join(f"{line}\n" for line in lines).encode())
    return path


def _agree(beads: list[Bead], texts: _Loaded) -> bool:
    with suppress(MismatchError):
        trusted(beads, texts.source, texts.target)
        return True
    return False


def _lexicon_key(settings: Settings) -> str:
    parts = _FORMAT, version("tmtool"), settings.languages
    return sha256(json.dumps(parts).encode()).hexdigest()


def _taught(lexicon: Path | None) -> list[tuple[str, str]]:
    """The pairs of sentences that teach words."""
    if lexicon is None:
        return []
    rows = (line.partition("\t") for line in lexicon.read_text("utf-8").splitlines())
    return [(source, target) for source, _, target in rows]


# Files


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", path=folder) from None


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an earlier run; empty if there is none of this format."""
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
        return dict(found) if found["format"] == _FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_json(path: Path, value: object) -> None:
    with replaced(path) as stream:
        stream.write(json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")


def _clock() -> float:
    """Seconds from some moment on; in reproducible builds no time passes."""
    return 0.0 if os.environ.get("SOURCE_DATE_EPOCH") else time.perf_counter()


def _forget(shard: Shard) -> None:
    """Remove what a shard made before, its record first."""
    for path in (shard.record, shard.tmx):
        path.unlink(missing_ok=True)


def _versions() -> dict[str, str]:
    names = ("tmtool", "numpy", "regex")
    return {name: version(name) for name in names} | {"Python": platform.python_version()}
