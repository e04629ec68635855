"""Accuracy, calibration, speed and memory of the aligner on every development set.

    python -m tests.benchmarks.alignment             data in $TMTOOL_DATA or ../shared/data
    python -m tests.benchmarks.alignment --scale     time and memory at 2,000 and 20,000 sentences

Strict and lax F1 are those of the vecalign and bertalign papers: precision over predicted beads
that pair something, recall over such gold beads; strict asks for the exact bead, lax for any
overlap on both sides.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from tests.benchmarks.segmentation import words
from tmtool.alignment import agreement, align, align_all
from tmtool.model import Bead, Segment

Indices = tuple[tuple[int, ...], tuple[int, ...]]
Document = dict[str, Any]
Result = TypeVar("Result")

DATA = Path(os.environ.get("TMTOOL_DATA", "../shared/data")) / "alignment"
KINDS = ("plain", "hard", "longhard", "gaps")
SETS = [f"kk-{pair}-{kind}" for pair in ("en", "ru") for kind in KINDS]


def f1(
    gold: Sequence[Sequence[Indices]], found: Sequence[Sequence[Indices]]
) -> tuple[float, float]:
    """Strict and lax F1 of many documents together, 0 to 1."""
    strict = lax_found = lax_gold = found_all = gold_all = 0
    for wanted, given in zip(gold, found, strict=True):
        ours = [bead for bead in given if bead[0] and bead[1]]
        theirs = [bead for bead in wanted if bead[0] and bead[1]]
        strict += len(set(ours) & set(theirs))
        lax_found += _touching(ours, theirs)
        lax_gold += _touching(theirs, ours)
        found_all, gold_all = found_all + len(ours), gold_all + len(theirs)

    def harmonic(right: int, right_of_gold: int) -> float:
        precision, recall = right / max(1, found_all), right_of_gold / max(1, gold_all)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    return harmonic(strict, strict), harmonic(lax_found, lax_gold)


def _touching(beads: Iterable[Indices], others: Iterable[Indices]) -> int:
    """How many beads share a source and a target sentence with one bead of the others."""
    cells = {(i, j) for a, b in others for i in a for j in b}
    return sum(any((i, j) in cells for i in a for j in b) for a, b in beads)


def calibration(
    gold: Sequence[Sequence[Indices]], found: Sequence[Sequence[tuple[Indices, float]]]
) -> tuple[float, float, float]:
    """Share of beads at 0.95 or more, share of those that are exact, and share of all errors
    that the least confident tenth holds."""
    judged = sorted(
        (score, bead in set(map(tuple, wanted)))
        for wanted, given in zip(gold, found, strict=True)
        for bead, score in given
    )
    sure = [right for score, right in judged if score >= 0.95]
    wrong = [not right for _, right in judged]
    tenth = sum(wrong[: len(wrong) // 10])
    return (
        len(sure) / max(1, len(judged)),
        sum(sure) / max(1, len(sure)),
        tenth / max(1, sum(wrong)),
    )


def segments(texts: Sequence[str]) -> list[Segment]:
    """Sentences that know nothing of paragraphs; ``start`` is their index."""
    return [Segment(text, number, number, 0) for number, text in enumerate(texts)]


def indices(bead: Bead) -> Indices:
    """The bead as indices of the segments that :func:`segments` made."""
    return tuple(s.start for s in bead.source), tuple(t.start for t in bead.target)


def load(name: str) -> list[Document]:
    documents: list[Document] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return documents


def gold_of(documents: Sequence[Document]) -> list[list[Indices]]:
    return [[(tuple(a), tuple(b)) for a, b in document["gold"]] for document in documents]


def sides(documents: Sequence[Document]) -> list[tuple[list[Segment], list[Segment]]]:
    return [(segments(d["src"]), segments(d["tgt"])) for d in documents]


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """A result and the CPU seconds it took."""
    begin = time.process_time()
    result = work()
    return result, time.process_time() - begin


def gale_church(documents: Sequence[Document]) -> list[list[Indices]] | None:
    """The beads of the ``galechurch`` package, if it is installed."""
    try:
        galechurch = import_module("galechurch")
    except ImportError:
        return None
    return [
        [
            (
                tuple(range(bead.source_start, bead.source_end)),
                tuple(range(bead.target_start, bead.target_end)),
            )
            for bead in galechurch.align(document["src"], document["tgt"]).beads
        ]
        for document in documents
    ]


def row(name: str, documents: Sequence[Document], known: Sequence[tuple[str, str]] = ()) -> None:
    gold = gold_of(documents)
    pairs = sides(documents)
    beads, seconds = timed(lambda: align_all(pairs, known=known))
    found = [[(indices(bead), bead.score) for bead in document] for document in beads]
    strict, lax = f1(gold, [[bead for bead, _ in document] for document in found])
    sure, exact, tenth = calibration(gold, found)
    rows = sum(len(a) + len(b) for a, b in pairs) / 2
    trust = sum(agreement(q, *p) * len(p[0]) for q, p in zip(beads, pairs, strict=True))
    print(
        f"{name:26} {100 * strict:6.2f} {100 * lax:6.2f}  {100 * sure:6.1f} {100 * exact:6.2f}"
        f" {100 * tenth:6.0f} {seconds / rows * 1000:8.2f}"
        f" {trust / sum(len(a) for a, _ in pairs):7.2f}",
        flush=True,
    )


def made_up(sentences: int) -> tuple[list[Segment], list[Segment]]:
    """Two texts of made-up words: a seventh of them names, which both languages share.

    Of the words a third is translated freely and a tenth left out, of the sentences 3 % are
    missing on either side, and a tenth of the targets is joined to the one before.
    """
    random_ = random.Random(2)
    ours, theirs = words(random_, 20_000), words(random_, 20_000)
    theirs = [ours[n] if n % 7 == 0 else word for n, word in enumerate(theirs)]
    weights = list(accumulate(1 / rank for rank in range(1, len(ours) + 1)))  # Zipf's law
    source: list[str] = []
    target: list[str] = []
    for _ in range(sentences):
        numbers = random_.choices(range(len(ours)), cum_weights=weights, k=random_.randint(6, 25))
        said = [
            theirs[n] if random_.random() < 0.6 else random_.choice(theirs)
            for n in numbers
            if random_.random() < 0.9
        ] or ["-"]
        random_.shuffle(said)
        if random_.random() > 0.03:
            source.append(" ".join(ours[n] for n in numbers).capitalize() + ".")
        if random_.random() > 0.03:
            sentence = " ".join(said).capitalize() + "."
            if target and random_.random() < 0.1:
                sentence = f"{target.pop()} {sentence}"
            target.append(sentence)
    return segments(source), segments(target)


def scale() -> None:
    for sentences in (2_000, 20_000):
        source, target = made_up(sentences)
        _, seconds = timed(partial(align, source, target))
        print(
            f"{len(source)} sentences: {seconds / len(source) * 1000:.2f} s/1000, "
            f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
            flush=True,
        )


def main() -> None:
    if "--scale" in sys.argv:
        scale()
        return
    if not DATA.is_dir():
        print(f"no data at {DATA}: set TMTOOL_DATA")
        return
    print(f"{'set':26} strict    lax    >=.95  exact  low10  s/1000   trust")
    for name in SETS:
        documents = load(name)
        row(name, documents)
        peer, seconds = timed(partial(gale_church, documents))
        if peer is not None:
            strict, lax = f1(gold_of(documents), peer)
            rows = sum(len(d["src"]) + len(d["tgt"]) for d in documents) / 2
            figures = f"{100 * strict:6.2f} {100 * lax:6.2f} {seconds / rows * 1000:31.2f}"
            print(f"{'  galechurch ' + version('galechurch'):26} {figures}")

    # Half of the documents are the memory of the other half: in domain. Pairs that are wrong, and
    # pairs whose target is another language, are noise that must not hurt.
    for pair in ("en", "ru"):
        plain, hard = load(f"kk-{pair}-plain"), load(f"kk-{pair}-hard")
        half = len(plain) // 2
        memory = [
            (" ".join(d["src"][i] for i in a), " ".join(d["tgt"][j] for j in b))
            for d in plain[:half]
            for a, b in d["gold"]
        ]
        wrong = [(s, t) for (s, _), (_, t) in zip(memory, memory[7:] + memory[:7], strict=True)]
        row(f"kk-{pair}-hard, 2nd half", hard[half:])
        row("  known: the first half", hard[half:], memory)
        row("  known: mismatched pairs", hard[half:], wrong)
        other = load(f"kk-{'ru' if pair == 'en' else 'en'}-plain")
        foreign = [(s, t) for d in other for s, t in zip(d["src"], d["tgt"], strict=False)]
        row("  known: other language", hard[half:], foreign)

    document = load("kk-en-longhard")[0]
    source, target = segments(document["src"]), segments(document["tgt"])
    fixed = [bead for bead in gold_of([document])[0] if bead[0] and bead[1]][::10]
    found, seconds = timed(lambda: align(source, target, fixed=fixed))
    strict, lax = f1(gold_of([document]), [[indices(bead) for bead in found]])
    print(
        f"every tenth fixed: {100 * strict:.2f} / {100 * lax:.2f}, "
        f"{seconds / len(source) * 1000:.2f} s per 1000 rows"
    )


if __name__ == "__main__":
    main()
