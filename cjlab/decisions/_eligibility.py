"""Who may be sent what at a moment, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import shown
from cjlab._display import Shown
from cjlab.decisions._reading import Reading
from cjlab.decisions._rules import Rules
from cjlab.decisions._standing import Standing, kept_back, pairs, reasons
from cjlab.errors import SpecError
from cjlab.scale import each
from cjlab.tables import Log

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, repr=False, eq=False)
class Eligibility(Shown):
    """Which actions each customer may get at a moment; every exclusion has all its reasons.

    Parameters
    ----------
    customers : ndarray
        ``(n,)`` identifiers, rising.
    rules : Rules
        The rules that were asked.
    as_of : datetime.datetime
        The moment, in UTC.
    why : ndarray
        ``(n, actions)`` uint64: a bit for each reason, the lowest that of the first of :attr:`known`; 0 where the
        action is allowed.
    held : ndarray
        ``(n,)``, true for those in the holdout.
    since : ndarray
        ``(n, pairs)`` since when the last word on each channel and purpose holds, microseconds of 1970.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=30).log
    >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),))
    >>> asked = cj.decisions.eligible(log, "2024-01-20", rules)
    >>> bool(0.7 < asked.allowed.mean() < 0.9)
    True
    """

    customers: NDArray[Any]
    rules: Rules
    as_of: dt.datetime
    why: NDArray[np.uint64] = field(repr=False)
    held: NDArray[np.bool_] = field(repr=False)
    since: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, standing: Standing, rules: Rules, *, as_of: dt.datetime, stock: dict[str, int]) -> Eligibility:
        """Return what the rules say of a standing.

        Parameters
        ----------
        standing : Standing
            How the customers stand.
        rules : Rules
            The rules.
        as_of : datetime.datetime
            When.
        stock : dict
            Whether what each action is about is there, by its name: 0 unknown, 1 sold out, 2 there.

        Returns
        -------
        Eligibility
            What is allowed.

        Examples
        --------
        >>> import datetime as dt, numpy as np, cjlab as cj
        >>> rules = cj.decisions.Rules((cj.decisions.Action("news", "email", 0.1),))
        >>> consent, held = np.array([[2], [1], [0]], np.int8), np.array([False, False, True])
        >>> none = np.zeros((3, 0), bool)
        >>> standing = cj.decisions.Standing(np.arange(3), held, consent, 0 * consent, none, none, none)
        >>> at = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
        >>> found = cj.decisions.Eligibility.of(standing, rules, as_of=at, stock={"news": 2})
        >>> found.allowed.ravel().tolist()
        [True, False, False]
        """
        why = kept_back(standing, rules, stock)
        return cls(standing.customers, rules, as_of, why, standing.held, standing.since)

    def __len__(self) -> int:
        """Count the customers."""
        return len(self.customers)

    @property
    def known(self) -> tuple[str, ...]:
        """The reasons that these rules can have.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
        >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),))
        >>> cj.decisions.eligible(log, "2024-01-20", rules).known[:2]
        ('holdout', 'no consent known')
        """
        return reasons(self.rules)

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Which actions each may get, ``(n, actions)``; to be left alone is always allowed, and not among them.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
        >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),))
        >>> cj.decisions.eligible(log, "2024-01-20", rules).allowed.shape[1]
        1
        """
        return np.equal(self.why, 0)

    def reasons(self) -> pl.DataFrame:
        """Return every reason of every exclusion.

        Returns
        -------
        polars.DataFrame
            Columns ``customer_id``, ``action`` and ``reason``, a row for each reason that applies; by customer, action
            and the order of :attr:`known`.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
        >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),), caps=(cj.decisions.Cap(0),))
        >>> cj.decisions.eligible(log, "2024-01-20", rules).reasons()["reason"].unique().sort().to_list()
        ['cap of 0 in 7D', 'no consent known']
        """
        found = [np.nonzero((self.why >> np.uint64(bit)) & np.uint64(1)) for bit in range(len(self.known))]
        who = np.concatenate([rows for rows, _ in found])
        action = np.concatenate([places for _, places in found])
        bits = np.repeat(np.arange(len(found)), [len(rows) for rows, _ in found])
        order = np.lexsort((bits, action, who))
        names = pl.Series(self.rules.names, dtype=pl.String), pl.Series(self.known, dtype=pl.String)
        return pl.DataFrame(
            {
                "customer_id": pl.Series(self.customers[who[order]]),
                "action": names[0].gather(action[order]),
                "reason": names[1].gather(bits[order]),
            }
        )

    def to_frame(self) -> pd.DataFrame:
        """Return how many may get each action, and how many may not for each reason.

        Returns
        -------
        pandas.DataFrame
            Columns ``action``, ``reason`` (``"allowed"`` first), ``customers`` and ``share`` of all customers. A
            customer counts under each reason that applies.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
        >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),))
        >>> cj.decisions.eligible(log, "2024-01-20", rules).to_frame()["reason"].tolist()
        ['allowed', 'no consent known']
        """
        import pandas as pd

        lines = []
        for place, name in enumerate(self.rules.names):
            why = self.why[:, place]
            counts = [int(np.count_nonzero((why >> np.uint64(bit)) & np.uint64(1))) for bit in range(len(self.known))]
            said = [("allowed", int(np.count_nonzero(why == 0))), *zip(self.known, counts, strict=True)]
            lines += [(name, reason, n) for reason, n in said if n or reason == "allowed"]
        made = pd.DataFrame(lines, columns=["action", "reason", "customers"])
        return made.assign(share=made["customers"] / max(len(self), 1))

    def consents(self, rows: NDArray[np.intp], actions: NDArray[np.intp]) -> pl.Series:
        """Write down the consent by which some customers get some actions.

        Parameters
        ----------
        rows : ndarray
            ``(m,)`` places of customers.
        actions : ndarray
            ``(m,)`` places of actions; −1 for none.

        Returns
        -------
        polars.Series
            Such as ``"email marketing since 2025-03-01T09:30:00Z"``; null for none.

        Examples
        --------
        >>> import cjlab as cj
        >>> import numpy as np
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
        >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),))
        >>> asked = cj.decisions.eligible(log, "2024-01-20", rules)
        >>> asked.consents(np.flatnonzero(asked.allowed[:, 0])[:1], np.array([0])).to_list()
        ['email marketing since ...Z']
        """
        known = pairs(self.rules)
        pair = np.array([known.index((one.channel, one.purpose)) for one in self.rules.actions] + [0])[actions]
        said = pl.Series([f"{channel} {purpose} since " for channel, purpose in known]).gather(pair)
        at = pl.Series(self.since[rows, pair]).cast(pl.Datetime("us")).dt.to_string("%Y-%m-%dT%H:%M:%SZ")
        return pl.select(pl.when(pl.Series(actions >= 0)).then(said + at)).to_series().alias("consent")


