"""What features are worth: the area under the curve of plain XGBoost on them, against recency, frequency and money."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import norm, rankdata

from cjlab.datasets import at_hand, online_retail
from cjlab.features import Recipe, churned, families, training_set
from cjlab.simulator import RandomContacts, World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features import Builder
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

CUSTOMERS, DAYS, SEED = 20_000, 540, 11
COLUMNS = ("features", "how many", "AUC", "95 % interval", "difference", "95 % interval of that")
SAID = (
    "Learned at dates whose outcome is known by the date at which it is judged, judged at that later date on everybody "
    "there (out of time). XGBoost as it comes but for a step of 0.05, a depth of 4 and 300 trees, on what "
    "`Recipe.default` makes of the past of the first date. Intervals are DeLong's (1988, doi:10.2307/2531595), "
    "differences paired by customer: from recency, frequency and money, and where a family is left out from the "
    "default recipe. They are about the customers judged, with the models as they were learned. A family may be missed "
    "little because others tell the same."
)


class Question(NamedTuple):
    """What is foretold: features and outcome to learn from and to be judged by, and the families of the features."""

    what: str
    families: Mapping[str, tuple[Builder, ...]]
    learned: tuple[pd.DataFrame, Floats]
    judged: tuple[pd.DataFrame, Floats]


class Area(NamedTuple):
    """An area under the curve, and what it rests on: placements of those with the outcome, and of others."""

    estimate: float
    positive: Floats
    negative: Floats

    @classmethod
    def of(cls, outcome: Floats, score: Floats) -> Area:
        """Return the area: of pairs, one with the outcome and one without, the share that the score puts right."""
        yes, no = score[outcome == 1], score[outcome == 0]
        both = rankdata(np.concatenate([yes, no]))
        positive = (both[: len(yes)] - rankdata(yes)) / len(no)
        negative = 1.0 - (both[len(yes) :] - rankdata(no)) / len(yes)
        return cls(float(positive.mean()), positive, negative)

    def interval(self, other: Area | None = None) -> tuple[float, float]:
        """Return the 95 % interval, or that of the difference from another on the same customers."""
        parts = [(self.positive, self.negative)] + ([(other.positive, other.negative)] if other else [])
        sides = (parts[0][side] - (parts[1][side] if other else 0.0) for side in range(2))
        error = float(np.sqrt(sum(one.var(ddof=1) / len(one) for one in sides))) * float(norm.isf(0.025))
        middle = self.estimate - (other.estimate if other else 0.0)
        return middle - error, middle + error


class Line(NamedTuple):
    """What some features are worth, and what others are that they are set against."""

    name: str
    features: int
    area: Area
    against: Area

    @property
    def difference(self) -> tuple[float, float, float]:
        """By how much they are better, and the 95 % interval of that."""
        return (self.area.estimate - self.against.estimate, *self.area.interval(self.against))

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        (low, high), (more, least, most) = self.area.interval(), self.difference
        made = (self.name, str(self.features), f"{self.area.estimate:.4f}", f"{low:.4f} to {high:.4f}")
        return (*made, *(("", "") if self.area is self.against else (f"{more:+.4f}", f"{least:+.4f} to {most:+.4f}")))


def questions() -> Iterator[Question]:
    """Ask who buys in the next 90 days, of real customers, and who buys and who leaves, of simulated ones."""
    if at_hand("online_retail") is not None:
        dates = ["2011-03-01", "2011-04-01", "2011-05-01", "2011-06-01", "2011-09-01"]
        yield purchases("Online retail: who buys in the next 90 days", online_retail(), dates)
    world = World.telecom(n_customers=CUSTOMERS, seed=SEED)
    log = simulate(world, RandomContacts(rate=0.03), days=DAYS).log
    dates = ["2024-10-01", "2024-12-01", "2025-03-15"]
    yield purchases("Simulated telecom: who buys in the next 90 days", log, dates)
    yield leavers("Simulated telecom: who ends his contract in the next 90 days", log, dates)


def purchases(what: str, log: Log, dates: Sequence[str]) -> Question:
    """Ask who buys in the 90 days after the last of the dates."""
    kept = families(log, dates[0])
    rows = training_set(log, _recipe(kept), "purchase", as_of=dates, within="90D")
    return _parted(what, kept, rows.X, rows.y)


def leavers(what: str, log: Log, dates: Sequence[str]) -> Question:
    """Ask who ends his contract in the 90 days after the last of the dates."""
    kept = families(log, dates[0])
    rows = training_set(log, _recipe(kept), churned, as_of=dates, within="90D")
    return _parted(what, kept, rows.X, rows.y)


def lines(question: Question) -> Iterator[Line]:
    """Measure recency, frequency and money alone, the whole recipe, and every family without and with them."""
    names = {family: Recipe(*builders).names for family, builders in question.families.items()}
    everything, plain = [name for some in names.values() for name in some], list(names["rfm"])
    alone, whole = _area(question, plain), _area(question, everything)
    yield Line("recency, frequency and money", len(plain), alone, alone)
    yield Line("the default recipe", len(everything), whole, alone)
    for family, some in list(names.items())[1:]:
        yield Line(
            f"recency, frequency and money, and {family}", len([*plain, *some]), _area(question, [*plain, *some]), alone
        )
    for family, some in names.items():
        rest = [name for name in everything if name not in some]
        yield Line(f"the default recipe without {family}", len(rest), _area(question, rest), whole)


def _recipe(kept: Mapping[str, tuple[Builder, ...]]) -> Recipe:
    return Recipe(*(one for builders in kept.values() for one in builders))


def _parted(what: str, kept: Mapping[str, tuple[Builder, ...]], X: pd.DataFrame, y: pd.Series[float]) -> Question:  # noqa: N803 - the letter of features
    last = X.index.get_level_values("as_of").max()
    late = X.index.get_level_values("as_of") == last
    outcome = y.to_numpy()
    return Question(what, kept, (X[~late], outcome[~late]), (X[late], outcome[late]))


def _area(question: Question, names: Sequence[str]) -> Area:
    from xgboost import XGBClassifier

    model = XGBClassifier(n_estimators=300, max_depth=4, learning_rate=0.05, n_jobs=1, random_state=0)
    (learned, known), (judged, outcome) = question.learned, question.judged
    model.fit(learned[list(names)].to_numpy(), known)
    return Area.of(outcome, model.predict_proba(judged[list(names)].to_numpy())[:, 1].astype(np.float64))
