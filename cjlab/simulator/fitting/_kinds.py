"""The personas of a log: who its customers are by rhythm, staying and value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.simulator.fitting._estimate import Estimate, around, assumed, share
from cjlab.simulator.fitting._mixture import belonging, covariance, mixture, unseen
from cjlab.simulator.fitting._part import Part
from cjlab.simulator.fitting._rhythm import SHAPES, horizon, rhythm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._mixture import Mixture
    from cjlab.simulator.fitting._observed import Observed
    from cjlab.simulator.fitting._rhythm import Rhythm

    Floats = NDArray[np.float64]

_FIELDS = ("gap", "spread", "stays", "value", "value_spread")  # as Mixture.vector has them


@dataclass(frozen=True, eq=False)
class Kinds:
    """Kinds of people, and how likely each customer is of each.

    Parameters
    ----------
    mixture : Mixture
        Their laws.
    names : tuple of str
        Of the personas, from the shortest mean gap to the longest.
    who, belongs : ndarray
        ``(n,)`` numbers of the customers they were learned from, and ``(n, k)`` how likely each is of each kind.
    days : ndarray
        ``(n,)`` days for which each was there, as far as one can tell.
    part : Part
        What this says of a world.
    """

    mixture: Mixture
    names: tuple[str, ...]
    who: NDArray[np.int64]
    belongs: Floats
    days: Floats
    part: Part

    @property
    def frame(self) -> pl.DataFrame:
        """One row a customer: ``who``, ``days``, and a column for each persona."""
        columns = {name: self.belongs[:, place] for place, name in enumerate(self.names)}
        return pl.DataFrame({"who": self.who, "days": self.days, **columns})

    def sums(self, table: pl.DataFrame, *columns: str) -> Floats:
        """Return the sums of columns of a table with ``who``, customers weighted by kind, ``(columns, k)``."""
        joined = table.join(self.frame, on="who", how="inner")
        weights = joined.select(self.names).to_numpy()
        return np.stack([joined[name].cast(pl.Float64).fill_null(0.0).to_numpy() @ weights for name in columns])


def kinds_of(observed: Observed, *, count: int | None = None) -> Kinds:
    """Tell the kinds of people of a log apart."""
    data = rhythm(observed)
    one = mixture(data, kinds=count)
    belongs, gone = belonging(data, one)
    names = tuple(f"p{place + 1}" for place in range(one.kinds)) if one.kinds > 1 else ("everyone",)
    part = _described(observed, data, one, names)
    weights = one.share * _shown(observed, one)
    part.values["shares"] = [float(weight) for weight in weights / weights.sum()]
    return Kinds(one, names, data.who, belongs, _there(observed, data, gone, belongs @ np.exp(one.gap)), part)


def _there(observed: Observed, data: Rhythm, gone: Floats, gap: Floats) -> Floats:
    """Return for how many days each was there; who has left is taken to have done so a gap after his last order."""
    last = np.full(observed.n, np.nan)
    by = observed.orders.group_by("who").agg(pl.col("day").max())
    last[by["who"].to_numpy()] = by["day"].to_numpy()
    entry = observed.entry[data.who]
    since = np.fmax(np.where(np.isfinite(last[data.who]), last[data.who], entry), entry)
    tail = observed.days - since
    return np.asarray(np.maximum(since - entry + (1 - gone) * tail + gone * np.minimum(gap, tail / 2), 1.0))


def _described(observed: Observed, data: Rhythm, one: Mixture, names: tuple[str, ...]) -> Part:
    """Turn the mixture's numbers, free of bounds, into fields with intervals (the delta method)."""
    spread = covariance(data, one)
    n, customers = one.kinds, round(data.n * data.weight)
    estimates: list[Estimate] = []
    for k, name in enumerate(names):
        estimates += [_share(one, spread, k, name, customers), *_rhythm(one, spread, k, name, customers)]
    hidden = 0.0 if observed.registered else float(unseen(data, one).sum())
    people = customers / (1 - hidden) * float((one.share * _shown(observed, one)).sum())
    newcomers = _newcomers(observed, one, customers)
    values = {
        "n_customers": max(1, round(people)),
        "newcomers": newcomers.estimate,
        "horizon": observed.days if observed.registered else horizon(observed),
        "history": _history(observed),
    }
    seen = "customers, and of those who ordered on no day" if hidden else "customers"
    estimates += [newcomers, assumed("n_customers", people, f"number of {seen}")]
    return Part(values, estimates, _notes(observed, one, n, data))


