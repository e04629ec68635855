"""Words, cognates and IBM model 1, each against a slow and obvious version."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product

import numpy as np
import pytest

from tmtool.alignment.corpus import Background, Side, Vocabulary
from tmtool.alignment.lexicon import Lexicon, explained, observed, tables
from tmtool.alignment.links import FOLDS, Beads, Links, cognates, combined, ibm1
from tmtool.alignment.scoring import KINDS, PAIRING, Ends, Lengths, Openings, lexical
from tmtool.alignment.tokens import OPENINGS, ends_inside, opening, sound, tokens

SOURCE = ["үй ақ", "үй қара", "ит ақ", "ит қара үй", "ақ ит", "қара ит ақ", "үй үй"]
TARGET = ["house white", "house black", "dog white", "dog black house", "white dog"]
TARGET += ["black dog white", "house house"]


def sides() -> tuple[Side, Side, Vocabulary, Vocabulary]:
    words = Vocabulary(), Vocabulary()
    flags = [False] * len(SOURCE)
    return Side.of(SOURCE, flags, words[0]), Side.of(TARGET, flags, words[1]), *words


def one_to_one() -> Beads:
    number = np.arange(len(SOURCE))
    return Beads(number, number + 1, number, number + 1, number % FOLDS)


def test_tokens_are_numbers_marks_and_words() -> None:
    """Digits split from letters, quotes of all kinds are one mark, full stops are dropped."""
    assert tokens("«Алаш» 1917-жылы, Орынбор.") == [
        *('%"', "алаш", '%"', "#1917", "%-", "жылы", "орынбор"),
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("тоқаев", "toqaev"), ("шекспир", "shekspir"), ("москва", "moskva")]
)
def test_names_sound_alike_across_scripts(one: str, other: str) -> None:
    """The romanisations of a name in two scripts agree."""
    assert sound(one) == sound(other)


def test_cognates_are_names_numbers_and_shared_words() -> None:
    """Same sound, same number, same mark; a long name forgives one letter, a short one none."""
    words = Vocabulary(), Vocabulary()
    words[0].numbers("Шекспирдің 2025 ? Баку дала")
    words[1].numbers("Shakspir 2025 ? Baku dola")
    links = cognates(*words)
    names = [{number: word for word, number in side.stems.items()} for side in words]
    found = {(names[0][s], names[1][t]) for s, t in zip(links.source, links.target, strict=True)}
    assert found == {("шексп", "shaks"), ("#2025", "#2025"), ("%?", "%?"), ("баку", "baku")}


def slow_ibm1(out: int) -> dict[tuple[str, str], float]:
    """p(target | source) without the beads of fold ``out``, by dictionaries."""
    bags = [(set(s.split()), set(t.split())) for s, t in zip(SOURCE, TARGET, strict=True)]
    met = Counter(pair for s, t in bags for pair in product(s, t))
    frequency = Counter(t for _, bag in bags for t in bag)
    total = sum(frequency.values())
    p = {pair: 5.0 * frequency[pair[1]] / total for pair in met if met[pair] >= 2}
    for number in range(5):
        counts: defaultdict[tuple[str, str], float] = defaultdict(float)
        for bead, (s, t) in enumerate(bags):
            for word in t:
                norm = frequency[word] / total + sum(p.get((v, word), 0.0) for v in s)
                for v in s:
                    if (v, word) in p and not (number == 4 and bead % FOLDS == out):
                        counts[v, word] += p[v, word] / norm
        kept = {pair: max(0.0, counts[pair] - 0.6) for pair in p}
        sums: defaultdict[str, float] = defaultdict(float)
        for (v, _), count in kept.items():
            sums[v] += count
        p = {pair: count / (1.0 + sums[pair[0]]) for pair, count in kept.items()}
    return p


def test_ibm1_agrees_with_dictionaries_in_every_fold() -> None:
    """The vectorised model gives what plain loops give."""
    source, target, ours, theirs = sides()
    links = ibm1(source, target, one_to_one())
    names = [{number: word for word, number in side.stems.items()} for side in (ours, theirs)]
    for fold in range(FOLDS):
        slow = {(s[:5], t[:5]): p for (s, t), p in slow_ibm1(fold).items()}
        for s, t, p in zip(links.source, links.target, links.forward[fold], strict=True):
            assert slow[names[0][s], names[1][t]] == pytest.approx(float(p), abs=1e-5)
        assert slow["үй", "house"] > 0.4


def test_a_fold_learns_nothing_from_itself() -> None:
    """Words that met only within one fold have no probability there."""
    words = Vocabulary(), Vocabulary()
    source = Side.of(["алма"] * 3 + ["су"] * 9, [False] * 12, words[0])
    target = Side.of(["apple"] * 3 + ["water"] * 9, [False] * 12, words[1])
    number = np.arange(12)
    links = ibm1(source, target, Beads(number, number + 1, number, number + 1, number // 3))
    assert links.forward[0][0] == 0.0
    assert links.forward[1][0] > 0.0


def test_ibm1_of_nothing_is_nothing() -> None:
    """No beads, no links."""
    source, target, *_ = sides()
    assert len(ibm1(source, target, one_to_one().where(np.zeros(7, np.bool_))).source) == 0


def test_combined_links_add_up_to_at_most_nine_tenths() -> None:
    """Sources of evidence are added pair by pair."""

    def links(*pairs: tuple[int, int, float]) -> Links:
        s, t, p = (np.array(column) for column in zip(*pairs, strict=True))
        return Links(s, t, p[None].astype(np.float32), p[None].astype(np.float32))

    both = combined(links((0, 1, 0.5), (1, 0, 0.2)), links((0, 1, 0.6), (2, 2, 0.1)))
    assert list(zip(both.source.tolist(), both.target.tolist(), strict=True)) == [
        *((0, 1), (1, 0), (2, 2)),
    ]
    assert both.forward[0].tolist() == pytest.approx([0.9, 0.2, 0.1])


def test_word_evidence_agrees_with_plain_sums() -> None:
    """Σ log(1 - λ + λ r) over the target words of every block of source sentences."""
    source, target, ours, theirs = sides()
    beads = one_to_one()
    links = ibm1(source, target, beads)
    background = Background.of(target, len(theirs))
    unigrams = Background.of(source, len(ours)).unigram, background.unigram
    forward, _ = tables(links, *unigrams)
    ratios = observed(source, target, beads, forward, background.fresh)
    rate = explained(target.words, ratios, forward, len(theirs))
    lexicon = Lexicon(forward, rate, background.fresh)
    found = lexical(source, target, lexicon, beads.folds, (0, 7), (0, 7))
    p = {
        (fold, int(s), int(t)): float(links.forward[fold, k])
        for k, (s, t) in enumerate(zip(links.source, links.target, strict=True))
        for fold in range(FOLDS)
    }
    for a, i, j in product((1, 2, 3), range(5), range(7)):
        total = 0.0
        block = range(i, min(i + a, 7))
        n = sum(int(source.counts[k]) for k in block)
        for place in range(target.starts[j], target.starts[j + 1]):
            w = int(target.words[place])
            r = sum(
                p.get((int(beads.folds[k]), int(v), w), 0.0)
                for k in block
                for v in source.words[source.starts[k] : source.starts[k + 1]]
            )
            r *= float(background.fresh[place]) / float(background.unigram[w]) / (n + 1)
            total += float(np.log(1 - rate[w] + rate[w] * r))
        assert found[a - 1][i, j + 1] - found[a - 1][i, j] == pytest.approx(total, abs=1e-4)


def test_lengths_are_densities() -> None:
    """Both length models integrate to one over the target's length."""
    lengths = Lengths(1.1, 4.0, 4.0, 0.7)
    grid = np.arange(0.5, 4000.0, 0.5)
    assert np.exp(lengths.alone(grid)).sum() * 0.5 == pytest.approx(1.0, abs=0.02)
    assert np.exp(lengths.together(np.full_like(grid, 300.0), grid)).sum() * 0.5 == pytest.approx(
        1.0, abs=0.02
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Күн шықты. Ол келді.", 1),
        ("Қ. И. Сәтбаев келді.", 0),
        ("«Кім?» – деді ол. «Мен!» Бәрі тынды… Сосын кетті.", 2),
        ("It is 5 p.m. in Astana, 2.5 hours later.", 0),
        ("", 0),
    ],
)
def test_sentences_that_end_inside_a_text_are_counted(text: str, count: int) -> None:
    """At stops before a capital, behind a word of some letters or a digit."""
    assert ends_inside(text) == count


