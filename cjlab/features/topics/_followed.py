"""Topics followed through time: how much is written about each, and which are new or grow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._checks import whole, within
from cjlab.features.topics._volume import Span, news, weekly

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.features.reading._where import Where
    from cjlab.tables import Log


class Followed:
    """What topics tell week by week."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    weights: tuple[float, ...]
    members: tuple[tuple[float, ...], ...]
    of: Where
    column: str

    def weekly(self, log: Log, as_of: str | dt.date, weeks: int = 26) -> pd.DataFrame:
        """Return how many texts customers wrote about each topic, week by week.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment; nothing at or after it, or known later, is read. The last week ends there.
        weeks : int
            How many weeks.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``week``, the day with which it begins: ``texts``, each topic (a text that is half about it
            counts half), and ``unread``, texts without a word that is known.

        Raises
        ------
        SpecError
            When there is no week.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.telecom(n_customers=300), days=60).log
        >>> topics = cj.features.Topics.told({"bill": ("bill", "charged"), "line": ("line", "network")})
        >>> topics.weekly(log, "2024-02-25", weeks=4).columns.tolist()
        ['texts', 'bill', 'line', 'unread']
        """
        return weekly(self, log, as_of, whole(weeks, name="weeks", least=1, most=1_000))

    def news(
        self,
        log: Log,
        as_of: str | dt.date,
        *,
        recent: str = "14D",
        before: str = "182D",
        rate: float = 0.01,
        draws: int = 999,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return which topics, or words, take a larger part of what customers write than before, beyond chance.

        One text of each customer counts, drawn of all that he wrote in both stretches, so that who writes often does
        not make a topic. Of every topic, and every word that is known, the mean share among recent texts is held
        against that among all, in units of its deviation; the largest of these is what chance makes when the dates of
        texts are exchanged at random, ``draws`` times (Westfall, Young 1993). So where nothing changes, some alarm is
        raised in at most the ``rate`` of looks, however many topics there are, and whether topics were learned of these
        texts or not, for :meth:`fitted` does not see dates. Learn topics as of the same date: what is new has words of
        its own. That all write more is no news; that is in :meth:`weekly`.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment; nothing at or after it, or known later, is read.
        recent, before : str
            How far back the stretch goes that is looked at, and from there the one it is held against.
        rate : float
            In what part of looks at a log in which nothing changes some alarm may be raised.
        draws : int
            How often dates are exchanged; at least one over ``rate``, less one.
        seed : int
            Of what is drawn.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``name``: a line a topic, with ``unread`` for texts without a word that is known, those first
            that chance explains least, and then one a word that is raised. ``kind`` ("topic" or "word"), ``customers``
            (who wrote lately, and whose text counts there), mean shares
            ``before`` and ``now`` with the ends ``_low`` and ``_high`` of their 95 % intervals, ``chance`` (how often
            chance lets some topic or word grow as much), and ``news``: "new" (of at most one text in a hundred before),
            "growing", or nothing.

        Raises
        ------
        SpecError
            When a number or a length of time is out of range.
        EvidenceError
            When fewer than 5 customers wrote in one of the stretches.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.telecom(n_customers=600), days=200).log
        >>> topics = cj.features.Topics.fitted(log, "2024-07-01", topics=4, of="case_opened")
        >>> sorted(set(topics.news(log, "2024-07-01", recent="28D")["news"]))
        ['']
        """
        within(rate, 0.0, 1.0, name="rate", open_ends=True)
        least = max(19, math.ceil(1.0 / rate) - 1)
        number = whole(draws, name="draws", least=least, most=1_000_000)
        chance = whole(seed, name="seed", least=0, most=2**32 - 1)
        return news(self, log, as_of, Span(recent, before), rate=rate, draws=number, seed=chance)
