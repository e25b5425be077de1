"""What is said of a loop: the decision in a sentence, why, and what is done next."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cjlab._checks import offset
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.loop import Brought, Cycle, Turn, Turns, Wave
    from cjlab.reports.pages._voice import Voice


@dataclass(frozen=True)
class Looped:
    """A cycle, its turns and what they brought, and how that is said."""

    cycle: Cycle
    turns: Turns
    brought: Brought
    say: Voice

    @property
    def turn(self) -> Turn:
        """The last turn."""
        return self.turns.last

    @property
    def wave(self) -> Wave | None:
        """The last wave of which it is known what it brought, with the total up to it."""
        known = [one for one in self.brought.waves if math.isfinite(one.total)]
        return known[-1] if known else None

    @property
    def case(self) -> str:
        """What is decided: stopped, a pilot, too early, or what contacts have brought so far."""
        if self.turn.stopped is not None:
            return "stopped"
        if self.turn.champion is None and self.turn.challenger is None:
            return "pilot"
        if self.wave is None:
            return "early"
        if self.wave.total_high < 0:
            return "loses"
        return "pays" if self.wave.total_low > 0 else "unsure"

    @property
    def tone(self) -> str:
        """The tone of the decision."""
        return {"pays": "good", "stopped": "stop", "loses": "stop"}.get(self.case, "wait")

    @property
    def headline(self) -> str:
        """The decision in one sentence, with its interval where there is one."""
        return self._say(f"cl_head_{self.case}")

    @property
    def why(self) -> list[str]:
        """What it rests on."""
        told = [self._say(f"cl_why_{self.rule}")]
        told += [self._say("cl_why_held")] if self.holds else []
        if self.case in {"pilot", "stopped"} and self.wave is not None:
            told.append(self._say("cl_why_brought"))
        return [*told, self.news]

    @property
    def rule(self) -> str:
        """Who decided: a version for all who may be contacted, one for those on trial, or the lot."""
        if self.turn.champion is not None:
            return "serves"
        return "now" if self.turn.challenger is None else "trial"

    @property
    def holds(self) -> bool:
        """Whether anybody is held out."""
        return bool(self.turn.counts.get("holdout", 0))

    @property
    def news(self) -> str:
        """What became of the last version that was learnt."""
        if self.turn.learnt is None:
            return self._say("cl_news_none")
        version = {"learnt": _number(self.turn.learnt.version), "rows": self.say.numbers.count(self.turn.learnt.rows)}
        moved = [one.alias for one in self.turn.shifts if one.kind == "promotion"]
        return self.say(f"cl_news_{moved[0] if moved else 'kept'}", **self.words | version)

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers: what contacts brought, who is contacted now, how much is left to chance."""
        told = {"brought": "total", "now": "contacted", "explored": "explored"}
        readings = {name: f"cl_key_{name}_of" for name in told}
        if self.wave is None:
            readings["brought"] = "cl_key_brought_none"
        if not self.holds:
            readings["explored"] = "cl_key_explored_alone"
        return [
            KeyNumber(self._say(f"cl_key_{name}"), self.words[word], self._say(readings[name]))
            for name, word in told.items()
        ]

    @property
    def plan(self) -> list[tuple[str, str]]:
        """What is done, a line each."""
        who = "stopped" if self.turn.stopped else "pilot" if self.rule == "now" else self.rule
        held = "cl_plan_held_said" if self.holds else "cl_plan_held_none"
        lines = {"who": f"cl_plan_who_{who}", "chance": "cl_plan_chance_said", "held": held}
        lines |= {"cost": "cl_plan_cost_pilot" if self.rule == "now" else "cl_plan_cost_said"}
        told = [(self._say(f"cl_plan_{name}"), self._say(key)) for name, key in lines.items()]
        if self.turn.challenger is not None:
            told.insert(1, (self._say("cl_plan_ramp"), self._say("cl_plan_ramp_said")))
        return [*told, (self._say("cl_plan_next"), self._say("cl_plan_next_said"))]

    @cached_property
    def words(self) -> dict[str, str]:
        """The numbers of which all sentences are made."""
        counts, say = self.turn.counts, self.say
        decided = counts.get("decided", 0)
        counted = {name: say.numbers.customers(int(counts.get(name, 0))) for name in ("customers", *_COUNTED)}
        told = {
            "version": _number(self.turn.champion if self.turn.stopped is None else self.turn.stopped),
            "challenger": _number(self.turn.challenger),
            "cost": say.money(counts.get("cost", 0.0)),
            "expected": say.money(counts.get("expected", 0.0)),
            "explored": say.share(counts.get("random", 0) / decided if decided else 0.0),
            "turns": say.numbers.count(len(self.turns.rows)),
            "day": self.date(self.turn.day),
            "first": self.date(self.turns.rows[0].day),
            "ripe": self.ripe,
            "within": self.span(self.cycle.aim.within),
            "every": self.span(self.cycle.every),
            "least": say.numbers.share(self.cycle.least, digits=0),
            "mature": say.numbers.count(self.turn.states.get("mature", 0)),
            "pending": say.numbers.count(self.turn.states.get("pending", 0)),
            "total": say("unknown"),
        }
        return told | counted | self._of_wave()

    def _of_wave(self) -> dict[str, str]:
        """Write what all waves brought together."""
        one = self.wave
        if one is None:
            return {}
        waves = [wave for wave in self.brought.waves if wave.at <= one.at]
        return {
            "total": self.say.money(one.total),
            "interval": self.between(one.total_low, one.total_high),
            "waves": self.say.numbers.count(len(waves)),
            "known": self.say.numbers.count(sum(wave.decisions for wave in waves)),
        }

    @property
    def ripe(self) -> str:
        """When it is known what came of the last turn's decisions."""
        aim = self.cycle.aim
        late = dt.timedelta() if aim.late is None else offset(aim.late, name="late")
        return self.say.numbers.date(self._local(self.turn.day) + offset(aim.within, name="within") + late)

    def date(self, day: str) -> str:
        """Write the day of a turn."""
        return self.say.numbers.date(self._local(day))

    def span(self, text: str) -> str:
        """Say a horizon in days."""
        return self.say("cl_days", count=self.say.numbers.count(offset(text, name="within").days))

    def between(self, low: float, high: float) -> str:
        """Write the ends of an interval of amounts."""
        return self.say.between(low, high, self.say.money)

    def with_ends(self, ends: Sequence[float]) -> str:
        """Write an amount and its interval; that it is not known where it is not."""
        if not math.isfinite(ends[0]):
            return self.say("unknown")
        return f"{self.say.money(ends[0])} ({self.between(ends[1], ends[2])})"

    def action(self, name: str) -> str:
        """Say an action as a name of the log."""
        return self.say.quoted(name)

    @staticmethod
    def _local(day: str) -> dt.date:
        return dt.date.fromisoformat(day[:10])

    def _say(self, key: str) -> str:
        return self.say(key, **self.words)


_COUNTED = ("decided", "contacted", "random", "holdout", "ramp")


def _number(version: int | None) -> str:
    return "–" if version is None else str(version)
