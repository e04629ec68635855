"""The command corpus: very many texts and their translations."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tmtool.cli import NO, Shared, complain
from tmtool.cli.align import Tally, listed, matched
from tmtool.cli.common import Texts, languages, text_options
from tmtool.corpus import Job, Record, Settings, Shard, build, by_cluster, by_processes
from tmtool.errors import InputError
from tmtool.processors import processors
from tmtool.reading import Reading
from tmtool.text import plural


@click.command("corpus")
@click.argument("source_path", metavar="LIST|SRC_DIR")
@click.argument("target_path", metavar="[TGT_DIR]", required=False)
@languages()
@click.option(
    "-o", "--output", "folder", metavar="OUT_DIR", required=True, help="The folder of the shards."
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=processors,
    show_default="all processors",
    help="Processes on this machine.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster that is to do the work.")
@click.option("--force", is_flag=True, help="Pair texts that seem to be no translations, too.")
@text_options
def corpus_command(
    shared: Shared,
    texts: Texts,
    source_path: str,
    target_path: str | None,
    source: str,
    target: str,
    folder: str,
    jobs: int,
    scheduler: str | None,
    force: bool,
) -> None:
    """Align very many texts and their translations into TMX files.

    LIST names two files a line, as seen from its folder, and the document in a third column if
    there is one; or the files of SRC_DIR and TGT_DIR are paired by their names without language
    and suffix. OUT_DIR gets shards, some documents in a TMX each, with a record of what each was
    made from, and manifest.json with counts, versions and times. Words are learned first from a
    sample, for all shards.

    The same command goes on where it stopped: shards are made anew only where a text, the rules or
    tmtool changed. What cannot be aligned is reported at the end, with exit code 1.

    The work is done by --jobs processes, or by the workers of a Dask cluster (--scheduler
    tcp://HOST:8786), which must see the same folders under the same names. The bytes of the TMX
    files are the same.
    """
    tally = Tally(is_one=False)
    if target_path is None:
        if Path(source_path).is_dir():
            raise click.UsageError("Name two folders, or a LIST of pairs of files.")
        wanted = listed(Path(source_path), source)
    else:
        wanted = matched(Path(source_path), Path(target_path), (source, target), tally)
    if not wanted:
        raise InputError("names no texts", path=source_path, hint="there is nothing to align")
    texts.segmenters((source, target))  # what is wrong with rules is said now, and once
    place = Path(folder).absolute()
    inside = [path for job in wanted for path in (job.source, job.target) if place in _over(path)]
    if inside:
        raise click.UsageError(f"{inside[0]} lies in {folder}; choose another folder.")
    settings = Settings(source, target, _everywhere(texts), force)
    run = by_cluster(scheduler) if scheduler else by_processes(jobs)
    ours = [Job(_full(job.source), _full(job.target), job.document) for job in wanted]
    with _bar(shared, ours) as tick:
        manifest = build(ours, place, settings, run, tick=tick)
    for document, error in manifest["failed"].items():
        complain(f"{document}: {error}")
    _report(shared, folder, manifest, tally.failed)
    if tally.failed or manifest["failed"]:
        sys.exit(NO)


def _report(shared: Shared, folder: str, manifest: dict[str, Any], unmatched: int) -> None:
    totals = manifest["totals"]
    failed = totals["failed"] + unmatched
    left_out = f"; {failed} could not be" if failed else ""
    doubtful = f", {totals['doubtful']} of them doubtful" if totals["doubtful"] else ""
    shared.say(
        f"{folder}: {plural(totals['documents'], 'text')} aligned, "
        f"{plural(totals['pairs'], 'pair')}{doubtful}{left_out}"
    )
    old = manifest["unchanged"]
    kept = f", {old} of them as they were" if old else ""
    shards = plural(manifest["made"] + old, "shard")
    shared.say(f"{shards}{kept}; {manifest['seconds']['elapsed']:.1f} s")


def _full(path: str) -> str:
    return os.path.abspath(path)


def _over(path: str) -> list[Path]:
    """The folders that a file is in."""
    return list(Path(os.path.realpath(path)).parents)


def _everywhere(texts: Texts) -> Reading:
    """How texts are read, as any process can be told: files by their full names."""
    srx, prefixes = (path and _full(path) for path in (texts.srx, texts.prefixes))
    return Reading(texts.encoding, srx, prefixes, texts.join_lines, texts.sentence_lines)


@contextmanager
def _bar(shared: Shared, jobs: list[Job]) -> Iterator[Callable[[Shard, Record], None]]:
    """A bar on a terminal, with the time that is left, by documents."""
    if shared.quiet or not sys.stderr.isatty():
        yield lambda shard, record: None
        return
    with click.progressbar(
        length=len(jobs), label="aligning", show_pos=True, file=sys.stderr
    ) as bar:
        bar.render_progress()
        yield lambda shard, record: bar.update(len(shard.jobs))
