"""A market that lives under a cycle hands every row of its log over once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.decisions import Action, Holdout, Rules, Terms
from cjlab.features import Recency, Recipe
from cjlab.loop import Aim, Cycle, brought_by, play
from cjlab.simulator import World
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path


def test_what_begins_at_a_turn_is_not_known_to_it_and_is_told_once(tmp_path: Path) -> None:
    cycle = Cycle(
        name="shop",
        rules=Rules((Action("discount", "email", 0.1),), holdouts=(Holdout(0.05, "shop", "2024-01-01"),)),
        terms=Terms("shop"),
        recipe=Recipe(Recency("purchase")),
        aim=Aim(within="20D", column=None),
    )
    played = play(cycle, World.retail(n_customers=700, seed=7), folder=tmp_path, turns=3)
    log = Log.read(tmp_path / "log")
    changes = log.consents.filter(~pl.col("granted")).collect()
    assert changes.height > 20
    assert not log.consents.collect().is_duplicated().any()
    found = brought_by(cycle, tmp_path, played.turns.last.as_of)
    assert [one.at for one in found.waves] == [one.as_of for one in played.turns.rows[:2]]
    assert played.turns.until(played.turns.rows[1]).last is played.turns.rows[1]
