"""What is said of personas: the decision in a sentence, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cjlab._display import Parts, started
from cjlab.reports.pages._cast import Cast
from cjlab.reports.pages._listened import lines as lines_of
from cjlab.reports.pages._top import KeyNumber

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from cjlab.models import Gallery
    from cjlab.reports.pages._voice import Voice

    Line = Mapping[Hashable, Any]

RARE: Final = 0.05


@dataclass(frozen=True)
class Played:
    """Personas, and what each changes, in a language."""

    found: Gallery
    within: str
    say: Voice

    @cached_property
    def cast(self) -> Cast:
        """Names and rules."""
        return Cast(self.found, self.say)

    @cached_property
    def lines(self) -> dict[str, Line]:
        """The personas, the largest part of what was brought first; by customers where that is not known."""
        by = "part" if self.found.brought else "customers"
        ordered = self.found.lines.sort_values(by, ascending=False, kind="stable")
        return {str(name): one for name, one in ordered.to_dict("index").items()}

    @cached_property
    def told(self) -> frozenset[str]:
        """Those whose count may be told."""
        parts = Parts.of([one["customers"] for one in self.lines.values()])
        return frozenset(name for name, told in zip(self.lines, parts.told, strict=True) if told)

    @cached_property
    def counts(self) -> dict[str, str]:
        """How many customers each has, in words where it is not told."""
        counts = self.say.numbers.parts([one["customers"] for one in self.lines.values()])
        return dict(zip(self.lines, counts, strict=True))

    @property
    def kept(self) -> list[str]:
        """Those that change something."""
        return [name for name, one in self.lines.items() if one["kept"]]

    @property
    def dropped(self) -> list[str]:
        """Those that change nothing."""
        return [name for name, one in self.lines.items() if not one["kept"]]

    @property
    def case(self) -> str:
        """What is decided: some change what is done, or none does."""
        return "some" if self.kept else "none"

    @property
    def tone(self) -> str:
        """The tone of the decision."""
        return "good" if self.kept else "wait"

    @property
    def headline(self) -> str:
        """The decision in one sentence."""
        return self._say(f"k_head_{self.case}")

    @cached_property
    def words(self) -> dict[str, str]:
        """The numbers of which all sentences are made."""
        say, lines = self.say, self.lines
        table = self.found.personas.stability.to_frame()
        stability = lines_of(table[table["personas"] == len(lines)].reset_index(drop=True))["0"]
        share = sum(float(one["share"]) for one in lines.values() if one["kept"])
        told = {
            "all": say.numbers.count(len(lines)),
            "customers": say.numbers.customers(int(self.found.lines["customers"].sum())),
            "count": say.numbers.count(len(self.kept)),
            "share": say.share(share),
            "kept": say.joined([say.quoted(self.name(one)) for one in self.kept]),
            "dropped": say.joined([say.quoted(self.name(one)) for one in self.dropped]),
            "stable": say.numbers.decimal(stability["index"], digits=2),
            "stable_interval": say.between(stability["low"], stability["high"], self.two),
            "date": say.numbers.date(say.last(self.found.as_of, self.found.timezone)),
            "channel": say.channel(self.found.channel),
            "brought": say(f"k_{self.found.brought}") if self.found.brought else "",
        }
        return told | self._of_test()

    def _of_test(self) -> dict[str, str]:
        tried = self.found.tried
        if tried is None:
            return {}
        every = tried.effects.iloc[-1]
        ends = self.say.between(100 * every["low"], 100 * every["high"], self._points)
        return {
            "campaign": self.say.quoted(tried.campaign),
            "best": self.action(tried.best),
            "arm": self.say.quoted(tried.shown),
            "within": self.within,
            "effect": f"{self._points(100 * every['effect'])} ({ends})",
        }

    @property
    def why(self) -> list[str]:
        """What it rests on."""
        said = [self._say("k_why_found")]
        said += [self._kept(name) for name in self.kept]
        said += [self._say("k_why_none")] if not self.kept else []
        return [*said, self.answered]

    def _kept(self, name: str) -> str:
        """Say what a persona changes."""
        one, told = self.lines[name], []
        if one["action"]:
            gain = (
                f"{self.say.money(one['gain'])} ({self.say.between(one['gain_low'], one['gain_high'], self.say.money)})"
            )
            told.append(self.say("k_changes_action", action=self.action(one["action"]), gain=gain, **self.words))
        if one["other_channel"]:
            through = self.with_ends(one, "through", self.say.share)
            told.append(
                self.say("k_changes_channel", own=self.say.channel(one["channel"]), through=through, **self.words)
            )
        return self.say("k_changes", name=self.say.quoted(self.name(name)), what=" ".join(told))

    @property
    def answered(self) -> str:
        """Say whether personas answer differently, or that nobody knows."""
        if self.found.tried is None:
            return self._say("k_untried")
        return self._say("k_differ" if self.found.tried.p < RARE else "k_alike")

    @property
    def reservation(self) -> str:
        """What speaks most against it."""
        return self._say("k_reservation")

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers: how many, how stable, how many change something."""
        values = {"all": self.words["all"], "kept": self.words["count"], "stable": self.words["stable"]}
        return [
            KeyNumber(self._say(f"k_key_{name}"), value, self._say(f"k_key_{name}_of"))
            for name, value in values.items()
        ]

    @property
    def plan(self) -> list[tuple[str, str]]:
        """What to do, a line each."""
        made = [(started(self.name(name)), self._order(self.lines[name])) for name in self.kept]
        rest = ["rest"] if self.kept and self.dropped else [] if self.kept else ["instead"]
        names = [*rest, "tried" if self.found.tried else "test"]
        return made + [(self._say(f"k_plan_{name}"), self._say(f"k_plan_{name}_said")) for name in names]

    def _order(self, one: Line) -> str:
        told = [self.say("k_do_action", action=self.action(one["action"]))] if one["action"] else []
        told += [self.say("k_do_channel", channel=self.say.channel(one["channel"]))] if one["other_channel"] else []
        return "; ".join(told)

    def action(self, name: str) -> str:
        """Say an arm, or no contact."""
        tried = self.found.tried
        return self.say("k_no_contact") if tried and name == tried.control else self.say.quoted(name)

    def name(self, name: str) -> str:
        """Say what a persona is called."""
        return self.cast.names[name]

    def with_ends(self, one: Line, name: str, write: Callable[[float], str]) -> str:
        """Write a number of a persona and its interval."""
        ends = self.say.between(float(one[f"{name}_low"]), float(one[f"{name}_high"]), write)
        return f"{write(float(one[name]))} ({ends})"

    def two(self, value: float) -> str:
        """Write a number with two decimals."""
        return self.say.numbers.decimal(value, digits=2)

    def _points(self, value: float) -> str:
        return self.say.numbers.decimal(value, digits=1, signed=True)

    def _say(self, key: str) -> str:
        return self.say(key, **self.words)
