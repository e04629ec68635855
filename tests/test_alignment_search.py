"""Where the aligner looks: chains of ties, and corridors around them."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tmtool.alignment.corpus import Side, Vocabulary
from tmtool.alignment.links import cognates
from tmtool.alignment.search import corridor, heaviest_chain, ties

POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9)), max_size=8)


def heaviest_by_trying(points: list[tuple[int, int, int]]) -> int:
    """The weight of the best rising chain, every subset tried."""
    return max(
        sum(w for _, _, w in chosen)
        for size in range(len(points) + 1)
        for chosen in combinations(points, size)
        if all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chosen))
    )


@given(POINTS)
def test_the_chain_weighs_as_much_as_the_best_of_all_subsets(
    points: list[tuple[int, int, int]],
) -> None:
    """Rising strictly in both coordinates, no subset of the points is heavier."""
    points = sorted(set(points), key=lambda p: (p[0], -p[1]))
    x, y, weights = [p[0] for p in points], [p[1] for p in points], [float(p[2]) for p in points]
    chain = heaviest_chain(x, y, weights)
    assert all(x[a] < x[b] and y[a] < y[b] for a, b in pairwise(chain))
    assert sum(weights[point] for point in chain) == heaviest_by_trying(points)


def test_rare_names_tie_sentences_and_the_heaviest_order_wins() -> None:
    """A name that occurs once on each side ties; a tie against the order of the others goes."""
    names = ["Velizade", "Kokshetau", "Baikonur", "Mangystau"]
    texts = [f"{name} {name[::-1]}" for name in names]
    words = Vocabulary(), Vocabulary()
    source = Side.of(texts, [False] * 4, words[0])
    target = Side.of([texts[3], texts[0], texts[1], texts[2]], [False] * 4, words[1])
    links = cognates(*words)
    found = ties(source, target, links, np.full(len(links.source), 5.0), [(0, 4, 0, 4)])
    assert found.tolist() == [[0, 1], [1, 2], [2, 3]]


def test_small_spans_are_searched_whole() -> None:
    """Rows of every span run from its first to its last target position."""
    grid = corridor([(0, 2, 0, 3), (2, 3, 3, 3)], np.zeros((0, 2), np.int64), 5)
    assert grid.source.tolist() == [0, 1, 2, 2, 3]
    assert list(zip(grid.low.tolist(), grid.high.tolist(), strict=True)) == [
        *[(0, 4)] * 3,
        *[(3, 4)] * 2,
    ]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 300)), max_size=6), st.integers(0, 9))
def test_a_corridor_holds_its_corners_and_ties_and_is_connected(
    points: list[tuple[int, int]], margin: int
) -> None:
    """From one row to the next there is a way, and no tie is left out."""
    chain = [p for p in sorted(points) if all(q <= p for q in points if q[0] <= p[0])]
    rising = [p for k, p in enumerate(chain) if all(q[1] <= p[1] for q in chain[:k])]
    grid = corridor([(0, 400, 0, 300)], np.array(rising, np.int64).reshape(-1, 2), margin)
    assert grid.low[0] == 0
    assert grid.high[-1] == 301
    assert np.all(grid.low[1:] < grid.high[:-1])
    assert all(grid.low[i] <= j < grid.high[i] for i, j in rising)
    rows, columns = grid.place(np.arange(grid.starts[-1]))
    assert np.all((grid.low[rows] <= columns) & (columns < grid.high[rows]))
