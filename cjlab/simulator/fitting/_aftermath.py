"""What follows orders: deliveries, returns, cases, answers to surveys, bills."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.simulator.fitting._estimate import Estimate, assumed, mean, number, rate, share, through
from cjlab.simulator.fitting._part import Part
from cjlab.simulator.kernel import MOST_LINES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._kinds import Kinds
    from cjlab.simulator.fitting._observed import Observed

_YEAR = 365.25
_MOST_TOPICS = 12
_ARRIVED = 0.995  # of deliveries: a single one that took for ever says nothing of the others


def aftermath(observed: Observed, kinds: Kinds) -> Part:
    """Estimate everything that follows orders; what the log does not hold is not simulated."""
    parts = [_returns(observed), _deliveries(observed), _cases(observed, kinds), _answers(observed), _bills(observed)]
    trade: dict[str, Any] = {}
    values: dict[str, Any] = {"personas": [{} for _ in kinds.names]}
    for part in parts:
        trade |= part.values.pop("trade", {})
        for k in range(len(kinds.names)):
            values["personas"][k] |= part.values.get("persona", {})
        part.values.pop("persona", None)
        values |= part.values
    estimates = [one for part in parts for one in part.estimates]
    return Part({**values, "trade": trade}, estimates, [note for part in parts for note in part.notes])


def _returns(observed: Observed) -> Part:
    back, bought = observed.of_event("return"), observed.of_event("purchase")
    if not back.height:
        return Part({"trade": {"returns": 0.0}}, [], [])
    sides = [frame.select("who", "item", "at").drop_nulls().sort("at") for frame in (back, bought)]
    lag = sides[0].join_asof(sides[1].with_columns(then="at"), on="at", by=["who", "item"], check_sortedness=False)
    days = (lag["at"] - lag["then"]).dt.total_hours().drop_nulls() / 24
    wait = max(round(number(days.median(), 12.0)), 1) if days.len() else 12
    found = _returned(back, observed.orders.filter(pl.col("day") + wait < observed.days)["lines"].to_numpy())
    many = [assumed("trade.return_days", wait, "median wait from a purchase of the same item")]
    return Part({"trade": {"returns": found.estimate, "return_days": wait}}, [found, *many], [])


def _returned(back: pl.DataFrame, lines: NDArray[np.integer[Any]]) -> Estimate:
    """Return the share of lines that come back under which as many orders as seen have something returned."""
    days, ripe = back.select("who", "day").n_unique(), len(lines)
    counts = np.minimum(lines, MOST_LINES)
    found = share("trade.returns", min(days, ripe), ripe, "orders of which something comes back, by their lines")

    def line(some: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if (1 - (1 - middle) ** counts).mean() < some else (low, middle)
        return high if some > 0 else 0.0

    return through(found, found.name, line, found.how)


def _deliveries(observed: Observed) -> Part:
    came = observed.of_event("delivery").filter(pl.col("order_id").is_not_null())
    if not came.height:
        return Part()
    ordered = observed.of_event("purchase").group_by("order_id").agg(pl.col("day").min().alias("then"))
    days = came.join(ordered, on="order_id").select("score", "then", wait=pl.col("day") - pl.col("then"))
    days = days.filter(pl.col("then") + _ripe(days["wait"], observed.days) < observed.days)
    late = days.filter(pl.col("score") > 0)["wait"].to_numpy().astype(float)
    prompt = days.filter(pl.col("score").fill_null(0) == 0)["wait"].to_numpy().astype(float)
    wait = mean("trade.delivery_days", prompt - 0.5, "days from an order to its delivery, those on time")
    known = days.filter(pl.col("score").is_not_null())
    shares = share("trade.late", len(late), known.height, "deliveries that were late")
    trade = {"delivery_days": max(wait.estimate, 0.1), "late": shares.estimate}
    if len(late):
        trade["late_days"] = max(float(late.mean() - prompt.mean()), 0.1)
    return Part({"trade": trade}, [wait, shares], [])


def _ripe(waits: pl.Series, days: int) -> float:
    """Return after how many days hardly a delivery is still to come; the late ones of younger orders are missing."""
    return min(number(waits.quantile(_ARRIVED), 0.0), days / 2)


def _cases(observed: Observed, kinds: Kinds) -> Part:
    opened = observed.of_event("case_opened")
    if not opened.height:
        return Part()
    solved, complaints = observed.count("case_resolved"), observed.count("complaint")
    days = float(kinds.days.mean()) * observed.n
    problems = rate("personas.*.problems", opened.height, days / _YEAR, 1.0, opened.height, "cases a customer-year")
    first = share("service.first_time", solved, solved + complaints, "attempts that resolve a case")
    ends = observed.of_event("case_resolved").select("case_id", end="at")
    wait = opened.select("case_id", "at").join(ends, on="case_id").select(pl.col("end") - pl.col("at")).to_series()
    lag = max(number(wait.dt.total_hours().mean(), 24.0) / 24 * first.estimate - 1.0, 0.05)
    kept, broken = observed.count("promise_kept"), observed.count("promise_broken")
    promises = share(
        "service.promises", min(observed.count("promise_made"), opened.height), opened.height, "cases with a promise"
    )
    service = {
        "channels": _shares(opened, "channel"),
        "topics": {name: {"share": weight} for name, weight in (_shares(opened, "reason") or {"other": 1.0}).items()},
        "days": 1.0 / math.log1p(1.0 / lag),
        "first_time": first.estimate,
        "complains": 1.0 if complaints else 0.0,
        "waiting": number(opened["duration_s"].mean(), 0.0),
        "promises": promises.estimate,
        "kept": kept / (kept + broken) if kept + broken else 1.0,
        "harm": 0.0,
        "joy": 0.0,
        "kept_joy": 0.0,
        "broken_harm": 0.0,
    }
    note = "cases take nothing from satisfaction here: what they change is not told by a log without experiments"
    return Part({"service": service, "persona": {"problems": problems.estimate}}, [problems, first, promises], [note])


def _shares(frame: pl.DataFrame, column: str) -> dict[str, float]:
    counts = frame.group_by(column).len().drop_nulls(column).sort("len", column, descending=[True, False])
    rows = counts.head(_MOST_TOPICS).iter_rows()
    return {str(name)[:60]: count / frame.height for name, count in rows}


def _answers(observed: Observed) -> Part:
    said = observed.of_event("survey_answer").filter(pl.col("score").is_not_null())
    asked = observed.count("delivery")
    if not said.height or not asked:
        return Part({"persona": {"satisfaction": 0.7}}, [], [])
    found = share(
        "survey.answers", min(said.height, asked), asked, "answers a delivery; whether one was asked is not seen"
    )
    level = mean("personas.*.satisfaction", said["score"].to_numpy() / 10.0, "answers on 0 to 10, as a share")
    own = said.group_by("who").agg(pl.col("score").var(), n=pl.len()).filter(pl.col("n") > 1)
    noise = float(np.sqrt(max(number(own["score"].mean(), 0.64) / 100.0 - 1 / 1200, 1e-4)))
    survey = {
        "channel": str(said["channel"].mode().sort()[0])[:60],
        "share": 1.0,
        "answers": found.estimate,
        "extremes": 0.0,
        "noise": noise,
    }
    middle = min(max(level.estimate, 0.01), 0.99)
    return Part({"survey": survey, "persona": {"satisfaction": middle}}, [found, level], [])


def _bills(observed: Observed) -> Part:
    """Estimate a contract from its bills, payments and ends."""
    bills = observed.of_event("invoice").filter(pl.col("contract_id").is_not_null())
    if not bills.height:
        return Part()
    paid, missed = observed.count("payment"), observed.count("payment_missed")
    ended = observed.of_event("contract_ended")
    left, unpaid = ended.filter(reason="left").height, ended.filter(reason="unpaid").height
    leaving = share("personas.*.leaving", left, bills.height, "bills after which people left by will")
    missing = share("personas.*.missing", missed, paid + missed, "bills that were not paid")
    begun = observed.of_event("contract_started").filter(pl.col("due_at").is_not_null())
    term = (begun["due_at"] - begun["at"]).dt.total_days().median() if begun.height else 0
    typical = float(np.exp(np.log(np.maximum(bills["amount"].fill_null(1.0).to_numpy(), 0.01)).mean()))
    contract: dict[str, Any] = {
        "channel": str(bills["channel"].mode().sort()[0])[:60],
        "fee": typical,
        "commitment": int(number(term, 0.0)),
        "renews": observed.count("contract_renewed") > 0,
        "bound": 1.0,
        "starts": min(1.0, bills["who"].n_unique() / observed.n),
        "satisfaction": 0.0,
        "price": 0.0,
        "strain": 0.0,
    }
    fee = Estimate("contract.fee", typical, math.nan, math.nan, bills.height, "geometric mean of bills")
    persona = {"leaving": leaving.estimate, "missing": missing.estimate}
    notes = [f"{unpaid} contracts ended unpaid: three missed payments in a row are taken to end one"] if unpaid else []
    notes.append("leaving is taken to be the same in and after a commitment")
    return Part({"contract": contract, "persona": persona}, [leaving, missing, fee], notes)