def eligible(log: Log, as_of: str | dt.date, rules: Rules, *, threads: int | None = None) -> Eligibility:
    """Return which actions each customer may get at a moment.

    Nothing at or after the moment, or known later, is read. The log is read shard by shard, and memory is bounded by a
    shard and by what is returned.

    Parameters
    ----------
    log : Log
        The log, with its consents.
    as_of : date or text
        The moment.
    rules : Rules
        What can be done, and what keeps it back.
    threads : int, optional
        How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given.

    Returns
    -------
    Eligibility
        Of every customer who had joined before.

    Raises
    ------
    SpecError
        When the log is none, the rules are none, or the moment is no date.
    TableError
        When the log lacks a table or a column that the rules need.

    Notes
    -----
    An action is kept back from a customer when

    - he is in the holdout that holds (:class:`Holdout`);
    - his last word on its channel and purpose was a refusal, has run out, or never came: who has no row of consent
      allowed nothing, and of a grant and a refusal at one moment the refusal holds;
    - as many contacts were sent within a window as a cap allows; one sent exactly a window ago does not count;
    - an event after which he is left alone lies within its window;
    - the item it is about had no stock at its last state (summed over places), or nobody knows;
    - a field it needs was never told, or too long ago.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=500), days=30).log
    >>> rules = cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.02),))
    >>> cj.decisions.eligible(log, "2024-01-20", rules).to_frame()["reason"].tolist()
    ['allowed', 'no consent known', 'consent refused']
    """
    if not isinstance(log, Log):
        raise SpecError(f"log is {shown(log)}; give a cj.tables.Log")
    if not isinstance(rules, Rules):
        raise SpecError(f"rules are {shown(rules)}; give cj.decisions.Rules(…)")
    reading = Reading(rules, log.moment(as_of))
    stock = reading.stock(log)
    found = each(log.shards(), partial(_asked, reading, stock), threads=threads, name="shards of customers")
    return _together(found, reading)


def _asked(reading: Reading, stock: dict[str, int], shard: Log) -> Eligibility:
    return Eligibility.of(reading.standing(shard), reading.rules, as_of=reading.as_of, stock=stock)


def _together(found: list[Eligibility], reading: Reading) -> Eligibility:
    """Return what was found in all shards, by customer."""
    if len(found) == 1:
        return found[0]
    customers = np.concatenate([one.customers for one in found])
    order = np.argsort(customers, kind="stable")
    why, held, since = (
        np.concatenate([getattr(one, name) for one in found])[order] for name in ("why", "held", "since")
    )
    return Eligibility(customers[order], reading.rules, reading.as_of, why, held, since)
