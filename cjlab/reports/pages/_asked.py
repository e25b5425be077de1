"""What the conditions of the rule beside the expected effect ask of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Wording, joined
from cjlab.experiments import Voice

if TYPE_CHECKING:
    from cjlab.experiments import Design, Need


def asked(design: Design, language: str) -> list[str]:
    """Say what the guardrails and the net value ask for, what the history cannot say of, and what is planned."""
    return _Asked(design, Voice(design.experiment, language)).sentences


@dataclass(frozen=True, slots=True)
class _Asked:
    """A design and how its numbers are said."""

    design: Design
    voice: Voice

    @property
    def sentences(self) -> list[str]:
        others = [one for one in self.design.needs if one.condition != "primary"]
        shown = [self.need(one) for one in others if one.customers is not None]
        losing = [one for one in others if one.condition == "net" and one.distance <= 0]
        unknown = [self.voice.metric(one.metric) for one in others if one.customers is None and one not in losing]
        said = [self.say("d_asked", needs="; ".join(shown))] if shown else []
        said += [self.say("d_asked_losing")] if losing else []
        said += [self.say("d_asked_unknown", metrics=joined(unknown, language=self.voice.language))] if unknown else []
        return [*said, *self.planned]

    def say(self, key: str, /, **values: object) -> str:
        return Wording.of("cjlab.reports.pages", self.voice.language)(key, **values)

    def need(self, need: Need) -> str:
        """Say the size that one condition asks for; a cost that no arm declares is still to be deducted."""
        numbers = self.voice.numbers
        costs = [self.design.experiment.arm(arm).cost for arm in self.design.experiment.contacted]
        open_cost = "_before_cost" if need.condition == "net" and None in costs else ""
        return self.say(
            f"d_asked_{need.condition}{open_cost}",
            count=numbers.count(need.customers or 0),
            metric=self.voice.metric(need.metric),
            distance=numbers.trimmed(self.voice.change(need.metric, need.distance)),
        )

    @property
    def planned(self) -> list[str]:
        """Say how the size that is advised stands to the one declared."""
        planned, advised = self.design.experiment.planned_customers, self.design.advised
        if planned is None or advised is None:
            return []
        key = "d_planned" if advised == planned else "d_planned_less"
        return [self.say(key, planned=self.voice.numbers.count(planned), count=self.voice.numbers.count(advised))]
