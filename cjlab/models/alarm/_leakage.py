"""The leakage alarm: what no model should have known, found before it flatters one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab import metrics
from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.models._columns import Columns
from cjlab.models._door import customers, dates
from cjlab.models._folds import Times, splits
from cjlab.models._labels import Labels, groups_of
from cjlab.models.alarm._alone import Told
from cjlab.models.alarm._late import late
from cjlab.models.alarm._twins import twins
from cjlab.models.propensity._tuning import tuned_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

_CERTAIN = 0.95  # an area that no honest feature of human behaviour has by itself
_SUSPECT = 0.7  # below, a column is not looked at more closely
_MOST = 5  # columns looked at more closely
_OTHERS = 5  # fewer other columns are no measure of what is usual
_HALF = 0.5
_PURE = -20.0  # log-probability that a group has one label only by chance

_ADVICE = "find out when it is known, and leave it out if that is after the date"


class Finding(NamedTuple):
    """One thing that a model should not have known.

    Parameters
    ----------
    rule : str
        ``"too good alone"``, ``"tells too much"``, ``"one label only"``, ``"known too late"`` or ``"twins"``.
    column : str
        Which column; empty where it is about rows.
    message : str
        What was found, and what to do.
    """

    rule: str
    column: str
    message: str


@dataclass(frozen=True, eq=False, repr=False)
class Leakage(Shown):
    """What a table seems to know that it should not; made by :func:`leakage`.

    Parameters
    ----------
    findings : tuple of Finding
        The alarms; none where nothing was found.
    areas : pandas.DataFrame
        One row a column, the strongest first: ``column`` and the area ``auc`` (``low``, ``high``) of what it foretells
        alone.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> y = np.arange(400) % 2
    >>> found = cj.models.leakage(pd.DataFrame({"visits": np.arange(400) % 7, "closed_at": y * 30}), y)
    >>> found.ok, found.findings[0].column
    (False, 'closed_at')
    """

    findings: tuple[Finding, ...]
    areas: pd.DataFrame

    @property
    def ok(self) -> bool:
        """Whether no alarm went off.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> cj.models.leakage(pd.DataFrame({"visits": np.arange(400) % 7}), np.arange(400) % 2).ok
        True
        """
        return not self.findings

    def require(self) -> Leakage:
        """Return this if no alarm went off.

        Returns
        -------
        Leakage
            This.

        Raises
        ------
        EvidenceError
            When one did, with what was found.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> cj.models.leakage(pd.DataFrame({"closed_at": np.arange(400) % 2}), np.arange(400) % 2).require()
        Traceback (most recent call last):
            ...
        cjlab.errors.EvidenceError: column 'closed_at' alone puts 100.0 % of pairs in order, ...
        """
        if self.findings:
            raise EvidenceError("; ".join(one.message for one in self.findings))
        return self

    def to_frame(self) -> pd.DataFrame:
        """Return one row a column, the strongest first, with what was found of it.

        Returns
        -------
        pandas.DataFrame
            ``column``, ``auc``, ``low``, ``high``, ``alarm``; what is found of rows has no column.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> found = cj.models.leakage(pd.DataFrame({"visits": np.arange(400) % 7}), np.arange(400) % 2)
        >>> found.to_frame()["alarm"].tolist()
        ['']
        """
        import pandas as pd

        said: dict[str, list[str]] = {}
        for one in self.findings:
            said.setdefault(one.column, []).append(one.message)
        told = self.areas.assign(alarm=["; ".join(said.get(name, [])) for name in self.areas["column"]])
        rows = pd.DataFrame({"column": [""], "alarm": ["; ".join(said[""])]}) if "" in said else None
        return told if rows is None else pd.concat([rows, told], ignore_index=True)[told.columns]


def leakage(
    X: Any,  # noqa: ANN401 - any table
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    known_at: Mapping[str, ArrayLike] | None = None,
) -> Leakage:
    """Look for what a table should not know of its outcome.

    Five alarms. A column *alone* has an area under the ROC curve of .95 or more. A column *tells too much*: it
    closes more than half of the gap between the area of all others together and 1 (by the lower end of the paired
    interval; columns that order customers almost as it does are not among the others, of which there must be five).
    A category, or being filled at all, goes with *one label only*, too often for chance. A column was *known too
    late*: after the date of its row. Rows of different customers are *twins* with the same outcome, more often than
    alike customers would have it: what is copied before a split is on both its sides.

    An alarm is a question, not a proof: a column that was known at the date of its row may stay.

    Parameters
    ----------
    X : frame or array
        ``(n, p)``, one row a customer or a customer and a date; of more than 50,000 rows, as many are looked at.
    y : array-like
        ``(n,)`` of two labels.
    groups : array-like, optional
        ``(n,)`` whose each row is; unless given, ``customer_id``.
    known_at : mapping of str to array-like, optional
        For a column, when each of its values was known, ``(n,)``; compared with ``as_of``.

    Returns
    -------
    Leakage
        The alarms, and what each column foretells alone.

    Raises
    ------
    TableError
        When a column cannot be read, or ``known_at`` names one that is absent.
    EvidenceError
        When a class is absent or too rare.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> y = np.arange(400) % 2
    >>> X = pd.DataFrame({"visits": np.arange(400) % 7, "reason": np.where(y, "moved", None)})
    >>> [one.rule for one in cj.models.leakage(X, y).findings]
    ['too good alone', 'one label only']
    """
    columns = Columns.learn(X)
    values = columns.coded(X)
    labels = Labels.of(y, X, len(values))
    whose = groups_of(customers(X) if groups is None else groups, len(values))
    times = Times.of(dates(X), len(values), None)
    kept = tuned_on(whose, "leakage")
    folds = splits(labels.outcome[kept], whose[kept], folds=3, key="leakage")
    told = Told(values[kept], labels.outcome[kept], columns, folds)
    areas = _areas(told)
    findings = [
        *(Finding("known too late", *one) for one in late(known_at or {}, times, columns, len(values))),
        *_too_good(told, areas),
        *_one_label(told),
        *(Finding("twins", "", message) for message in twins(told, whose[kept])),
    ]
    return Leakage(tuple(findings), areas)


def _areas(told: Told) -> pd.DataFrame:
    """Return what each column foretells alone, the strongest first."""
    import pandas as pd

    rows = []
    for place, name in enumerate(told.columns.names):
        area = metrics.roc(told.outcome, told.alone(place)).auc
        rows.append((name, area.estimate, area.low, area.high))
    found = pd.DataFrame(rows, columns=["column", "auc", "low", "high"])
    return found.sort_values("auc", ascending=False, ignore_index=True)


def _too_good(told: Told, areas: pd.DataFrame) -> Iterator[Finding]:
    """Look closely at the strongest columns."""
    whole = None
    for name, auc, *_ in areas.head(_MOST).itertuples(index=False):
        if auc >= _CERTAIN:
            said = f"alone puts {100 * auc:.1f} % of pairs in order, as no honest feature does"
            yield Finding("too good alone", name, f"column {name!r} {said}; {_ADVICE}")
            continue
        same = set(told.alike(told.columns.place(name)))
        others = [one for one in range(len(told.columns.names)) if one not in same]
        if auc < _SUSPECT or len(others) < _OTHERS:
            continue
        whole = told.together(range(len(told.columns.names))) if whole is None else whole
        gain = metrics.compare("auc", whole, told.together(others), outcome=told.outcome)
        if gain.low > _HALF * (1 - gain.second):
            said = f"lifts the AUC from {gain.second:.3f} to {gain.first:.3f}, more than half of what was left"
            yield Finding("tells too much", name, f"column {name!r} {said}; {_ADVICE}")


def _one_label(told: Told) -> Iterator[Finding]:
    """Find groups that have one label too often for chance: of categories, and of what is known or missing."""
    share = told.outcome.mean()
    for place, (name, kind) in enumerate(zip(told.columns.names, told.columns.kinds, strict=True)):
        missing = np.isnan(told.values[:, place])
        groups = {"filled": ~missing, "empty": missing} if missing.any() and not missing.all() else {}
        if kind == "category":
            codes = told.values[:, place]
            groups |= {f"{value!r}": codes == code for code, value in enumerate(told.columns.categories[name])}
        for what, rows in groups.items():
            n, ones = int(rows.sum()), told.outcome[rows].sum()
            likely = n * np.log(share if ones == n else 1 - share) if ones in {0, n} else 0.0
            if likely < _PURE and (ones == n or share >= 1 - _CERTAIN):
                label = "happened to all" if ones == n else "happened to none"
                yield Finding(
                    "one label only",
                    name,
                    f"where column {name!r} is {what} ({n:,} rows) it {label}; find out whether that is filled in "
                    "afterwards, and leave the column out if so",
                )
                break
