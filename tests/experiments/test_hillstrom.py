"""The real test, read out; every number again from scipy and statsmodels, straight from the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
)
from statsmodels.stats.proportion import (
    test_proportions_2indep as score_test,
)
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

import cjlab as cj
from cjlab.experiments import Effect, Experiment, Readout, Verdict

ARMS = ("Mens E-Mail", "Womens E-Mail")
CONTROL = "No E-Mail"
DECLARED = Path(__file__).parents[2] / "notebooks" / "experiments" / "hillstrom.toml"
CLOSE = 1e-9


@pytest.fixture(scope="module")
def file(data: Path) -> pd.DataFrame:
    """The file as pandas reads it."""
    return pd.read_csv(data / "hillstrom" / "hillstrom.csv", dtype={"spend": float})


@pytest.fixture(scope="module")
def readout(data: Path) -> Readout:
    """The declared test, read out of the mapped log."""
    assert data.is_dir()
    return Experiment.read(DECLARED).read_out(cj.datasets.hillstrom())


def column(file: pd.DataFrame, name: str, arm: str) -> np.ndarray:
    return file.loc[file["segment"] == arm, name].to_numpy(dtype=float)


def same(effect: Effect, *, estimate: float, low: float, high: float, p: float) -> None:
    assert effect.estimate == pytest.approx(estimate, rel=CLOSE)
    assert (effect.low, effect.high) == pytest.approx((low, high), rel=CLOSE)
    assert effect.p == pytest.approx(p, rel=1e-8)


def score_ends(one: np.ndarray, other: np.ndarray, *, alpha: float = 0.05) -> tuple[float, float]:
    """Find both ends of Miettinen and Nurminen's interval by scipy's root finder, from the likelihood itself.

    statsmodels 0.15 takes a count for a size in this interval (its issue 10269), so it cannot be the oracle here.
    """
    (x1, n1), (x0, n0) = (one.sum(), len(one)), (other.sum(), len(other))

    def share(gap: float) -> float:
        def slope(p: float) -> float:
            return x1 / (p + gap) - (n1 - x1) / (1 - p - gap) + x0 / p - (n0 - x0) / (1 - p)

        edge = 1e-12
        return optimize.brentq(slope, max(0, -gap) + edge, min(1, 1 - gap) - edge, xtol=1e-16, rtol=1e-15)

    def statistic(gap: float) -> float:
        p = share(gap)
        variance = (p + gap) * (1 - p - gap) / n1 + p * (1 - p) / n0
        return (x1 / n1 - x0 / n0 - gap) / np.sqrt(variance * (n1 + n0) / (n1 + n0 - 1))

    middle, z = x1 / n1 - x0 / n0, stats.norm.isf(alpha / 2)
    low = optimize.brentq(lambda gap: statistic(gap) - z, middle - 0.1, middle, xtol=1e-16, rtol=1e-15)
    high = optimize.brentq(lambda gap: statistic(gap) + z, middle, middle + 0.1, xtol=1e-16, rtol=1e-15)
    return low, high


def test_the_published_rates_are_found(readout: Readout) -> None:
    shares = [round(100 * readout.level("visit", arm).estimate, 2) for arm in (*ARMS, CONTROL)]
    orders = [round(100 * readout.level("conversion", arm).estimate, 2) for arm in (*ARMS, CONTROL)]
    spends = [round(readout.level("spend", arm).estimate, 3) for arm in (*ARMS, CONTROL)]
    assert shares == [18.28, 15.14, 10.62]
    assert orders == [1.25, 0.88, 0.57]
    assert spends == [1.423, 1.077, 0.653]


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("metric", ["visit", "conversion"])
def test_shares_are_the_score_test_and_interval(readout: Readout, file: pd.DataFrame, metric: str, arm: str) -> None:
    one, other = column(file, metric, arm), column(file, metric, CONTROL)
    counts = one.sum(), len(one), other.sum(), len(other)
    low, high = score_ends(one, other)
    ratio_low, ratio_high = confint_proportions_2indep(*counts, compare="ratio", method="score")
    p = score_test(*counts, compare="diff", method="score").pvalue
    effect = readout.effect(metric, arm)
    same(effect, estimate=one.mean() - other.mean(), low=low, high=high, p=p)
    assert effect.relative == pytest.approx(one.mean() / other.mean() - 1, rel=CLOSE)
    assert (effect.relative_low + 1, effect.relative_high + 1) == pytest.approx((ratio_low, ratio_high), rel=CLOSE)


@pytest.mark.parametrize("arm", ARMS)
def test_spend_is_scipy_s_and_statsmodels_welch(readout: Readout, file: pd.DataFrame, arm: str) -> None:
    one, other = column(file, "spend", arm), column(file, "spend", CONTROL)
    welch = stats.ttest_ind(one, other, equal_var=False)
    ends = welch.confidence_interval()
    same(readout.effect("spend", arm), estimate=one.mean() - other.mean(), low=ends.low, high=ends.high, p=welch.pvalue)
    again = CompareMeans(DescrStatsW(one), DescrStatsW(other)).tconfint_diff(usevar="unequal")
    assert (ends.low, ends.high) == pytest.approx(again, rel=CLOSE)


def net(file: pd.DataFrame, arm: str) -> np.ndarray:
    return 0.30 * column(file, "spend", arm) - (0.0 if arm == CONTROL else 0.01)


@pytest.mark.parametrize(("arm", "versus"), [(ARMS[0], CONTROL), (ARMS[1], CONTROL), ARMS])
def test_net_margin_is_scipy_s_welch_on_margin_less_cost(
    readout: Readout, file: pd.DataFrame, arm: str, versus: str
) -> None:
    welch = stats.ttest_ind(net(file, arm), net(file, versus), equal_var=False)
    ends = welch.confidence_interval()
    found = next(one for one in readout.net if (one.arm, one.versus) == (arm, versus))
    same(
        found,
        estimate=net(file, arm).mean() - net(file, versus).mean(),
        low=ends.low,
        high=ends.high,
        p=welch.pvalue,
    )


def test_the_split_is_scipy_s_chi_square(readout: Readout, file: pd.DataFrame) -> None:
    counts = file["segment"].value_counts()
    assert readout.soundness.sample_ratio_p == pytest.approx(stats.chisquare(counts).pvalue, rel=CLOSE)
    assert readout.soundness.enrolment.customers == counts.to_dict()
    assert readout.soundness.broken is None


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("trait", ["recency", "history", "mens", "womens", "newbie"])
def test_the_groups_were_alike_before(readout: Readout, file: pd.DataFrame, trait: str, arm: str) -> None:
    one, other = column(file, trait, arm), column(file, trait, CONTROL)
    apart = (one.mean() - other.mean()) / np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
    found = next(row for row in readout.soundness.balance if (row.trait, row.arm) == (trait, arm))
    assert found.difference == pytest.approx(apart, rel=1e-7, abs=1e-12)
    assert abs(found.difference) < 0.01


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("metric", ["visit", "conversion", "spend"])
def test_the_adjusted_line_is_a_regression_on_history(
    readout: Readout, file: pd.DataFrame, metric: str, arm: str
) -> None:
    import statsmodels.api as sm

    two = file[file["segment"].isin([arm, CONTROL])]
    treated = (two["segment"] == arm).to_numpy(dtype=float)
    history = two["history"].to_numpy()
    fitted = sm.OLS(two[metric].to_numpy(dtype=float), np.column_stack([np.ones(len(two)), treated, history])).fit()
    found = next(one for one in readout.adjusted if (one.metric, one.arm) == (metric, arm))
    assert found.estimate == pytest.approx(fitted.params[1], rel=1e-9)
    robust = fitted.get_robustcov_results("HC2").bse[1]
    assert (found.high - found.low) / 2 / stats.norm.ppf(0.975) == pytest.approx(robust, rel=1e-3)


def test_levels_are_wilson_s_and_student_s(readout: Readout, file: pd.DataFrame) -> None:
    visit, spend = column(file, "visit", CONTROL), column(file, "spend", CONTROL)
    share, mean = readout.level("visit", CONTROL), readout.level("spend", CONTROL)
    assert (share.low, share.high) == pytest.approx(
        proportion_confint(visit.sum(), len(visit), method="wilson"), rel=CLOSE
    )
    assert (mean.low, mean.high) == pytest.approx(DescrStatsW(spend).tconfint_mean(), rel=CLOSE)


def test_families_are_corrected_as_statsmodels_does(readout: Readout) -> None:
    primary = [readout.effect("visit", arm) for arm in ARMS]
    secondary = [readout.effect(metric, arm) for metric in ("conversion", "spend") for arm in ARMS]
    holm = multipletests([one.p for one in primary], method="holm")[1]
    assert [one.p_corrected for one in primary] == pytest.approx(holm, rel=CLOSE)
    hochberg = multipletests([one.p for one in secondary], method="fdr_bh")[1]
    assert [one.p_corrected for one in secondary] == pytest.approx(hochberg, rel=CLOSE)


@pytest.mark.parametrize("arm", ARMS)
def test_a_segment_s_interval_is_corrected_for_every_reading(readout: Readout, file: pd.DataFrame, arm: str) -> None:
    large = file[file["history"] >= 350]
    one, other = column(large, "visit", arm), column(large, "visit", CONTROL)
    ends = score_ends(one, other, alpha=0.05 / 12)
    found = next(row.effect for row in readout.segments if (row.effect.segment, row.effect.arm) == ("large", arm))
    assert (found.low, found.high) == pytest.approx(ends, rel=CLOSE)
    assert (found.n, found.n_versus) == (len(one), len(other))


def test_a_segment_too_small_to_draw_says_so(readout: Readout) -> None:
    unreadable = {row.effect.segment for row in readout.segments if not row.readable}
    assert unreadable == {"largest"}


def test_the_men_s_mail_is_deployed_and_the_reason_is_said(readout: Readout) -> None:
    decision = readout.decision
    assert (decision.verdict, decision.arm, decision.tied) == (Verdict.DEPLOY, "Mens E-Mail", ())
    estimate, low = readout.break_even("Mens E-Mail")
    assert estimate == pytest.approx(0.01 / readout.effect("spend", "Mens E-Mail").estimate)
    assert low is not None
    assert round(100 * low, 1) == 2.1
    assert readout.say("en").replace("\u00a0", " ") == (
        "Deploy: the men’s e-mail. It lifts the share of customers who visit within two weeks from 10.62 % to "
        "18.28 %, "
        "+7.66 points (95 % interval 7.00 to 8.32), and pays: $221 of net margin per 1,000 customers ($136 to $306). "
        "The women’s e-mail works too (+4.52 points, 3.89 to 5.16) but brings $104 less ($10 to $197). "
        "Reservation: margin (30 %) and cost ($0.01 a contact) are assumed. It still pays down to a margin of 2.1 %, "
        "taking the low end of the interval."
    )


def test_a_file_without_times_has_no_curve_by_day(readout: Readout) -> None:
    assert readout.days == ()