@pytest.mark.parametrize(
    ("text", "way"),
    [("Ол келді", 0), ("", 0), ("деді ол", 1), ("2025 жыл", 2), (" – Кім?", 3), ("«Мен»", 4)],
)
def test_a_sentence_opens_with_a_letter_a_number_or_a_mark(text: str, way: int) -> None:
    """Capitals and small letters are told apart, and dashes from other marks."""
    assert opening(text) == way


def test_openings_that_meet_often_are_evidence() -> None:
    """The shares of pairs of openings, smoothed by twenty that met by chance, against chance."""
    ours = ["– Кім?", "Мен", "– Сен бе?", "Иә", "Бар", "жоқ"]
    theirs = ["“Who?”", "Me", "“You?”", "Yes", "“There is", "there is not"]
    flags = [False] * len(ours)
    source, target = Side.of(ours, flags, Vocabulary()), Side.of(theirs, flags, Vocabulary())
    number = np.arange(len(ours))
    beads = Beads(number, number + 1, number, number + 1, number)
    worth = Openings.of(source, target, beads).worth
    pairs = [(opening(a), opening(b)) for a, b in zip(ours, theirs, strict=True)]
    for x, y in product(range(OPENINGS), repeat=2):
        chance = sum(x == a for a, _ in pairs) * sum(y == b for _, b in pairs) / len(pairs) ** 2
        share = (pairs.count((x, y)) + 20 * chance) / (len(pairs) + 20)
        assert worth[x, y] == pytest.approx(np.log(share / chance) if chance else 0.0)
    assert worth[3, 4] > 0.1 > -0.1 > worth[3, 0]


