"""Change of rhythm: an alarm when a customer departs from his own law of gaps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from cjlab._checks import within
from cjlab.features.builders._builder import Column, When
from cjlab.features.builders._once import Once
from cjlab.features.builders._purchases import PURCHASE, called
from cjlab.features.reading._cell import Cell
from cjlab.features.rhythm._departure import LATEST, Departure, Past, departure, first_day, past
from cjlab.features.rhythm._quarter import thresholds
from cjlab.features.rhythm._rhythm import _Habitual, ended, silent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cjlab.features.rhythm._habit import Prior
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_WHAT = {
    "stopped": "false alarms a quarter for each stop of his that an alarm at his silence finds",
    "slower": "times a quarter that as few come in as long as since one of his latest",
    "faster": "times a quarter that his latest come as soon",
}


@dataclass(frozen=True)
class RhythmChange(_Habitual):
    r"""How far he has departed from his own rhythm: stopped, slower or faster, each with an alarm and its date.

    With the law of :class:`Rhythm`, after a silence of *s* days, a quarter being 91 days:

    - stopped: what finding a stop of his costs, :math:`91\,R(s) / (v + (1 - v) F(s))` false alarms a quarter. An alarm
      is false for every gap that lasts longer, of which a day has
      :math:`R(s) = E[S(s)/\mu] = (A/B)\,I_{B/(B+ks)}(A+1, k)`. It is in time where it finds a stop within six weeks,
      which is no earlier asked for: *F* is 0 until then, and from then on, with :math:`t = s - 41\tfrac12`, the
      probability :math:`I_{B/(B+kt)}(A, k+1) - t\,(A/B)\,I_{B/(B+kt)}(A+1, k)` that at a moment which has nothing to
      do with him his last purchase is more than *t* days ago. Finding it at another time is worth
      :math:`v = 0.005` of that, so an alarm before or long after is raised where it is nearly never false. After six
      weeks it is the least of now and then. A threshold on this spends false alarms where they find most (the lemma
      of Neyman & Pearson 1933, doi:10.1098/rsta.1933.0009), and few on customers whom nobody could find in time;
    - slower: the least over *j* = 1, 2, 3, 5 latest gaps of sum *t* of the probability that *j* + 1 gaps last longer
      than *t* + *s*, as the gaps before these tell it: with :math:`A_j, B_j` of these,
      :math:`I_{B_j/(B_j+k(t+s))}(A_j, (j+1)k)`; times 91 / (mean gap), as often as he could be measured;
    - faster: the same of :math:`I_{kt/(B_j+kt)}(jk, A_j)`, that *j* gaps are over so soon.

    Three gaps must lie before the latest. The shape in the last two is the middle one. An alarm is raised where one of
    these is no more than its threshold; thresholds come from a simulation of customers whose rhythm stays as it was,
    4, 8 or 16 of whose gaps are known, watched for a quarter from a moment that has nothing to do with their
    purchases: a share of ``false_alarms`` of them raises each. This is the share over all of them: of irregular
    customers more do, of regular ones fewer.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    mean, strength, shape, spread, dropout : float
        What people are like: see :class:`Rhythm`.
    name : str, optional
        What its columns begin with.
    stopped, slower, faster : float
        The thresholds, times a quarter; those of :meth:`calibrated` at 2 % for the prior that is the default.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When a number is none.

    Examples
    --------
    >>> import cjlab as cj
    >>> [column.name for column in cj.features.RhythmChange().columns()][::3]
    ['rhythm_change_purchase_stopped', 'rhythm_change_purchase_stopped_since']
    """

    stopped: float = 0.27
    slower: float = 0.0126
    faster: float = 0.0179

    def __post_init__(self) -> None:
        """Check the prior and the thresholds."""
        super().__post_init__()
        for kind in Departure._fields:
            within(getattr(self, kind), 0.0, 1e6, name=kind)

    def calibrated(self, false_alarms: float = 0.02, *, customers: int = 12_000, seed: int = 0) -> Self:
        """Return it with thresholds at which a share of customers raises each alarm in a quarter without a change.

        Parameters
        ----------
        false_alarms : float
            The share, of customers drawn as the prior says.
        customers : int
            How many are drawn.
        seed : int
            Of the simulation.

        Returns
        -------
        RhythmChange
            The same, with other thresholds.

        Raises
        ------
        SpecError
            When the share is none.

        Examples
        --------
        >>> import cjlab as cj
        >>> 0 < cj.features.RhythmChange(mean=20.0).calibrated(0.05, customers=300).stopped < 1
        True
        """
        share = within(false_alarms, 1e-4, 0.5, name="false_alarms")
        return replace(self, **thresholds(self.prior, share, customers, seed)._asdict())

    @classmethod
    def fitted(
        cls,
        log: Log,
        as_of: str | dt.date,
        *,
        of: Any = PURCHASE,  # noqa: ANN401 - whatever names rows
        false_alarms: float = 0.02,
        **fields: Any,  # noqa: ANN401 - whatever the builder has
    ) -> Self:
        """Return the builder with the prior that makes a log's past most likely, and thresholds to it.

        Parameters
        ----------
        log : Log
            The log; of one segment alone, people like him are those of that segment.
        as_of : date or text
            Nothing at or after it is read.
        of : Where, str or tuple of str
            Which rows; purchases unless given.
        false_alarms : float
            The share of customers that may raise each alarm in a quarter without a change.
        **fields
            Other fields of the builder.

        Returns
        -------
        RhythmChange
            The builder.

        Raises
        ------
        SpecError
            When fewer than 20 customers have a gap.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> cj.features.RhythmChange.fitted(log, "2024-04-01", of="visit", false_alarms=0.05).stopped < 1
        True
        """
        return super().fitted(log, as_of, of=of, **fields).calibrated(false_alarms)

    def columns(self) -> tuple[Column, ...]:
        """Return six columns: how far he has departed each way, and for how many days each alarm has been raised.

        ``_since`` counts days from the first on which what is known now would have raised the alarm: within the present
        silence, or, where the gaps before it say so already, from the last purchase on.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.RhythmChange().columns()[3].missing
        'no alarm is raised'
        """
        begin = self.name or called("rhythm_change", self.of)
        cells = (Cell("gaps", self.of), Cell("latest_gaps", self.of, size=LATEST[-1]))
        few, missing = {"stopped": "it never happened"}, "no alarm is raised"
        read = Once(partial(_Read.made, self.prior))
        far = (
            Column(f"{begin}_{kind}", cells, _far(read, kind), "a quarter", what, few.get(kind, "fewer than 4 gaps"))
            for kind, what in _WHAT.items()
        )
        since = (
            Column(f"{begin}_{kind}_since", cells, self._since(read, kind), "days", f"alarm: {kind}", missing)
            for kind in _WHAT
        )
        return *far, *since

    def _since(self, read: Once[_Read], kind: str) -> Callable[[When, Floats, Floats], Floats]:
        threshold = getattr(self, kind)

        def since(when: When, numbers: Floats, latest: Floats) -> Floats:
            there, of, days, far = read(when.day, numbers, latest)
            raised = getattr(far, kind) <= threshold
            found, lines = np.full(len(there), np.nan), np.flatnonzero(there)[raised]
            found[lines] = days[raised] - first_day(_measure(of.only(raised), kind), days[raised], threshold)
            return found

        return since


class _Read(NamedTuple):
    """Who has such rows, what is known of them, for how many days they have been silent, and how far that is."""

    there: NDArray[np.bool_]
    of: Past
    days: Floats
    far: Departure

    @classmethod
    def made(cls, prior: Prior, day: NDArray[np.int64], numbers: Floats, latest: Floats) -> _Read:
        """Read it off the cells."""
        there = ~np.isnan(numbers[:, 5])
        of = past(prior, ended(numbers[there]), latest[there, : LATEST[-1]])
        days = day[there] - numbers[there, 5]
        return cls(there, of, days, departure(of, silent(days)))


def _far(read: Once[_Read], kind: str) -> Callable[[When, Floats, Floats], Floats]:
    def far(when: When, numbers: Floats, latest: Floats) -> Floats:
        made = read(when.day, numbers, latest)
        found = np.full(len(made.there), np.nan)
        found[made.there] = getattr(made.far, kind)
        return found

    return far


def _measure(of: Past, kind: str) -> Callable[[Floats], Floats]:
    return {"stopped": of.stopped, "slower": of.slower, "faster": lambda _: of.faster()}[kind]
