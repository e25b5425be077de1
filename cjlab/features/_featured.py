"""What builders make: features, by their names, with what each is and when it was learned."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cjlab.features._described import described
from cjlab.features._learned import learned_by
from cjlab.features._said import Said

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.features.builders._builder import Builder, Column


class Featured(Said):
    """What is made of builders, feature by feature."""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The features, in their order.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recipe(cj.features.Recency("purchase")).columns[0].unit
        'days'
        """
        return tuple(column for _, made in self.made for column in made)

    @cached_property
    def made(self) -> tuple[tuple[Builder, tuple[Column, ...]], ...]:
        """The builders, and the features that each makes: functions are those that were known when they were asked.

        Examples
        --------
        >>> import cjlab as cj
        >>> [len(columns) for _, columns in cj.features.Recipe(cj.features.Recency(), cj.features.Monetary()).made]
        [1, 2]
        """
        return tuple((one, tuple(one.columns())) for one in self.builders)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recipe(cj.features.Tenure()).names
        ('tenure',)
        """
        return tuple(column.name for column in self.columns)

    @property
    def learned(self) -> dt.datetime | None:
        """The date before which a log taught what its builders hold, the latest of them; None where nothing was.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=60).log
        >>> str(cj.features.Recipe.default(log, "2024-02-15").learned)
        '2024-02-14 23:00:00+00:00'
        """
        return learned_by(self.builders)

    def describe(self) -> pd.DataFrame:
        """Return what each feature is.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``feature``: ``what``, ``unit``, ``looks_back``, ``reads`` (rows and columns of the log),
            ``missing`` (what NaN means), ``learned`` (the date before which a log taught what its builder holds, NaT
            where nothing was) and ``hindsight`` (whether it is built for dates before that).

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recipe(cj.features.Recency("purchase")).describe().loc["recency_purchase", "unit"]
        'days'
        """
        told = [(column, one.learned) for one, made in self.made for column in made]
        return described(told, hindsight=self.hindsight)

    def to_frame(self) -> pd.DataFrame:
        """Return what :meth:`describe` does.

        Returns
        -------
        pandas.DataFrame
            A row a feature.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Recipe(cj.features.Recency("purchase")).to_frame())
        1
        """
        return self.describe()
