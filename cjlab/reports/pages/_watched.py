"""What is watched, in words: the decision, why, three numbers, what to do."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cjlab.loop import Alarm, Batch, Monitored, Watched
    from cjlab.reports.pages._voice import Voice

_THOUSAND: Final = 1_000
_GRAVE: Final = {"holdout", "explored", "promise"}
_SHARES: Final = {"explored", "contacted"}


@dataclass(frozen=True, slots=True)
class Words:
    """What the page of monitoring says of a loop, a test or campaigns."""

    watched: Watched
    say: Voice

    @property
    def verdict(self) -> str:
        """Which headline: ``good``, ``wait`` or ``stop``."""
        if self.watched.kind == "loop":
            return "wait" if self.alarms else "good"
        if self.watched.kind == "test":
            everybody, nobody = self.pooled
            if everybody.low > 0 and nobody.low > 0:
                return "good"
            return "wait" if everybody.other > nobody.other and nobody.low > 0 else "stop"
        return "wait"

    @property
    def tone(self) -> str:
        """The colour of the decision."""
        return "stop" if _GRAVE & {one.code for one in self.alarms} else self.verdict

    @property
    def headline(self) -> str:
        """The decision, in a sentence."""
        return self.say(f"w_{self.watched.kind}_{self.verdict}", **self.words)

    @property
    def why(self) -> list[str]:
        """What it rests on."""
        if self.watched.kind == "loop":
            first = "w_why_loop_all" if self.words["pending"] == "0" else "w_why_loop"
            second = "w_why_not" if math.isnan(self.came[0]) else "w_why_came"
            return [self.say(first, **self.words), self.say(second, **self.words)]
        if self.watched.kind == "test":
            return [self.say("w_why_test", **self.words), self.say("w_why_nobody", **self.words)]
        return [self.say("w_why_campaigns", **self.words)]

    @property
    def numbers(self) -> list[tuple[str, str, str]]:
        """Three numbers: name, value, reading."""
        chosen = {
            "loop": [("decisions", "mature"), ("came", "came_alone"), ("explored", "explored")],
            "test": [("gain", "gain_alone"), ("nobody", "nobody_alone"), ("chosen", "chosen")],
            "campaigns": [("campaigns", "campaigns"), ("answered", "answered_alone"), ("moved", "moved")],
        }[self.watched.kind]
        words = self.words
        ends = {name: f"{name}_ends" for name in ("came", "explored", "gain", "nobody", "answered")}
        made = []
        for name, value in chosen:
            of = "gain" if name == "nobody" else name
            between = {"between": words[ends[name]]} if name in ends else {}
            made.append((self.say(f"w_key_{name}"), str(words[value]), self.say(f"w_key_{of}_of", **words | between)))
        return made

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What to do: an alarm a line, and the next reading."""
        made = [
            (self.say(f"w_do_{one.code}"), self.say(f"w_do_{one.code}_said", **self._of(one))) for one in self.alarms
        ]
        return [*made, (self.say("w_do_next"), self.say(f"w_do_next_{self.watched.kind}"))]

    @property
    def entries(self) -> Iterator[tuple[Any, ...]]:
        """Every number: kind, metric, wave, estimate, low, high, n."""
        looked, replayed = self.watched.monitored, self.watched.replayed
        for one in replayed.batches if replayed else ():
            yield "replay", one.against, one.batch, one.estimate, one.low, one.high, one.customers
        if looked is not None:
            for _, row in looked.readings.iterrows():
                yield "came", row["action"], f"{row['at']:%Y-%m-%d}", *_plain(row, "came", "low", "high"), row["chosen"]
            for _, row in looked.waves.iterrows():
                for name in ("contacted", "explored", "held"):
                    ends = _plain(row, name, f"{name}_low", f"{name}_high")
                    yield "share", name, f"{row['at']:%Y-%m-%d}", *ends, row["decisions"]
            yield from self._slopes(looked)
        sent = int(self.watched.campaigns["sent"].sum())
        yield "answered", "all", "all", *_known(self.watched.answered), sent
        for _, row in self.watched.campaigns.iterrows():
            yield (
                "answered",
                row["campaign"],
                f"{row['at']:%Y-%m-%d}",
                *_plain(row, "share", "low", "high"),
                row["sent"],
            )
        if self.watched.drifted is not None:
            for feature, row in self.watched.drifted.to_frame().iterrows():
                ends = _plain(row, "psi", "psi_low", "psi_high")
                yield "drift", str(feature), "", *ends, sum(self.watched.drifted.rows)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """The alarms of a loop."""
        return self.watched.monitored.alarms if self.watched.monitored else ()

    @property
    def pooled(self) -> tuple[Batch, Batch]:
        """All batches of a test together: beside everybody and beside nobody."""
        batches = self.watched.replayed.batches if self.watched.replayed else ()
        return batches[-2], batches[-1]

    @property
    def came(self) -> tuple[float, float, float]:
        """What the chosen contacts brought over all waves, the most frequent action; NaN where it is not known."""
        readings = self.watched.monitored.measured.readings if self.watched.monitored else ()
        known = [one for one in readings if not math.isnan(one.came)]
        best = max(known, key=lambda one: one.chosen, default=None)
        return (math.nan, math.nan, math.nan) if best is None else (best.came, best.low, best.high)

    @property
    def promised(self) -> float:
        """What these had promised."""
        readings = self.watched.monitored.measured.readings if self.watched.monitored else ()
        known = [one for one in readings if not math.isnan(one.came)]
        return max(known, key=lambda one: one.chosen).promised if known else math.nan

    @property
    def words(self) -> dict[str, object]:
        """Every number, written."""
        say, count = self.say, self.say.numbers.count
        sent = self.watched.campaigns
        total, (answered, low, high) = int(sent["sent"].sum()), map(float, self.watched.answered)
        drifted = self.watched.drifted
        comparable = 0 if drifted is None else int((drifted.features["verdict"] != "not comparable").sum())
        common: dict[str, object] = {
            "campaigns": count(len(sent)),
            "sent": count(total),
            "answered": f"{say.share(answered)} ({say.between(low, high, say.share)})",
            "answered_alone": say.share(answered),
            "answered_ends": say.between(low, high, say.share),
            "unit": self.unit,
            "moved": count(0 if drifted is None else len(drifted.moved)),
            "features": count(comparable),
        }
        own = {"loop": self._loop, "test": self._test}.get(self.watched.kind)
        return common | (own() if own else {})

    @staticmethod
    def _slopes(looked: Monitored) -> Iterator[tuple[Any, ...]]:
        """How much more came where more was promised, where it is known."""
        names = ("slope", "slope_low", "slope_high")
        known = looked.waves[looked.waves["slope"].notna()]
        for _, row in known.iterrows():
            yield "slope", "promised", f"{row['at']:%Y-%m-%d}", *_plain(row, *names), row["mature"]
        if math.isfinite(looked.slope["slope"]):
            yield "slope", "promised", "all", *_plain(looked.slope, *names), int(known["mature"].sum())

    def _loop(self) -> dict[str, object]:
        looked, say = self.watched.monitored, self.say
        if looked is None:
            return {}
        count, waves = say.numbers.count, looked.waves
        last, number = waves.iloc[-1], len(self.alarms)
        came, low, high = self.came
        two = self._two
        return {
            "waves": count(len(waves)),
            "decisions": count(int(waves["decisions"].sum())),
            "mature": count(int(waves["mature"].sum())),
            "pending": count(int(waves["pending"].sum())),
            "alarms": say("w_alarm_one") if number == 1 else say("w_alarm_many", count=count(number)),
            "came": self._ended(came, low, high),
            "came_alone": self.amount(came),
            "came_ends": say.between(low, high, self.amount),
            "between": say.between(low, high, self.amount),
            "promised": self.amount(self.promised),
            "slope": two(looked.slope["slope"]),
            "slope_ends": say.between(looked.slope["slope_low"], looked.slope["slope_high"], two),
            "explored": say.share(last["explored"]),
            "explored_ends": say.between(last["explored_low"], last["explored_high"], say.share),
        }

    def _test(self) -> dict[str, object]:
        say, (everybody, nobody) = self.say, self.pooled
        return {
            "gain": self._ended(everybody.estimate, everybody.low, everybody.high),
            "gain_alone": self.amount(everybody.estimate),
            "gain_ends": say.between(everybody.low, everybody.high, self.amount),
            "between": say.between(everybody.low, everybody.high, self.amount),
            "nobody": self._ended(nobody.estimate, nobody.low, nobody.high),
            "nobody_alone": self.amount(nobody.estimate),
            "nobody_ends": say.between(nobody.low, nobody.high, self.amount),
            "value": self.amount(everybody.value),
            "everybody": self.amount(everybody.other),
            "chosen": say.share(everybody.contacted / everybody.customers),
            "customers": say.numbers.count(everybody.customers),
        }

    @property
    def paid(self) -> bool:
        """Whether what counts is an amount of money."""
        return self.watched.aim.column in {"margin", "amount"}

    @property
    def unit(self) -> str:
        """What is counted, where it is no money."""
        return "" if self.paid else " " + self.say.word("counted", self.watched.aim.column or self.watched.aim.event)

    def amount(self, value: float) -> str:
        """Write what came of a thousand customers."""
        if math.isnan(value):
            return self.say("unknown")
        if self.paid:
            return self.say.money(_THOUSAND * value)
        return self.say.numbers.decimal(_THOUSAND * value, digits=1)

    def _two(self, value: float) -> str:
        return self.say.numbers.decimal(value, digits=2) if math.isfinite(value) else self.say("unknown")

    def _ended(self, estimate: float, low: float, high: float) -> str:
        return f"{self.amount(estimate)} ({self.say.between(low, high, self.amount)})"

    def _of(self, alarm: Alarm) -> dict[str, object]:
        """Return what is said of an alarm."""
        say, drifted = self.say, self.watched.drifted
        day = say("w_all") if alarm.wave == "all" else say.numbers.date(dt.date.fromisoformat(alarm.wave))
        figure = say.share(alarm.figure) if alarm.code in _SHARES else say.numbers.count(alarm.figure)
        if alarm.code == "holdout" and alarm.figure < 1:
            figure = say.share(alarm.figure)
        if alarm.code == "promise":
            figure = self.amount(alarm.figure)
        if alarm.code == "calibration":
            figure = self._two(alarm.figure)
        names = [] if drifted is None else [say.quoted(str(one)) for one in drifted.moved]
        return {"wave": day, "figure": figure, "features": say.joined(names)}


def _plain(row: Any, *names: str) -> tuple[float | None, ...]:  # noqa: ANN401 - a row by its names
    """Return numbers, None where they are not known."""
    return _known([row[name] for name in names])


def _known(values: Iterable[Any]) -> tuple[float | None, ...]:
    return tuple(float(one) if np.isfinite(one) else None for one in values)
