"""What every test may ask for."""

from __future__ import annotations

import os
import resource
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import settings

from cjlab import datasets
from cjlab.errors import SpecError
from cjlab.experiments import Arm, Experiment, Metric, Segment, Value
from cjlab.scale._session import require_java

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cjlab.experiments import Readout

    Room = Callable[[int], AbstractContextManager[None]]

settings.register_profile("cjlab", deadline=None)  # a busy machine is no fault
settings.load_profile("cjlab")


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the real data sets; the test is skipped where they are absent."""
    folder = os.environ.get("CJLAB_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("no real data: set CJLAB_DATA to the folder described in data/README.md")
    return Path(folder).resolve()


@contextmanager
def _room_for(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def room_for() -> Room:
    """Let no file become larger than so many bytes, as a full disk would."""
    return _room_for


@pytest.fixture(scope="session")
def spark() -> str:
    """Name the engine; where Spark or its Java is absent, the test is skipped, and says what to install."""
    pytest.importorskip("pyspark", reason="no pyspark: install requirements-spark.lock")
    try:
        require_java()
    except SpecError as absent:
        pytest.skip(str(absent))
    return "spark"


@pytest.fixture(scope="session")
def readouts() -> dict[str, Readout]:
    """Read out one small test for every verdict, and for every kind of metric and of data."""
    return {case: make() for case, make in CASES.items()}


def both(english: str, french: str) -> dict[str, str]:
    """Words in the two languages."""
    return {"en": english, "fr": french}


HOSTILE = "</script><script>alert(1)</script> & $x$ **b** {arm} \"q\" 'x'"
ARMS = (
    Arm(name="none", label=both("no message", "aucun message"), title=both("No message", "Aucun message")),
    Arm(name="a", label=both("the letter", "la lettre"), title=both("Letter", "Lettre"), cost=0.1),
    Arm(name="b", label=both("the call", "l’appel"), title=both("Call", "Appel"), cost=0.2),
)
METRICS = (
    Metric(
        name="visit",
        kind="share",
        event="visit",
        role="primary",
        label=both("customers who come", "clients qui viennent"),
    ),
    Metric(
        name="spend",
        kind="sum",
        event="purchase",
        of="amount",
        currency=True,
        label=both("spend", "dépense par client"),
    ),
    Metric(
        name="complaint",
        kind="share",
        event="complaint",
        role="guardrail",
        goal="down",
        margin=0.01,
        label=both("customers who complain", "clients qui réclament"),
    ),
)
TEST = Experiment(
    name="spring",
    question=both("Does a message bring visits?", "Un message fait-il venir les clients ?"),
    title=both("spring test", "test de printemps"),
    population=both("all customers", "tous les clients"),
    control="none",
    horizon="14D",
    arms=ARMS,
    metrics=METRICS,
    value=Value(metric="spend", margin=0.5),
    segments=(
        Segment(name="old", field="kind", equals="old", label=both("Old customers", "Anciens clients")),
        Segment(name="few", field="rank", below=70, label=both("First customers", "Premiers clients")),
        Segment(name="none", field="rank", below=3, label=both("The very first", "Les tout premiers")),
    ),
    balance=("age",),
)


def rows(visits: Mapping[str, float], *, n: int = 2000, harm: float = 0.0, short: int = 0) -> pl.DataFrame:
    """Make one row a customer with exact shares: ``n`` an arm, of whom some visit and spend, and few complain."""
    arms = []
    for place, (arm, share) in enumerate(visits.items()):
        size = n - short if place == 0 else n
        rank = np.arange(size)
        visit = (rank * 7919 % size < round(share * size)).astype(float)
        arms.append(
            pl.DataFrame(
                {
                    "arm": [arm] * size,
                    "rank": rank,
                    "visit": visit,
                    "spend": visit * (20 + rank % 7),
                    "complaint": (rank * 104_729 % size < round((0.004 + harm * (place > 0)) * size)).astype(float),
                    "kind": np.where(rank % 2, "old", "new"),
                    "age": 30.0 + rank % 40,
                }
            )
        )
    return pl.concat(arms).with_row_index("customer_id")


def one(experiment: Experiment = TEST, **given: Any) -> Readout:
    """Read the small test out: a tenth of the control visits, more of the others unless said."""
    visits = given.pop("visits", None) or {arm.name: 0.1 + 0.03 * place for place, arm in enumerate(experiment.arms)}
    refund = 0.0 if any(metric.kind == "sum" and metric.name == "refund" for metric in experiment.metrics) else None
    frame = rows(visits, **given).with_columns(pl.lit(refund, dtype=pl.Float64).alias("refund"))
    return experiment.read_out_rows(frame)


def primary(**given: Any) -> Experiment:
    """Declare the small test with another primary metric, and without value."""
    metric = Metric(name="visit", role="primary", label=both("visits", "visites par client"), **given)
    return replace(TEST, metrics=(metric, *METRICS[1:]), value=None)


def promotion(experiment: Experiment = TEST, **given: Any) -> Readout:
    """Read the small test out of the package's own log, which has times."""
    log = datasets.promotion_test(n_customers=4000)
    arms = tuple(
        replace(arm, name=name) for arm, name in zip(ARMS, ("no_contact", "reminder", "discount"), strict=True)
    )
    test = replace(experiment, campaign="promotion_test", arms=arms, control="no_contact", segments=(), balance=())
    return test.read_out(log, **given)


