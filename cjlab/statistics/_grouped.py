"""Tallies with the labels of their groups: put together, sorted, put apart."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.statistics._labels import Label, ordered
from cjlab.statistics._tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOGETHER = 32


class Grouped(NamedTuple):
    """A tally and the label of each of its groups; the tally may be one of several blocks, not yet added up."""

    labels: tuple[Label, ...]
    tally: Tally

    def taken(self, places: Sequence[int]) -> Grouped:
        """Keep some groups."""
        tally = Tally(self.tally.numbers[list(places)], self.tally.columns, self.tally.pairs)
        return Grouped(tuple(self.labels[place] for place in places), tally)

    def relabelled(self, labels: Sequence[Label]) -> Grouped:
        """Name the groups anew, and put together those of one name."""
        seen: Counter[Label] = Counter()
        layers: list[list[int]] = []
        for place, label in enumerate(labels):
            if seen[label] == len(layers):
                layers.append([])
            layers[seen[label]].append(place)
            seen[label] += 1
        renamed = Grouped(tuple(labels), self.tally)
        return combined([renamed.taken(layer) for layer in layers or [[]]])


def combined(parts: Sequence[Grouped]) -> Grouped:
    """Add up parts group by group; the labels come back sorted."""
    while len(parts) > 1:
        parts = [_added(parts[start : start + _TOGETHER]) for start in range(0, len(parts), _TOGETHER)]
    return _added(parts)


def _added(parts: Sequence[Grouped]) -> Grouped:
    labels = ordered(label for part in parts for label in part.labels)
    place = {label: number for number, label in enumerate(labels)}
    first = parts[0].tally
    stack = [
        part.tally.placed(np.asarray([place[label] for label in part.labels], dtype=np.intp), len(labels)).numbers
        for part in parts
    ]
    blocks = np.concatenate([numbers.reshape(prod(numbers.shape[:-2]), *numbers.shape[-2:]) for numbers in stack])
    return Grouped(tuple(labels), Tally(blocks, first.columns, first.pairs).merged())
