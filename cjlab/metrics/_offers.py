"""What each arm is predicted to bring each customer, what it costs, and what his outcome says it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import listed
from cjlab.errors import TableError
from cjlab.metrics._budget import amounts
from cjlab.metrics._door import by_arm, named, numbers

if TYPE_CHECKING:
    from cjlab.metrics._door import Columns, Floats, Given
    from cjlab.metrics._study import Study


class Offers(NamedTuple):
    """One column a treated arm that has a score, ``(n, arms)``: predicted worth, cost, and observed worth."""

    arms: tuple[Any, ...]
    predicted: Floats
    cost: Floats
    observed: Floats

    @classmethod
    def of(cls, study: Study, score: Columns, treated: object, *, value: Given, cost: Columns) -> Offers:
        """Bring scores, values and costs to one column an arm."""
        names = named(score)
        places = _places(study, names, treated)
        arms = tuple(study.arms[place] for place in places)
        if names is None or len(names) == 1:
            column = score if names is None else score[names[0]]
            table = numbers(column, name="score", n=study.n)[:, None]
        else:
            table = by_arm(score, arms, name="score", n=study.n)
        worth = amounts(value, name="value", n=study.n)[:, None]
        effects = np.column_stack([study.effect(place) for place in places])
        return cls(arms, table * worth, _costs(cost, arms, study.n), effects * worth)


def _places(study: Study, names: list[Any] | None, treated: object) -> list[int]:
    if names is None or (len(names) == 1 and names[0] not in study.arms):
        return [study.treated(treated)]
    unknown = [one for one in names if one not in study.arms]
    if unknown:
        raise TableError(f"score has the column {listed(unknown)}, which is no arm; the arms are {listed(study.arms)}")
    return [study.treated(one) for one in names]


def _costs(cost: Columns, arms: tuple[Any, ...], n: int) -> Floats:
    if named(cost) is None:
        found = np.repeat(amounts(cost, name="cost", n=n)[:, None], len(arms), axis=1)
    else:
        found = by_arm(cost, arms, name="cost", n=n)
    if found.min() < 0:
        row = int(np.argmin(found.min(axis=1)))
        raise TableError(f"cost is {found.min():g} in row {row}; a contact costs 0 or more")
    return found
