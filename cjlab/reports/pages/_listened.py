"""What is said of who still listens: the finding in a sentence, why, and what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cjlab._display import started
from cjlab.reports.pages._top import KeyNumber
from cjlab.reports.pages._voice import few

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features import Listening
    from cjlab.reports.pages._voice import Voice

    Line = dict[str, float]

_HARDLY = 0.05  # below it nothing needs to be done
_MOST = 0.5  # of all that messages cost
_SILENCES: Final = {"opened": "no_open", "clicked": "no_click", "visit": "no_visit", "purchase": "no_purchase"}


def lines(table: pd.DataFrame) -> dict[str, Line]:
    """Return the lines of a table by their names."""
    return {str(name): {str(key): float(value) for key, value in line.items()} for name, line in table.iterrows()}


@dataclass(frozen=True, slots=True)
class Listened:
    """Findings about who listens, in a language."""

    found: Listening
    say: Voice

    @property
    def silences(self) -> dict[str, Line]:
        """The silences that the log can tell, after all who were written to."""
        return lines(self.found.silences)

    @property
    def known(self) -> bool:
        """Whether anything can be said of those who are written to."""
        return bool(self.found.told and self.found.written)

    @property
    def first(self) -> Line:
        """The first silence that the log can tell."""
        return self.silences[_SILENCES[self.found.told[0]]]

    @property
    def last(self) -> Line:
        """Those who gave none of the signs that the log can tell."""
        return list(self.silences.values())[-1]

    @property
    def late(self) -> Line | None:
        """How many are late by their own rhythm; None where nobody can be judged."""
        found = lines(self.found.late).get("all")
        return found if found and found["judged"] > 0 else None

    @property
    def act(self) -> str:
        """What those in the first silence did not do."""
        return self.say(f"l_did_{self.found.told[0]}")

    @property
    def span(self) -> str:
        """For how long."""
        return self.say.span(self.found.days)

    @property
    def fine(self) -> bool:
        """Whether hardly anybody is silent."""
        return bool(self.known and self.first["high"] < _HARDLY)

    @property
    def soon(self) -> bool:
        """Whether it is too soon to call anybody silent: most of them were first written to in the last 90 days."""
        return bool(self.known and self.found.early > self.first["customers"] / 2)

    @property
    def hidden(self) -> bool:
        """Whether so few are silent that they are not counted out."""
        return bool(self.known and few(self.first["customers"]))

    @property
    def worst(self) -> tuple[str, Line] | None:
        """The scenario that is replayed to the largest part of those who got it; None where there is none."""
        there = {
            name: one
            for name, one in lines(self.found.scenarios).items()
            if one["replayed"] and not few(one["replayed"])
        }
        return max(there.items(), key=lambda one: one[1]["share"], default=None)

    @property
    def single(self) -> bool:
        """Whether all messages are of one scenario, so that to end it is to write to nobody."""
        return len(self.found.scenarios) == 1

    @property
    def costs(self) -> bool:
        """Whether it is known what messages cost."""
        return bool(self.found.written and "cost" not in self.found.lacking and self.silences["written"]["cost"] > 0)

    @property
    def headline(self) -> str:
        """The finding in one sentence, with its interval."""
        if not self.known:
            return self._without()
        words = {"did": self.act, "span": self.span, **self.shared(self.first)}
        words |= {"count": self.say.numbers.customers(int(self.first["customers"]))}
        words |= {"most": self.say.share(self.first["high"]), "days": self.say.numbers.count(self.found.days)}
        kinds = {"soon": self.soon, "few": self.hidden and self.fine, "fine": self.fine}
        kind = next((f"_{name}" for name, holds in kinds.items() if holds), "")
        return self.say(f"l_headline{kind}", **words)

    def _without(self) -> str:
        if self.late is None:
            return self.say("l_headline_nothing")
        return self.say("l_headline_late", **self.shared(self.late))

    @property
    def why(self) -> list[str]:
        """What speaks for it."""
        if not self.known:
            return [self.say("l_no_contacts"), *self._lateness()]
        made = [self._silent(), *self._cost(), *self._signs(), *self._left(), *self._machines()]
        return [*made, *self._replayed(), *self._dear(), *self._lateness(), *self._untold()]

    def _silent(self) -> str:
        count = self.say.numbers.customers
        words = {"count": count(int(self.first["customers"])), "written": count(self.found.written)}
        words["most"] = self.say.share(self.first["high"])
        return self.say(
            "l_why_few" if self.hidden else "l_why", **words, did=self.act, span=self.span, **self.shared(self.first)
        )

    def _cost(self) -> list[str]:
        if not self.costs or self.hidden:
            return [] if self.costs else [self.say("l_why_no_cost")]
        share, low, high = (self.first[name] for name in ("cost_share", "cost_low", "cost_high"))
        words = {"cost": self.say.money(self.first["cost"]), "part": self.say.share(share)}
        return [self.say("l_why_cost", **words, interval=self.say.between(low, high, self.say.share))]

    def _signs(self) -> list[str]:
        """Say of those in the first silence how many gave no sign at all, where the two differ."""
        if self.last["customers"] in {0, self.first["customers"]} or few(self.last["customers"]):
            return []
        return [self.say("l_why_signs", count=self.say.numbers.count(self.last["customers"]), **self.shared(self.last))]

    def _left(self) -> list[str]:
        """Say how many of those in the first silence have no contract any more."""
        if self.hidden or few(self.found.left) or not self.found.left:
            return []
        return [self.say("l_why_left", count=self.say.numbers.count(self.found.left))]

    def _machines(self) -> list[str]:
        estimate, low, high = self.found.with_machines
        if not math.isfinite(estimate) or estimate == self.first["share"]:
            return []
        interval = self.say.between(low, high, self.say.share)
        return [self.say("l_why_machines", share=self.say.share(estimate), interval=interval)]

    def _replayed(self) -> list[str]:
        if self.worst is None:
            return []
        name, line = self.worst
        words = {"name": self.say.quoted(name), "times": self.times(), **self.shared(line)}
        return [self.say("l_why_replayed_all" if self.single else "l_why_replayed", **words)]

    def _dear(self) -> list[str]:
        """Say which channel takes most of what messages cost, where it makes less than half as much of the messages."""
        if not self.costs:
            return []
        channels = lines(self.found.channels)
        cost, messages = (sum(one[key] for one in channels.values()) for key in ("cost", "messages"))
        name, line = max(channels.items(), key=lambda one: one[1]["cost"])
        parts = line["cost"] / cost, line["messages"] / messages
        if parts[0] < _MOST or parts[0] < 2 * parts[1] or few(line["customers"]) or not math.isfinite(line["share"]):
            return []
        words = {"channel": started(self.say.channel(name)), "cost": self.say.share(parts[0])}
        return [self.say("l_why_dear", **words, messages=self.say.share(parts[1]), **self.shared(line))]

    def _lateness(self) -> list[str]:
        if self.late is None:
            return []
        return [self.say("l_why_late" if self.late["late"] else "l_why_late_none", **self.judged(self.late))]

    def _untold(self) -> list[str]:
        """Say what the log does not have, and what that means."""
        absent = [act for act in _SILENCES if act not in self.found.told]
        return (
            [self.say("l_untold", acts=self.say.joined([self.say(f"l_acts_{act}") for act in absent]))]
            if absent
            else []
        )

    @property
    def reservation(self) -> str:
        """What speaks most against it."""
        if not self.known:
            return self.say("l_reservation_late")
        if self.soon:
            return self.say("l_reservation_soon")
        if self.fine:
            return self.say("l_reservation_fine")
        said = self.say("l_reservation_opens" if "opened" in self.found.told else "l_reservation")
        if self.found.early and not few(self.found.early):
            said += " " + self.say("l_early", count=self.say.numbers.count(self.found.early), did=self.act)
        return said

    @property
    def key_numbers(self) -> list[KeyNumber]:
        """Three numbers, of what can be told."""
        if not self.known:
            return [] if self.late is None else [*self._key_judged(self.late), self._key_late(self.late)]
        made = [self._key_silent(), *self._key_cost(), *self._key_signs()]
        return [*made, *([] if self.late is None else [self._key_late(self.late)])][:3]

    def _key_judged(self, late: Line) -> list[KeyNumber]:
        """Say how many customers there are, and how many have a rhythm."""
        count, judged = self.say.numbers.customers, int(late["judged"])
        last = self.say.numbers.date(self.say.last(self.found.as_of, self.found.timezone))
        known = KeyNumber(
            self.say("l_key_customers"), count(self.found.customers), self.say("l_key_customers_of", date=last)
        )
        part = self.say.share(judged / self.found.customers)
        return [known, KeyNumber(self.say("l_key_judged"), count(judged), self.say("l_key_judged_of", share=part))]

    def _key_silent(self) -> KeyNumber:
        name = self.say(f"l_key_{self.found.told[0]}")
        words = self.shared(self.first)
        if self.hidden:
            value = self.say("up_to", share=self.say.share(self.first["high"]))
            reading = self.say("l_key_few_of", written=self.say.numbers.customers(self.found.written))
            return KeyNumber(name, value, reading)
        reading = self.say(
            "l_key_of", interval=words["interval"], written=self.say.numbers.customers(self.found.written)
        )
        return KeyNumber(name, words["share"], reading)

    def _key_cost(self) -> list[KeyNumber]:
        if not self.costs:
            return []
        all_of_it = self.say.money(self.silences["written"]["cost"])
        reading = self.say("l_key_cost_of", all=all_of_it, span=self.span)
        return [KeyNumber(self.say("l_key_cost"), self.say.money(self.first["cost"]), reading)]

    def _key_signs(self) -> list[KeyNumber]:
        if self.last["customers"] == self.first["customers"]:
            return []
        words = self.shared(self.last)
        reading = self.say("l_key_signs_of", interval=words["interval"])
        return [KeyNumber(self.say("l_key_signs"), self.say.numbers.customers(int(self.last["customers"])), reading)]

    def _key_late(self, late: Line) -> KeyNumber:
        words = self.shared(late)
        judged = self.say.numbers.customers(int(late["judged"]))
        return KeyNumber(
            self.say("l_key_late"), words["share"], self.say("l_key_late_of", interval=words["interval"], judged=judged)
        )

    def times(self) -> str:
        """Say from how many times on a scenario is replayed."""
        return self.say.times(self.found.repeats)

    def judged(self, late: Line) -> dict[str, str]:
        """Write who is late, of how many."""
        judged, most = self.say.numbers.customers(int(late["judged"])), self.say.share(late["high"])
        return {"judged": judged, "most": most, **self.shared(late)}

    def shared(self, line: Line) -> dict[str, str]:
        """Write a share and its interval."""
        interval = self.say.between(line["low"], line["high"], self.say.share)
        return {"share": self.say.share(line["share"]), "interval": interval}
