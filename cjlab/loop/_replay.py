"""A randomised test replayed in batches: a policy learnt on those before, held against contacting everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import whole, within
from cjlab._display import Shown
from cjlab._random import uniform
from cjlab.errors import EvidenceError
from cjlab.loop._evidence import Evidence, part
from cjlab.loop._gates import between
from cjlab.loop._rule import ruled
from cjlab.models import Uplift

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Arms = NDArray[Any]

POOLED, EVERYBODY, NOBODY = "pooled", "everybody", "nobody"


class Batch(NamedTuple):
    """What a policy learnt on earlier batches is worth on a later one, a customer, beside another policy.

    Parameters
    ----------
    batch : str
        Which, counted from 2, or ``"pooled"``: all but the first together.
    against : str
        ``"everybody"``: the arm that had been best so far for all; ``"nobody"``: no contact.
    customers, contacted : int
        How many there are, and how many of them the policy would contact.
    value, other : float
        What both are worth a customer, after costs.
    estimate, low, high : float
        Their difference, with its interval.

    Examples
    --------
    >>> Batch("2", "nobody", 900, 300, 0.5, 0.4, 0.1, -0.1, 0.3).estimate
    0.1
    """

    batch: str
    against: str
    customers: int
    contacted: int
    value: float
    other: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, repr=False)
class Replayed(Shown):
    """A test that was replayed; made by :func:`replay`.

    Parameters
    ----------
    batches : tuple of Batch
        Two readings a batch from the second on, and two of all of them.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.Replayed(()).to_frame().columns[:2].tolist()
    ['batch', 'against']
    """

    batches: tuple[Batch, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a reading.

        Returns
        -------
        pandas.DataFrame
            The fields of :class:`Batch`.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.loop.Replayed(()).to_frame())
        0
        """
        import pandas as pd

        return pd.DataFrame(list(self.batches), columns=list(Batch._fields))


def replay(
    known: Evidence,
    *,
    batches: int = 5,
    learner: Uplift | None = None,
    salt: str = "replay",
    confidence: float = 0.95,
) -> Replayed:
    r"""Replay a randomised test as a loop would have lived it: learn on some customers, decide on the next.

    Customers are drawn into batches by salted hash. On each batch from the second on, a model learnt on all before it
    decides, and so does the rule that gives everybody the arm that was best for all of them so far. As the arms were
    drawn by chance, what either would have brought is estimated without anybody having been contacted by it
    (:func:`cjlab.metrics.policy_value`, doubly robust), and their difference on the same customers with the interval of
    its influence function. No customer is judged by a model that has seen him, so that all batches together may be read
    as one (progressive validation; Dawid 1984, doi:10.2307/2981683). It is no year of a market: all batches are of one
    moment, nobody is contacted twice, and nothing drifts.

    Parameters
    ----------
    known : Evidence
        The test: features, outcomes, arms and their chances; the index of ``X`` names the customers.
    batches : int, default: 5
        How many.
    learner : Uplift, optional
        What learns; the default :class:`cjlab.models.Uplift` unless given.
    salt : str, default: "replay"
        What the draw of batches is salted with.
    confidence : float, default: 0.95
        Of every interval.

    Returns
    -------
    Replayed
        Readings by batch, and together.

    Raises
    ------
    EvidenceError
        When a batch lacks an arm.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = pd.DataFrame({"age": rng.normal(0, 1, 6_000)}), rng.choice(["none", "mail"], 6_000)
    >>> y = rng.normal(0, 1, 6_000) + (arm == "mail") * X["age"]
    >>> test = cj.loop.Evidence(X, y, arm, "none", {"none": 0.5, "mail": 0.5})
    >>> found = cj.loop.replay(test, batches=3).to_frame().set_index(["batch", "against"])
    >>> bool(found.loc[("pooled", "everybody"), "low"] > 0.2)
    True
    """
    whole(batches, name="batches", least=2, most=100)
    within(confidence, 0, 1, name="confidence", open_ends=True)
    number = np.floor(_drawn(salt, known) * batches).astype(int)
    chosen, everybody = known.arm.copy(), known.arm.copy()
    readings: list[Batch] = []
    for batch in range(1, batches):
        before, own = number < batch, number == batch
        _require(known, before, own, batch + 1)
        past = part(known, before)
        made = (learner or Uplift()).fit(
            past.X, past.outcome, arm=past.arm, control=known.control, propensity=past.propensity
        )
        chosen[own] = ruled(made, part(known, own)).arms
        everybody[own] = _best(past)
        readings += _readings(str(batch + 1), known, own, (chosen, everybody), confidence)
    readings += _readings(POOLED, known, number > 0, (chosen, everybody), confidence)
    return Replayed(tuple(readings))


def _drawn(salt: str, known: Evidence) -> NDArray[np.float64]:
    """Draw a number for each customer."""
    names = known.X.index if known.customer is None else known.customer
    return uniform(f"loop/replay/{salt}", np.asarray(names))


def _require(known: Evidence, before: NDArray[np.bool_], own: NDArray[np.bool_], batch: int) -> None:
    """Refuse batches in which an arm is missing."""
    for those in (before, own):
        absent = {known.control, *known.treated} - set(known.arm[those].tolist())
        if absent:
            raise EvidenceError(
                f"batch {batch} or those before it have nobody of {min(map(str, absent))!r}; ask for fewer batches"
            )


def _best(past: Evidence) -> object:
    """Return the arm, contact or none, that brought most to everybody so far."""
    chances = _received(past)
    net = {
        arm: float(np.average(past.net[past.arm == arm], weights=1 / chances[past.arm == arm])) for arm in past.treated
    }
    return max(net, key=net.__getitem__)


def _received(past: Evidence) -> NDArray[np.float64]:
    """Return the chance of what each got."""
    chances: Any = past.propensity
    found = np.full(past.n, np.nan)
    for arm in (past.control, *past.treated):
        found = np.where(past.arm == arm, chances[arm], found)
    return found


def _readings(
    batch: str, known: Evidence, own: NDArray[np.bool_], policies: tuple[Arms, Arms], confidence: float
) -> list[Batch]:
    """Hold a policy against everybody and against nobody."""
    rows, chosen = part(known, own), policies[0][own]
    contacted = int((chosen != known.control).sum())
    made = []
    for name, other in ((EVERYBODY, policies[1][own]), (NOBODY, np.full_like(chosen, known.control))):
        found = between(chosen, other, rows, confidence)
        made.append(
            Batch(batch, name, rows.n, contacted, found.first, found.second, found.estimate, found.low, found.high)
        )
    return made
