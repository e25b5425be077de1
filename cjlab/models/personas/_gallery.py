"""Personas of a log, and what each changes: what is sent to whom, and where they are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._checks import finite
from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.features import outcome
from cjlab.models._dated import ends
from cjlab.models.personas._lots import Lots
from cjlab.models.personas._personas import Personas
from cjlab.models.personas._traits import BROUGHT, traits
from cjlab.models.personas._tried import ENDS, LEVEL, Tried, quantile, read

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_THROUGH: Final = "through_"


@dataclass(frozen=True, eq=False, repr=False)
class Gallery(Shown):
    """Personas of a log, made by :meth:`of`.

    Parameters
    ----------
    as_of : datetime.datetime
        The moment as of which customers are seen, in UTC: the beginning of the test, or the end of the log.
    timezone : str
        Where the brand is.
    personas : Personas
        The rules, and how stable they are.
    lines : pandas.DataFrame
        Indexed by persona: ``customers``, ``share`` of them; ``part`` of what all brought in the past year, with
        ``part_low`` and ``part_high``; ``channel`` through which most of its buyers buy most, ``through`` (their share)
        with ends, ``other_channel`` (whether that is surely another than that of all); ``action`` that is surely better
        than what is best for all (empty where none is), ``gain`` of it for a customer with ends; ``kept``: whether it
        changes anything.
    channel : str
        Through which most buyers buy most; empty where there is but one.
    brought : str
        What ``part`` is of: "margin", "sales" where the log tells none, or nothing.
    tried : Tried or None
        What the test says; None where nothing was drawn by lot.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.promotion_test(n_customers=3_000)
    >>> found = cj.models.Gallery.of(log, within="14D", value=10.0, cost=0.1)
    >>> found.lines["share"].sum().round(6), found.tried.control
    (np.float64(1.0), 'no_contact')
    """

    as_of: dt.datetime
    timezone: str
    personas: Personas
    lines: pd.DataFrame
    channel: str
    brought: str
    tried: Tried | None

    @classmethod
    def of(
        cls,
        log: Log,
        as_of: str | dt.date | None = None,
        *,
        event: str = "purchase",
        within: str = "28D",
        value: float = 1.0,
        cost: float = 0.0,
        personas: Personas | None = None,
    ) -> Gallery:
        """Find personas, and what each changes.

        Customers are grouped by few traits (:class:`Personas`): how long ago, how often, how much a time and through
        which channel they bought in the past year, how often they visited, and what their profiles say. Where contacts
        were drawn by lot, that is done as of the first of them, and the test says what each persona answers. A persona
        is kept if for it another action, or another channel, is surely better than that of all customers: intervals
        hold for all personas together (Bonferroni).

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text, optional
            The moment; the beginning of the largest randomised test, or the end of the log's last day, unless said.
        event : str
            What a contact is to bring.
        within : str
            How long after the test began it counts.
        value : float
            What one is worth, in currency.
        cost : float
            What one contact costs, in currency.
        personas : Personas, optional
            How groups are found; ``Personas()`` unless given.

        Returns
        -------
        Gallery
            The personas.

        Raises
        ------
        EvidenceError
            When there are too few customers, or they do not fall into groups.
        SpecError
            When a parameter means nothing.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.promotion_test(n_customers=3_000)
        >>> cj.models.Gallery.of(log, within="14D", value=10.0, cost=0.1).tried.campaign
        'promotion_test'
        """
        worth, price = finite(value, name="value"), finite(cost, name="cost")
        lots = Lots.found(log) if as_of is None else None
        moment = log.moment(as_of) if as_of is not None else lots.starts if lots else ends(log)[1]
        X = traits(log, moment)
        if X.empty:
            raise EvidenceError("no trait of the customers is known; give a log with purchases, visits or profiles")
        brought = next((name for name in BROUGHT.values() if name in X), "")
        asked = X.drop(columns=brought) if brought else X
        found = (Personas() if personas is None else personas).fit(asked)
        group = found._groups(asked)  # noqa: SLF001 - of the same package
        many = len(found.names)
        lines, channel = _lines(X, group, found.names, brought)
        tried = None
        if lots is not None:
            known = outcome(log, event=event, as_of=moment, within=within).y
            tried, better = read(lots, known, X.index, group, names=found.names, worth=worth, cost=price)
            lines = lines.join(better)
        else:
            lines = lines.assign(action="", **{f"gain{end}": np.full(many, np.nan) for end in ENDS})
        return cls(
            moment,
            log.timezone,
            found,
            lines.assign(kept=lines["other_channel"] | (lines["action"] != "")),
            channel,
            brought,
            tried,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row a persona.

        Returns
        -------
        pandas.DataFrame
            ``lines``.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.promotion_test(n_customers=3_000)
        >>> "kept" in cj.models.Gallery.of(log, within="14D").to_frame()
        True
        """
        return self.lines


