"""How a blend is learnt: what is tried, what is chosen, and the members from all rows in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import one_of, shown, whole
from cjlab.errors import SpecError
from cjlab.models.propensity._blend import Blend
from cjlab.models.propensity._logistic import logistic
from cjlab.models.propensity._trees import Grower

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models._columns import Columns
    from cjlab.models.propensity._scale import Scale
    from cjlab.models.propensity._tuning import Tuning

MEMBERS = ("blend", "xgboost", "logistic")
_WEIGHTS = np.linspace(0, 1, 11)  # of the trees, to choose from
_RATE = 0.05


class Chosen(NamedTuple):
    """What cross-validation chose: the settings by name, with the loss of each member, and the calibration."""

    settings: Mapping[str, float]
    scale: Scale


@dataclass(frozen=True)
class Learner:
    """How a blend is learnt.

    Parameters
    ----------
    member : str
        ``"blend"``, or the one member to learn.
    depths : tuple of int
        Depths of trees to choose from.
    rounds : int
        How many trees at most.
    monotone : mapping of str to int
        Signs of columns.
    seed : int
        What draws the rows of each tree.
    """

    member: str
    depths: tuple[int, ...]
    rounds: int
    monotone: Mapping[str, int]
    seed: int

    def checked(self, columns: Columns) -> Learner:
        """Return this if it can mean what it says, for these columns."""
        one_of(self.member, MEMBERS, name="member")
        whole(self.rounds, name="rounds", least=1)
        whole(self.seed, name="seed", least=-(2**31), most=2**31 - 1)
        if np.ndim(self.depths) != 1:
            raise SpecError(f"depths is {shown(self.depths)}; give the depths of trees to choose from, such as (3, 6)")
        if not len(self.depths):
            raise SpecError("depths is empty; give one depth of trees or more, such as (3, 6)")
        for depth in self.depths:
            whole(depth, name="depths", least=1, most=20)
        if not isinstance(self.monotone, Mapping):
            raise SpecError(
                f"monotone is {shown(self.monotone)}; give the sign of each column, such as {{'visits': 1}}"
            )
        for name, sign in self.monotone.items():
            one_of(sign, (-1, 0, 1), name=f"monotone: the sign of {name!r}")
            if columns.kinds[columns.place(name)] == "category":
                raise SpecError(f"monotone names {name!r}, which is a category; only a number rises and falls")
        return self

    def choose(self, tuning: Tuning) -> Chosen:
        """Choose settings, weight and calibration by customers that were not learnt from."""
        wanted = MEMBERS[1:] if self.member == "blend" else (self.member,)
        tried = [
            tuning.logistic()
            if name == "logistic"
            else tuning.trees([self._grower(d, tuning.columns) for d in self.depths])
            for name in wanted
        ]
        settings: dict[str, float] = {}
        for name, one in zip(wanted, tried, strict=True):
            settings |= dict(one.setting) | {f"{name}_loss": one.loss}
        if len(tried) == 1:
            return Chosen(settings | {"weight": float(self.member == "xgboost")}, tuning.scale(tried[0].logit))
        blends = [weight * tried[0].logit + (1 - weight) * tried[1].logit for weight in _WEIGHTS]
        losses = [tuning.loss(logit) for logit in blends]
        best = int(np.argmin(losses))
        return Chosen(
            settings | {"weight": float(_WEIGHTS[best]), "blend_loss": losses[best]}, tuning.scale(blends[best])
        )

    def learn(
        self, values: NDArray[np.float64], outcome: NDArray[np.float64], columns: Columns, chosen: Chosen
    ) -> Blend:
        """Learn the members from all rows, as chosen; one without weight is left out."""
        settings, members = chosen.settings, list[Any]()
        if settings["weight"] > 0:
            grower = self._grower(int(settings["depth"]), columns)
            members.append(grower.grow(values, outcome, int(settings["rounds"])))
        if settings["weight"] < 1:
            penalties = (settings["penalty"],)
            members += list(logistic(values, outcome, columns, penalties=penalties, monotone=self.monotone))
        return Blend(tuple(members), settings["weight"], chosen.scale)

    def _grower(self, depth: int, columns: Columns) -> Grower:
        return Grower(columns, depth, _RATE, self.rounds, self.monotone, self.seed)
