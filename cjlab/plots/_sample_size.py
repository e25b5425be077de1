"""How small an effect a test of a given size would show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Wording
from cjlab.experiments import Voice
from cjlab.plots._curve import Across, Curve, Line
from cjlab.plots._scale import Scale
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.experiments import Design

_TALLEST = 2  # effects this many times the one that matters would flatten the curve


def sample_size(design: Design, *, language: str = "en") -> go.Figure:
    """Draw the smallest effect that a test would show, against the customers in it.

    Parameters
    ----------
    design : Design
        The plan of a test.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The detectable effect over all arms' customers (orders of magnitude), from sizes that show twice the effect
        that matters, and the point of the expected effect where one was declared; the table gives every size, and the
        effect adjusted by what was known before.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01")
    >>> finding = cj.plots.sample_size(design).layout.meta["cjlab"]["finding"]
    >>> finding.partition("; ")[0].partition(", ")[2]
    'the test needs 5,838 customers in all'
    """
    plan = _Plan(design, language)
    return Curve([plan.line()], plan.across(), plan.upwards, plan.scale.tick, plan.spot()).figure(plan.told())


@dataclass(frozen=True, slots=True)
class _Plan:
    """A design and the language in which it is drawn."""

    design: Design
    language: str

    @property
    def voice(self) -> Voice:
        return Voice(self.design.experiment, self.language)

    @property
    def scale(self) -> Scale:
        return Scale(self.voice, self.design.experiment.primary.name)

    @property
    def upwards(self) -> str:
        return self.say(f"axis_detectable_{self.scale.kind}", metric=self.voice.metric(self.scale.metric))

    @property
    def shown(self) -> list[tuple[int, float, float]]:
        """The points of the curve that do not dwarf the effect that matters."""
        matters = max(abs(self.design.expected or 0.0), self.design.detectable[0])
        return [point for point in self.design.curve if point[1] <= _TALLEST * matters] or list(self.design.curve[-2:])

    def say(self, key: str, /, **values: object) -> str:
        return Wording.of("cjlab.plots", self.language)(key, **values)

    def point(self, size: int, effect: float) -> str:
        """Say a size and the effect that it shows."""
        change = self.voice.numbers.trimmed(self.voice.change(self.scale.metric, effect))
        return self.say("at_size", count=self.voice.numbers.count(size), change=change)

    def line(self) -> Line:
        sizes = [self.scale.size(effect) or 0.0 for _, effect, _ in self.shown]
        told = [self.point(size, effect) for size, effect, _ in self.shown]
        return Line([math.log10(size) for size, *_ in self.shown], sizes, told, "")

    def across(self) -> Across:
        first, last = self.shown[0][0], self.shown[-1][0]
        powers = range(math.floor(math.log10(first)), math.ceil(math.log10(last)) + 1)
        sizes = [step * 10**power for power in powers for step in (1, 2, 5) if first <= step * 10**power <= last]
        names = [self.voice.numbers.count(size) for size in sizes]
        ends = (math.log10(first), math.log10(last))
        return Across(self.say("axis_size"), ends, [math.log10(size) for size in sizes], names)

    def spot(self) -> tuple[float, float, str] | None:
        """Return the point of the expected effect, where it lies within the curve."""
        needed, expected = self.design.needed, self.design.expected
        if needed is None or expected is None or not self.shown[0][0] <= needed <= self.shown[-1][0]:
            return None
        return math.log10(needed), self.scale.size(abs(expected)) or 0.0, self.point(needed, expected)

    def told(self) -> Told:
        change, count = self.voice.change, self.voice.numbers.count
        return Told(
            finding=self.found(),
            columns=[self.say("size"), self.say("detectable"), self.say("detectable_adjusted")],
            rows=[
                [count(size), *(change(self.scale.metric, one) for one in effects)]
                for size, *effects in self.design.curve
            ],
            summary=self.say("numbers"),
        )

    def found(self) -> str:
        change, count = self.voice.change, self.voice.numbers.count
        smallest = change(self.scale.metric, self.design.detectable[0])
        numbers = {"all": count(self.design.customers), "smallest": smallest}
        if self.design.needed is None or self.design.expected is None:
            return self.say("size_shown", **numbers)
        expected = self.voice.numbers.trimmed(change(self.scale.metric, self.design.expected))
        return self.say("size_needed", **numbers, change=expected, count=count(self.design.needed))
