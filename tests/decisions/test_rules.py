"""Rules say what they mean, come back from a file as they were, and refuse what cannot be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.proof.clerk import drawn
from cjlab.decisions import Action, Cap, Cooling, Fresh, Holdout, Rules
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["rules.toml", "rules.json"])
def test_rules_come_back_from_a_file(rules: Rules, tmp_path: Path, name: str) -> None:
    rules.write(tmp_path / name)
    again = Rules.read(tmp_path / name)
    assert again == rules
    assert again.fingerprint == rules.fingerprint


def test_every_part_tells_rules_apart(rules: Rules) -> None:
    others = [
        replace(rules, actions=rules.actions[:2], fresh=()),
        replace(rules, caps=(Cap(3, "7D"), *rules.caps[1:])),
        replace(rules, coolings=(Cooling("complaint", "15D"),)),
        replace(rules, fresh=(Fresh("phone", "365D"),)),
        replace(rules, holdouts=rules.holdouts[:1]),
    ]
    assert len({one.fingerprint for one in [rules, *others]}) == len(others) + 1


def test_a_hand_written_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(
        '[[actions]]\nname = "news"\nchannel = "email"\ncost = 0\n'
        '[[caps]]\nmost = 1\nsegment = ["tier", "gold"]\n'
        '[[holdouts]]\nshare = 0.02\nsalt = "a"\nsince = 2025-01-01\n'
    )
    assert Rules.read(tmp_path / "rules.toml") == Rules(
        (Action("news", "email", 0.0),),
        caps=(Cap(1, segment=("tier", "gold")),),
        holdouts=(Holdout(0.02, "a", dt.date(2025, 1, 1)),),
    )


_NEWS = {"name": "news", "channel": "email", "cost": 0.01}


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({}, "the rules have no action; give at least one Action"),
        ({"action": []}, "rules have an unknown name 'action'; allowed: 'actions', 'caps'"),
        ({"actions": [{"name": "news"}]}, r"actions\[0\] does not say channel, cost"),
        ({"actions": [_NEWS, _NEWS]}, "rules: actions names 'news' more than once"),
        ({"actions": [_NEWS | {"name": "none"}]}, "an action is called 'none'"),
        ({"actions": [_NEWS | {"cost": -1}]}, "action 'news': cost is -1; give a number of 0 or more"),
        ({"actions": [_NEWS | {"cost": float("nan")}]}, "action 'news': cost is nan; give a finite number"),
        ({"actions": [_NEWS | {"purpose": "fun"}]}, "action 'news': purpose is 'fun'; allowed: 'marketing', 'service'"),
        ({"actions": [_NEWS], "caps": [{"most": -1}]}, "cap: most is -1; give a whole number from 0"),
        ({"actions": [_NEWS], "caps": [{"most": 1, "window": "week"}]}, "cap: window is 'week'; give a whole number"),
        ({"actions": [_NEWS], "caps": [{"most": 1, "segment": ["gold"]}]}, r"cap: segment is \['gold'\]; give a field"),
        (
            {"actions": [_NEWS], "caps": [{"most": 1}, {"most": 1}]},
            "keeps actions back names 'cap of 1 in 7D'",
        ),
        ({"actions": [_NEWS], "coolings": [{"event": " "}]}, "cooling: event is ' '; give text"),
        ({"actions": [_NEWS], "coolings": [{"event": "a", "purposes": ["x"]}]}, "cooling: purposes is 'x'; allowed"),
        ({"actions": [_NEWS], "fresh": [{"field": "a", "window": "1D", "actions": ["x"]}]}, "fresh: actions names 'x'"),
        ({"actions": [_NEWS], "holdouts": [{"share": 0, "salt": "a", "since": "2025-01-01"}]}, "holdout: share is 0"),
        ({"actions": [_NEWS], "holdouts": [{"share": 0.1, "salt": "a", "since": "May"}]}, "holdout: since is 'May'"),
        ({"actions": [_NEWS], "caps": {"most": 1}}, "rules: caps is {'most': 1}; give a list of tables"),
        ({"actions": [_NEWS], "caps": [{"most": n} for n in range(60)]}, "they give 60 reasons; at most 59"),
        ([], r"rules are \[\]; give names and lists"),
    ],
)
def test_what_cannot_be_is_refused(said: Any, refused: str) -> None:
    with pytest.raises(SpecError, match=refused):
        Rules.of(said)


def test_a_file_is_named_where_it_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text('{"actions": [{"name": "news"}]}')
    with pytest.raises(SpecError, match=r"rules.json: actions\[0\] does not say channel, cost; it must"):
        Rules.read(tmp_path / "rules.json")


def test_who_is_held_out_depends_on_salt_and_customer_alone() -> None:
    one, other = (Holdout(0.05, salt, "2025-01-01").holds(np.arange(20_000)) for salt in "ab")
    assert 0.045 < one.mean() < 0.055
    assert 0.001 < (one & other).mean() < 0.004  # 0.05² is 0.0025: another salt holds out others
    some = np.array([17, 3, 19_999, 5])
    assert (Holdout(0.05, "a", "2025-01-01").holds(some) == one[some]).all()
    assert [drawn("decisions/holdout/a", n) < 0.05 for n in range(2_000)] == one[:2_000].tolist()
