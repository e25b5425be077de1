"""Forecast: who will buy within a time, and how far that could be trusted when it was last asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab import metrics
from cjlab._checks import instance, offset, whole
from cjlab._display import Shown
from cjlab.features import Recipe, training_set
from cjlab.models._dated import dated, later
from cjlab.models._judge import Judged, judge
from cjlab.models.alarm._leakage import Leakage, leakage
from cjlab.models.forecast._today import today
from cjlab.models.propensity._propensity import Propensity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.metrics import Budget, Difference
    from cjlab.models.forecast._worth import Worth
    from cjlab.tables import Log


@dataclass(frozen=True, eq=False, repr=False)
class Forecast(Shown):
    """Chances of buying now, and what such chances were worth at the last date whose outcome is known.

    Parameters
    ----------
    as_of : datetime.datetime
        The moment of the chances, in UTC.
    timezone : str
        Where the brand is.
    within : str
        For how long, such as ``"30D"``.
    dates : tuple of datetime.datetime
        The dates that were learnt from, rising; the last is the one judged.
    score : pandas.Series
        The chance of each customer now, the highest first, indexed by ``customer_id``.
    judged : Judged
        Customers at the last date, foretold from other customers at earlier dates, and what came.
    rule : str
        Today's rule.
    today : ndarray
        ``(n,)`` how early that rule would have contacted each of the customers judged.
    heard : Leakage
        What the features know that they should not.
    model : Propensity
        The model of the chances now.
    rows : int
        How many rows it learnt from.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
    >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
    >>> plain = cj.models.Propensity("logistic", within="30D")
    >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
    >>> bool(found.judged.figure("auc").estimate > 0.6)
    True
    """

    as_of: dt.datetime
    timezone: str
    within: str
    dates: tuple[dt.datetime, ...]
    score: pd.Series[float]
    judged: Judged
    rule: str
    today: NDArray[np.float64]
    heard: Leakage
    model: Propensity
    rows: int

    @classmethod
    def of(  # noqa: PLR0913 - what, when, how often, beside which rule, of which features, by which model
        cls,
        log: Log,
        as_of: str | dt.date | None = None,
        *,
        within: str = "30D",
        dates: int = 4,
        rule: str = "recency",
        recipe: Recipe | None = None,
        model: Propensity | None = None,
        folds: int = 5,
    ) -> Forecast:
        """Learn from earlier dates of a log who buys, judge that by the last, and foretell from a moment on.

        Dates lie ``within`` apart, the last of them so long before ``as_of`` that all is known that came of it. What is
        judged has learnt neither from that date nor from the customers it is judged by; the chances now come of a model
        that has learnt from all.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text, optional
            The moment; the end of the log's last day unless said.
        within : str
            For how long.
        dates : int
            How many dates at most, from 2; fewer where the log does not go so far back.
        rule : {"recency", "rfm"}
            Today's rule: who bought last first, or the highest sum of the scores of recency, frequency and money.
        recipe : Recipe, optional
            The features; ``Recipe.default`` as of the first date unless given.
        model : Propensity, optional
            What learns; ``Propensity(within=within)`` unless given.
        folds : int
            Into how many parts customers are divided to be judged by others.

        Returns
        -------
        Forecast
            The chances, and what they are worth.

        Raises
        ------
        EvidenceError
            When the log is too short, or too few bought.
        SpecError
            When a parameter means nothing.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> [str(one.date()) for one in found.dates]
        ['2024-02-29', '2024-03-30']
        """
        if model is not None:
            instance(model, Propensity, name="model")
        end, asked = dated(log, as_of, offset(within, name="within"), whole(dates, name="dates", least=2))
        features = Recipe.default(log, asked[0]) if recipe is None else recipe
        known = training_set(log, features, "purchase", as_of=asked, within=within, until=end)
        learner = Propensity(within=within) if model is None else model
        judged = judge(learner, known.X, known.y, within=within, folds=folds)
        there = known.X.index[judged.rows].get_level_values("customer_id")
        fitted = learner.fit(known.X, known.y)
        now = features.build(log, end)
        return cls(
            end,
            log.timezone,
            within,
            known.dates,
            _ranked(fitted.predict_proba(now)[:, 1], now.index),
            judged,
            rule,
            today(log, rule, asked[-1], there),
            leakage(known.X, known.y),
            fitted,
            len(known.X),
        )

    def budget(self, shares: Sequence[float], worth: Worth, *, rule: bool = False) -> Budget:
        """Return what contacting the best shares of the customers judged finds, costs and brings.

        Parameters
        ----------
        shares : sequence of float
            Shares of the customers.
        worth : Worth
            What a purchase brings and a contact costs.
        rule : bool
            Whether today's rule says who comes first, instead of the chances.

        Returns
        -------
        Budget
            One row a share; its net counts the purchases that are supposed to be owed to the contact.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> found = cj.models.Forecast.of(log, dates=2, recipe=few, model=plain)
        >>> float(found.budget([1.0], cj.models.Worth()).lift[0])
        1.0
        """
        score = self.today if rule else self.judged.score
        return metrics.at_budget(self.judged.outcome, score, shares=shares, value=worth.value, cost=worth.cost)

    def ahead(self, share: float) -> Difference:
        """Return by how much more of the buyers the chances find than today's rule, a share being contacted.

        Parameters
        ----------
        share : float
            The share of customers contacted.

        Returns
        -------
        Difference
            Of the shares found, paired by customer.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> cj.models.Forecast.of(log, dates=2, recipe=few, model=plain).ahead(1.0).estimate
        0.0
        """
        return metrics.compare("recall", self.judged.score, self.today, outcome=self.judged.outcome, share=share)

    @property
    def ends(self) -> dt.datetime:
        """When it will be known what came, in UTC.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> str(cj.models.Forecast.of(log, dates=2, recipe=few, model=plain).ends.date())
        '2024-05-29'
        """
        return later(self.as_of, self.within, self.timezone)

    def contacts(self, worth: Worth) -> int:
        r"""Return how many customers to contact now: those whose chance pays, within the budget.

        A chance *p* pays where :math:`p \cdot caused \cdot margin > cost`.

        Parameters
        ----------
        worth : Worth
            What a purchase brings and a contact costs, and the budget.

        Returns
        -------
        int
            The count of the highest chances.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> cj.models.Forecast.of(log, dates=2, recipe=few, model=plain).contacts(cj.models.Worth(cost=0, budget=0.2))
        37
        """
        paying = int((self.score * worth.value > worth.cost).sum())
        return min(paying, int(worth.budget * len(self.score) + 1e-9))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a figure of the customers judged.

        Returns
        -------
        pandas.DataFrame
            ``measure``, ``share``, ``estimate``, ``low``, ``high``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> few = cj.features.Recipe(cj.features.Recency(), cj.features.Frequency())
        >>> plain = cj.models.Propensity("logistic", within="30D")
        >>> cj.models.Forecast.of(log, dates=2, recipe=few, model=plain).to_frame()["measure"][0]
        'auc'
        """
        return self.judged.to_frame()


def _ranked(chance: NDArray[np.float64], customers: pd.Index[int]) -> pd.Series[float]:
    import pandas as pd

    return pd.Series(chance, customers, name="chance").sort_values(ascending=False, kind="stable")