def _shown(observed: Observed, one: Mixture) -> Floats:
    """Return how many people of each kind stand behind one who is seen: a first need is met as rarely as any other."""
    return np.ones(one.kinds) if observed.registered else 1 / one.stays


def _share(one: Mixture, spread: Floats, k: int, name: str, n: int) -> Estimate:
    ahead = np.zeros((one.kinds, one.kinds - 1)) if one.kinds > 1 else np.zeros((1, 0))
    for place in range(one.kinds - 1):
        ahead[:, place] = -one.share * one.share[place + 1]
        ahead[place + 1, place] += one.share[place + 1]
    block = spread[: one.kinds - 1, : one.kinds - 1]
    error = float(np.sqrt(max(ahead[k] @ block @ ahead[k], 0.0))) if one.kinds > 1 else 0.0
    return around(
        f"personas.{name}.share", float(one.share[k]), error, n, "mixture of rhythms, likelihood", positive=True
    )


def _rhythm(one: Mixture, spread: Floats, k: int, name: str, n: int) -> list[Estimate]:
    at = {field: one.kinds - 1 + place * one.kinds + k for place, field in enumerate(_FIELDS)}
    how = "orders' days, likelihood with the wait to the end of the log"
    error = np.sqrt(np.maximum(np.diag(spread), 0.0))
    sigma, tau = float(one.spread[k]), float(one.value_spread[k])
    mean = float(np.exp(one.gap[k] + sigma**2 / 2))
    step = np.zeros(len(spread))
    step[at["gap"]], step[at["spread"]] = 1.0, sigma**2
    left = float(1 - one.stays[k])
    leaves = around("", left / (1 - left), error[at["stays"]] * left / (1 - left), n, "", positive=True)
    ends = sorted(1 / (1 + value) for value in (leaves.low, leaves.high))
    field = f"personas.{name}"
    return [
        around(f"{field}.gap", mean, mean * float(np.sqrt(step @ spread @ step)), n, how, positive=True),
        around(f"{field}.gap_spread", sigma, sigma * error[at["spread"]], n, how, positive=True),
        assumed(f"{field}.regularity", SHAPES[one.shape[k]], f"likeliest of the shapes {', '.join(map(str, SHAPES))}"),
        Estimate(f"{field}.pull", 1 - left, ends[0], ends[1], n, "staying after an order, likelihood"),
        around(
            f"{field}.basket_spread",
            tau,
            tau * error[at["value_spread"]],
            n,
            "order values from person to person",
            positive=True,
        ),
    ]


def _newcomers(observed: Observed, one: Mixture, n: int) -> Estimate:
    if observed.registered:
        known = observed.joined[np.isfinite(observed.joined)]
        return share("newcomers", float((known >= 0).sum()), len(known), "days of joining")
    error = np.sqrt(one.newcomers * (1 - one.newcomers) / n)
    return around("newcomers", one.newcomers, float(error), n, "first orders that come too late for a wait")


def _history(observed: Observed) -> int:
    before = -observed.joined[observed.joined < 0]
    return int(before.max()) if len(before) and observed.registered else 730


def _notes(observed: Observed, one: Mixture, n: int, data: Rhythm) -> list[str]:
    notes = [
        (
            f"{n} persona{'s' if n > 1 else ''}, by rhythm, staying and order value: orders cannot tell a need met"
            " elsewhere from no need, so a gap is one between orders, and the pull is the share who stay after an order"
        ),
        "rhythms that break, impulse purchases and stages are latent: none are simulated",
    ]
    if data.weight > 1:
        notes.append(
            f"rhythms were learned from {data.n:,} of {round(data.n * data.weight):,} customers, drawn by number"
        )
    if not observed.registered:
        notes.append("customers is no register: it holds who was seen; people are taken to join by their first order")
    if (one.spread <= 0.051).any():  # noqa: PLR2004 - the least spread that is tried
        notes.append("a persona's gaps do not differ from person to person; its spread stands at its lowest")
    return notes
