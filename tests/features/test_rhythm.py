"""Rhythm: the law by plain numbers, the prior found again, and what an alarm finds at what price."""

from __future__ import annotations

import datetime as dt
import math
import pickle

import numpy as np
import polars as pl
import pytest
from scipy import integrate, special, stats

from cjlab.errors import SpecError
from cjlab.features import Recipe, Rhythm, RhythmChange
from cjlab.features.builders._once import Once
from cjlab.features.rhythm._departure import first_day, past
from cjlab.features.rhythm._habit import Gaps, Prior, grid, habit
from cjlab.features.rhythm._people import likeliest
from cjlab.features.rhythm._quarter import People, Watched, quarter
from cjlab.tables import Log

PRIOR = Prior(mean=30.0, strength=3.0, shape=2.5, spread=0.5, dropout=0.08)
BEGIN = dt.datetime(2024, 1, 1, 10, tzinfo=dt.UTC)


def log(days: dict[int, list[int]]) -> Log:
    """Make a log of purchases on days of each customer."""
    rows = [(who, BEGIN + dt.timedelta(days=day)) for who, those in days.items() for day in those]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.Int64, "at": pl.Datetime("us", "UTC")}, orient="row")
    return Log.of(events=frame.with_columns(event=pl.lit("purchase"), channel=pl.lit("web")))


def law(gaps: list[float], prior: Prior) -> list[tuple[float, float, float, float]]:
    """Return weight, shape, A and B of the three laws of one customer, in plain Python from the documentation."""
    a, b, n = prior.strength, (prior.strength - 1) * prior.mean, len(gaps)
    points = [-3 + place / 4 for place in range(25)]
    heights = []
    for z in points:
        k = prior.shape * math.exp(prior.spread * z)
        each = sum(k * math.log(k) - math.lgamma(k) + (k - 1) * math.log(gap) for gap in gaps)
        whole = math.lgamma(a + n * k) - math.lgamma(a) + a * math.log(b) - (a + n * k) * math.log(b + k * sum(gaps))
        heights.append(each + whole - z * z / 2)
    masses = [math.exp(one - max(heights)) for one in heights]
    logs = [math.log(prior.shape) + prior.spread * z for z in points]
    mean = math.fsum(m * x for m, x in zip(masses, logs, strict=True)) / math.fsum(masses)
    square = math.fsum(m * (x - mean) ** 2 for m, x in zip(masses, logs, strict=True)) / math.fsum(masses)
    made = []
    for weight, node in ((1 / 6, -math.sqrt(3)), (2 / 3, 0.0), (1 / 6, math.sqrt(3))):
        k = math.exp(mean + math.sqrt(square) * node)
        made.append((weight, k, a + n * k, b + k * sum(gaps)))
    return made


def test_every_number_follows_from_the_documentation() -> None:
    days, now = [0, 9, 21, 30, 33, 47], 75
    gaps = [9.0, 12.0, 9.0, 3.0, 14.0]
    made = Recipe(Rhythm(**PRIOR._asdict())).build(log({1: days}), BEGIN.date() + dt.timedelta(days=now)).loc[1]
    three, silence = law(gaps, PRIOR), now - 47 - 0.5
    tail = sum(w * special.betainc(a, k, b / (b + k * silence)) for w, k, a, b in three)
    left = sum(w * b / (a - 1) * special.betainc(a - 1, k + 1, b / (b + k * silence)) for w, k, a, b in three)
    _, k, a, b = three[1]
    expected = {
        "gaps": 5.0,
        "mean_gap": b / (a - 1),
        "shape": k,
        "regularity": (math.sqrt(k) - 1) / (math.sqrt(k) + 1),
        "silence": 28.0,
        "lateness": 1 - tail,
        "alive": 0.92 * tail / (0.08 + 0.92 * tail),
        "next": left / tail - silence,
    }
    for name, value in expected.items():
        assert made[f"rhythm_purchase_{name}"] == pytest.approx(value, rel=1e-9), name


def test_the_tail_is_that_of_gaps_drawn_from_the_law() -> None:
    own = habit(PRIOR, Gaps(np.array([4.0]), np.array([50.0]), np.array([9.0])))
    _, k, a, b = law_of(own)
    density = lambda x: stats.gamma.pdf(x, a, scale=1 / b) * stats.gamma.sf(20.0, k, scale=1 / (k * x))  # noqa: E731 - an integrand
    assert special.betainc(a, k, b / (b + k * 20.0)) == pytest.approx(integrate.quad(density, 0, np.inf)[0], rel=1e-6)
    draw = np.random.default_rng(0)
    which = draw.choice(3, 200_000, p=[1 / 6, 2 / 3, 1 / 6])
    mean = 1.0 / draw.gamma(own.seen[0, which], 1.0 / own.days[0, which])
    gaps = draw.gamma(own.shapes[0, which], mean / own.shapes[0, which])
    silence = np.array([20.0])
    assert own.tail(silence)[0] == pytest.approx((gaps > 20).mean(), abs=0.004)
    assert own.rate(silence)[0] == pytest.approx(((gaps > 20) / mean).mean(), abs=0.0004)
    assert own.remaining(silence)[0] == pytest.approx((gaps[gaps > 20] - 20).mean(), rel=0.02)


