"""What a contact changes, person by person: the same future lived with it and without."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import one_of, whole
from cjlab._display import Shown
from cjlab._random import mix
from cjlab.simulator._engine import Engine
from cjlab.simulator._records import chosen, copied
from cjlab.simulator._split import Split, split
from cjlab.simulator._trial import Trial

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_STEP = np.uint64(0x632B_E59B_D9B4_E019)
_LONGEST, _MOST = 3_660, 1_000_000
OUTCOMES = ("purchase", "amount", "margin", "visit", "net")


@dataclass(frozen=True, eq=False, repr=False)
class Effects(Shown):
    """True effects of one action on every customer.

    Parameters
    ----------
    customers : ndarray
        ``(n,)`` ids of those who had joined.
    realised : ndarray
        ``(5, n)``: purchase (−1, 0 or 1: whether somebody buys at all), amount, margin, visits, and margin net
        of what the contact costs, with the run's draws.
    expected : ndarray
        ``(5, n)``: the mean of the same over other futures.
    error : ndarray
        ``(5, n)``: its Monte-Carlo standard error.
    replicates : int
        How many futures.
    spread : tuple of Effects
        What comes of it to the others of the customer's circle, and to the whole circle; empty where nobody talks.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10)
    >>> effects = run.effect_of("discount", day=5, within=14, replicates=4)
    >>> effects.to_frame()["outcome"].tolist()
    ['purchase', 'amount', 'margin', 'visit', 'net']
    """

    customers: NDArray[np.int64]
    realised: NDArray[np.float64]
    expected: NDArray[np.float64]
    error: NDArray[np.float64]
    replicates: int
    spread: tuple[Effects, ...] = ()

    @property
    def others(self) -> Effects:
        """What writing to each customer alone changes in the others of his circle, summed over them: the spill-over.

        A row is still a customer written to. All of it is 0 where the world has no ``social``.

        Examples
        --------
        >>> import cjlab as cj
        >>> world = cj.simulator.World.retail(n_customers=1_000, social={"circle": 6.0, "desire": 2.0, "hears": 1.0})
        >>> chatty = world.but({"personas.occasional.recommends": 1.0, "personas.bargain.recommends": 1.0})
        >>> effects = cj.simulator.simulate(chatty, days=10).effect_of("discount", day=5, within=60, replicates=10)
        >>> bool(effects.others.expected.any()), effects.others.customers is effects.customers
        (True, True)
        """
        if self.spread:
            return self.spread[0]
        nothing = np.zeros_like(self.realised)
        return Effects(self.customers, nothing, nothing, nothing, self.replicates)

    @property
    def circle(self) -> Effects:
        """What writing to each customer alone changes in his whole circle: his own effect and the spill-over.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10)
        >>> effects = run.effect_of("discount", day=5, within=14, replicates=4)
        >>> effects.circle is effects  # nobody talks in this world
        True
        """
        return self.spread[1] if self.spread else self

    def of(self, outcome: str = "purchase") -> pd.DataFrame:
        """Return the effects on one outcome, one row a customer.

        Parameters
        ----------
        outcome : {"purchase", "amount", "margin", "visit", "net"}
            Which.

        Returns
        -------
        pandas.DataFrame
            ``realised``, ``expected`` and ``error``, indexed by ``customer_id``.

        Raises
        ------
        SpecError
            When the outcome is none of these.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10)
        >>> run.effect_of("discount", day=5, within=14, replicates=4).of("visits")
        Traceback (most recent call last):
        cjlab.errors.SpecError: outcome is 'visits'; allowed: 'purchase', 'amount', ... or 'net'
        """
        import pandas as pd

        line = OUTCOMES.index(one_of(outcome, OUTCOMES, name="outcome"))
        columns = {"realised": self.realised[line], "expected": self.expected[line], "error": self.error[line]}
        return pd.DataFrame(columns, index=pd.Index(self.customers, name="customer_id"))

    def by(self, labels: object, outcome: str = "purchase") -> Split:
        """Split the expected effects by group.

        Parameters
        ----------
        labels : array of str
            ``(n,)``, a group for each customer.
        outcome : {"purchase", "amount", "margin", "visit", "net"}
            Of what.

        Returns
        -------
        Split
            For all customers and for each group: the mean with its interval over customers, and the shares of those who
            gain and who lose by more than three Monte-Carlo errors.

        Raises
        ------
        SpecError
            When the outcome is none of these.
        TableError
            When there is not one label for each customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10)
        >>> effects = run.effect_of("discount", day=5, within=14, replicates=4)
        >>> effects.by(run.truth.personas(effects.customers)).groups[0].customers == len(effects.customers)
        True
        """
        line = OUTCOMES.index(one_of(outcome, OUTCOMES, name="outcome"))
        return split(outcome, self.expected[line], self.error[line], labels)

    def to_frame(self) -> pd.DataFrame:
        """Return the mean effect on each outcome, over all customers.

        Returns
        -------
        pandas.DataFrame
            ``outcome``, ``customers``, the means ``realised`` and ``expected``, and the mean's Monte-Carlo ``error``.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10)
        >>> run.effect_of("discount", day=5, within=14, replicates=4).to_frame().shape
        (5, 5)
        """
        import pandas as pd

        n = max(len(self.customers), 1)
        columns = {
            "outcome": OUTCOMES,
            "customers": len(self.customers),
            "realised": self.realised.sum(axis=1) / n,
            "expected": self.expected.sum(axis=1) / n,
            "error": np.sqrt((self.error**2).sum(axis=1)) / n,
        }
        return pd.DataFrame(columns)


def effects_of(
    world: World, people: NDArray[np.void], action: str, *, day: int, within: int, replicates: int
) -> Effects:
    """Return the effects of an action on people as they are when a day begins."""
    names = list(world.actions)
    one_of(action, names, name="action")
    whole(within, name="within", least=1, most=_LONGEST)
    whole(replicates, name="replicates", least=2, most=_MOST)
    engine = Engine(world, day + within)
    trial = Trial(engine, names.index(action), day, day + within)
    those = (
        people if world.social else chosen(people, people["joined"] <= day)
    )  # a circle also hears those who join later
    realised = trial.changes(those)
    total, squares = np.zeros_like(realised), np.zeros_like(realised)
    for step in np.arange(1, replicates + 1, dtype=np.uint64) * _STEP:
        other = copied(those)
        other["future"] = mix(those["key"] + step)
        change = trial.changes(other)
        total += change
        squares += change**2
    mean = total / replicates
    error = np.sqrt(np.maximum(squares - replicates * mean**2, 0.0) / (replicates - 1) / replicates)
    customers = those["customer"][those["joined"] <= day]
    own, *more = (Effects(customers, *found, replicates) for found in zip(realised, mean, error, strict=True))
    return replace(own, spread=tuple(more))
