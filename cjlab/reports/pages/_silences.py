"""Charts and tables of who still listens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from cjlab._display import Parts, started
from cjlab.reports.pages._body import Body, Grid, text
from cjlab.reports.pages._listened import lines
from cjlab.reports.pages._voice import few

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.features import Listening
    from cjlab.reports.pages._listened import Line, Listened
    from cjlab.reports.pages._part import Part
    from cjlab.reports.pages._voice import Voice

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order

_MOST: Final = 8  # scenarios and channels that are drawn


@dataclass(frozen=True, slots=True)
class Silences:
    """What is drawn of who listens, in a language."""

    said: Listened

    @property
    def nested(self) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw the silences that can be told, those of the same customers as one."""
        first, *rest = self._nested()
        drawn = [first, *self._machines(), *rest]
        apart = self.said.last["customers"] != self.said.first["customers"]
        words = {"did": self.said.act, "span": self.said.span, **self.said.shared(self.said.first)}
        words["last"] = self._say.share(self.said.last["share"])
        finding = self._say("l_nested_found_both" if apart else "l_nested_found", **words)
        return self._levels(drawn, axis=self._say("l_nested_axis"), finding=finding)

    def _nested(self) -> list[Any]:
        silent = [(name, line) for name, line in self.said.silences.items() if name != "written"]
        made = []
        for _, same in groupby(silent, key=lambda one: one[1]["customers"]):
            alike = list(same)
            name = ", ".join(self._say(f"l_{name}") for name, _ in alike)
            made.append(_level(name, alike[0][1]))
        return made

    def _machines(self) -> list[Any]:
        from cjlab import plots

        estimate, low, high = self._found.with_machines
        if not math.isfinite(estimate) or estimate == self.said.first["share"]:
            return []
        n = estimate * self._found.written
        return [plots.Level(self._say("l_with_machines"), n, estimate, low, high, "muted")]

    @property
    def groups(self) -> Part:
        """Lay out what each group gets, costs and buys; of one that is hidden nothing."""
        costs = ("cost", "cost_part") if self.said.costs else ()
        columns = [self._say(f"l_col_{name}") for name in ("group", "customers", "share", "messages", "bought", *costs)]
        there = {name: line for name, line in lines(self._found.groups).items() if line["customers"]}
        counts = [line["customers"] for line in there.values()]
        told = zip(self._say.numbers.parts(counts), Parts.of(counts).told, strict=True)
        rows = [self._row(name, line, *one) for (name, line), one in zip(there.items(), told, strict=True)]
        grid = Grid(columns, rows, frozenset(range(1, len(columns))))
        lead = [self._say("l_groups_lead", span=self.said.span), *self._unlike(there)]
        return text(self._say("l_groups"), Body(lead=[" ".join(lead)], grid=grid))

    def _row(self, name: str, line: Line, count: str, told: bool) -> list[str]:  # noqa: FBT001 - read from a list
        say = self._say
        cells = [say.share(line["share"]), self._mean(line, "messages"), self._mean(line, "bought")]
        cells += [say.money(line["cost"]), say.share(line["cost_share"])] if self.said.costs else []
        return [started(self._group(name)), count, *(cell if told else "" for cell in cells)]

    def _mean(self, line: Line, name: str) -> str:
        low, high = line[f"{name}_low"], line[f"{name}_high"]
        estimate = self._say.decimal(line[name])
        return f"{estimate} ({self._say.between(low, high, self._say.decimal)})" if low < high else estimate

    def _unlike(self, there: Mapping[str, Line]) -> list[str]:
        """Say that who gave no sign gets more messages than who listens, where it is so beyond chance."""
        silent, active = there.get("silent"), next((name for name in ("reads", "comes") if name in there), None)
        if not silent or not active or few(silent["customers"]):
            return []
        other = there[active]
        if not silent["messages_low"] > other["messages_high"]:
            return []
        words = {"silent": self._say.decimal(silent["messages"]), "other": self._say.decimal(other["messages"])}
        return [self._say("l_groups_unlike", **words, group=self._group(active))]

    def _group(self, name: str) -> str:
        """Say a group; where opens and clicks are not told, nobody is known not to read."""
        read = {"opened", "clicked"} & set(self._found.told)
        return self._say("l_group_active" if name == "comes" and not read else f"l_group_{name}")

    @property
    def replayed(self) -> Any | None:  # noqa: ANN401 - a plotly figure
        """Draw which scenarios go on without an answer; None where the log holds no answers."""
        known = {name: line for name, line in lines(self._found.scenarios).items() if not few(line["customers"])}
        drawn = dict(list(known.items())[:_MOST])
        if not drawn:
            return None
        times = self.said.times()
        some = [(name, line) for name, line in drawn.items() if line["replayed"] and not few(line["replayed"])]
        parts = [f"{self._say.quoted(name)} {self._say.share(line['share'])}" for name, line in some]
        key = "l_replayed_found" if parts else "l_replayed_few"
        finding = self._say(key, times=times, parts=self._say.joined(parts))
        levels = [_level(self._say.quoted(name), line) for name, line in drawn.items()]
        return self._levels(levels, axis=self._say("l_replayed_axis", times=times), finding=finding)

    @property
    def channels(self) -> Shown:
        """Draw who opened nothing, by channel; say of which channels nothing is known."""
        known = [one for one in lines(self._found.channels).items() if not few(one[1]["customers"])][:_MOST]
        told = [(self._say.channel(name), line) for name, line in known if math.isfinite(line["share"])]
        untold = [self._say.channel(name) for name, line in known if not math.isfinite(line["share"])]
        said = self._say("l_channels_untold", channels=self._say.joined(untold))
        points = (text(self._say("l_channels"), Body(paragraphs=[said])),) if untold else ()
        if not told:
            return points
        parts = self._say.joined([f"{name} {self._say.share(line['share'])}" for name, line in told])
        finding = self._say("l_channels_found", span=self.said.span, parts=parts)
        levels = [_level(name, line) for name, line in told]
        return (self._levels(levels, axis=self._say("l_channels_axis"), finding=finding), *points)

    @property
    def late(self) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw who is late, all and by group; one group alone is all."""
        known = {name: line for name, line in lines(self._found.late).items() if line["judged"]}
        groups = {name: line for name, line in known.items() if name != "all"}
        told = Parts.of([line["judged"] for line in groups.values()]).told
        groups = {name: line for (name, line), one in zip(groups.items(), told, strict=True) if one}
        drawn = {"all": known["all"]} | (groups if len(groups) > 1 else {})
        levels = [
            _level(self._group(name), line, of="judged", ink="accent" if name == "all" else "muted")
            for name, line in drawn.items()
        ]
        finding = self._say("l_late_found", **self.said.shared(known["all"]))
        return self._levels(levels, axis=self._say("l_late_axis"), finding=finding)

    def _levels(self, drawn: list[Any], *, axis: str, finding: str) -> Any:  # noqa: ANN401 - a plotly figure
        from cjlab import plots

        return plots.levels(drawn, axis=axis, finding=finding, language=self._say.language)

    @property
    def _found(self) -> Listening:
        return self.said.found

    @property
    def _say(self) -> Voice:
        return self.said.say


def _level(name: str, line: Line, *, of: str = "customers", ink: str = "accent") -> Any:  # noqa: ANN401 - a level of plots
    from cjlab import plots

    return plots.Level(name, line[of], line["share"], line["low"], line["high"], ink)
