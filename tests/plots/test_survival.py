"""How many are still there is drawn as it was foretold."""

from __future__ import annotations

import pandas as pd
import pytest

import cjlab as cj
from cjlab.errors import SpecError

STAY = pd.DataFrame({0: [1.0, 1.0], 6: [0.7, 0.9], 12: [0.5, 0.8]}, index=["by the month", "by the year"])


def test_a_line_a_group_and_the_last_time_in_words() -> None:
    figure = cj.plots.survival(STAY, unit="months")
    drawn = {trace.uid: trace for trace in figure.data if trace.uid and trace.uid.endswith("line")}
    assert list(drawn["accent-line"].y) == [100.0, 70.0, 50.0]
    assert list(drawn["muted-line"].x) == [0.0, 6.0, 12.0]
    shown = figure.layout.meta["cjlab"]
    assert shown["finding"] == (
        "After 12 months, 50\xa0% of “by the month” are still there, and 80\xa0% of “by the year”."
    )
    assert shown["table"]["rows"] == [
        ["0", "100.0\xa0%", "100.0\xa0%"],
        ["6", "70.0\xa0%", "90.0\xa0%"],
        ["12", "50.0\xa0%", "80.0\xa0%"],
    ]


def test_many_times_are_marked_seldom_and_all_are_drawn() -> None:
    stay = pd.DataFrame([[0.99**time for time in range(100)]], index=["all"])
    figure = cj.plots.survival(stay, unit="jours", language="fr")
    assert len(figure.layout.meta["cjlab"]["table"]["rows"]) == 8
    assert max(len(trace.x) for trace in figure.data if trace.x is not None) == 100
    assert "37 % des clients « all » sont encore là" in figure.layout.meta["cjlab"]["finding"].replace(
        "\u202f", " "
    ).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("stay", "says"),
    [
        (STAY.iloc[:0], "stay has 0 rows; give one to 4 groups"),
        (pd.concat([STAY] * 3), "stay has 6 rows; give one to 4 groups"),
        (STAY[[6, 0]], r"the columns of stay are the times \[6.0, 0.0\]; give at least two, rising"),
        (STAY[[6]], "give at least two, rising"),
        (STAY * 2, "stay holds what is no share still there"),
        (STAY.rename(columns={0: 12, 12: 20}), "rising"),
        (STAY.assign(**{"24": 0.9}).rename(columns={"24": 24}), "do not rise with time"),
    ],
)
def test_what_is_no_survival_is_named(stay: pd.DataFrame, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        cj.plots.survival(stay, unit="months")


def test_intervals_are_bands_and_stand_in_the_table() -> None:
    figure = cj.plots.survival(STAY, unit="months", low=STAY * 0.9, high=(STAY * 1.1).clip(upper=1))
    assert sum(trace.fill in {"toself", "tonexty"} for trace in figure.data) == 2
    assert figure.layout.meta["cjlab"]["table"]["rows"][2][1] == "50.0\xa0% (45.0 to 55.0)"


def test_ends_of_other_groups_and_on_the_wrong_side_are_named() -> None:
    with pytest.raises(SpecError, match="high has other groups or times than stay; give both ends"):
        cj.plots.survival(STAY, unit="months", low=STAY, high=STAY.iloc[:1])
    with pytest.raises(SpecError, match="low lies on the wrong side of stay"):
        cj.plots.survival(STAY, unit="months", low=STAY + 0.01, high=STAY + 0.1)
