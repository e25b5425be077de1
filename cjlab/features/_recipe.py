"""A recipe: builders that are planned together, and answered in one pass over a log."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import flag, shown
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.features._code import codes
from cjlab.features._featured import Featured
from cjlab.features._learned import refuse_hindsight
from cjlab.features._span import moments
from cjlab.features._unheard import warn_of_builders
from cjlab.features.builders._builder import Builder
from cjlab.features.reading._cell import MOST
from cjlab.features.reading._pass import Lines, Pass
from cjlab.features.states._kept import Tabled, identity, kept
from cjlab.scale import each

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pandas as pd

    from cjlab.features._span import Dates
    from cjlab.tables import Log, Sheaf


@dataclass(frozen=True, init=False)
class Recipe(Featured, Shown):
    """Features of customers, declared once and built for any log and any date.

    What a log taught builders (priors, words, topics, cut points) was known from a date on, which :attr:`learned`
    tells. A recipe builds nothing for an earlier one: its features would tell what came later, and a model judged on
    them would do well for that alone.

    Parameters
    ----------
    *builders : Builder
        What declares the features; at least one.
    hindsight : bool
        Whether to build for dates before the builders learned all the same, such as to draw how features moved. It is
        written down with the recipe, and told by :meth:`describe` and wherever the recipe is shown.

    Raises
    ------
    SpecError
        When something given is no builder, or two features have one name.

    Examples
    --------
    >>> import cjlab as cj
    >>> recipe = cj.features.Recipe(cj.features.Recency("purchase"), cj.features.Frequency("purchase", window="90D"))
    >>> recipe.names
    ('recency_purchase', 'frequency_purchase_90D')
    """

    builders: tuple[Builder, ...]
    hindsight: bool = False

    def __init__(self, *builders: Builder, hindsight: bool = False) -> None:
        """Keep the builders, if they are some and their names differ."""
        for one in builders:
            if not isinstance(one, Builder):
                raise SpecError(f"a recipe is made of builders, and {shown(one)} is none; {_advice(one)}")
        if not builders:
            raise SpecError("a recipe without builders makes nothing; give at least one, such as cj.features.Recency()")
        object.__setattr__(self, "builders", builders)
        object.__setattr__(self, "hindsight", flag(hindsight, name="hindsight"))
        if len(self.names) > MOST:
            raise SpecError(
                f"the builders make {len(self.names):,} features, of at most {MOST:,}; tell fewer words apart"
            )
        if twice := sorted(name for name, times in Counter(self.names).items() if times > 1):
            raise SpecError(f"two features are called {twice[0]!r}; give one of their builders another name=")

    @classmethod
    def default(cls, log: Log, as_of: str | dt.date) -> Recipe:
        """Return a recipe to begin with: all that a log can feed, as :func:`families` says.

        Parameters
        ----------
        log : Log
            The log; its past tells channels, categories, priors and topics.
        as_of : date or text
            Nothing at or after it is read: take the earliest date of a training set, for the recipe builds nothing for
            a date before it.

        Returns
        -------
        Recipe
            The recipe.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=60).log
        >>> "recency_purchase" in cj.features.Recipe.default(log, "2024-02-15").names
        True
        """
        from cjlab.features._families import families  # its builders know recipes

        return cls(*(one for builders in families(log, as_of).values() for one in builders))

    def __repr__(self) -> str:
        """Say how many features it makes."""
        seen = ", with hindsight" if self.hindsight else ""
        return f"Recipe({len(self.columns)} features of {len(self.builders)} builders{seen})"

    def build(self, log: Log, as_of: Dates, *, threads: int | None = None, engine: str = "local") -> pd.DataFrame:
        """Return one row a customer, or one a date and customer, with all that was known before each date.

        Rows are those of customers who had joined, or were seen, before the date: none of an empty log, or before it
        begins. Of an event that the log does not have there are 0 rows, and days since it are NaN, as
        :meth:`describe` says; of one that was asked for by name, and that no date of the log has, an
        :class:`cjlab.errors.UnheardWarning` is given. Nothing that happened or became
        known (``known_at``) at or after it is read. A log that was read from a folder is gone through shard by shard;
        the numbers are the same for any number of shards and threads, and on either engine.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date, text or sequence of them
            The moment: a bare date is the local midnight with which it begins. Several make an index of two levels.
        threads : int or None
            How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given.
        engine : {"local", "spark"}
            Where shards are worked on, as :func:`cjlab.scale.each` says.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``customer_id``, rising; for several dates by ``as_of`` and ``customer_id``.

        Raises
        ------
        SpecError
            When a date is none, or lies before that at which a builder learned what it holds and ``hindsight`` is not
            said; or threads or engine are out of range.
        TableError
            When the log lacks a column that a feature asks for.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
        >>> recipe = cj.features.Recipe(cj.features.Frequency("visit"))
        >>> recipe.build(log, "2024-01-15").columns.tolist()
        ['frequency_visit']
        """
        dates, several = moments(as_of, log, hindsight=self.hindsight)
        refuse_hindsight(self, dates, log.timezone)
        warn_of_builders(self.made, log)
        made = each(log.shards(), Pass(self.columns, tuple(dates)), engine=engine, threads=threads)
        return Lines.joined(made).framed(dates, log.timezone, several=several)

    def store(
        self, log: Log, as_of: Dates, *, folder: str | Path, threads: int | None = None, engine: str = "local"
    ) -> Sheaf:
        """Build as :meth:`build` does, into Parquet, shard by shard; the same call goes on where one was interrupted.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date, text or sequence of them
            The moment, or several, as :meth:`build` takes them.
        folder : str or pathlib.Path
            Where; it must not exist, or be empty.
        threads : int or None
            How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given.
        engine : {"local", "spark"}
            Where shards are worked on.

        Returns
        -------
        Sheaf
            Its ``rows`` are ``as_of``, ``customer_id`` and the features, by shard, and there by date and customer.

        Raises
        ------
        TableError
            When the folder holds something, or was begun with another recipe, log or date, or other code of a signal or
            builder of one's own; and as of :meth:`build`.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> log, recipe = cj.tables.Log.of(), cj.features.Recipe(cj.features.Frequency("visit"))
        >>> with tempfile.TemporaryDirectory() as home:
        ...     recipe.store(log, "2024-01-15", folder=f"{home}/x").rows.collect().columns
        ['as_of', 'customer_id', 'frequency_visit']
        """
        dates, _ = moments(as_of, log, hindsight=self.hindsight)
        refuse_hindsight(self, dates, log.timezone)
        warn_of_builders(self.made, log)
        about = {"features": self.said, "as_of": list(map(str, dates)), "log": identity(log), **codes(self)}
        work = Tabled(Pass(self.columns, tuple(dates)))
        return kept(log, work, folder=folder, about=about, threads=threads, engine=engine)


def _advice(given: object) -> str:
    """Say what to give in place of what is no builder."""
    if isinstance(given, type) and issubclass(given, Builder):
        return f"write {given.__name__}(…)"
    if isinstance(given, list | tuple) and all(isinstance(one, Builder) for one in given):
        return "give them one by one: Recipe(*builders)"
    return "give cj.features.Recency(…)"