def test_ends_inside_say_nothing_where_none_are() -> None:
    """Texts that were split well are judged by everything else."""
    source, target, *_ = sides()
    assert not Ends.of(source, target, one_to_one()).worth.any()


def test_a_pair_of_two_and_two_that_look_like_one_is_likelier() -> None:
    """Chance is counted by enumeration; what the beads show, against it."""
    texts = ["Күн шықты.", "Жел тұрды. Түн еді.", "Той болды. Ол да келді. Ай туды.", "Ай туды."]
    flags = [False] * len(texts)
    source = Side.of(texts, flags, Vocabulary())
    target = Side.of([*texts[2:], *texts[:2]], flags, Vocabulary())
    nothing = one_to_one().where(np.zeros(len(SOURCE), np.bool_))
    worth = Ends.of(source, target, nothing).worth
    for kind, (a, b) in enumerate(KINDS[:PAIRING]):
        chance: Counter[int] = Counter()
        for ours in product([0, 1, 2, 0], repeat=a):
            for theirs in product([2, 0, 0, 1], repeat=b):
                chance[max(-2, min(2, sum(theirs) - sum(ours)))] += 1
        odds = {d: chance[d] * [1, 0.15, *[0.03] * 4][abs(d + b - a)] for d in range(-2, 3)}
        for d in range(-2, 3):
            share, usual = (side[d] / sum(side.values()) for side in (odds, chance))
            assert worth[kind, d + 2] == pytest.approx(np.log(share / usual))
