"""A plan: whom to send what at a moment, with the probability of everything that could have been chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from cjlab._display import Shown
from cjlab.decisions._contacts import contacts_of
from cjlab.decisions._done import CONTROL, POLICY, RANDOM
from cjlab.decisions._draws import numbers_of
from cjlab.errors import SpecError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.decisions._done import Done
    from cjlab.decisions._eligibility import Eligibility
    from cjlab.decisions._prices import Prices
    from cjlab.decisions._signature import Signature

    Floats = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Plan(Shown):
    """Whom to send what at a moment: one action at most a customer, within all limits, and what chance had in it.

    A plan cannot hold a contact with somebody of the holdout, or one that the rules keep back.

    Parameters
    ----------
    eligibility : Eligibility
        Who may be sent what.
    values : ndarray
        ``(n, actions)`` expected incremental values, before cost.
    prices : Prices
        What it charges for what is scarce; :meth:`Prices.choose` decides on one customer alone.
    done : Done
        What is done with each, by which slice, and the policy's own choice.
    bound : float
        The most that any choice within the limits is worth, before anything is drawn.
    worth : float
        What the policy's own choices are worth, over everybody.
    left : ndarray
        What the reserve of the random slice leaves of everything scarce.
    signature : Signature
        Who decided.
    exact : bool
        Whether whole numbers were solved for, and not prices.

    Raises
    ------
    SpecError
        When a contact is with the holdout, or kept back by the rules.

    Examples
    --------
    >>> import cjlab as cj
    >>> import pandas as pd
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=30).log
    >>> rules = cj.decisions.Rules((cj.decisions.Action("news", "email", 0.1),))
    >>> asked = cj.decisions.eligible(log, "2024-01-20", rules)
    >>> value = pd.DataFrame({"customer_id": asked.customers, "news": 0.5})
    >>> plan = cj.decisions.plan(asked, value, cj.decisions.Terms("spring", budget=20))
    >>> plan.cost <= 20, bool(plan.prices.charges[0] > 0.39)
    (True, True)
    """

    eligibility: Eligibility
    values: Floats = field(repr=False)
    prices: Prices
    done: Done = field(repr=False)
    bound: float
    worth: float
    left: Floats = field(repr=False)
    signature: Signature
    exact: bool = False

    def __post_init__(self) -> None:
        """Refuse contacts that must not be."""
        held, rows = self.eligibility.held, np.arange(len(self.done.arms))
        contacted = self.done.arms > 0
        allowed = self.eligibility.allowed[rows, np.maximum(self.done.arms, 1) - 1]
        wrong = np.flatnonzero(contacted & (held | ~allowed))
        if len(wrong):
            who = self.eligibility.customers[wrong[:1]].tolist()[0]
            action = self.eligibility.rules.names[self.done.arms[wrong[0]] - 1]
            why = int(self.eligibility.why[wrong[0], self.done.arms[wrong[0]] - 1])
            said = ", ".join(name for bit, name in enumerate(self.eligibility.known) if why >> bit & 1)
            raise SpecError(f"the plan sends {action!r} to customer {who!r}, which is kept back: {said}; leave it out")

    @classmethod
    def example(cls, *, budget: float = 20.0) -> Plan:
        """Return a small plan to look at: newsletters to some of 500 simulated customers, each worth 0.50.

        Parameters
        ----------
        budget : float, default: 20.0
            What its contacts may cost, at 0.10 each.

        Returns
        -------
        Plan
            The plan of 20 January 2024.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Plan.example().eligibility.rules.names
        ('news',)
        """
        import pandas as pd

        from cjlab.decisions._action import Action
        from cjlab.decisions._eligibility import eligible
        from cjlab.decisions._planning import plan
        from cjlab.decisions._rules import Rules
        from cjlab.decisions._terms import Terms
        from cjlab.simulator import World, simulate

        log = simulate(World.retail(n_customers=500), days=30).log
        asked = eligible(log, "2024-01-20", Rules((Action("news", "email", 0.1),)))
        value = pd.DataFrame({"customer_id": asked.customers, "news": 0.5})
        return plan(asked, value, Terms("spring", budget=budget))

    def __len__(self) -> int:
        """Count the customers."""
        return len(self.done.arms)

    @property
    def gap(self) -> float:
        """How much the policy's own choices fall short of the bound, as a share of it.

        Examples
        --------
        >>> import cjlab as cj
        >>> plan = cj.decisions.Plan.example()
        >>> 0 <= plan.gap < 0.01
        True
        """
        return max(self.bound - self.worth, 0.0) / self.bound if self.bound > 0 else 0.0

    @property
    def cost(self) -> float:
        """What all contacts of the plan cost, those of the random slice among them.

        Examples
        --------
        >>> import cjlab as cj
        >>> plan = cj.decisions.Plan.example()
        >>> plan.cost, 0.1 * float(plan.to_frame()["sent"].sum())
        (17.2, 17.2)
        """
        return float(self._costs @ self._counts)

    @cached_property
    def policy_version(self) -> str:
        """What tells this policy from others: 16 digits of the sha256 of its rules, its terms and its model.

        Examples
        --------
        >>> import cjlab as cj
        >>> plan = cj.decisions.Plan.example()
        >>> again = cj.decisions.Plan.example(budget=30)
        >>> len(plan.policy_version), plan.policy_version == again.policy_version
        (16, False)
        """
        parts = [self.eligibility.rules.fingerprint, self.prices.terms.fingerprint]
        parts += [self.signature.versions, self.signature.recipe or ""]
        return sha256("\n".join(parts).encode()).hexdigest()[:16]

    def propensities(self, rows: NDArray[np.intp] | slice = slice(None)) -> Floats:
        """Return with which probability each customer gets each action.

        Parameters
        ----------
        rows : ndarray or slice
            Places of customers; all unless given.

        Returns
        -------
        ndarray
            ``(m, 1 + actions)``, none first; who is held out gets none for certain.

        Examples
        --------
        >>> import cjlab as cj
        >>> plan = cj.decisions.Plan.example()
        >>> plan.propensities(slice(3)).tolist()
        [[0.975, 0.025], [0.025, 0.975], [0.975, 0.025]]
        """
        return self.prices.draws.chances(self.done.own[rows], self.eligibility.allowed[rows])

    def contacts(self, *, alone: bool = True) -> pl.DataFrame:
        """Return the decisions as rows of the log's contacts.

        Parameters
        ----------
        alone : bool
            Whether customers are among them whom the policy leaves alone though something is allowed. Without them no
            off-policy value can be had of the rows of the policy; those of the random slice are always whole.

        Returns
        -------
        polars.DataFrame
            A row a customer to whom something is allowed, or who is held out: the columns of ``contacts``, with
            ``consent``, the consent by which he is contacted, and ``choice``, what the policy itself would do.

        Examples
        --------
        >>> import cjlab as cj
        >>> plan = cj.decisions.Plan.example()
        >>> plan.contacts().select("arm", "slice").unique().sort("arm", "slice").rows()
        [('news', 'policy'), ('news', 'random'), ('none', 'policy'), ('none', 'random')]
        """
        return contacts_of(self, alone=alone)

    def to_frame(self) -> pd.DataFrame:
        """Return what is sent, action by action.

        Returns
        -------
        pandas.DataFrame
            A row an action: ``action``, ``channel``, ``sent`` and of these ``by_policy`` and ``at_random``,
            ``withheld`` from the control, ``cost``, ``expected`` (the sum of the expected values of what is sent) and
            ``charge`` (what one is charged beyond its cost, for what is scarce).

        Examples
        --------
        >>> import cjlab as cj
        >>> plan = cj.decisions.Plan.example()
        >>> plan.to_frame()[["action", "sent", "by_policy", "at_random", "cost"]].values.tolist()
        [['news', 172, 166, 6, 17.2]]
        """
        import pandas as pd

        arms, slices, own = self.done
        lines = []
        for place, action in enumerate(self.eligibility.rules.actions, start=1):
            sent = arms == place
            by = [int(np.count_nonzero(sent & (slices == one))) for one in (POLICY, RANDOM)]
            withheld = int(np.count_nonzero((own == place) & (slices == CONTROL)))
            expected = float(self.values[sent, place - 1].sum())
            charge = float(self.prices.charges[place - 1])
            lines.append((action.name, action.channel, sum(by), *by, withheld, sum(by) * action.cost, expected, charge))
        names = ["action", "channel", "sent", "by_policy", "at_random", "withheld", "cost", "expected", "charge"]
        return pd.DataFrame(lines, columns=names)

    def limits(self) -> pd.DataFrame:
        """Return what is scarce: how much there is, is set aside and is used, and what one more would be worth.

        Returns
        -------
        pandas.DataFrame
            A row for the budget and each channel with a limit: ``name``, ``limit``, ``for_policy`` (what the reserve of
            the random slice leaves, over everybody), ``used`` and ``price``, the shadow price: what a currency unit, or
            a contact, more would bring.

        Examples
        --------
        >>> import cjlab as cj
        >>> plan = cj.decisions.Plan.example()
        >>> plan.limits().round(1).values.tolist()
        [['budget', 20.0, 17.3, 17.2, 4.0]]
        """
        import pandas as pd

        scarce = self.prices.scarce
        columns = {"name": scarce.names, "limit": scarce.limits, "for_policy": self.left}
        return pd.DataFrame(columns | {"used": scarce.use @ self._counts, "price": self.prices.shadow})

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The customers as whole numbers that are drawn for.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Plan.example().numbers[:4].tolist()
        [1, 2, 4, 5]
        """
        return numbers_of(self.eligibility.customers)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        return np.bincount(self.done.arms, minlength=len(self._costs) + 1)[1:]

    @property
    def _costs(self) -> Floats:
        return np.array([one.cost for one in self.eligibility.rules.actions])
