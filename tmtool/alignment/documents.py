"""From segments to sentences that are left to align, and from a path back to beads."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tmtool.alignment.furniture import furniture
from tmtool.alignment.passes import Engine, Task
from tmtool.alignment.search import Span
from tmtool.model import Bead, Segment

Fixed = tuple[Sequence[int], Sequence[int]]
Scored = tuple[tuple[int, ...], tuple[int, ...], float]

_ASIDE = 0.9
"""The score of page furniture: nearly sure, but looked at before what is certain."""


@dataclass(frozen=True)
class Document:
    """Two texts, the beads that are settled, and what is left to align.

    ``settled`` holds indices of segments and scores: confirmed beads, and null beads of segments
    set aside. ``ours`` and ``theirs`` are the indices of the other segments and of those in
    ``corners``, the confirmed pairs, which are given as ranges of places in these two lists.
    """

    source: Sequence[Segment]
    target: Sequence[Segment]
    settled: list[Scored]
    ours: list[int]
    theirs: list[int]
    corners: list[Span]

    @classmethod
    def of(
        cls, source: Sequence[Segment], target: Sequence[Segment], fixed: Sequence[Fixed]
    ) -> Document:
        """Settle what can be; raises ``ValueError`` if fixed beads overlap, cross or miss."""
        beads = [(tuple(sorted(a)), tuple(sorted(b))) for a, b in fixed if len(a) or len(b)]
        pairs = sorted(bead for bead in beads if bead[0] and bead[1])
        lists, alone = [], []
        for side, (own, other) in enumerate(((source, target), (target, source))):
            used = [number for bead in beads for number in bead[side]]
            if len(set(used)) < len(used) or not set(used) <= set(range(len(own))):
                raise ValueError("a fixed bead holds a segment that is taken or not there")
            if any(before[side][-1] > after[side][0] for before, after in pairwise(pairs)):
                raise ValueError("fixed beads cross each other")
            aside = furniture(own, other) - set(used)
            # What a confirmed bead steps over can have no partner but itself.
            over = {n for bead in pairs for n in range(bead[side][0], bead[side][-1])}
            over -= aside.union(used)
            alone.append([(n, _ASIDE) for n in aside] + [(n, 1.0) for n in over])
            paired = {number for bead in pairs for number in bead[side]}
            gone = aside | over | (set(used) - paired)
            lists.append([number for number in range(len(own)) if number not in gone])
        settled: list[Scored] = [(*bead, 1.0) for bead in beads]
        settled += [((n,), (), score) for n, score in alone[0]]
        settled += [((), (n,), score) for n, score in alone[1]]
        ours, theirs = lists
        corners = [
            (
                *(bisect_left(ours, a[0]), bisect_left(ours, a[-1]) + 1),
                *(bisect_left(theirs, b[0]), bisect_left(theirs, b[-1]) + 1),
            )
            for a, b in pairs
        ]
        return cls(source, target, settled, ours, theirs, corners)

    def spans(self) -> Iterator[Span]:
        """The spans between confirmed pairs, in places, where there is something on a side."""
        ends = len(self.ours), len(self.theirs)
        corners = [(0, 0, 0, 0), *self.corners, (ends[0], ends[0], ends[1], ends[1])]
        for (_, i0, _, j0), (i1, _, j1, _) in pairwise(corners):
            if i0 < i1 or j0 < j1:
                yield i0, i1, j0, j1

    def beads(self, found: Iterable[Scored]) -> list[Bead]:
        """All beads in document order; ``found`` are those of the path, in places, in order."""
        path = [
            (tuple(self.ours[i] for i in a), tuple(self.theirs[j] for j in b), score)
            for a, b, score in found
        ]
        return [
            Bead(tuple(self.source[i] for i in a), tuple(self.target[j] for j in b), score)
            for a, b, score in _ordered([*path, *self.settled])
        ]


def aligned(
    documents: Sequence[Document],
    known: Iterable[tuple[str, str]],
    progress: Callable[[float], None] | None,
) -> list[list[Bead]]:
    """The beads of each document, all documents laid end to end for the engine."""
    texts: tuple[list[str], list[str]] = ([], [])
    opens: tuple[list[bool], list[bool]] = ([], [])
    bounds: list[Span] = []
    spans, corners = [], []
    for document in documents:
        at = len(texts[0]), len(texts[1])
        for side, segments, numbers in (
            (0, document.source, document.ours),
            (1, document.target, document.theirs),
        ):
            texts[side].extend(segments[n].text for n in numbers)
            opens[side].extend(_opens([segments[n].paragraph for n in numbers]))
        bounds.append((at[0], len(texts[0]), at[1], len(texts[1])))
        spans += [_moved(span, at) for span in document.spans()]
        corners += [_moved(corner, at) for corner in document.corners]

    found: list[list[Scored]] = [[] for _ in documents]
    if texts[0] and texts[1] and spans:
        task = Task((texts[0], opens[0]), (texts[1], opens[1]), bounds, spans, corners, known)
        owner = 0
        for bead in Engine(task).run(progress or _unheard).beads():
            while bead[0] >= bounds[owner][1] and bead[2] >= bounds[owner][3]:
                owner += 1
            i, j = bounds[owner][0], bounds[owner][2]
            i0, i1, j0, j1, score = bead
            found[owner].append((tuple(range(i0 - i, i1 - i)), tuple(range(j0 - j, j1 - j)), score))
    else:
        for number, document in enumerate(documents):
            for i0, i1, j0, j1 in document.spans():
                found[number] += [((i,), (), 1.0) for i in range(i0, i1)]
                found[number] += [((), (j,), 1.0) for j in range(j0, j1)]
    return [document.beads(beads) for document, beads in zip(documents, found, strict=True)]


def _opens(paragraphs: Sequence[int]) -> list[bool]:
    """Whether each sentence begins a paragraph; the first of a text tells nothing."""
    return [False, *(a != b for a, b in pairwise(paragraphs))][: len(paragraphs)]


def _moved(span: Span, by: tuple[int, int]) -> Span:
    i0, i1, j0, j1 = span
    return i0 + by[0], i1 + by[0], j0 + by[1], j1 + by[1]


def _unheard(_: float) -> None:
    """Progress that nobody asked for."""


def _ordered(beads: Iterable[Scored]) -> Iterator[Scored]:
    """Beads in document order: that of the source, and each null target before what follows it."""
    beads = list(beads)
    without = deque(sorted(bead for bead in beads if not bead[0]))
    for bead in sorted(bead for bead in beads if bead[0]):
        while bead[1] and without and without[0][1] < bead[1]:
            yield without.popleft()
        yield bead
    yield from without
