"""What is sent, and how it is answered: delivery, opening, clicking, refusing, fatigue, and effects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.simulator._normal import Z
from cjlab.simulator.fitting._effects import effects
from cjlab.simulator.fitting._estimate import Estimate, around, assumed, number, share
from cjlab.simulator.fitting._part import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._kinds import Kinds
    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

FATIGUE_DAYS = 14.0  # after which 1/e is left: taken as given, for a log hardly tells it from fatigue's strength
_ROUNDS = 30
_MOST_ACTIONS = 24
_ANSWERS = ("delivered", "bounced", "spam_reported", "opened", "clicked", "unsubscribed")
_SPREAD = 0.8  # of opening from person to person, on the logit scale: the same in every world


def contacted(observed: Observed, kinds: Kinds) -> Part:
    """Estimate channels that carry contacts, actions, answers, fatigue and effects."""
    sent = observed.contacts.filter(pl.col("sent").fill_null(value=True))
    if not sent.height:
        note = "contacts is empty: nothing can be sent in this world, and nothing is known of what a contact changes"
        return Part({"personas": [{} for _ in kinds.names]}, [], [note])
    told = _told(observed, sent)
    values: dict[str, Any] = {"channels": {}, "personas": [{"opens": {}, "consents": {}} for _ in kinds.names]}
    estimates: list[Estimate] = []
    notes: list[str] = []
    for channel in sent["channel"].unique().sort().to_list():
        part = _channel(told.filter(channel=channel), channel, kinds, values["personas"])
        values["channels"] |= part.values
        estimates += part.estimates
        notes += part.notes
    values |= {"fatigue_days": FATIGUE_DAYS, "irritation": 0.0, "actions": _actions(sent)}
    shifts = effects(observed, told, values["actions"])
    return Part(values, estimates + shifts.estimates, notes + shifts.notes)


def _told(observed: Observed, sent: pl.DataFrame) -> pl.DataFrame:
    """Return sent contacts with a flag for each answer that came, and the hours until they were opened."""
    known = observed.of_event(*_ANSWERS).filter(pl.col("contact_id").is_not_null())
    by_hand = known.filter((pl.col("event") != "opened") | ~pl.col("machine").fill_null(value=False))
    wide = by_hand.group_by("contact_id").agg(
        *(pl.col("event").eq(name).any().alias(name) for name in _ANSWERS),
        seen=pl.col("at").filter(pl.col("event") == "opened").min(),
    )
    automatic = (
        known.filter(pl.col("event") == "opened", pl.col("machine")).select("contact_id", by_machine=True).unique()
    )
    joined = sent.join(wide, on="contact_id", how="left").join(automatic, on="contact_id", how="left")
    flags = [pl.col(name).fill_null(value=False) for name in (*_ANSWERS, "by_machine")]
    return joined.with_columns(*flags, hours=(pl.col("seen") - pl.col("at")).dt.total_seconds() / 3600).sort(
        "who", "at"
    )


def _channel(told: pl.DataFrame, name: str, kinds: Kinds, personas: list[dict[str, Any]]) -> Part:
    field, notes = f"channels.{name}", []
    delivered = share(
        f"{field}.delivered", int(told["delivered"].sum()), told.height, "sent", clusters=_sizes(told, "delivered")
    )
    if delivered.estimate == 0:
        left = told.height - int(told["bounced"].sum())
        delivered = share(f"{field}.delivered", left, told.height, "sent and not bounced")
        told = told.with_columns(delivered=~pl.col("bounced"))
        notes.append(f"{name}: no 'delivered' events; what did not bounce is taken to have arrived")
    came = _tired(told.filter("delivered"))
    opened = int(came["opened"].sum())
    click = share(
        f"{field}.click",
        min(int(came["clicked"].sum()), opened),
        opened,
        "opened",
        clusters=_sizes(came.filter("opened"), "clicked"),
    )
    gone = share(f"{field}.unsubscribe", int(came["unsubscribed"].sum()), came.height, "delivered")
    spam = share(f"{field}.spam", int(came["spam_reported"].sum()), came.height, "delivered")
    weary = _fatigue(came, field)
    machine = came.group_by("who").agg(pl.col("by_machine").any())["by_machine"]
    proxied = share(
        "personas.*.machine", int(machine.sum()), machine.len(), f"{name}: people with an automatic opening"
    )
    rates = _opening(came, name, kinds, personas, weary)
    if not opened:
        notes.append(f"{name}: no 'opened' events; nothing sent through it is opened, and so nothing acts")
    if machine.any():
        for persona in personas:
            persona["machine"] = proxied.estimate
    tired = number(came["tired"].mean(), 0.0)
    hours = came["hours"].mean()
    value = {
        "carries": True,
        "digital": bool(machine.any()),
        "machine": bool(machine.any()),
        "delivered": delivered.estimate,
        "click": click.estimate,
        "unsubscribe": gone.estimate / (1 + tired),
        "spam": spam.estimate / (1 + tired),
        "tires": 1.0,
        "fatigue": max(weary.estimate, 0.0),
        "answer_hours": number(hours, 2.0),
        "cost": number(told["cost"].mean(), 0.0),
    }
    for persona in personas:
        persona["consents"][name] = 1.0
    shown = [delivered, click, gone, spam, weary, *rates, *([proxied] if machine.any() else [])]
    return Part({name: value}, shown, notes)


def _sizes(told: pl.DataFrame, hit: str) -> Floats:
    by = told.group_by("who").agg(pl.len(), pl.col(hit).sum().alias("hits"))
    return by.select(pl.col("len", "hits").cast(pl.Float64)).to_numpy()


def _opening(
    came: pl.DataFrame, name: str, kinds: Kinds, personas: list[dict[str, Any]], weary: Estimate
) -> list[Estimate]:
    """Estimate by persona the median share of fresh messages that are opened."""
    unsure = (weary.high - weary.low) / 2 / Z if weary.n else 0.0
    weakness, tired = max(weary.estimate, 0.0), pl.col("tired")
    told = came.select("who", pl.col("opened").cast(pl.Float64), "tired", fresh=(-weakness * tired).exp())
    sums_of = pl.col("opened", "fresh", "lost").sum()
    by = told.with_columns(lost=tired * pl.col("fresh")).group_by("who").agg(sums_of, n=pl.len())
    sums = kinds.sums(by, "opened", "fresh", "n", "lost")
    found = []
    for k, kind in enumerate(kinds.names):
        rate = min(sums[0, k] / max(sums[1, k], 1e-9), 0.99)
        personas[k]["opens"][name] = middle(rate)
        rows = by.join(kinds.frame.select("who", weight=kind), on="who")
        error = _ratio_error(rows["opened"], rows["fresh"], rows["weight"], rate)
        error = math.hypot(error, rate * unsure * sums[3, k] / max(sums[1, k], 1e-9))
        found.append(
            around(
                f"personas.{kind}.opens.{name}", rate, error, int(sums[2, k]), "mean of a fresh message", positive=True
            )
        )
    return found


def _ratio_error(hits: pl.Series, of: pl.Series, weight: pl.Series, rate: float) -> float:
    """Return the standard error of a ratio of weighted sums over customers."""
    left = ((hits - rate * of) * weight).to_numpy()
    total = float((of * weight).sum())
    return float(np.sqrt((left**2).sum())) / total if total > 0 else 0.0


def middle(rate: float) -> float:
    """Return the median of a logit-normal law of spread 0.8 with this mean."""
    from scipy.optimize import brentq

    if rate <= 0:
        return 0.0
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    weights = weights / weights.sum()

    def gap(at: float) -> float:
        return float(weights @ (1 / (1 + np.exp(-at - _SPREAD * nodes)))) - rate

    return float(1 / (1 + math.exp(-brentq(gap, -15.0, 15.0))))


def _tired(came: pl.DataFrame) -> pl.DataFrame:
    """Add how ``tired`` each contact found its person: those before it, each fading over the days."""
    who, day = came["who"].to_numpy(), came["day"].to_numpy().astype(float)
    tired = np.zeros(len(who))
    for place in range(1, len(who)):
        if who[place] == who[place - 1]:
            tired[place] = (tired[place - 1] + 1.0) * math.exp(-(day[place] - day[place - 1]) / FATIGUE_DAYS)
    return came.with_columns(tired=tired)


def _fatigue(came: pl.DataFrame, field: str) -> Estimate:
    r"""Estimate how strongly tiredness lowers opening, within persons: those who open much cannot feign it.

    With :math:`P(\text{opened}) = o_i e^{-f t}` and the person's own share free, the likelihood given his count of
    opened messages is :math:`\prod e^{-f t_j} / \sum_j e^{-f t_j}`; Newton's steps find :math:`f`.
    """
    tired, opened = came["tired"].to_numpy(), came["opened"].to_numpy().astype(float)
    who = np.unique(came["who"].to_numpy(), return_inverse=True)[1]
    total = np.bincount(who, weights=opened)
    if opened.sum() < 50 or tired.std() < 1e-6:  # noqa: PLR2004 - too few to tell
        return assumed(f"{field}.fatigue", 0.0, "too few opened messages to tell fatigue")
    strength, curve = 0.0, 1.0
    for _ in range(_ROUNDS):
        law = np.exp(-strength * tired)
        base = np.bincount(who, weights=law)
        first = np.bincount(who, weights=law * tired) / base
        second = np.bincount(who, weights=law * tired**2) / base
        slope = -(opened @ tired) + total @ first
        curve = max(float(total @ (second - first**2)), 1e-9)
        step = float(np.clip(slope / curve, -0.5, 0.5))
        strength += step
        if abs(step) < 1e-8:  # noqa: PLR2004 - arrived
            break
    return around(
        f"{field}.fatigue",
        strength,
        1 / math.sqrt(curve),
        int(opened.sum()),
        "opening within persons, 14 days of fatigue given",
    )


def _actions(sent: pl.DataFrame) -> dict[str, Any]:
    """Return what was sent, by template or, where there is none, by arm; one channel each."""
    named = sent.with_columns(action=pl.coalesce("template", "arm").str.slice(0, 60))
    by = named.group_by("action", "channel").agg(
        pl.len(), pl.col("purpose").drop_nulls().first(), pl.col("cost").mean()
    )
    top = by.sort("len", "action", descending=[True, False]).unique("action", keep="first", maintain_order=True)
    allowed = ("marketing", "service", "dunning", "survey")
    return {
        row["action"]: {
            "channel": row["channel"],
            "purpose": row["purpose"] if row["purpose"] in allowed else "marketing",
            "cost": float(row["cost"] or 0.0),
            "wear": 0.0,
            "effects": {},
        }
        for row in top.head(_MOST_ACTIONS).iter_rows(named=True)
    }
