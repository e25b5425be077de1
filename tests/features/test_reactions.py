"""Features of contacts, channels and interests equal plain Python, from the formulas of their documentation."""

from __future__ import annotations

from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.stats import beta

from cjlab.errors import SpecError, TableError
from cjlab.features import (
    Activity,
    Affinity,
    Audit,
    Declared,
    Engagement,
    Hops,
    Interests,
    Pressure,
    Recipe,
    Satisfaction,
    Sequence,
    Service,
)
from cjlab.tables import Log, arranged, moment
from tests.features.drawn import ITEMS, ZONE, contacts, events, profiles

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.features import Builder

Row = dict[str, Any]
DATE = "2024-04-10"
DAY = 86_400.0
GOODS = dict(ITEMS.iter_rows())
BUILDERS: tuple[Builder, ...] = (
    Engagement(window="365D"),
    Audit(),
    Pressure(("email",), ("365D",)),
    Hops(channels=("web", "app"), devices=("phone",)),
    Interests(("shoes", "hats"), "7D", ("visit", "purchase"), (1.0, 2.0)),
    Activity(window="365D"),
    Service(),
    Satisfaction("visit"),
    Sequence(("visit", "purchase"), 3),
    Declared("place", ("north", "south")),
    Affinity(("email",), (0.2,), (5.0,)),
)


def expected(  # noqa: PLR0915 - one formula a line
    rows: list[Row], sent: list[Row], told: list[Row], as_of: dt.datetime
) -> dict[str, float]:
    """Work out one customer's features from rows known at a date."""
    made: dict[str, float] = {}
    since = lambda found: (as_of - found[-1]["at"]).total_seconds() / DAY if found else np.nan  # noqa: E731 - used twelve times
    of = lambda *names: [row for row in rows if row["event"] in names]  # noqa: E731 - used twelve times
    ids = lambda found: len({row["contact_id"] for row in found} - {None})  # noqa: E731 - used five times
    mail = [row for row in rows if row["channel"] == "email"]
    human = [row for row in mail if row["event"] in {"opened", "clicked"} and row["machine"] is not True]
    delivered, opened = (
        ids([row for row in mail if row["event"] == "delivered"]),
        ids([row for row in human if row["event"] == "opened"]),
    )
    made["delivered_email_365D"], made["opened_email_365D"] = delivered, opened
    made["machine_opened_email_365D"] = ids(
        [row for row in mail if row["event"] == "opened" and row["machine"] is True]
    )
    made["open_rate_email_365D"] = min(1.0, opened / delivered) if delivered else np.nan
    made["days_since_reaction"] = since(human)
    made["reactions_desktop_365D"] = sum(row["device"] == "desktop" for row in human)
    answered = min(ids(human), delivered)
    made["affinity_email"] = (1.0 + answered) / (5.0 + delivered)
    never, always = (delivered > 0 and answered == end for end in (0, delivered))
    posterior = beta(1.0 + answered, 4.0 + delivered - answered)
    made["affinity_email_low"] = 0.0 if never else posterior.ppf(0.1 if always else 0.05)
    made["affinity_email_high"] = 1.0 if always else posterior.ppf(0.9 if never else 0.95)
    marketing = [row for row in sent if row["sent"] and row["purpose"] == "marketing"]
    acts = [
        any(row["machine"] is not True for row in of("opened")),
        any(row["machine"] is not True for row in of("clicked")),
        bool(of("visit")),
        bool(of("purchase")),
    ]
    depth = len(list(takewhile(lambda done: not done, acts)))
    made["audit_silence"] = depth if marketing else np.nan
    made["no_click"] = float(depth >= 2) if marketing else np.nan
    made["targeted_cost"] = 0.1 * len(marketing)
    made["sent_email_365D"] = sum(row["sent"] and row["channel"] == "email" for row in sent)
    made["days_since_sent"] = since([row for row in sent if row["sent"]])
    channels = [row["channel"] for row in of("visit") if row["channel"] in {"web", "app"}]
    hops = sum(a != b for a, b in pairwise(channels))
    made["hops_channel_365D"] = hops
    made["hop_rate_channel_365D"] = hops / (len(channels) - 1) if len(channels) > 1 else np.nan
    attention = dict.fromkeys(("shoes", "hats"), 0.0)
    for row in of("visit", "purchase"):
        if row["item"] in GOODS:
            age = (as_of - row["at"]).total_seconds() / (7 * DAY)
            attention[GOODS[row["item"]]] += (2.0 if row["event"] == "purchase" else 1.0) * 2.0**-age
    whole = sum(attention.values())
    made["interest_hats"] = attention["hats"] / whole if whole else np.nan
    made["interest_top"] = float(attention["hats"] > attention["shoes"]) if whole else np.nan
    active = [row["at"] for row in of("visit", "view", "search", "favourite", "cart", "purchase")]
    made["sessions_365D"] = bool(active) + sum((b - a).total_seconds() > 1_800 for a, b in pairwise(active))
    made["searches_365D_distinct"] = len({row["query"] for row in of("search")} - {None})
    lengths = [row["duration_s"] for row in of("visit") if row["duration_s"] is not None]
    made["visit_length_365D"] = np.mean(lengths) if lengths else np.nan
    bought = [row["event"] for row in of("cart", "purchase")][::-1]
    made["carts_left"] = min(20, len(list(takewhile(lambda event: event == "cart", bought))))
    made["complaints_365D"], made["days_since_complaint"] = len(of("complaint")), since(of("complaint"))
    scores = [row["score"] for row in of("visit") if row["score"] is not None]
    made["satisfaction_answered"], made["satisfaction"] = float(bool(scores)), scores[-1] if scores else np.nan
    made["satisfaction_trend"] = scores[-1] - np.mean(scores[:-1]) if len(scores) > 1 else np.nan
    steps = [float(row["event"] == "purchase") for row in of("visit", "purchase")][::-1]
    made["step_2"] = steps[1] if len(steps) > 1 else np.nan
    places = [row for row in told if row["field"] == "place"]
    latest = [row["value"] for row in places if row["at"] == places[-1]["at"]]
    named = [{"north": 0.0, "south": 1.0}[value] for value in latest if value in {"north", "south"}]
    made["place_known"], made["place_age"] = float(bool(places)), since(places)
    made["place"] = (named[-1] if named else -1.0) if places else np.nan
    return made


