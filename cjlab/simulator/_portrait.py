"""A portrait of a market: its main margins, counted by the people who were really there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab._checks import shown
from cjlab.errors import SpecError
from cjlab.simulator._normal import Z
from cjlab.simulator._records import chosen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator._run import Run

_YEAR = 365.25
_BILLING = 30
_OFTEN = 6  # e-mails from which on somebody counts as targeted
_FEWEST = 30  # customers below whom a margin is not told


class Margin(NamedTuple):
    """A ratio of two counts of each customer: what is counted, and per what."""

    name: str
    counted: pl.Expr
    per: pl.Expr


def portrait(run: Run) -> pd.DataFrame:
    r"""Return the main margins of a run, each with its interval.

    A margin is a ratio of sums over customers, :math:`r = \sum y_i / \sum x_i`; its standard error is that of a mean of
    :math:`(y_i - r x_i) / \bar x` over independent customers (Cochran 1977, *Sampling Techniques*, 6.4).

    Parameters
    ----------
    run : Run
        The run; a year and a thousand customers make a good one.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``margin``: ``estimate``, ``low`` and ``high`` of its 95 % interval, and ``n``, the customers of whom
        it is counted. Margins of fewer than 30, and of what never happens, are left out.

    Raises
    ------
    SpecError
        When the run is none.

    Examples
    --------
    >>> import cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=90)
    >>> cj.simulator.portrait(run).loc["visits a customer-year"].index.tolist()
    ['estimate', 'low', 'high', 'n']
    """
    import pandas as pd

    if not hasattr(run, "truth"):
        raise SpecError(f"run is {shown(run)}; give a run, such as cj.simulator.simulate(world) returns")
    people = _counted(run)
    rows = [(margin.name, *_ratio(people, margin)) for margin in [*_MARGINS, *_by_persona(run)]]
    frame = pd.DataFrame(rows, columns=["margin", "estimate", "low", "high", "n"]).set_index("margin")
    return frame[(frame["n"] >= _FEWEST) & (frame["estimate"] > 0)]


def _ratio(people: pl.DataFrame, margin: Margin) -> tuple[float, float, float, int]:
    both = people.select(y=margin.counted.cast(pl.Float64), x=margin.per.cast(pl.Float64)).filter(pl.col("x") > 0)
    y, x = both["y"].to_numpy(), both["x"].to_numpy()
    if len(x) < _FEWEST:
        return np.nan, np.nan, np.nan, len(x)
    ratio = y.sum() / x.sum()
    error = np.std(y - ratio * x, ddof=1) / (x.mean() * np.sqrt(len(x)))
    return float(ratio), float(max(ratio - Z * error, 0.0)), float(ratio + Z * error), len(x)


def _counted(run: Run) -> pl.DataFrame:
    """Return a row a customer who was there: his years, and how often each thing happened."""
    people = chosen(run.people, run.people["joined"] < run.days)
    ends = np.where(people["gone"] >= 0, np.minimum(people["gone"] + 1, run.days), run.days)
    there = pl.DataFrame(
        {
            "actor": np.ascontiguousarray(people["customer"]),
            "persona": pl.Series(_names(people["persona"], list(run.world.personas)), dtype=pl.String),
            "years": (ends - np.maximum(people["joined"], 0)) / _YEAR,
            "lapsed": run.truth.customers.filter(pl.col("customer_id").is_in(people["customer"]))["stage"] == "lapsed",
        }
    )
    told = run.events.with_columns(pl.Series("actor", run.truth.actors), pl.col("event", "channel").cast(pl.String))
    done = told.group_by("actor").agg(_COUNTS)
    sent = run.contacts.rename({"customer_id": "actor"}).group_by("actor").agg(sent=pl.col("sent").sum())
    return there.join(done, on="actor", how="left").join(sent, on="actor", how="left").fill_null(0)


def _names(codes: NDArray[np.int64], names: list[str]) -> list[str]:
    return [names[code] for code in codes]


def _of(event: str) -> pl.Expr:
    return (pl.col("event") == event).sum()


_MAIL = pl.col("channel") == "email"
_HUMAN = pl.col("event").eq("opened") & _MAIL & ~pl.col("machine").fill_null(value=False)
_INSURED = pl.col("event").eq("purchase") & pl.col("item").cast(pl.String).str.starts_with("cover")
_COUNTS = [
    pl.len().alias("events"),
    *(
        _of(name).alias(name)
        for name in (
            "visit", "purchase", "return", "delivery", "unavailable", "case_opened", "complaint", "survey_answer",
            "invoice", "payment", "payment_missed", "contract_ended", "trip_planned", "trip_taken", "test_drive",
            "catalogue_requested", "delivered", "bounced", "managed",
        )
    ),
    pl.col("order_id").filter(pl.col("event") == "purchase").n_unique().alias("orders"),
    pl.col("amount").filter(pl.col("event") == "purchase").sum().alias("amount"),
    (pl.col("event").eq("visit") & pl.col("customer_id").is_not_null()).sum().alias("recognised"),
    (pl.col("event").eq("delivery") & (pl.col("score") == 1)).sum().alias("late"),
    (pl.col("event").eq("contract_ended") & pl.col("reason").cast(pl.String).eq("unpaid")).sum().alias("unpaid"),
    (pl.col("event").eq("contract_ended") & pl.col("reason").cast(pl.String).is_in(["left", "competitor"]))
    .sum()
    .alias("by_will"),
    (pl.col("event").eq("delivered") & _MAIL).sum().alias("mails"),
    _HUMAN.sum().alias("opens"),
    (pl.col("event").eq("clicked") & _MAIL).sum().alias("clicks"),
    (pl.col("event").eq("unsubscribed") & _MAIL & pl.col("contact_id").is_not_null()).sum().alias("unsubscribed"),
    _INSURED.sum().alias("insured"),
]  # fmt: skip
_YEARS, _UNDER = pl.col("years"), pl.col("invoice") * (_BILLING / _YEAR)
_TARGETED = (pl.col("mails") >= _OFTEN).cast(pl.Float64)
_MARGINS = [
    Margin("events a customer-year", pl.col("events"), _YEARS),
    Margin("visits a customer-year", pl.col("visit"), _YEARS),
    Margin("orders a customer-year", pl.col("orders"), _YEARS),
    Margin("amount an order", pl.col("amount"), pl.col("orders")),
    Margin("returns a line", pl.col("return"), pl.col("purchase")),
    Margin("late share of deliveries", pl.col("late"), pl.col("delivery")),
    Margin("recognised share of visits", pl.col("recognised"), pl.col("visit")),
    Margin("lapsed share of customers", pl.col("lapsed"), pl.lit(1.0)),
    Margin("cases a customer-year", pl.col("case_opened"), _YEARS),
    Margin("complaints a case", pl.col("complaint"), pl.col("case_opened")),
    Margin("survey answers a delivery", pl.col("survey_answer"), pl.col("delivery")),
    Margin("delivered share of sent", pl.col("delivered"), pl.col("sent")),
    Margin("opened share of e-mails", pl.col("opens"), pl.col("mails")),
    Margin("clicked share of e-mails", pl.col("clicks"), pl.col("mails")),
    Margin("unsubscribed share of e-mails", pl.col("unsubscribed"), pl.col("mails")),
    Margin("share of targeted who open nothing", pl.col("opens").eq(0) * _TARGETED, _TARGETED),
    Margin("contracts ended a contract-year", pl.col("contract_ended"), _UNDER),
    Margin("contracts ended by will a contract-year", pl.col("by_will"), _UNDER),
    Margin("unpaid share of ended contracts", pl.col("unpaid"), pl.col("contract_ended")),
    Margin("missed share of payments", pl.col("payment_missed"), pl.col("payment") + pl.col("payment_missed")),
    Margin("errands a customer-year", pl.col("managed"), _YEARS),
    Margin("trips a customer-year", pl.col("trip_taken"), _YEARS),
    Margin("insured share of trips", pl.col("insured"), pl.col("trip_taken")),
    Margin("test drives a customer-year", pl.col("test_drive"), _YEARS),
    Margin("catalogues a customer-year", pl.col("catalogue_requested"), _YEARS),
]


def _by_persona(run: Run) -> list[Margin]:
    return [
        Margin(f"orders a customer-year: {name}", pl.col("orders") * _is(name), _YEARS * _is(name))
        for name in run.world.personas
    ]


def _is(persona: str) -> pl.Expr:
    return (pl.col("persona") == persona).cast(pl.Float64)
