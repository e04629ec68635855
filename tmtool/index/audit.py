"""Whether the index says of the units what they say of themselves."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tmtool.index.shards import FORMAT, Builder, Shard, unpacked
from tmtool.model import Languages
from tmtool.store.index import IndexStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


def faults(store: IndexStore) -> Iterator[str]:
    """What is wrong with the index of a memory, a line for each shard and language pair.

    Every shard is made anew from the units that it covers as they are, and compared. Units that
    wait for a shard, or are in a later one, are searched without it, so what it says of them does
    not count.
    """
    if store.is_outdated(FORMAT):
        return  # made anew by the next search
    waiting = np.array(store.unindexed_numbers(), np.int64)
    for languages in store.languages():
        if None in languages:
            yield "units of no language are in no shard"
            continue
        covered = np.zeros(0, np.int64)
        name = "-".join(languages)
        for row in reversed(store.shards(languages)):  # the number of a unit may be used again
            try:
                shard = Shard(*store.blobs(row.number))
                numbers = shard.numbers(np.arange(shard.units))
                elsewhere = np.union1d(waiting, covered)
                is_sound = shard.units == row.units and _is_sound(
                    store, row.number, shard, elsewhere, languages
                )
            except (LookupError, TypeError, ValueError):  # blobs that are not what they should be
                is_sound, numbers = False, np.zeros(0, np.int64)
            if not is_sound:
                yield f"shard {row.number} of {name} is not what its units say"
            covered = np.union1d(covered, numbers)
        missing = np.setdiff1d(np.array(store.indexed_numbers(languages), np.int64), covered)
        if len(missing):
            yield f"{len(missing)} units of {name} are in no shard"


def _is_sound(
    store: IndexStore,
    number: int,
    shard: Shard,
    elsewhere: NDArray[np.int64],
    languages: Languages,
) -> bool:
    """Whether a shard is what its units make it, but for those that are searched ``elsewhere``.

    Some may be gone since.
    """
    numbers = shard.numbers(np.arange(shard.units))
    builder = Builder(languages[0])
    found = []
    covered = array("q", np.setdiff1d(numbers, elsewhere).astype(np.int64).tobytes())
    for units in store.texts(covered, languages):
        builder.add(units)
        found += [unit for unit, _, _ in units]
    if not found:
        return True
    mask = np.isin(numbers, found)
    made = Shard(*builder.blobs())
    return (
        np.array_equal(numbers[mask], made.numbers(np.arange(made.units)))
        and np.array_equal(shard.words[mask], made.words)
        and np.array_equal(shard.letters[mask], made.letters)
        and _same_postings(store, number, mask, builder)
    )


def _same_postings(store: IndexStore, number: int, mask: Mask, builder: Builder) -> bool:
    """Whether the postings of a shard, at some places, are those of a builder."""
    renumbered = np.cumsum(mask) - 1
    made = builder.postings()
    for term, units, blob in store.every_posting(number):
        places = unpacked(units, blob)
        kept = renumbered[places[mask[places]]]
        if not len(kept):
            continue
        expected = next(made, None)
        if expected is None or expected[0] != term:
            return False
        if not np.array_equal(kept, unpacked(*expected[1:])):
            return False
    return next(made, None) is None