@pytest.mark.parametrize("seed", range(6))
def test_features_equal_plain_python(seed: int) -> None:
    draw, as_of = np.random.default_rng(seed), moment(DATE, ZONE)
    tables = {"events": events(draw, 300), "contacts": contacts(draw, 30), "profiles": profiles(draw, 30)}
    log = Log.of(**tables, items=ITEMS, timezone=ZONE)
    made = Recipe(*BUILDERS).build(log, DATE)
    for customer, line in made.iterrows():
        mine = [
            [
                row
                for row in arranged(getattr(log, name).collect(), name).to_dicts()
                if row["customer_id"] == customer and max(row["at"], row["known_at"] or row["at"]) < as_of
            ]
            for name in tables
        ]
        for name, value in expected(mine[0], mine[1], mine[2], as_of).items():
            np.testing.assert_allclose(line[name], value, rtol=1e-9, atol=1e-9, err_msg=f"{name} of {customer}")


def test_silence_is_no_dissatisfaction() -> None:
    log = Log.of(events=events(np.random.default_rng(1), 50), timezone=ZONE)
    made = Recipe(Satisfaction("survey_answer")).build(log, DATE)
    assert made["satisfaction_answered"].eq(0).all()
    assert made[["satisfaction", "satisfaction_mean", "satisfaction_trend"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Engagement(hours=(6, 2)), "hours are .*; give hours that rise within 0 or 23"),
        (lambda: Affinity(()), "channels is empty; name those that are told apart"),
        (lambda: Affinity(("email",), (0.1, 0.2)), "means are 2 for 1 channels; give one each"),
        (lambda: Interests(("a",), weights=(1.0,)), "weights are 1 for 5 events; give one an event"),
        (lambda: Activity(pause="half an hour"), "pause is 'half an hour'; give a whole number"),
        (lambda: Sequence(()), "events is empty; name the steps"),
        (lambda: Pressure(windows=("7 days",)), "windows is '7 days'; give a whole number"),
    ],
)
def test_what_cannot_be_is_named(make: Any, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        make()


def test_what_the_log_lacks_is_named() -> None:
    log = Log.of(events=events(np.random.default_rng(1), 5), timezone=ZONE)
    with pytest.raises(TableError, match=r"the log has no profiles, which feature '[a-z_A-Z0-9]+' asks for"):
        Recipe(Declared("place")).build(log, DATE)
    with pytest.raises(TableError, match=r"items have no column 'category', which feature 'interest_[a-z]+' asks for"):
        Recipe(Interests(("shoes",))).build(log, DATE)
