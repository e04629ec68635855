"""The passes: score, weigh, learn from what is likely, and score again.

Expectation-maximisation in the manner of Moore (2002), softened: nothing is decided before the
last pass. Lengths, kinds of beads, paragraph breaks and marks are learned first, words later,
and passes go on for as long as they pair more sentences, or until next to nothing is left paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from tmtool.alignment.corpus import Background, Floats, Ints, Side, Singles, Vocabulary
from tmtool.alignment.lexicon import Lexicon, Table, learned, tables, untrained
from tmtool.alignment.links import FOLDS, Beads, Links, cognates, combined, ibm1
from tmtool.alignment.posterior import decode, posteriors, unpaired
from tmtool.alignment.scoring import (
    KINDS,
    LIKENESS,
    PAIRING,
    PRIORS,
    Breaks,
    Ends,
    Lengths,
    Model,
    Openings,
    evidence,
    priors,
)
from tmtool.alignment.search import Grid, Span, corridor, ties

_WARM = 2  # passes scored by lengths, marks and cognates, before words that were learned
_FEWEST, _MOST = 3, 11  # passes that learn
_TEACHERS = 50  # confirmed beads that save the first passes
_PAIRED = 0.75  # of all sentences: when so many are paired, the next pass is the last
_PATIENT, _ENOUGH = 6, 0.005  # likewise after six passes when one changes fewer
_HOPELESS = 0.15  # of what could be paired: from the second pass on, fewer and falling is chance
_TRUSTED = 0.8  # posterior from which a bead teaches
_TIED = 0.9  # posterior from which the ends of a bead tie the corridor
_FIRST_MARGIN, _MARGIN = 40, 12  # cells of the corridor beyond its ties
_SURPRISING = 3.5  # nats a pair of words must be worth to tie sentences
_LONG, _FOLD_RUN = 100, 20  # long documents deal runs of sentences into folds, others single ones
_COOLING = 0.93  # of the last scores: kinds of evidence overlap, so their sum is too sure
_RARITY = {(1, 1): 1.0, (2, 2): 3.0, (1, 0): 1.5, (0, 1): 1.5}
_DOUBT = np.array([_RARITY.get(kind, 2.0) for kind in KINDS])
"""Factor of 1 - posterior for each kind of bead: what translators seldom do is reviewed sooner."""
_MOST_KNOWN = 20_000
_KNOWN_GAIN = 0.1  # nats a token that known pairs must add; pairs that are wrong add 0.06


@dataclass(frozen=True)
class Path:
    """An alignment: beads as ranges of sentences, in order, with their probabilities, 0 to 1."""

    i0: Ints
    i1: Ints
    j0: Ints
    j1: Ints
    scores: Floats

    def beads(self) -> Iterator[tuple[int, int, int, int, float]]:
        """The beads one by one: source range, target range, probability."""
        parts = (self.i0, self.i1, self.j0, self.j1, self.scores)
        return zip(*(part.tolist() for part in parts), strict=True)


@dataclass(frozen=True)
class Task:
    """Two sides and what is to be aligned: ``spans``, each apart, all learning together.

    ``documents`` bounds each document; ``confirmed`` beads stand between
    spans and teach; ``known`` are pairs of sentences from elsewhere.
    """

    source: tuple[Sequence[str], Sequence[bool]]
    target: tuple[Sequence[str], Sequence[bool]]
    documents: Sequence[Span]
    spans: Sequence[Span]
    confirmed: Sequence[Span] = ()
    known: Iterable[tuple[str, str]] = ()


class Engine:
    """Everything that stays the same from pass to pass."""

    def __init__(self, task: Task) -> None:
        words = Vocabulary(), Vocabulary()
        self._source = Side.of(*task.source, words[0])
        self._target = Side.of(*task.target, words[1])
        self._spans = task.spans
        self._cognates = cognates(*words)
        # Known words are numbered after the cognates are found: only the documents' own matter.
        self._known = _known_links(task.known, *words)
        self._ours = Background.of(self._source, len(words[0]))
        self._theirs = Background.of(self._target, len(words[1]))
        self._folds = _dealt(task.documents, len(self._source))
        confirmed = np.array(task.confirmed, np.int64).reshape(-1, 4)
        i0, i1, j0, j1 = confirmed.T
        self._confirmed = Beads(i0, i1, j0, j1, self._folds[i0])

    def run(self, progress: Callable[[float], None]) -> Path:
        """All passes, and the alignment they end with; ``progress`` hears of 0 to 1."""
        model, grid = self._first_guess()
        folds = self._folds, np.zeros(len(self._target), np.int64)
        paired = 0.0
        # Confirmed beads are better teachers than what first passes find.
        first = _FEWEST if len(self._confirmed) >= _TEACHERS else 1
        for number in range(first, _MOST + 1):
            posterior = posteriors(grid, evidence(grid, self._source, self._target, folds, model))
            beads, scores = self._likely(grid, posterior)
            kinds = priors(posterior.sum(axis=1, dtype=np.float64))
            del posterior
            before, paired = paired, self._paired(beads, scores)
            if number >= _WARM and paired < min(before, _HOPELESS * self._pairable()):
                break
            # Where little is paired yet, every likely bead must teach.
            taught = beads.where(scores > (_TRUSTED if paired > _PAIRED else 0.5))
            model = self._learned(model, kinds, taught, number >= _WARM)
            folds = self._folds, self._target_folds(beads)
            grid = corridor(self._spans, _corners(beads.where(scores > _TIED)), _MARGIN)
            progress(min(0.9, number / (_FEWEST + 2)))
            clear = number >= _FEWEST and paired > _PAIRED
            if clear or (number >= _PATIENT and abs(paired - before) < _ENOUGH):
                break
        last = evidence(grid, self._source, self._target, folds, model)
        last *= np.float32(_COOLING)
        path = _path(grid, posteriors(grid, last))
        progress(1.0)
        return path

    def _first_guess(self) -> tuple[Model, Grid]:
        forward, backward = self._tables(self._cognates)
        nothing = self._confirmed.where(np.zeros(len(self._confirmed), np.bool_))
        model = Model(
            PRIORS,
            Lengths.of(self._source, self._target),
            Breaks.of(self._source, self._target, nothing),
            Openings.of(self._source, self._target, nothing),
            Ends.of(self._source, self._target, nothing),
            untrained(forward, len(self._theirs.unigram), len(self._target.words)),
            untrained(backward, len(self._ours.unigram), len(self._source.words)),
        )
        links = self._cognates
        worth = np.log(np.maximum(links.forward[0] / self._theirs.unigram[links.target], 1.0))
        worth[worth < _SURPRISING] = 0.0
        tied = ties(self._source, self._target, links, worth, self._spans)
        return model, corridor(self._spans, tied, _FIRST_MARGIN)

    def _tables(self, links: Links) -> tuple[Table, Table]:
        return tables(links, self._ours.unigram, self._theirs.unigram)

    def _likely(self, grid: Grid, posterior: Singles) -> tuple[Beads, Floats]:
        """The pairs more likely than not, and their probabilities; no two of them overlap."""
        kinds, cells = np.nonzero(posterior[:PAIRING] > 0.5)
        order = np.argsort(cells)
        kinds, cells = kinds[order], cells[order]
        i, j = grid.place(cells)
        a, b = np.array(KINDS)[kinds].T
        scores = posterior[kinds, cells].astype(np.float64)
        return Beads(i, i + a, j, j + b, self._folds[i]), scores

    def _paired(self, beads: Beads, scores: Floats) -> float:
        """The expected share of all sentences that have a partner, 0 to 1."""
        sure = self._confirmed
        sentences = (scores * beads.sentences()).sum() + sure.sentences().sum()
        return float(sentences / (len(self._source) + len(self._target)))

    def _pairable(self) -> float:
        """The share of all sentences that would be paired if the shorter side were, one to one."""
        sizes = len(self._source), len(self._target)
        return 2 * min(sizes) / sum(sizes)

    def _learned(self, model: Model, kinds: Floats, beads: Beads, words: bool) -> Model:
        """The model that fits these beads; ``words`` tells whether to learn words from them.

        Until then the topic of a passage is welcome evidence: first find the passage.
        """
        beads = beads.joined(self._confirmed)
        shape = (
            kinds,
            model.lengths.refined(self._source, self._target, beads),
            Breaks.of(self._source, self._target, beads),
            Openings.of(self._source, self._target, beads),
            Ends.of(self._source, self._target, beads),
        )
        if not words:
            forward, backward, _ = self._lexicons(self._cognates, beads)
            return Model(*shape, forward.everywhere(), backward.everywhere())
        links = combined(self._cognates, ibm1(self._source, self._target, beads))
        forward, backward, gain = self._lexicons(links, beads)
        if self._known is not None:
            informed = self._lexicons(combined(links, self._known), beads)
            tokens = len(self._source.words) + len(self._target.words)
            if informed[2] - gain > _KNOWN_GAIN * tokens:
                forward, backward, _ = informed
        return Model(*shape, forward, backward, LIKENESS)

    def _lexicons(self, links: Links, beads: Beads) -> tuple[Lexicon, Lexicon, float]:
        """Both directions, and what they add to the likelihood of the beads, in nats."""
        forward, backward = self._tables(links)
        ours, gain = learned(self._source, self._target, beads, forward, self._theirs)
        theirs, more = learned(self._target, self._source, beads.swapped(), backward, self._ours)
        return ours, theirs, gain + more

    def _target_folds(self, beads: Beads) -> Ints:
        """Target sentences are in the fold of the last bead that begins at or before them."""
        if not len(beads):
            return np.zeros(len(self._target), np.int64)
        at = np.searchsorted(beads.j0, np.arange(len(self._target)), "right") - 1
        return beads.folds[np.maximum(at, 0)]


def _dealt(documents: Sequence[Span], sentences: int) -> Ints:
    """The fold of each source sentence."""
    folds = np.zeros(sentences, np.int64)
    for number, (begin, end, _, _) in enumerate(documents):
        run = _FOLD_RUN if end - begin >= _LONG else 1
        folds[begin:end] = (number + np.arange(end - begin) // run) % FOLDS
    return folds


def _known_links(
    known: Iterable[tuple[str, str]], source: Vocabulary, target: Vocabulary
) -> Links | None:
    """What pairs of sentences from elsewhere teach; the same for all folds."""
    pairs = list(islice(known, _MOST_KNOWN))
    if not pairs:
        return None
    flags = [False] * len(pairs)
    ours = Side.of([pair[0] for pair in pairs], flags, source)
    theirs = Side.of([pair[1] for pair in pairs], flags, target)
    number = np.arange(len(pairs))
    everywhere = np.full_like(number, FOLDS)
    links = ibm1(ours, theirs, Beads(number, number + 1, number, number + 1, everywhere))
    return Links(links.source, links.target, links.forward[:1], links.backward[:1])


def _corners(beads: Beads) -> Ints:
    """The nodes where beads begin and end, shape (nodes, 2)."""
    i, j = np.concatenate([beads.i0, beads.i1]), np.concatenate([beads.j0, beads.j1])
    return np.stack([i, j], axis=1)


def _path(grid: Grid, posterior: Singles) -> Path:
    """The best alignment; ``posterior`` is used up."""
    alone = unpaired(grid, posterior)
    cells, kinds = decode(grid, posterior)
    i, j = grid.place(cells)
    a, b = np.array(KINDS)[kinds].T
    likely = posterior[kinds, cells].astype(np.float64)
    for kind, (places, of) in enumerate(zip((i, j), alone, strict=True), PAIRING):
        likely[kinds == kind] = of[places[kinds == kind]]
    return Path(i, i + a, j, j + b, np.maximum(0.0, 1.0 - _DOUBT[kinds] * (1.0 - likely)))
