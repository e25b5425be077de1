"""What a fitted market may be used for, and what not: one sentence a purpose, from what holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import joined
from cjlab.reports.pages._spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjlab.simulator import Fit, Validity

_TOLD = "real told from simulated"
_PURPOSES: Mapping[str, Sequence[str]] = {  # by how the names of the margins begin that each purpose rests on
    "rhythm": ("days between orders", "orders a customer", "days since the last order", "customers with one order"),
    "money": ("value of an order", "spent by a customer", "lines of an order"),
    "season": ("weekday of an order", "month of an order"),
    "traffic": ("events a customer-week", "what follows what", "days between visits"),
    "answers": ("opened", "unsubscribed"),
    "models": (_TOLD,),
}


@dataclass(frozen=True, slots=True)
class Purposes(Spoken):
    """Sentences on what a fitted market is good for: a purpose is allowed when everything that it rests on holds."""

    fit: Fit
    validity: Validity
    language: str = "en"

    def allowed(self) -> list[str]:
        """Say what it may be used for."""
        said = [self._say(f"use_{name}") for name, missed in self._missed().items() if not missed]
        return [*said, *([self._say("use_effects")] if self._acts else [])]

    def refused(self) -> list[str]:
        """Say what it may not be used for, and because of what."""
        said = [
            self._say(self._key(name), margins=self._named(missed), area=self._area)
            for name, missed in self._missed().items()
            if missed
        ]
        effects = [] if self._acts else [self._say("not_effects")]
        return [
            *said,
            *effects,
            self._say("not_later", days=self._numbers.count(self.fit.days)),
            self._say("not_proof"),
        ]

    def summary(self) -> str:
        """Say in one sentence what holds and what does not."""
        off = [one.name for one in self.validity.judged if one.verdict != "holds"]
        return self._say("use_summary", margins=self._named(off)) if off else self._say("use_all")

    def _missed(self) -> dict[str, list[str]]:
        """Return by purpose the margins that do not hold or are not known, of purposes of which some were judged."""
        found = {}
        for name, starts in _PURPOSES.items():
            there = [one for one in self.validity.judged if one.name.startswith(tuple(starts))]
            if there:
                found[name] = [one.name for one in there if one.verdict != "holds"]
        return found

    def _key(self, name: str) -> str:
        return "not_models_open" if name == "models" and _TOLD in self.validity.unknown else f"not_{name}"

    @property
    def _acts(self) -> bool:
        return any(action.effects or action.pulls_forward for action in self.fit.world.actions.values())

    @property
    def _area(self) -> str:
        told = [one.distance for one in self.validity.judged if one.name == _TOLD]
        return self._numbers.decimal(told[0], digits=2) if told else ""

    def _named(self, names: Sequence[str]) -> str:
        from cjlab import plots

        return joined([plots.margin(name, language=self.language) for name in names], language=self.language)
