"""What features are worth: the area under the curve of plain XGBoost on them, against recency, frequency and money."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.datasets import at_hand, online_retail
from cjlab.features import Recipe, churned, families, training_set
from cjlab.metrics import compare, roc
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
    "Learned at dates whose outcome is known by the date at which it is judged, judged at that later date on "
    "everybody there (out of time). XGBoost as it comes but for a step of 0.05, a depth of 4 and 300 trees, on what "
    "`Recipe.default` makes of the past of the first date. Intervals are those of `cj.metrics`, with DeLong's "
    "variance (1988, doi:10.2307/2531595), differences paired by customer: from recency, frequency and money, and "
    "where a family is left out from the default recipe. They are about the customers judged, with the models as they"
    " were learned. A family may be missed little because others tell the same."
)


class Question(NamedTuple):
    """What is foretold: features and outcome to learn from and to be judged by, and the families of the features."""

    what: str
    families: Mapping[str, tuple[Builder, ...]]
    learned: tuple[pd.DataFrame, Floats]
    judged: tuple[pd.DataFrame, Floats]


class Line(NamedTuple):
    """What some features are worth by their scores of who was judged, and what those are that they are set against."""

    name: str
    features: int
    outcome: Floats
    score: Floats
    against: Floats

    @property
    def difference(self) -> tuple[float, float, float]:
        """By how much they are better, and the 95 % interval of that."""
        found = compare("auc", self.score, self.against, outcome=self.outcome)
        return found.estimate, found.low, found.high

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        auc, (more, least, most) = roc(self.outcome, self.score).auc, self.difference
        made = (self.name, str(self.features), f"{auc.estimate:.4f}", f"{auc.low:.4f} to {auc.high:.4f}")
        return (*made, *(("", "") if self.score is self.against else (f"{more:+.4f}", f"{least:+.4f} to {most:+.4f}")))


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
    alone, whole = _score(question, plain), _score(question, everything)
    line = partial(Line, outcome=question.judged[1])
    yield line("recency, frequency and money", len(plain), score=alone, against=alone)
    yield line("the default recipe", len(everything), score=whole, against=alone)
    for family, some in list(names.items())[1:]:
        more = [*plain, *some]
        name = f"recency, frequency and money, and {family}"
        yield line(name, len(more), score=_score(question, more), against=alone)
    for family, some in names.items():
        rest = [name for name in everything if name not in some]
        yield line(f"the default recipe without {family}", len(rest), score=_score(question, rest), against=whole)


def _recipe(kept: Mapping[str, tuple[Builder, ...]]) -> Recipe:
    return Recipe(*(one for builders in kept.values() for one in builders))


def _parted(what: str, kept: Mapping[str, tuple[Builder, ...]], X: pd.DataFrame, y: pd.Series[float]) -> Question:  # noqa: N803 - the letter of features
    last = X.index.get_level_values("as_of").max()
    late = X.index.get_level_values("as_of") == last
    outcome = y.to_numpy()
    return Question(what, kept, (X[~late], outcome[~late]), (X[late], outcome[late]))


def _score(question: Question, names: Sequence[str]) -> Floats:
    from xgboost import XGBClassifier

    model = XGBClassifier(n_estimators=300, max_depth=4, learning_rate=0.05, n_jobs=1, random_state=0)
    (learned, known), (judged, _) = question.learned, question.judged
    model.fit(learned[list(names)].to_numpy(), known)
    return np.asarray(model.predict_proba(judged[list(names)].to_numpy())[:, 1], np.float64)
