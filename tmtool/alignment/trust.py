"""Whether two texts translate each other at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tmtool.alignment.corpus import Background, Side, Vocabulary
from tmtool.alignment.lexicon import learned, tables
from tmtool.alignment.links import FOLDS, Beads, cognates, combined, ibm1
from tmtool.alignment.scoring import lexical
from tmtool.model import Bead, Segment

_BATCH = 48  # beads compared together
_APART = 5  # beads between a bead and the least distant one it is compared with
_CONTROLS = 30  # beads on each side that it is compared with at most


def agreement(beads: Sequence[Bead], source: Sequence[Segment], target: Sequence[Segment]) -> float:
    """The share of sentences, 0 to 1, which found a partner that can be trusted.

    The words of each bead, scored with a lexicon learned from other beads, are set against wrong
    pairings: its source with the target of beads some way off, and the other way round. A true
    pair beats nearly all of them and a chance pair half, so with w the share beaten, 2w - 1 of
    the sentences are truly paired; they count with the score of their bead. Translations reach
    0.8 and more, free ones too; texts that are none stay below 0.3, most below 0.1.
    """
    pairs = [bead for bead in beads if bead.source and bead.target]
    sentences = len(source) + len(target)
    if not sentences or len(pairs) < 2:
        return 0.0
    words = Vocabulary(), Vocabulary()
    flags = [False] * len(pairs)
    ours = Side.of([" ".join(s.text for s in bead.source) for bead in pairs], flags, words[0])
    theirs = Side.of([" ".join(t.text for t in bead.target) for bead in pairs], flags, words[1])
    backgrounds = Background.of(ours, len(words[0])), Background.of(theirs, len(words[1]))
    number = np.arange(len(pairs))
    dealt = Beads(number, number + 1, number, number + 1, number % FOLDS)
    links = combined(cognates(*words), ibm1(ours, theirs, dealt))
    forward, backward = tables(links, backgrounds[0].unigram, backgrounds[1].unigram)
    explains = (
        (ours, theirs, learned(ours, theirs, dealt, forward, backgrounds[1])[0]),
        (theirs, ours, learned(theirs, ours, dealt.swapped(), backward, backgrounds[0])[0]),
    )
    beaten = np.zeros(len(pairs))
    for given, other, lexicon in explains:
        for begin in range(0, len(pairs), _BATCH):
            end = min(begin + _BATCH, len(pairs))
            low, high = max(0, begin - _CONTROLS), min(len(pairs), end + _CONTROLS)
            running = lexical(given, other, lexicon, dealt.folds, (begin, end), (low, high))[0]
            # Evidence a token, so that long sentences are not favoured.
            evidence = np.diff(running, axis=1) / np.maximum(1, other.counts[low:high])
            for row in range(begin, end):
                far = np.abs(np.arange(low, high) - row) >= min(_APART, len(pairs) // 2)
                mine, rest = evidence[row - begin, row - low], evidence[row - begin, far]
                beaten[row] += np.mean((mine > rest) + 0.5 * (mine == rest)) / 2
    weight = np.array([bead.score * (len(bead.source) + len(bead.target)) for bead in pairs])
    return float(max(0.0, np.sum(weight * (2 * beaten - 1)) / sentences))
