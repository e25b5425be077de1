import numpy as np
import pandas as pd
import pytest

from cjlab.errors import SpecError
from cjlab.models import Uplift, choose
from cjlab.models.uplift._choice import _together
from cjlab.models.uplift._race import ByEffect
from cjlab.models.uplift._worth import Worth

TWO = {"s": Uplift(), "dr": Uplift("dr")}


def lived(rows: int = 2_000, seed: int = 0) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    table, arm = pd.DataFrame(rng.normal(size=(rows, 3)), columns=list("abc")), rng.choice(["none", "mail"], rows)
    y = table["a"] + table["b"] * (arm == "mail") + rng.normal(size=rows)
    return {"X": table, "y": y, "arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}


def test_where_several_models_run_the_mean_of_their_effects_runs_too() -> None:
    given = lived()
    found = choose(**given, contenders=TWO)
    assert found.to_frame()["name"].tolist() == ["no one", "everyone", "response", "s", "dr", "blend"]
    learnt = {name: value for name, value in given.items() if name not in {"X", "y"}}
    said = [one.fit(given["X"], given["y"], **learnt).predict(given["X"])["mail"] for one in TWO.values()]
    blended = next(one for one in found.runners if one.name == "blend")
    assert blended.contacted == pytest.approx(float((sum(said) > 0).mean()), abs=0.02)
    rule = ByEffect(tuple(TWO.values()), Worth(1.0, np.zeros(2)))
    assert rule.arms(given["X"]).tolist() == (sum(said) > 0).astype(int).tolist()


def test_a_blend_that_is_taken_decides_by_the_mean() -> None:
    given = lived(seed=3)
    contenders = {"s": Uplift(), "wrong": Uplift("response")}  # effects, and what is no effect
    race = choose(**given, contenders=contenders)
    told = race.to_frame().set_index("name")
    assert told.loc["s", "value"] > told.loc["blend", "value"] > told.loc["wrong", "value"]


def test_nobody_may_be_called_as_the_blend_is() -> None:
    with pytest.raises(SpecError, match=r"contender 'blend' is .*under names other than 'no one', .* and 'blend'"):
        choose(**lived(100), contenders={"blend": Uplift()})


@pytest.mark.parametrize(("columns", "width"), [(1, 1.6449), (4, 2.2340)])  # of 4 apart: the quantile at .95 ** (1 / 4)
def test_ends_lie_where_the_largest_of_the_statistics_has_its_quantile(columns: int, width: float) -> None:
    drawn = np.random.default_rng(0).normal(size=(200_000, columns))
    mean, low, high = _together(drawn, np.arange(len(drawn)), 0.95)[0]
    error = drawn[:, 0].std(ddof=1) / len(drawn) ** 0.5
    assert (mean - low) / error == pytest.approx(width, abs=0.04)
    assert high - mean == pytest.approx(mean - low)


def test_columns_that_are_the_same_are_one_comparison() -> None:
    drawn = np.random.default_rng(0).normal(size=(10_000, 1))
    alone, twice = (_together(drawn.repeat(n, axis=1), np.arange(10_000), 0.95)[0] for n in (1, 5))
    assert alone == pytest.approx(twice, abs=2e-3)
