"""Scores of one arm or of several, brought to one ranking: whom first, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._checks import listed
from cjlab.errors import TableError
from cjlab.metrics._door import by_arm, named, numbers

if TYPE_CHECKING:
    from cjlab.metrics._door import Columns, Floats
    from cjlab.metrics._study import Study


class Scored(NamedTuple):
    """What ranks each row, and what its outcome says about the effect of the arm that the scores give it.

    ``place`` is that of the arm, and -1 where each row gets its best.
    """

    score: Floats
    effect: Floats
    arm: str
    place: int


def scored(study: Study, score: Columns, treated: object, *, several: bool = True) -> Scored:
    """Rank rows by a score of one arm, or by the best of the scores of several; equally good arms share a row."""
    names = named(score) or []
    if len(names) <= 1:
        lone = names[0] if names and names[0] in study.arms else None
        place = study.treated(lone if treated is None else treated)
        column = score[names[0]] if names else score
        return Scored(numbers(column, name="score", n=study.n), study.effect(place), str(study.arms[place]), place)
    if not several:
        raise TableError(f"score has {len(names)} columns, {listed(names)}; give the column of one arm")
    places = _places(study, names, treated)
    table = by_arm(score, names, name="score", n=study.n)
    best = table.max(axis=1)
    shares = (table == best[:, None]) / (table == best[:, None]).sum(axis=1, keepdims=True)
    effect = np.zeros(study.n)
    for column, place in enumerate(places):
        effect += shares[:, column] * study.effect(place)
    return Scored(best, effect, "best of " + ", ".join(map(str, names)), -1)


def _places(study: Study, names: list[object], treated: object) -> list[int]:
    unknown = [one for one in names if one not in study.arms]
    if unknown:
        raise TableError(f"score has the column {listed(unknown)}, which is no arm; the arms are {listed(study.arms)}")
    if treated is not None:
        raise TableError(f"score has {len(names)} columns and treated is {treated!r}; give its column alone")
    return [study.treated(one) for one in names]
