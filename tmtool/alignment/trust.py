"""Whether two texts translate each other at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tmtool.alignment.corpus import Background, Side, Vocabulary
from tmtool.alignment.lexicon import learned, tables
from tmtool.alignment.links import FOLDS, Beads, cognates, combined, ibm1
from tmtool.alignment.scoring import lexical
from tmtool.errors import InputError, MismatchError
from tmtool.language import everyday_words, languages_with_everyday_words
from tmtool.model import LONGEST, Bead, Segment

HARDLY = 0.35
"""Agreement under which two texts of some length are no translations of each other."""

_FEW = 40  # sentences of both sides, with fewer the agreement says little
_CHANCE, _TRUE = 0.2, 0.6
"""Agreement that short texts have by chance, and that nearly all short translations reach.

Of pieces of news of 4 to 18 sentences, 90 % of the true ones had 0.53 or more from ten sentences
on (0.23 with four), and 90 % of the mismatched ones 0.47 or less.
"""

_TIMES = 12  # a side with more than so many times the sentences leaves too many without a partner
_TALK = 20  # words, of which fewer do not show their language
_TELLING = 0.05  # share of everyday words by which a text shows its language
_PUNCTUATION = ".,!?…:;\"'«»“”„()[]–—-"
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


def check_sides(
    source: Sequence[Segment], target: Sequence[Segment], languages: tuple[str, str]
) -> None:
    """Raise ``MismatchError`` if two texts cannot be translations of each other.

    That is so if a side is empty or holds so few sentences that hardly any of the other's could
    find a partner, if each side is in the language of the other, and if one is plainly in a
    language that it is not said to be in. Raises ``InputError`` if a sentence is longer than a side
    of a unit may be.
    """
    longest = max((len(segment.text) for segment in (*source, *target)), default=0)
    if longest > LONGEST:
        message = f"a sentence has {longest:,} characters; {LONGEST:,} are the most"
        raise InputError(message, hint="divide it, or see whether these are texts")
    counts = f"sentences: {len(source)} on one side, {len(target)} on the other"
    fewer, more = sorted((len(source), len(target)))
    if not fewer:
        raise MismatchError(counts, hint="there is nothing to pair")
    if more > _TIMES * fewer and fewer + more >= _FEW:
        raise MismatchError(counts, hint="are these the same document?")
    foreign = [_spoken(side, code) for side, code in zip((source, target), languages, strict=True)]
    primary = [code.split("-")[0] for code in languages]
    if foreign == primary[::-1]:
        message = f"the first text is in {foreign[0]}, the second in {foreign[1]}"
        raise MismatchError(message, hint="are the two sides swapped?")
    for which, found, said in zip(("first", "second"), foreign, languages, strict=True):
        if found:
            message = f"the {which} text is in {found}, not in {said}"
            raise MismatchError(message, hint="name its language, or another file")


def trusted(
    beads: Sequence[Bead],
    source: Sequence[Segment],
    target: Sequence[Segment],
    *,
    force: bool = False,
) -> tuple[list[Bead], str]:
    """The beads, as far as they can be trusted, and what to say of that, if anything.

    Raises ``MismatchError`` if hardly any sentence found a partner that can be trusted, unless
    that is to be forced or the texts are too short to tell. Then each score is multiplied by how
    likely these are translations at all, 0 to 1, which rises with their :func:`agreement`.
    """
    share = agreement(beads, source, target)
    is_short = len(source) + len(target) < _FEW
    if is_short or (force and share < HARDLY):
        likely = min(1.0, max(0.0, (share - _CHANCE) / (_TRUE - _CHANCE)))
        beads = [replace(bead, score=bead.score * likely) for bead in beads]
    if share >= HARDLY:
        return list(beads), ""
    message = (
        f"only {share:.0%} of {len(source)} and {len(target)} sentences found a partner that can "
        "be trusted"
    )
    if is_short or force:
        return list(beads), message
    raise MismatchError(message, hint="are these the same document?")


def _spoken(segments: Sequence[Segment], code: str) -> str:
    """The language that a text is plainly in, if it is not the one that it should be in.

    Languages are told by their everyday words; nothing is said of one without a list of them.
    """
    words = Counter(w.strip(_PUNCTUATION) for s in segments for w in s.text.lower().split())
    shares = {
        known: sum(words[word] for word in everyday_words(known)) / max(1, words.total())
        for known in languages_with_everyday_words()
    }
    own = shares.get(code.split("-")[0])
    found = max(shares, key=shares.__getitem__)
    is_plain = own is not None and words.total() >= _TALK and shares[found] > 2 * own + _TELLING
    return found if is_plain else ""
