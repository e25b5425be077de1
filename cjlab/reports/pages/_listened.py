"""What is said of who still listens: the finding in a sentence, why, and what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cjlab.reports.pages._top import KeyNumber
from cjlab.reports.pages._voice import few

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features import Listening
    from cjlab.reports.pages._voice import Voice

    Line = dict[str, float]

_HARDLY = 0.05  # below it nothing needs to be done
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
        """Those who gave no sign of any kind."""
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
        made = [self._silent(), *self._cost(), *self._signs(), *self._machines(), *self._replayed(), *self._lateness()]
        return [*made, *self._untold()]

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
        words = {"name": self.say.quoted(name), "times": self.times()}
        return [self.say("l_why_replayed", **words, **self.shared(line))]

    def _lateness(self) -> list[str]:
        if self.late is None:
            return []
        judged = self.say.numbers.customers(int(self.late["judged"]))
        return [self.say("l_why_late", judged=judged, **self.shared(self.late))]

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
            said += " " + self.say("l_early", count=self.say.numbers.count(self.found.early))
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

    @property
    def plan(self) -> list[tuple[str, str]]:
        """What to do, a line each; nothing where hardly anybody is silent."""
        if not self.known or self.fine or self.soon:
            return []
        lines = {"l_stop": self._stop(), "l_less": self._less(), "l_end": self._end(), "l_saves": self._saves()}
        lines |= {"l_aside": self.say("l_aside_said"), "l_next": self.say("l_next_said")}
        return [(self.say(key), said) for key, said in lines.items() if said]

    def _stop(self) -> str:
        count = self.last["customers"]
        return "" if few(count) or not count else self.say("l_stop_said", count=self.say.numbers.count(count))

    def _less(self) -> str:
        rest = self.first["customers"] - self.last["customers"]
        if few(rest) or not rest:
            return ""
        return self.say("l_less_said", count=self.say.numbers.count(rest), did=self.act)

    def _end(self) -> str:
        if self.worst is None:
            return ""
        return self.say("l_end_said", name=self.say.quoted(self.worst[0]), times=self.times())

    def _saves(self) -> str:
        """Say what stopping for those who gave no sign would save."""
        if not self.costs or few(self.last["customers"]) or not self.last["customers"]:
            return ""
        whole = self.silences["written"]["cost"]
        low, high = whole * self.last["cost_low"], whole * self.last["cost_high"]
        interval = self.say.between(low, high, self.say.money)
        return self.say("l_saves_said", saved=self.say.money(self.last["cost"]), interval=interval, span=self.span)

    def times(self) -> str:
        """Say from how many times on a scenario is replayed."""
        return self.say.times(self.found.repeats)

    def shared(self, line: Line) -> dict[str, str]:
        """Write a share and its interval."""
        interval = self.say.between(line["low"], line["high"], self.say.share)
        return {"share": self.say.share(line["share"]), "interval": interval}