def contaminated() -> Readout:
    """Read out a log in which the control was contacted too."""
    log = datasets.promotion_test(n_customers=900)
    touched = replace(log, contacts=log.contacts.with_columns(pl.lit(value=True).alias("sent")))
    arms = tuple(
        replace(arm, name=name) for arm, name in zip(ARMS, ("no_contact", "reminder", "discount"), strict=True)
    )
    test = replace(TEST, campaign="promotion_test", arms=(replace(arms[0], cost=0.0), *arms[1:]), control="no_contact")
    return replace(test, segments=(), balance=()).read_out(touched)


def unsent() -> Readout:
    """Read out a log in which nobody was sent anything."""
    log = datasets.promotion_test(n_customers=900)
    silent = replace(log, contacts=log.contacts.with_columns(pl.lit(value=False).alias("sent")))
    arms = tuple(
        replace(arm, name=name) for arm, name in zip(ARMS, ("no_contact", "reminder", "discount"), strict=True)
    )
    test = replace(TEST, campaign="promotion_test", arms=arms, control="no_contact")
    return replace(test, segments=(), balance=()).read_out(silent)


def hostile() -> Readout:
    """Read out a test whose every name is an attack."""
    arms = tuple(Arm(name=f"{arm.name}{HOSTILE}", cost=arm.cost) for arm in ARMS)
    metrics = tuple(replace(metric, label=HOSTILE) for metric in METRICS)
    segments = (Segment(name=HOSTILE, field="kind", equals="old"),)
    test = replace(TEST, arms=arms, control=arms[0].name, metrics=metrics, segments=segments, question=HOSTILE)
    return one(replace(test, title=HOSTILE, population=HOSTILE, note=HOSTILE))


