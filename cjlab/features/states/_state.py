"""A state: yesterday's features in such a form that today's cost little."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cjlab._checks import shown
from cjlab._display import Shown
from cjlab.errors import SpecError, TableError
from cjlab.features._code import codes
from cjlab.features._learned import refuse_hindsight
from cjlab.features._recipe import Recipe
from cjlab.features._unheard import warn_of_builders
from cjlab.features.reading._pass import Lines, Pass
from cjlab.features.states._advance import Advance, Anew
from cjlab.features.states._kept import mapped
from cjlab.features.states._ledger import found_in, parted
from cjlab.scale import each
from cjlab.tables import Sheaf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from cjlab.tables import Log

_FORM = "rows-1"  # of what is kept


@dataclass(frozen=True)
class State(Shown):
    """What a recipe made of a stored log as of a date, before its formulas, and the rows that it was made of.

    :meth:`advance` makes the state of a later day. Worked out again are the customers of whom the log has rows in files
    that came since, late ones among them; of whom a row has become past or known since; or of whom a row has left one
    of the windows, or gone from one bin of a trend to the next. Nobody else's cells can have changed, so theirs are
    taken as they are; ages and times since are formulas of the date, and made for everybody. So the table is that of
    :meth:`Recipe.build`, to the last bit: windows are read again, and nothing is taken away from a sum.

    The columns that the recipe reads lie in the state too, by customer, so that only the rows of those customers are
    touched: some 30 bytes an event for counts and sums, and more for a recipe that reads more. Rows that came since lie
    in a tail of their own; when that has more than an eighth of the rows, both become one again. A state of the next
    day shares what has not changed with the one before, on the same disk; either may be removed without the other.

    Answered for everybody, every day, are an :class:`Outside` series, since the world changes for all, and a
    :class:`Signal`, unless it is declared with ``dated=False``; everything, where a filter goes by category and the
    items changed. The log itself is read again, shard by shard, for customers with rows of one moment in two files, of
    which only columns that are not kept say what comes first, and where a table has got other columns. Where most
    customers have news, as with a week of a small log, a day costs as much as all of it, or more. Shards are worked on
    by threads of this process, not in Spark.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    as_of : datetime.datetime
        The date, in UTC.
    sheaf : Sheaf
        Where it lies.

    Examples
    --------
    >>> import tempfile, cjlab as cj
    >>> recipe = cj.features.Recipe(cj.features.Frequency("visit", window="7D"))
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
    >>> with tempfile.TemporaryDirectory() as home:
    ...     log = run.log.write(f"{home}/log")
    ...     monday = cj.features.State.of(recipe, log, "2024-01-15", folder=f"{home}/monday")
    ...     tuesday = monday.advance(log, "2024-01-16", folder=f"{home}/tuesday")
    ...     tuesday.build().equals(recipe.build(log, "2024-01-16"))
    True
    """

    recipe: Recipe
    as_of: dt.datetime
    sheaf: Sheaf

    @classmethod
    def of(
        cls, recipe: Recipe, log: Log, as_of: str | dt.date, *, folder: str | Path, threads: int | None = None
    ) -> Self:
        """Read the whole log, and keep the state in a folder.

        Parameters
        ----------
        recipe : Recipe
            The recipe.
        log : Log
            A log that was read from a folder.
        as_of : date or text
            The moment: a bare date is the local midnight with which it begins.
        folder : str or pathlib.Path
            Where; it must not exist, or be empty. The same call goes on with one that was interrupted.
        threads : int or None
            How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given.

        Returns
        -------
        State
            The state.

        Raises
        ------
        SpecError
            When the recipe is none, or a builder learned what it holds after the date and ``hindsight`` is not said.
        TableError
            When the log is not stored or lacks a column, or the folder holds something.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Tenure())
        >>> cj.features.State.of(recipe, cj.tables.Log.of(), "2024-01-15", folder="monday")
        Traceback (most recent call last):
        cjlab.errors.TableError: a state is of a log that is stored: write this one with Log.write, and read it
        """
        if not isinstance(recipe, Recipe):
            raise SpecError(f"recipe is {shown(recipe)}; give a cj.features.Recipe, and then the log")
        files = _files(log)
        date = log.moment(as_of, hindsight=recipe.hindsight)
        refuse_hindsight(recipe, [date], log.timezone)
        warn_of_builders(recipe.made, log)
        work = Anew(Pass(recipe.columns, (date,)))
        about = {"state": recipe.said, "as_of": str(date), "timezone": log.timezone, "files": files, "form": _FORM}
        made = mapped(log, work, folder=folder, about=about | codes(recipe), threads=threads)
        return cls(recipe, date, made)

    @classmethod
    def read(cls, folder: str | Path, *, recipe: Recipe | None = None) -> Self:
        """Open a state.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where it lies.
        recipe : Recipe or None
            The recipe that it must be of, if it is to be a certain one.

        Returns
        -------
        State
            The state.

        Raises
        ------
        TableError
            When the folder holds no whole state, that of another recipe, or one that other code of a signal or builder
            of one's own has made.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.State.read("nowhere")
        Traceback (most recent call last):
        cjlab.errors.TableError: ...nowhere holds no table in sheets: it has no sheaf.json; make it first
        """
        sheaf = Sheaf.read(folder)
        if "state" not in sheaf.about:
            raise TableError(f"{sheaf.folder} holds no state: it is about {shown(sorted(sheaf.about))}; give another")
        if sheaf.about.get("form") != _FORM:
            raise TableError(f"{sheaf.folder} was made by another version of cjlab; make it anew with State.of")
        found = Recipe.of(sheaf.about["state"])
        if recipe is not None and recipe.fingerprint != found.fingerprint:
            raise TableError(
                f"{sheaf.folder} holds the state of another recipe ({found!r}, {found.fingerprint[:8]}, not "
                f"{recipe.fingerprint[:8]}); make one of this recipe with State.of"
            )
        _refuse_other_code(found, sheaf)
        return cls(found, dt.datetime.fromisoformat(sheaf.about["as_of"]), sheaf)

    def advance(self, log: Log, as_of: str | dt.date, *, folder: str | Path, threads: int | None = None) -> Self:
        """Make the state of a later date, or of a log that has grown.

        Parameters
        ----------
        log : Log
            The log as it is now, read anew after :meth:`cjlab.tables.Log.append`.
        as_of : date or text
            The moment, not before that of this state.
        folder : str or pathlib.Path
            Where the new state is kept; this one stays as it is.
        threads : int or None
            How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given.

        Returns
        -------
        State
            The new state.

        Raises
        ------
        SpecError
            When the date is before that of this state.
        TableError
            When a file that this state has read is not in the log: it is another log, or was compacted since.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Frequency("visit"))
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> with tempfile.TemporaryDirectory() as home:
        ...     log = run.log.write(f"{home}/log")
        ...     monday = cj.features.State.of(recipe, log, "2024-01-15", folder=f"{home}/monday")
        ...     monday.advance(log, "2024-01-16", folder=f"{home}/tuesday")
        State(Recipe(1 features of 1 builders), as of 2024-01-15 23:00:00+00:00, in ...tuesday)
        """
        files, date = _files(log), log.moment(as_of, hindsight=self.recipe.hindsight)
        if date < self.as_of:
            raise SpecError(f"as_of is {date}, before that of the state, {self.as_of}; give that or a later one")
        self._refuse_another(log, files)
        work = Advance(self.sheaf, Pass(self.recipe.columns, (self.as_of,)), Pass(self.recipe.columns, (date,)))
        about = {**self.sheaf.about, "as_of": str(date), "files": files, "before": str(self.as_of)}
        made = mapped(log, work, folder=folder, about=about, threads=threads)
        return type(self)(self.recipe, date, made)

    def build(self, *, threads: int | None = None) -> pd.DataFrame:
        """Return the features, as :meth:`Recipe.build` does of the log.

        Parameters
        ----------
        threads : int or None
            How many shards at a time; ``CJLAB_THREADS``, or one a processor, unless given.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``customer_id``, rising.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Tenure())
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> with tempfile.TemporaryDirectory() as home:
        ...     log = run.log.write(f"{home}/log")
        ...     cj.features.State.of(recipe, log, "2024-01-15", folder=f"{home}/monday").build().columns.tolist()
        ['tenure']
        """
        work, timezone = Pass(self.recipe.columns, (self.as_of,)), self.sheaf.about["timezone"]
        made = each(
            self.sheaf.numbers,
            lambda number: work.lines(parted(work, found_in(self.sheaf.mapped(number))), timezone),
            threads=threads,
        )
        return Lines.joined(made).framed([self.as_of], timezone, several=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the features, as :meth:`build` does.

        Returns
        -------
        pandas.DataFrame
            A row a customer.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Tenure())
        >>> with tempfile.TemporaryDirectory() as home:
        ...     log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log.write(f"{home}/log")
        ...     cj.features.State.of(recipe, log, "2024-01-15", folder=f"{home}/a").to_frame().shape
        (42, 1)
        """
        return self.build()

    def __repr__(self) -> str:
        """Say of what it is, and when."""
        return f"State({self.recipe!r}, as of {self.as_of}, in {self.sheaf.folder})"

    def _refuse_another(self, log: Log, files: Mapping[str, str]) -> None:
        known: Mapping[str, str] = self.sheaf.about["files"]
        gone = next((place for place in known if files.get(place) != known[place]), None)
        if gone is not None or log.timezone != self.sheaf.about["timezone"]:
            said = f"its {gone} is not in this one" if gone else f"it is local to {self.sheaf.about['timezone']}"
            raise TableError(
                f"the state in {self.sheaf.folder} is of another log: {said}; give the log that it was made of. If "
                "that was compacted since, make the state anew with State.of"
            )


def _refuse_other_code(recipe: Recipe, sheaf: Sheaf) -> None:
    """Refuse numbers that were made by functions other than those that are known by their names now."""
    for name, code in codes(recipe).items():
        if sheaf.about.get(name) != code:
            raise TableError(
                f"{sheaf.folder} was made by other {name} than is known now ({sheaf.about.get(name)}, not {code}); "
                "define it as it was, or make the state anew with State.of"
            )


def _files(log: Log) -> dict[str, str]:
    """Return the files of a stored log, and what tells each from others."""
    if log.stored is None or not log.stored.holds(log):
        raise TableError("a state is of a log that is stored: write this one with Log.write, and read it")
    return {file.place: file.footer for table in log.stored.files.values() for file in table if file.rows}
