"""The holdout stays who it was, and another begins on a day that is declared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cjlab.decisions import Holdout
from cjlab.errors import SpecError, TurnError
from tests.loop.market import CYCLE, START, day

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cjlab.loop import Cycle


def held(*holdouts: Holdout) -> Cycle:
    return replace(CYCLE, rules=replace(CYCLE.rules, holdouts=holdouts))


@pytest.mark.parametrize(
    "holdouts",
    [
        (),
        (Holdout(0.02, "h", START),),
        (Holdout(0.2, "h", START),),
        (Holdout(0.05, "another", START),),
        (Holdout(0.05, "h", day(9)),),
    ],
    ids=["gone", "smaller", "larger", "others", "later"],
)
def test_a_holdout_that_is_not_who_it_was_is_refused(after: Callable[[int], Path], holdouts: tuple[Holdout]) -> None:
    home = after(1)
    with pytest.raises(TurnError, match=r"the holdout is not the one that was kept on 2025-03-02: of [\d,]+ customers"):
        held(*holdouts).turn(home, day(1))
    assert not (home / "turns" / str(day(1))).exists()


def test_another_holdout_begins_on_its_day(after: Callable[[int], Path]) -> None:
    home, another = after(1), Holdout(0.1, "another", day(1))
    turn = held(*CYCLE.rules.holdouts, another).turn(home, day(1))
    assert turn.counts["holdout"] / turn.counts["customers"] == pytest.approx(0.1, abs=0.03)
    with pytest.raises(TurnError, match="the holdout is not the one"):
        CYCLE.turn(home, day(2))


def test_a_turn_without_a_date_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    with pytest.raises(SpecError, match="as_of is None, and a turn has a date"):
        CYCLE.turn(tmp_path, None)  # type: ignore[arg-type]