SEVEN = replace(TEST, arms=(ARMS[0], *(Arm(name=f"arm {n}", cost=0.1) for n in range(1, 8))))
BARE = replace(TEST, arms=ARMS[:2], metrics=METRICS[:2], segments=(), balance=())
STRICT = replace(METRICS[2], margin=0.0001)
COSTLY = (ARMS[0], *(replace(arm, cost=9.0) for arm in ARMS[1:]))
PLANNED = replace(TEST, planned_customers=6000, expected_effect=0.03)
UNMEASURED = Metric(
    name="refund",
    kind="mean",
    event="refund",
    of="amount",
    role="guardrail",
    goal="down",
    margin=1.0,
    label=both("mean refund", "remboursement moyen"),
)
UNSEEN = replace(UNMEASURED, kind="sum", currency=True, label=both("refunds a customer", "remboursements par client"))
CASES: Mapping[str, Callable[[], Readout]] = {
    "deploy": one,
    "deploy one": lambda: one(replace(BARE, value=Value(metric="spend", margin_assumed=False))),
    "deploy among seven": lambda: one(SEVEN, visits={"none": 0.1} | {f"arm {n}": 0.1 + 0.01 * n for n in range(1, 8)}),
    "tied": lambda: one(visits={"none": 0.1, "a": 0.15, "b": 0.152}),
    "works": lambda: one(replace(BARE, value=None)),
    "works, several": lambda: one(replace(TEST, value=None)),
    "works, loses": lambda: one(replace(BARE, arms=(ARMS[0], replace(ARMS[1], cost=9.0)))),
    "keep testing": lambda: one(visits={"none": 0.1, "a": 0.11, "b": 0.1}),
    "keep testing, small": lambda: one(replace(TEST, planned_customers=20_000)),
    "keep testing, one more": lambda: one(replace(TEST, planned_customers=6001)),
    "keep testing, immature": lambda: promotion(as_of="2025-09-20"),
    "keep testing, guardrail": lambda: one(replace(TEST, metrics=(*METRICS[:2], STRICT))),
    "stop, harm": lambda: one(visits={"none": 0.2, "a": 0.1, "b": 0.15}),
    "stop, futile": lambda: one(replace(TEST, metrics=(replace(METRICS[0], minimum_effect=0.5), *METRICS[1:]))),
    "stop, guardrail": lambda: one(replace(TEST, metrics=(*METRICS[:2], STRICT)), harm=0.1),
    "stop, below expected": lambda: one(PLANNED, visits={"none": 0.1, "a": 0.102, "b": 0.099}),
    "stop, costs": lambda: one(replace(TEST, arms=COSTLY), visits={"none": 0.1, "a": 0.11, "b": 0.11}),
    "stop, guardrail unknown": lambda: one(replace(TEST, metrics=(*METRICS[:2], UNMEASURED))),
    "keep testing, mixed": lambda: one(visits={"none": 0.1, "a": 0.11, "b": 0.05}),
    "keep testing, out of reach": lambda: one(
        replace(TEST, planned_customers=6000), visits={"none": 0.1, "a": 0.102, "b": 0.101}
    ),
    "keep testing, nobody yet": lambda: promotion(as_of="2025-09-10"),
    "works, all lose": lambda: one(replace(TEST, arms=COSTLY)),
    "tied, equal costs": lambda: one(
        replace(TEST, arms=(*ARMS[:2], replace(ARMS[2], cost=0.1))), visits={"none": 0.1, "a": 0.15, "b": 0.152}
    ),
    "one against another": lambda: one(replace(TEST, arms=(replace(ARMS[0], contacted=True, cost=0.1), *ARMS[1:]))),
    "held unseen": lambda: one(replace(TEST, metrics=(*METRICS[:2], UNSEEN))),
    "invalid, not sent": unsent,
    "invalid": lambda: one(short=400),
    "invalid, contaminated": contaminated,
    "sum": lambda: one(primary(kind="sum", event="visit", of="amount", currency=True)),
    "count": lambda: one(primary(kind="count", event="visit")),
    "mean": lambda: one(primary(kind="mean", event="visit", of="amount")),
    "ratio": lambda: one(replace(TEST, metrics=(*METRICS[1:], RATIO, replace(METRICS[0], role="secondary")))),
    "less is better": lambda: one(
        replace(TEST, metrics=(replace(METRICS[0], goal="down"), *METRICS[1:])),
        visits={"none": 0.2, "a": 0.1, "b": 0.2},
    ),
    "by day": lambda: promotion(replace(TEST, planned_customers=None)),
    "everyone comes": lambda: one(visits={"none": 1.0, "a": 1.0, "b": 1.0}),
    "hostile": hostile,
}
RATIO = Metric(name="basket", kind="ratio", top="spend", bottom="visit", role="primary", label=both("basket", "panier"))