def law_of(own: object) -> tuple[float, float, float, float]:
    """Return the law in the middle."""
    return 1.0, float(own.shapes[0, 1]), float(own.seen[0, 1]), float(own.days[0, 1])  # type: ignore[attr-defined] # a habit


def test_few_gaps_are_judged_as_people_are_and_many_as_his_own() -> None:
    weekly = {2: list(range(0, 1400, 7)), 1: [0, 7]}
    made = Recipe(Rhythm()).build(log(weekly), BEGIN.date() + dt.timedelta(days=1400))
    assert made.loc[2, "rhythm_purchase_mean_gap"] == pytest.approx(7.0, abs=0.2)
    assert made.loc[2, "rhythm_purchase_shape"] > made.loc[1, "rhythm_purchase_shape"] > 1.3
    assert 12 < made.loc[1, "rhythm_purchase_mean_gap"] < 60


def test_the_prior_is_found_again() -> None:
    draw, n, days = np.random.default_rng(1), 1_500, 400.0
    shape = PRIOR.shape * np.exp(PRIOR.spread * draw.standard_normal(n))
    mean = 1 / draw.gamma(PRIOR.strength, 1 / PRIOR.days, n)
    count, total, logs, open_ = (np.zeros(n) for _ in range(4))
    for who in range(n):
        watched, passed = days - draw.uniform(0, 200), 0.0
        while draw.random() >= PRIOR.dropout:
            gap = max(1.0, round(draw.gamma(shape[who], mean[who] / shape[who])))
            if passed + gap > watched:
                break
            passed += gap
            count[who], total[who], logs[who] = count[who] + 1, total[who] + gap, logs[who] + math.log(gap)
        open_[who] = watched - passed
    found = likeliest(Gaps(count, total, logs), open_)
    assert found == pytest.approx(PRIOR, rel=0.25)


def test_a_prior_reads_the_past_alone_and_is_written_down() -> None:
    draw = np.random.default_rng(2)
    people = {who: draw.gamma(3.0, 4.0, 12).round().cumsum().astype(int).tolist() for who in range(40)}
    late = {who: [day for day in days if day < 60] for who, days in people.items()}
    fitted = Rhythm.fitted(log(people), "2024-03-01")
    assert fitted == Rhythm.fitted(log(late), "2024-03-01")
    assert Recipe.of(Recipe(fitted).said) == Recipe(fitted)
    with pytest.raises(SpecError, match="0 customers have a gap between events with event purchase before 2023-03-01"):
        Rhythm.fitted(log(people), "2023-03-01")


@pytest.mark.parametrize(("field", "value"), [("mean", 0.0), ("strength", 1.0), ("dropout", 1.0), ("shape", "many")])
def test_a_number_that_is_none_is_named(field: str, value: object) -> None:
    with pytest.raises(SpecError, match=f"rhythm: {field} is .*; give a number above"):
        Rhythm(**{field: value})  # type: ignore[arg-type] # what is tested


def test_departure_follows_from_the_documentation() -> None:
    gaps = [10.0, 11.0, 9.0, 10.0, 12.0, 4.0, 3.0]
    own = past(PRIOR, Gaps(*(np.array([x]) for x in (7.0, sum(gaps), math.fsum(map(math.log, gaps))))), latest(gaps))
    _, k, _, _ = law(gaps, PRIOR)[1]
    a, b = PRIOR.strength, PRIOR.days
    slower, faster = [], []
    for j in (1, 2, 3):
        seen, days, t = a + (7 - j) * k, b + k * sum(gaps[:-j]), sum(gaps[-j:])
        slower.append(special.betainc(seen, (j + 1) * k, days / (days + k * (t + 8))))
        faster.append(special.betainc(j * k, seen, k * t / (days + k * t)))
    mean = float(own.law.mean[0])
    assert own.slower(np.array([8.0]))[0] == pytest.approx(91 / mean * min(slower))
    assert own.faster()[0] == pytest.approx(91 / mean * min(faster))


