"""A test as a model learns from it: arms, outcomes, probabilities and customers, checked once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed, shown
from cjlab.errors import EvidenceError, TableError
from cjlab.models._door import beside, customers, framed
from cjlab.models._taught import Taught

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

_SURE = 1e-6  # how far probabilities may be from adding up to 1
FEWEST = 5  # customers of an arm; fewer tell nothing of who they are


@dataclass(frozen=True, eq=False)
class Trial:
    """Who got what, with which probability, and what came of it.

    ``names`` are the treated arms, in the order of their names; ``code`` is 0 for the control and k for the k-th of
    them; ``chances`` is ``(n, 1 + arms)``, the control first, or None where it is not known; it is 0 of an arm that a
    customer could not have got. ``received`` is the probability of the arm received, ``(n,)``, or None; ``customer``
    numbers the customers.
    """

    names: tuple[Any, ...]
    control: Any
    code: Codes
    outcome: Floats
    customer: Codes
    chances: Floats | None = None
    received: Floats | None = None

    @classmethod
    def of(cls, X: object, y: object, *, arm: object, control: object, customer: object = None) -> Trial:
        """Check arms and outcomes against the table; probabilities come with :meth:`randomised`."""
        frame, _ = framed(X)
        outcome = _outcome(column(y, frame.index, name="y"))
        labels = column(arm, frame.index, name="arm")
        names, code = _arms(labels, control)
        whose = customers(X) if customer is None else column(customer, frame.index, name="customer")
        numbered = np.arange(len(frame)) if whose is None else np.unique(whose, return_inverse=True)[1]
        return _answerable(cls(names, control, code, outcome, numbered.astype(np.intp)))

    @property
    def logistic(self) -> bool:
        """Whether the outcome is yes or no."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    @property
    def arms(self) -> int:
        """How many arms are treated."""
        return len(self.names)

    @property
    def partial(self) -> bool:
        """Whether some could not have got every arm."""
        return self.chances is not None and bool((self.chances <= 0).any())

    def pair(self, arm: int) -> tuple[Trial, Codes]:
        """Return an arm beside the control, of customers who could have got either and got one, and their rows."""
        chances = self.every("a trial in which not everybody could get every arm")
        able = (chances[:, [0, arm]] > 0).all(axis=1) & np.isin(self.code, (0, arm))
        own, among = np.flatnonzero(able), chances[able][:, [0, arm]]
        among = among / among.sum(axis=1, keepdims=True)
        code = (self.code[own] == arm).astype(np.intp)
        received = among[np.arange(len(own)), code]
        some = self.rows(own)
        return _answerable(
            replace(some, names=(self.names[arm - 1],), code=code, chances=among, received=received)
        ), own

    def randomised(self, propensity: object, index: object, *, partial: bool = False) -> Trial:
        """Return the same with its probabilities: of the arm received ``(n,)``, or of every arm.

        ``partial`` says whether that of an arm which a row did not get may be 0.
        """
        if propensity is None:
            return self
        if isinstance(propensity, Mapping):
            absent = [name for name in (self.control, *self.names) if name not in propensity]
            if absent:
                raise TableError(f"propensity has no arm {listed(absent)}; give the probability of every arm")
            each = [_number(propensity[name]) for name in (self.control, *self.names)]
            return self._with(np.tile(each, (len(self.code), 1)), partial=partial)
        if hasattr(propensity, "columns") and hasattr(propensity, "reindex"):
            return self._with(self._named(propensity, index), partial=partial)
        values = column(propensity, index, name="propensity", flat=False)
        chances = _floats(values, name="propensity")
        if chances.ndim == 1:
            return self._received(chances)
        if chances.shape[1] != 1 + self.arms:
            raise TableError(
                f"propensity has {chances.shape[1]} columns and there are {1 + self.arms} arms; give one column "
                "an arm, the control first, or a frame whose columns are named as the arms"
            )
        return self._with(chances, partial=partial)

    def taught(self, days: tuple[str, ...]) -> Taught:
        """Return what the card of a model that learns from it tells of it."""
        share = float(self.outcome.mean()) if self.logistic else math.nan
        return Taught(len(self.code), len(np.unique(self.customer)), share, days)

    def rows(self, those: Codes | NDArray[np.bool_]) -> Trial:
        """Return some of its rows."""
        return replace(
            self,
            code=self.code[those],
            outcome=self.outcome[those],
            customer=self.customer[those],
            chances=None if self.chances is None else self.chances[those],
            received=None if self.received is None else self.received[those],
        )

    def drawn(self, seed: Sequence[int]) -> Codes:
        """Return the rows of customers drawn with replacement; whoever is drawn twice stays one customer."""
        count = self.customer.max() + 1
        drawn = np.random.default_rng(seed).integers(count, size=count)
        order = np.argsort(self.customer, kind="stable")
        ends = np.searchsorted(self.customer[order], [drawn, drawn + 1])
        return np.concatenate([order[start:stop] for start, stop in ends.T])

    def every(self, who: str) -> Floats:
        """Return the probability of every arm, which ``who`` needs."""
        if self.chances is not None:
            return self.chances
        if self.received is None:
            raise TableError(
                f"{who} needs the probability with which each arm was chosen; give propensity= (a number an arm, a "
                "column an arm, or that of the arm received), or propensity='estimated' where it is not known"
            )
        raise TableError(
            f"{who} needs the probability of every arm, and propensity holds that of the arm received, which differs "
            f"between customers of an arm; give (n, {1 + self.arms}): one column an arm, the control first"
        )

    def _named(self, propensity: Any, index: Any) -> Floats:  # noqa: ANN401 - a frame of pandas
        absent = [name for name in (self.control, *self.names) if name not in propensity.columns]
        if absent:
            raise TableError(f"propensity has no column {listed(absent)}; give one column an arm")
        column(propensity, index, name="propensity", flat=False)
        return _floats(propensity[[self.control, *self.names]].to_numpy(), name="propensity")

    def _with(self, chances: Floats, *, partial: bool) -> Trial:
        rows = np.arange(len(chances))
        _probable(np.where(chances == 0, 1.0, chances) if partial else chances)
        _probable(chances[rows, self.code])
        total = chances.sum(axis=1)
        wrong = np.abs(total - 1.0) > _SURE
        if wrong.any():
            raise TableError(
                f"propensity does not add up to 1 in {int(wrong.sum()):,} rows (first: {total[wrong][0]:.6g}); the "
                "arms of a test are one the alternative to the other"
            )
        return replace(self, chances=chances, received=chances[rows, self.code])

    def _received(self, received: Floats) -> Trial:
        """Take probabilities of the arm received; where an arm has one for all, that of every arm is known as well."""
        _probable(received)
        own = [received[self.code == code] for code in range(1 + self.arms)]
        same = all(np.ptp(one) <= _SURE for one in own)
        shares = np.array([one[0] for one in own])
        known = same and abs(shares.sum() - 1.0) <= _SURE
        chances = np.tile(shares / shares.sum(), (len(received), 1)) if known else None
        return replace(self, received=received, chances=chances)


