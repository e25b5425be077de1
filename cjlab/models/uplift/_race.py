"""Ways of choosing whom to contact: each learns from a trial, and then says an arm for every customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from sklearn.base import clone

from cjlab.models.uplift._uplift import Uplift

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.uplift._trial import Trial
    from cjlab.models.uplift._worth import Worth

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

NO_ONE, EVERYONE, RESPONSE, BLEND = "no one", "everyone", "response", "blend"
_SHARES = np.linspace(0, 1, 21)  # of customers, at which a response model may draw its line


class Rule(Protocol):
    """What has learnt to choose."""

    def arms(self, X: pd.DataFrame) -> Codes:
        """Return the arm of each row, ``(n,)``, 0 for no contact."""
        ...


@dataclass(frozen=True, slots=True)
class Same:
    """The same arm for everybody; 0 contacts no one."""

    code: int

    def arms(self, X: pd.DataFrame) -> Codes:
        """Return the arm of each row."""
        return np.full(len(X), self.code, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class ByEffect:
    """For each customer the arm whose effect is worth most more than it costs; none where nothing is.

    The effect is the mean of what the models say.
    """

    models: tuple[Uplift, ...]
    worth: Worth

    def arms(self, X: pd.DataFrame) -> Codes:
        """Return the arm of each row."""
        effects = np.mean([one.predict(X).to_numpy() for one in self.models], axis=0)
        net: Codes = self.worth.net(np.column_stack([np.zeros(len(effects)), effects])).argmax(axis=1)
        return net


@dataclass(frozen=True, slots=True, eq=False)
class ByResponse:
    """One arm for those who are most likely to buy, contacted or not."""

    model: Uplift
    code: int
    least: float

    def arms(self, X: pd.DataFrame) -> Codes:
        """Return the arm of each row."""
        return np.where(_first(self.model, X) >= self.least, self.code, 0).astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """A trial, what outcomes are worth in it, and what is expected and scored under every arm, ``(n, 1 + arms)``."""

    trial: Trial
    worth: Worth
    level: Floats
    score: Floats

    @property
    def net(self) -> Floats:
        """What each customer brings under every arm, by the doubly robust score."""
        return self.worth.net(self.score)

    def rows(self, those: Codes) -> Race:
        """Return some of its rows."""
        return Race(self.trial.rows(those), self.worth, self.level[those], self.score[those])

    def simple(self) -> dict[str, Same]:
        """Return the rules that look at nobody."""
        names = self.trial.names
        title = EVERYONE + ": {}" if len(names) > 1 else EVERYONE
        return {NO_ONE: Same(0), **{title.format(name): Same(code) for code, name in enumerate(names, start=1)}}

    def learnt(self, frame: pd.DataFrame, models: Mapping[str, Uplift], only: str = "") -> dict[str, Rule]:
        """Return the rules that look at customers (or one of them), as they learn from these."""
        arms = np.empty(1 + self.trial.arms, dtype=object)
        arms[:] = [self.trial.control, *self.trial.names]
        given: dict[str, Any] = {"arm": arms[self.trial.code], "control": arms[0], "customer": self.trial.customer}
        given["propensity"] = self.trial.chances
        wanted = {RESPONSE: Uplift(RESPONSE), **models}
        if only:
            wanted = dict(models) if only == BLEND else {only: wanted[only]}
        fitted = {name: clone(one).fit(frame, self.trial.outcome, **given) for name, one in wanted.items()}
        response = fitted.pop(RESPONSE, None)
        found: dict[str, Rule] = {} if response is None else {RESPONSE: self._lined(response, frame)}
        found |= {name: ByEffect((one,), self.worth) for name, one in fitted.items()}
        return found | ({BLEND: ByEffect(tuple(fitted.values()), self.worth)} if len(fitted) > 1 else {})

    def _lined(self, model: Uplift, frame: pd.DataFrame) -> ByResponse:
        """Draw the line of a response model where it paid best, for the arm that pays best on average."""
        score, gain = _first(model, frame), self.net[:, 1:] - self.net[:, :1]
        code = int(gain.mean(axis=0).argmax())
        order = np.argsort(-score, kind="stable")
        counts = np.round(_SHARES * len(score)).astype(np.intp)
        brought = np.concatenate([[0.0], np.cumsum(gain[order, code])])[counts]
        most = int(counts[brought.argmax()])
        return ByResponse(model, code + 1, float(score[order[most - 1]]) if most else np.inf)


def _first(model: Uplift, frame: pd.DataFrame) -> Floats:
    score: Floats = model.predict(frame).to_numpy()[:, 0]
    return score