def test_an_alarm_costs_what_the_documentation_says() -> None:
    gaps = [10.0, 11.0, 9.0, 10.0, 12.0, 4.0, 3.0]
    own = past(PRIOR, Gaps(*(np.array([x]) for x in (7.0, sum(gaps), math.fsum(map(math.log, gaps))))), latest(gaps))

    def false(silence: float) -> float:
        """Return how many longer gaps a day has."""
        each = ((w * a / b, special.betainc(a + 1, k, b / (b + k * silence))) for w, k, a, b in law(gaps, PRIOR))
        return sum(often * longer for often, longer in each)

    def older(days: float) -> float:
        """Return how probable it is that the last purchase is longer ago: 1 less the integral of what is false."""
        return 1.0 - float(integrate.quad(false, 0.0, days)[0])

    assert own.stopped(np.array([8.0]))[0] == pytest.approx(91 * false(8.0) / 0.005)
    late = 91 * false(60.0) / (0.005 + 0.995 * older(60.0 - 41.5))
    assert own.stopped(np.array([60.0]))[0] == pytest.approx(min(late, 91 * false(41.5)))
    by_day = np.array([own.stopped(np.array([day - 0.5]))[0] for day in range(1, 400)])
    assert (by_day[42:] <= by_day[41]).all()
    assert by_day[40] > 100 * by_day[41]


def latest(gaps: list[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the five latest gaps of one customer, latest first."""
    return np.array([gaps[::-1][:5]])


def test_an_alarm_is_dated_on_the_first_day_it_would_have_been_raised() -> None:
    days = log({1: list(range(0, 140, 7)), 2: [*range(0, 100, 20), *range(100, 112, 2)], 3: [*range(0, 140, 35)]})
    change = RhythmChange(mean=14.0, shape=3.0)
    by_day = [Recipe(change).build(days, BEGIN.date() + dt.timedelta(days=day)) for day in range(134, 190)]
    column = "rhythm_change_purchase_stopped_since"
    raised = [place for place, made in enumerate(by_day) if not math.isnan(made.loc[1, column])]
    assert [by_day[place].loc[1, column] for place in raised] == [float(n) for n in range(len(raised))]
    assert raised == list(range(raised[0], 56))
    assert 0 < raised[0] < 30
    soon = Recipe(change).build(days, BEGIN.date() + dt.timedelta(days=112)).loc[2]
    assert soon["rhythm_change_purchase_faster_since"] == 2.0
    assert math.isnan(soon["rhythm_change_purchase_slower_since"])


def test_the_first_day_of_one_customer_does_not_depend_on_others() -> None:
    measure = lambda silence: np.where(silence > 70.0, 0.0, np.array([0.0, 1.0, 0.0]))  # noqa: E731 - falls with silence
    silence = np.array([1.0, 90.0, 400.0])
    assert first_day(measure, silence, 0.5).tolist() == [0.0, 71.0, 0.0]


def test_false_alarms_are_what_was_said_of_other_customers() -> None:
    change = RhythmChange(**PRIOR._asdict()).calibrated(0.05, customers=6_000)
    draw = np.random.default_rng(11)
    found = quarter(Watched.met(People.drawn(PRIOR, 6_000, 8, draw), draw), PRIOR, draw)
    for kind in ("stopped", "slower", "faster"):
        assert found.share(kind, getattr(change, kind)) == pytest.approx(0.05, abs=0.012), kind


def test_regular_frequent_customers_who_stop_are_found_within_six_weeks() -> None:
    draw, n = np.random.default_rng(12), 4_000
    people = People(draw.uniform(4.0, 10.0, n), draw.uniform(3.0, 8.0, n), known=8)
    watched, change = Watched.met(people, draw), RhythmChange()
    silence, known = np.floor(watched.age + 42.0) - 0.5, watched.now(change.prior)
    threshold = quarter(watched, change.prior, draw).threshold("stopped", 0.02)
    assert (known.stopped(silence) <= threshold).mean() >= 0.7
    assert (silence >= 90).mean() < 0.01


def test_irregular_customers_who_stop_are_found_nearly_as_if_their_law_were_known() -> None:
    """Of Poisson buyers every 4 to 10 days, at 2 % of false alarms, with a prior learned from a year of others."""
    draw, n = np.random.default_rng(13), 6_000
    people = People(draw.uniform(4.0, 10.0, n), np.ones(n), known=8)
    watched, prior = Watched.met(people, draw), Prior(mean=7.0, strength=14.0, shape=1.2, spread=0.1, dropout=0.001)
    silence, known = watched.age + 42.0, watched.now(prior)
    limit = -people.mean * np.log(0.02 * people.mean / 91.0)
    threshold = quarter(watched, prior, draw).threshold("stopped", 0.02)
    found = (known.stopped(np.floor(silence) - 0.5) <= threshold).mean()
    assert found >= 0.9 * (silence >= limit).mean() > 0.5


def test_a_law_is_made_once_of_the_same_numbers() -> None:
    made: list[float] = []
    once = Once(lambda numbers: made.append(float(numbers.sum())) or len(made))
    one, other = np.ones(3), np.ones(3)
    assert [once(one), once(one), once(other), once(one)] == [1, 1, 2, 3]
    assert pickle.loads(pickle.dumps(Once(len)))(one) == 3  # noqa: S301 - its own


def test_shapes_stand_for_the_priors() -> None:
    shapes, weights = grid(PRIOR)
    assert weights @ np.log(shapes) == pytest.approx(math.log(PRIOR.shape))
    assert weights.sum() == pytest.approx(1.0)
