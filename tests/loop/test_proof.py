"""Short versions of what the proof shows at length."""

from __future__ import annotations

import pytest

from benchmarks.proof import consents, folded, homes, killed, lessons, turns
from benchmarks.proof.challengers import BROKEN, run


def test_nobody_worse_is_promoted_and_a_better_one_is() -> None:
    found = [run(seed, customers=4_000, judged=12_000) for seed in range(4)]
    assert len(BROKEN) == 10
    for one in found:
        assert not any(one[name].promoted for name in BROKEN)
    assert sum(one["better"].promoted for one in found) >= 1


def test_by_folds_a_better_challenger_passes_more_often_and_no_worse_one_does() -> None:
    found = [folded.run(seed) for seed in range(4)]
    for one in found:
        assert not any(one[name].folded for name in one if one[name].better < 0)
        assert one["a first version"].folded
    better = [one[folded.BETTER] for one in found]
    assert sum(one.folded for one in better) > sum(one.latest for one in better)


def test_where_not_everybody_may_be_sent_everything_the_truth_is_found_nevertheless() -> None:
    found = [consents.run(seed, customers=6_000, judged=10_000) for seed in range(4)]
    assert all(one["nobody"].found.promoted for one in found)
    assert sum(one["nobody"].held for one in found) >= 3
    assert not any(one[name].found.promoted for one in found for name in ("naive", "actions exchanged"))


def test_a_market_is_lived_through_by_every_way_to_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURNS", 2)
    monkeypatch.setattr(turns, "WANDER", 1)
    found = turns.lived(turns.read(300, 0))
    steady, wandering = found[turns.STEADY], found[turns.WANDERING]
    assert tuple(steady.worth) == turns.ARMS
    assert steady.worth["oracle"] > 0.0
    assert steady.worth["everyone"] != wandering.worth["everyone"]
    section = lessons.told({turns.STEADY: [steady] * 2, turns.WANDERING: [wandering]})
    assert "A version passed its gates and served in: a shop whose mails are read: 0 of 2 seeds" in section.body
    assert section.failed == 1  # of one seed nothing is shown


def test_bars_are_held_by_intervals() -> None:
    def lived(closed: float, first: float, oracle: float = 10.0) -> turns.Lived:
        worth = dict(zip(turns.ARMS, (closed, first, 0.0, 0.0, oracle), strict=True))
        return turns.Lived(worth, 1.0, 1, 1)

    gained, lost = [lived(2.0, 1.0), lived(2.1, 1.0)], [lived(1.0, 1.1), lived(1.0, 1.11)]
    assert lessons.told({turns.WANDERING: gained, turns.STEADY: lost}).failed == 0
    assert lessons.told({turns.WANDERING: lost, turns.STEADY: [lived(1.0, 1.5), lived(1.0, 1.6)]}).failed == 2
    assert "**does not hold**" in lessons.told({turns.WANDERING: lost}).body


@pytest.mark.slow
def test_a_turn_that_is_killed_is_finished_by_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(killed, "MEASURED", 1)
    turn = next(iter(homes.ACTS))
    (found,) = killed.experiments({turn: 2})
    assert [(kill.whole, kill.same) for kill in found.kills] == [(True, True)] * 2
    assert any(kill.within for kill in found.kills)


def test_one_kill_that_leaves_something_else_is_seen() -> None:
    sound = killed.Kill(within=True, written=True, whole=True, same=True)
    broken = [sound._replace(same=False, within=False), sound._replace(whole=False)]
    section = killed.told([killed.Killed("a purge", 0.5, (sound, *broken)), killed.Killed("a turn", 1.0, (sound,))])
    assert section.failed == 2
    assert "| a purge | 0.50 s | 2 | 2 | 1 | 2 of 3 |" in section.body
