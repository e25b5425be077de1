"""Freshness: how old what is known of customers is, field by field, and which of it is too old to be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cjlab._checks import offset, shown, texts
from cjlab.errors import SpecError, TableError
from cjlab.features._estimates import share
from cjlab.features._logged import logged
from cjlab.features._recipe import Recipe
from cjlab.features._several import several
from cjlab.features._span import before
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import silence
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_USUAL: Final = "365D"
_COUNTED: Final = ("limit", "customers", "told", "told_share", "told_low", "told_high")
_STALE: Final = ("stale", "stale_share", "stale_low", "stale_high", "median_age", "oldest")


@dataclass(frozen=True)
class Freshness(Builder):
    """How old each field of a customer's profile is, and whether it is stale.

    ``F_days`` is the days of 24 hours since field F was last told; ``F_stale`` is 1 where that is longer ago than its
    limit, else 0. Both are NaN where it never was: what is not there cannot be old. ``fields_stale`` counts the fields
    that are stale, and ``fields_untold`` those that were never told.

    Parameters
    ----------
    fields : tuple of str
        The fields.
    limits : tuple of str
        After how long each is stale, such as ``"180D"``; ``"365D"`` unless given.
    sources : tuple of str
        Who told it: ``"declared"``, ``"observed"``, ``"inferred"``, ``"bought"``; whoever unless given.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When there is no field, or not one limit each.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Freshness(("place",), ("180D",))).names
    ('place_days', 'place_stale', 'fields_stale', 'fields_untold')
    """

    fields: tuple[str, ...]
    limits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that every field has its limit."""
        super().__post_init__()
        for name in ("fields", "sources"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
        if not self.fields:
            raise SpecError("fields is empty; name those whose age is asked for")
        limits = tuple(self.limits) or (_USUAL,) * len(self.fields)
        if len(limits) != len(self.fields):
            raise SpecError(f"limits are {len(limits)} for {len(self.fields)} fields; give one each")
        for limit in limits:
            offset(limit, name="limits")
        object.__setattr__(self, "limits", limits)

    def columns(self) -> tuple[Column, ...]:
        """Return how old each field is, whether it is stale, and how many are, or were never told.

        Returns
        -------
        tuple of Column
            Two features a field, and two.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Freshness(("place",), ("180D",)).columns()[1].what
        'whether place was last told more than 180D ago'
        """
        told = [Where(table="profiles", field=field, source=self.sources or None) for field in self.fields]
        last = tuple(Cell("last_at", one) for one in told)
        limits = [offset(limit, name="limits").total_seconds() * 1e6 for limit in self.limits]
        made = []
        named = zip(_spelt(self.fields), self.fields, strict=True)
        for (name, field), where, cell, limit, said in zip(named, told, last, limits, self.limits, strict=True):
            what = f"whether {field} was last told more than {said} ago"
            made += [
                silence(f"{name}_days", where, f"days since {field} was last told", "it was never told"),
                Column(f"{name}_stale", (cell,), partial(_stale, limit=limit), "0 or 1", what, "it was never told"),
            ]
        fields = f"of {', '.join(self.fields)}"
        return (
            *made,
            Column("fields_stale", last, partial(_count, limits=limits), "fields", f"how many {fields} are stale"),
            Column("fields_untold", last, _untold, "fields", f"how many {fields} were never told"),
        )


def freshness(
    log: Log,
    as_of: str | dt.date,
    *,
    fields: tuple[str, ...] = (),
    limits: Mapping[str, str] | str = _USUAL,
    sources: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return how fresh every field of the profiles is at a date, with 95 % intervals.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date or text
        The moment; nothing at or after it, or known later, is read.
    fields : tuple of str
        Which; all that anybody told unless given.
    limits : mapping or str
        After how long a field is stale, by field, or for all; ``"365D"`` for those that are not named.
    sources : tuple of str
        Who told it; whoever unless given.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``field``, as named or else rising: ``limit``; ``customers`` there are; ``told``, of how many it is
        known, ``told_share`` and its ends ``told_low`` and ``told_high``; ``stale``, of how many of these it is too
        old, ``stale_share`` of them with ``stale_low`` and ``stale_high``; ``median_age`` and ``oldest`` in days.

    Raises
    ------
    TableError
        When the log has no profiles.
    SpecError
        When a limit is no length of time, or nobody told a field that is named.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
    >>> cj.features.freshness(log, "2024-02-20", limits={"place": "30D"}).columns[:3].tolist()
    ['limit', 'customers', 'told']
    """
    import pandas as pd

    told = _told(logged(log), as_of)
    asked = texts(several(fields), name="fields") or told
    if not isinstance(limits, str | Mapping):
        raise SpecError(f"limits is {shown(limits)}; give a length of time such as '365D', or one by field")
    given = dict.fromkeys(asked, limits) if isinstance(limits, str) else dict(limits)
    for name, named in (("fields", asked), ("limits", given)):
        if unknown := sorted(set(named) - set(told)):
            raise SpecError(f"{name} names {shown(unknown[0])}, which nobody told before {as_of}; told are {told}")
    lines = []
    if asked:
        wanted = Freshness(asked, tuple(given.get(field, _USUAL) for field in asked), sources)
        made = Recipe(wanted).build(log, as_of)
        lines = [_line(made, name, limit) for name, limit in zip(_spelt(asked), wanted.limits, strict=True)]
    return pd.DataFrame(lines, pd.Index(asked, name="field", dtype="str"), columns=[*_COUNTED, *_STALE])


def _spelt(fields: Sequence[str]) -> list[str]:
    """Return fields with ``_`` for blanks, but for those that could not be told from another then."""
    times = Counter(field.replace(" ", "_") for field in fields)
    return [name if times[name := field.replace(" ", "_")] == 1 else field for field in fields]


def _told(log: Log, as_of: str | dt.date) -> tuple[str, ...]:
    """Return the fields that were told before a date."""
    if log.profiles is None:
        raise TableError("the log has no profiles, so that no field can be old; give Log.of(profiles=…)")
    told = before(log.profiles, log.moment(as_of)).select(pl.col("field").cast(pl.String)).unique()
    return tuple(sorted(told.collect().to_series().drop_nulls()))


def _line(made: pd.DataFrame, field: str, limit: str) -> tuple[object, ...]:
    ages, stale = (made[f"{field}_{kind}"].dropna() for kind in ("days", "stale"))
    known = (limit, len(made), len(ages), *share(made[f"{field}_days"].notna()))
    return (*known, int(stale.sum()), *share(stale), ages.median(), ages.max())


def _stale(when: When, last: Floats, *, limit: float) -> Floats:
    return np.where(np.isnan(last), np.nan, (when.as_of - last > limit).astype(float))


def _count(when: When, *last: Floats, limits: list[float]) -> Floats:
    stale = [when.as_of - one > limit for one, limit in zip(last, limits, strict=True)]
    return np.asarray(np.sum(stale, axis=0), np.float64)


def _untold(when: When, *last: Floats) -> Floats:
    del when
    return np.asarray(np.sum([np.isnan(one) for one in last], axis=0), np.float64)