def _lines(X: pd.DataFrame, group: NDArray[np.int64], names: Sequence[str], brought: str) -> tuple[pd.DataFrame, str]:
    """Count personas, what they spent, and where they bought."""
    import pandas as pd

    many = np.bincount(group, minlength=len(names))
    told: dict[str, Any] = {"customers": many, "share": many / len(group)}
    told |= dict(
        zip((f"part{end}" for end in ENDS), _parts(X[brought] if brought else None, group, len(names)), strict=True)
    )
    used, channel = _used(X)
    rows = [_channel(used, group == place, channel, tests=len(names)) for place in range(len(names))]
    told |= {name: [row[name] for row in rows] for name in rows[0]}
    return pd.DataFrame(told, index=pd.Index(names, name="persona")), channel


def _parts(brought: pd.Series[float] | None, group: NDArray[np.int64], many: int) -> tuple[Floats, Floats, Floats]:
    r"""Return the share of all that was brought, by customers who differ: :math:`\sum y^2 (1_g - s)^2 / V^2`."""
    if brought is None or not brought.sum() > 0:
        nothing = np.full(many, np.nan)
        return nothing, nothing, nothing
    each = brought.fillna(0.0).to_numpy(np.float64)
    share = np.bincount(group, each, minlength=many) / each.sum()
    square = np.bincount(group, each**2, minlength=many)
    reach = quantile(LEVEL) * np.sqrt((1 - 2 * share) * square + share**2 * square.sum()) / each.sum()
    return share, np.maximum(share - reach, 0.0), np.minimum(share + reach, 1.0)


def _used(X: pd.DataFrame) -> tuple[NDArray[np.str_], str]:
    """Return through which channel each buyer buys most, and most of all; nothing where there is but one."""
    columns = [str(name) for name in X if str(name).startswith(_THROUGH)]
    if len(columns) < 2:  # noqa: PLR2004 - a choice
        return np.full(len(X), ""), ""
    shares = X[columns].to_numpy(np.float64)
    names = np.array([one.removeprefix(_THROUGH) for one in columns])
    used = np.where(np.isnan(shares).all(axis=1), "", names[np.nan_to_num(shares, nan=-1.0).argmax(axis=1)])
    return used, _most(used[used != ""])[0]


def _most(used: NDArray[np.str_]) -> tuple[str, dict[str, float]]:
    """Return what most use, and the share of each."""
    names, counts = np.unique(used, return_counts=True)
    return str(names[counts.argmax()]), dict(zip(names.tolist(), (counts / len(used)).tolist(), strict=True))


def _channel(used: NDArray[np.str_], own: NDArray[np.bool_], usual: str, *, tests: int) -> dict[str, object]:
    """Return where a persona is met, and whether that is surely elsewhere than the others."""
    buyers = used[own & (used != "")]
    if not len(buyers):
        return {"channel": "", **{f"through{end}": np.nan for end in ENDS}, "other_channel": False}
    best, shares = _most(buyers)
    share, base, n = shares[best], shares.get(usual, 0.0), len(buyers)
    apart = share - base
    spread = np.sqrt(max(share + base - apart**2, 0.0) / n)  # of a difference of shares of one sample
    low, high = _wilson(share, n)
    surely = best != usual and apart > quantile(LEVEL / tests) * spread
    return {"channel": best, "through": share, "through_low": low, "through_high": high, "other_channel": bool(surely)}


def _wilson(share: float, n: int) -> tuple[float, float]:
    from cjlab.statistics import Sample, level

    found = level(Sample(n, share, 0.0), kind="share")
    return float(found.low), float(found.high)
