"""How features lie at two dates: distributions, what is missing, how far they moved, and which fields are stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cjlab._checks import shown, whole, within
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.features._estimates import share
from cjlab.features._logged import logged
from cjlab.features._recipe import Recipe
from cjlab.features._span import reach
from cjlab.features.reading._cell import Cell
from cjlab.features.views._even import even
from cjlab.features.views._freshness import freshness
from cjlab.features.views._pair import Pair
from cjlab.tables import Log, later, moment

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_COLUMNS: Final = ("covered", "n_early", "n_late", "missing_early", "missing", "missing_low", "missing_high")
_FAR: Final = ("distance", "low", "high", "floor", "verdict")


@dataclass(frozen=True, eq=False, repr=False)
class Drift(Shown):
    r"""The features of a recipe at two dates.

    The distance of a feature is :math:`\max_v |F(v) - G(v)|` of its cumulated shares at the two dates, among customers
    who have it (Kolmogorov and Smirnov). Its interval is :math:`d \pm c`, *c* being the 95th percentile of
    :math:`\max_v |(F^* - G^*)(v) - (F - G)(v)|` over resampled customers, both dates of each: as
    :math:`|d - \delta| \le \max_v |(F - G)(v) - (\Phi - \Gamma)(v)|`, it covers the true distance as often or more. Its
    floor is what chance alone shows: the 95th percentile of the distances when each customer's two dates are exchanged
    at random, so that 5 % of features that did not move lie above it. Of logs of more than 20,000 customers so many,
    evenly spaced, are resampled.

    Parameters
    ----------
    recipe : Recipe
        The features.
    early, late : datetime.datetime
        The two dates.
    timezone : str
        The brand's zone.
    tolerance : float
        The distance up to which a feature lies where it did.
    columns : pandas.DataFrame
        Indexed by ``feature``: ``covered`` (whether the log reaches back as far as the feature looks, at the first
        date; what grows by itself, such as tenure, is not), ``n_early``, ``n_late`` (who has it), ``missing_early``,
        ``missing`` (at the second date) with ``missing_low`` and ``missing_high``; ``distance``, ``low``, ``high``,
        ``floor``; ``verdict``: "as before" (not above its floor), "moved" (the whole interval above the tolerance),
        "moved a little" (else), "not comparable" (not covered, or nobody has it); and the quantiles 5, 25, 50, 75, 95
        of both dates, ``early_5`` to ``late_95``.
    fields : pandas.DataFrame
        How fresh each field of the profiles is at the second date, as :func:`freshness` says; empty without profiles.
    built : pandas.DataFrame
        The features themselves.

    Examples
    --------
    >>> import cjlab as cj
    >>> recipe = cj.features.Recipe(cj.features.Frequency(window="30D"), cj.features.Frequency("visit", window="30D"))
    >>> found = cj.features.Drift.of(cj.datasets.simulated_shop(n_customers=300), recipe, "2024-06-01", "2024-12-01")
    >>> found.columns["covered"].tolist()
    [True, True]
    """

    recipe: Recipe
    early: dt.datetime
    late: dt.datetime
    timezone: str
    tolerance: float
    columns: pd.DataFrame
    fields: pd.DataFrame
    built: pd.DataFrame

    @classmethod
    def of(
        cls,
        log: Log,
        recipe: Recipe | None = None,
        early: str | dt.date | None = None,
        late: str | dt.date | None = None,
        *,
        tolerance: float = 0.1,
        replicates: int = 200,
    ) -> Drift:
        """Build a recipe at two dates, and compare.

        Parameters
        ----------
        log : Log
            The log.
        recipe : Recipe, optional
            The features; :meth:`Recipe.default` at the first date unless given.
        early, late : date or text, optional
            The dates: the second is the end of the log's last day unless given, the first 182 days before it.
        tolerance : float
            The distance up to which a feature lies where it did.
        replicates : int
            How often customers are drawn, and dates exchanged.

        Returns
        -------
        Drift
            What was found.

        Raises
        ------
        SpecError
            When the first date is not before the second, or a number is out of range.

        Examples
        --------
        >>> import cjlab as cj
        >>> log, recipe = cj.datasets.simulated_shop(n_customers=300), cj.features.Recipe(cj.features.Tenure())
        >>> cj.features.Drift.of(log, recipe, "2024-06-01", "2024-12-01").columns.loc["tenure", "verdict"]
        'not comparable'
        """
        logged(log)
        within(tolerance, 0, 1, name="tolerance")
        whole(replicates, name="replicates", least=20, most=100_000)
        first, last = reach(log, None)
        end = last if late is None else moment(late, log.timezone)
        begin = later(end, "182D", log.timezone, back=True) if early is None else moment(early, log.timezone)
        if begin >= end:
            raise SpecError(f"early is {begin:%Y-%m-%d} and late {end:%Y-%m-%d}; the first date lies before the second")
        made = Recipe.default(log, begin) if recipe is None else recipe
        built = made.build(log, [begin, end]).astype(float)
        fields = freshness(log, end) if log.profiles is not None else _no_fields()
        pair = Pair.of(built, replicates)
        table = _table(made, pair, begin - first, tolerance)
        return cls(made, begin, end, log.timezone, tolerance, table, fields, built)

    def to_frame(self) -> pd.DataFrame:
        """Return a line a feature: what it is, and how it moved.

        Returns
        -------
        pandas.DataFrame
            :meth:`Recipe.describe`, what a missing value means as ``means``, beside ``columns``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log, recipe = cj.datasets.simulated_shop(n_customers=300), cj.features.Recipe(cj.features.Tenure())
        >>> cj.features.Drift.of(log, recipe).to_frame().loc["tenure", "unit"]
        'days'
        """
        return self.recipe.describe().rename(columns={"missing": "means"}).join(self.columns)

    def curve(self, feature: str, points: int = 60) -> pd.DataFrame:
        """Return the cumulated shares of a feature at both dates.

        Parameters
        ----------
        feature : str
            Which one.
        points : int
            At about how many values: multiples of a round step, from the 1st to the 95th percentile of both dates
            together and where the dates lie furthest apart; each whole number of a feature that has fewer.

        Returns
        -------
        pandas.DataFrame
            ``value``, ``early``, ``late``: the share of customers with at most that value; ``tick``: whether it is one
            of the few round ones that an axis names.

        Raises
        ------
        SpecError
            When the recipe has no such feature, or nobody has it.

        Examples
        --------
        >>> import cjlab as cj
        >>> log, recipe = cj.datasets.simulated_shop(n_customers=300), cj.features.Recipe(cj.features.Tenure())
        >>> cj.features.Drift.of(log, recipe).curve("tenure").columns.tolist()
        ['value', 'early', 'late', 'tick']
        """
        import pandas as pd

        values = self._values(feature)
        widest, both = self.widest(feature)[0], np.concatenate(values)
        low, high = np.quantile(both, [0.01, 0.95])
        counted = bool(np.all(both == both.round()))
        at, ticks = even(min(low, widest), max(high, widest), whole(points, name="points", least=10), counted=counted)
        early, late = _shares(values, at)
        return pd.DataFrame({"value": at, "early": early, "late": late, "tick": ticks})

    def widest(self, feature: str) -> tuple[float, float, float]:
        """Return the value at which a feature lies furthest apart, and the shares with at most it at both dates.

        Parameters
        ----------
        feature : str
            Which one.

        Returns
        -------
        tuple of float
            The value, the share at the first date, and that at the second; their difference is ``distance``.

        Raises
        ------
        SpecError
            When the recipe has no such feature, or nobody has it.

        Examples
        --------
        >>> import cjlab as cj
        >>> log, recipe = cj.datasets.simulated_shop(n_customers=300), cj.features.Recipe(cj.features.Tenure())
        >>> found = cj.features.Drift.of(log, recipe)
        >>> value, early, late = found.widest("tenure")
        >>> bool(np.isclose(abs(late - early), found.columns.loc["tenure", "distance"]))
        True
        """
        values = self._values(feature)
        at = np.unique(np.concatenate(values))
        early, late = _shares(values, at)
        place = int(np.argmax(np.abs(late - early)))
        return float(at[place]), float(early[place]), float(late[place])

    def _values(self, feature: str) -> list[Floats]:
        """Return the values of a feature that are known at each date, rising."""
        if feature not in self.columns.index:
            raise SpecError(f"feature is {shown(feature)}; the recipe makes {', '.join(self.columns.index[:8])}, …")
        dates = self.built.index.get_level_values(0)
        values = [np.sort(self.built.loc[dates == date, feature].dropna().to_numpy()) for date in dates.unique()]
        if not any(len(one) for one in values):
            raise SpecError(f"feature is {shown(feature)}, which nobody has at either date; choose another")
        return values


def _shares(values: list[Floats], at: Floats) -> list[Floats]:
    """Return what share of the values of each date is at most so much."""
    return [np.searchsorted(one, at, side="right") / max(len(one), 1) for one in values]


def _table(recipe: Recipe, pair: Pair, before: dt.timedelta, tolerance: float) -> pd.DataFrame:
    import pandas as pd

    names = [f"{date}_{round(100 * one)}" for date in ("early", "late") for one in _QUANTILES]
    lines = {}
    for column in recipe.columns:
        first, second = (pair.built.loc[one, column.name].to_numpy() for one in (~pair.second, pair.second))
        covered = bool(column.cells) and all(_reached(cell, before) for cell in column.cells)
        missing = np.isnan(second)
        counts = [covered, int((~np.isnan(first)).sum()), int((~missing).sum()), float(np.isnan(first).mean())]
        far = pair.far(column.name)
        verdict = _verdict(far, tolerance, covered=covered)
        lines[column.name] = [*counts, *share(missing), *far, verdict, *_spread(first), *_spread(second)]
    made = pd.DataFrame.from_dict(lines, orient="index", columns=[*_COLUMNS, *_FAR, *names])
    return made.rename_axis("feature")


def _reached(cell: object, before: dt.timedelta) -> bool:
    """Whether the log goes back as far as a cell looks."""
    return isinstance(cell, Cell) and cell.length is not None and cell.length <= before


def _spread(values: Floats) -> Floats:
    known = values[~np.isnan(values)]
    return np.quantile(known, _QUANTILES) if known.size else np.full(len(_QUANTILES), np.nan)


def _verdict(far: tuple[float, float, float, float], tolerance: float, *, covered: bool) -> str:
    distance, low, _, floor = far
    if not covered or not np.isfinite(distance):
        return "not comparable"
    if distance <= floor:
        return "as before"
    return "moved" if low > tolerance else "moved a little"


def _no_fields() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        columns=["told_share", "told_low", "told_high", "stale", "stale_share", "stale_low", "stale_high"]
    )