def column(values: object, index: Any, *, name: str, flat: bool = True) -> NDArray[Any]:  # noqa: ANN401 - an index of pandas
    """Return one value a row (or one line a row), in the rows' order; a column of pandas must have the rows' index."""
    beside(values, index, name=name)
    found = np.asarray(values)
    if flat and found.shape[1:] == (1,):
        found = found[:, 0]
    if found.ndim not in ((1,) if flat else (1, 2)) or len(found) != len(index):
        raise TableError(f"{name} has the shape {found.shape} and X has {len(index):,} rows; give one value a row")
    return found


def _outcome(values: NDArray[Any]) -> Floats:
    outcome = _floats(values, name="y")
    wrong = ~np.isfinite(outcome)
    if wrong.any():
        raise TableError(
            f"y is missing or infinite in {int(wrong.sum()):,} rows, first in row {int(np.argmax(wrong))}; give the "
            "outcome of every row, or leave out the rows whose outcome is not known yet"
        )
    return outcome


def _floats(values: NDArray[Any], *, name: str) -> Floats:
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError) as refused:
        raise TableError(f"{name} holds {shown(values.ravel()[:1].tolist()[0])}; give numbers") from refused


def _number(value: object) -> float:
    return float(_floats(np.asarray([value]), name="propensity")[0])


def _probable(chances: Floats) -> None:
    wrong = ~((chances > 0) & (chances <= 1))  # NaN is neither
    if wrong.any():
        count = int(wrong.reshape(len(wrong), -1).any(axis=1).sum())
        raise TableError(
            f"propensity is missing, or not above 0 and at most 1, in {count:,} rows (first: {chances[wrong][0]:g}); a "
            "row whose arm was not drawn at random cannot be weighed: leave it out"
        )


def _arms(labels: NDArray[Any], control: object) -> tuple[tuple[Any, ...], Codes]:
    import pandas as pd

    missing = pd.isna(labels)
    if missing.any():
        raise TableError(f"arm is missing in {int(missing.sum()):,} rows; leave those rows out")
    found = sorted(pd.unique(labels).tolist(), key=lambda one: (str(type(one)), one))
    if control not in found:
        raise TableError(f"control is {shown(control)}; the arms are {listed(found[:20])}")
    names = tuple(name for name in found if name != control)
    if not names:
        raise EvidenceError(
            f"X has {len(labels):,} sample(s), all of arm {control!r}; an effect needs customers of another arm as well"
        )
    places = {name: code for code, name in enumerate((control, *names))}
    return names, np.array([places[one] for one in labels.tolist()], dtype=np.intp)


def _answerable(trial: Trial) -> Trial:
    """Refuse what no model can learn from."""
    for code, name in enumerate((trial.control, *trial.names)):
        own = trial.outcome[trial.code == code]
        if len(own) < FEWEST:
            raise EvidenceError(
                f"arm {name!r} has {len(own):,} customers; a model needs at least {FEWEST} of each arm: leave the "
                "arm out, or join it with another"
            )
        if np.ptp(own) == 0 and trial.logistic:
            raise EvidenceError(
                f"the outcome is {own[0]:g} for all {len(own):,} customers of arm {name!r}; a model needs both: "
                "wait for more, or take a commoner outcome"
            )
    if np.ptp(trial.outcome) == 0:
        raise EvidenceError(f"the outcome is {trial.outcome[0]:g} for every customer; there is nothing to learn")
    return trial
