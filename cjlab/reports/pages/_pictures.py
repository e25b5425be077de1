"""The ten pictures of a base of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._display import Parts, started
from cjlab.reports.pages._listened import lines

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features import Base
    from cjlab.reports.pages._based import Based
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._voice import Voice

    Figures = tuple[Any, ...]

_SCORES: Final = range(5, 0, -1)
_GOOD: Final = 4  # scores from which a customer is among the best
_RARE: Final = 12  # months beside which there is room for every name


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is drawn of a base, in a language."""

    said: Based

    @property
    def words(self) -> Figures:
        """Who they are: the words of the field that is known of most; nothing where no field is known."""
        if not len(self._base.words):
            return ()
        found = [(self._say.word("word", name), line) for name, line in lines(self._base.words).items()]
        known = int(self._base.words["customers"].sum())
        words = {"field": self._say.word("field", self._base.field), "known": self._say.numbers.customers(known)}
        name, first = max(found, key=lambda one: one[1]["share"])
        finding = self._say("b_words_found", **words, name=name, **self._share(first))
        return (self._levels(found, "b_words_axis", finding, **words),)

    @property
    def channels(self) -> Figures:
        """Through what they come; nothing where there is one channel only."""
        found = [(self._say.channel(name), line) for name, line in lines(self._base.channels).items()]
        if len(found) < 2:  # noqa: PLR2004 - one channel says nothing
            return ()
        parts = [f"{name} {self._say.share(line['share'])}" for name, line in found]
        return (self._levels(found, "b_channels_axis", self._say("b_channels_found", parts=self._say.joined(parts))),)

    @property
    def months(self) -> Figures:
        """How many bought, month by month; nothing where there are fewer than two whole months."""
        from babel.dates import format_date

        from cjlab import plots

        found = self._base.months
        if len(found) < 2:  # noqa: PLR2004 - a line needs two
            return ()
        short = [format_date(month, "MMM yy", locale=self._say.language) for month in found.index]
        names: dict[float, str] = dict(enumerate(short))
        drawn = [
            plots.Course(self._say(f"b_months_{name}"), list(names), [float(one) for one in found[name]], ink=ink)
            for name, ink in (("customers", "accent"), ("new", "muted"))
        ]
        last = format_date(found.index[-1], "MMMM y", locale=self._say.language)
        words = {name: self._say.numbers.customers(int(found[name].iloc[-1])) for name in ("customers", "new")}
        axis = plots.Axis(self._say("b_months_axis"), names)
        finding, up = self._say("b_months_found", month=last, **words), self._say("b_months_up")
        return (self._courses(drawn, axis, up, finding, unit="number"),)

    @property
    def last(self) -> Any:  # noqa: ANN401 - a plotly figure
        """When they were last seen buying."""
        found = self._bands(self._base.last, "days")
        first = lines(self._base.last.reset_index(drop=True))["0"]
        return self._levels(found, "b_last_axis", self._say("b_last_found", **self._share(first)))

    @property
    def often(self) -> Any:  # noqa: ANN401 - a plotly figure
        """How many orders they made."""
        found = self._bands(self._base.often, "orders")
        finding = self._say("b_often_found", **self.said.shares(self._base.once, "once"))
        return self._levels(found, "b_often_axis", finding)

    @property
    def gaps(self) -> Figures:
        """How long they wait between orders; nothing where nobody has three gaps."""
        told = lines(self._base.gaps.reset_index(drop=True))
        judged = sum(line["customers"] for line in told.values())
        if not judged:
            return ()
        found = self._bands(self._base.gaps, "days")
        name, most = max(found, key=lambda one: one[1]["share"])
        words = {"judged": self._say.numbers.customers(int(judged)), "name": name, **self._share(most)}
        return (self._levels(found, "b_gaps_axis", self._say("b_gaps_found", **words)),)

    @property
    def concentration(self) -> Figures:
        """What part of sales the best bring; nothing where the log has no amounts."""
        from cjlab import plots

        if not len(self._base.curve):
            return ()
        at = [float(one) for one in self._base.curve["customers"]]
        line = plots.Course(self._say("b_top_up"), at, [float(one) for one in self._base.curve["part"]])
        ticks = {place / 10: self._say.numbers.share(place / 10, digits=0) for place in (0, 1, 2, 4, 6, 8, 10)}
        axis = plots.Axis(self._say("b_top_axis"), ticks)
        spot = (0.1, self._base.top[0], self._say("b_top_spot", top=self._say.share(self._base.top[0])))
        finding = self._say("b_top_found", **self.said.shares(self._base.top, "top"))
        return (self._courses([line], axis, self._say("b_top_up"), finding, spot=spot),)

    @property
    def again(self) -> Figures:
        """Whether they buy again, in each 30 days after the first order; nothing where few were followed."""
        from cjlab import plots

        found = self._base.again
        groups = {str(name): one for name, one in found.groupby("line", sort=False) if len(one) > 1}
        if not groups:
            return ()
        inks = {"later": "accent", "early": "muted"}
        drawn = [self._course(name, groups[name], ink) for name, ink in inks.items() if name in groups]
        names = {float(period): str(period) for period in sorted({int(one) for one in found["period"]})}
        axis = plots.Axis(self._say("b_again_axis"), names)
        ends = [self._ends(name, groups[name]) for name in inks if name in groups]
        return (self._courses(drawn, axis, self._say("b_again_up"), self._say("b_again_found", parts="; ".join(ends))),)

    def _course(self, name: str, found: pd.DataFrame, ink: str) -> Any:  # noqa: ANN401 - a course of plots
        from cjlab import plots

        x, y, low, high = ([float(one) for one in found[column]] for column in ("period", "share", "low", "high"))
        return plots.Course(self._say(f"b_again_{name}"), x, y, low, high, ink)

    def _ends(self, name: str, found: pd.DataFrame) -> str:
        first, last = (self._say.share(float(found["share"].iloc[place])) for place in (0, -1))
        period = self._say.numbers.count(float(found["period"].iloc[-1]))
        return self._say("b_again_part", name=self._say(f"b_again_{name}"), first=first, last=last, period=period)

    @property
    def hours(self) -> Any:  # noqa: ANN401 - a plotly figure
        """On which weekday and at which hour they order; fewer than 11 orders are not counted out."""
        from babel.dates import get_day_names

        from cjlab import plots

        found = self._base.hours
        days = [str(get_day_names("wide", locale=self._say.language)[day]) for day in range(7)]
        per_day, hour = found.sum(axis=1) / found.sum(), int(found.sum(axis=0).argmax())
        words = {
            "most": days[int(per_day.argmax())], "most_share": self._say.share(float(per_day.max())),
            "least": days[int(per_day.argmin())], "least_share": self._say.share(float(per_day.min())),
            "hour": hour, "next": hour + 1, "hour_share": self._say.share(float(found[:, hour].sum() / found.sum())),
        }  # fmt: skip
        values = np.where(found < 11, 0, found).astype(float)  # noqa: PLR2004 - fewer are not counted out
        count = self._say.numbers.customers
        grid = plots.Grid(
            values.tolist(),
            [started(day) for day in days],
            [str(one) for one in range(24)],
            self._say("b_hours_down"),
            self._say("b_hours_across"),
            cells=[[count(int(one)) for one in row] for row in found],
        )
        key = "b_hours_found" if per_day.min() else "b_hours_found_none"
        return plots.punched(grid, finding=self._say(key, **words), language=self._say.language)

    @property
    def rfm(self) -> Any:  # noqa: ANN401 - a plotly figure
        """How many have each score of recency and frequency, and what the best bring."""
        from cjlab import plots

        found = (
            self._base.rfm["customers"].unstack(fill_value=0).reindex(index=_SCORES, columns=range(1, 6), fill_value=0)
        )
        counts = found.to_numpy(np.int64)
        share, numbers = counts / counts.sum(), self._say.numbers
        flat: list[int] = counts.ravel().tolist()
        told = np.array(Parts.of(flat).told, dtype=bool).reshape(counts.shape)
        labels = [
            [numbers.share(part, digits=0) if one else "" for one, part in zip(*row, strict=True)]
            for row in zip(told, share, strict=True)
        ]
        scores = self._base.rfm.index
        best = (scores.get_level_values(0) >= _GOOD) & (scores.get_level_values(1) >= _GOOD)
        part = float(self._base.rfm["part"][best].sum())
        words = {
            "share": self._say.share(float(self._base.rfm["customers"][best].sum() / counts.sum())),
            "part": self._say.share(part),
        }
        grid = plots.Grid(
            np.where(told, counts, 0).astype(float).tolist(),
            [self._say("b_rfm_row", score=score) for score in _SCORES],
            [self._say("b_rfm_column", score=score) for score in range(1, 6)],
            self._say("b_rfm_down"),
            self._say("b_rfm_across"),
            labels,
            np.array(numbers.parts(flat)).reshape(counts.shape).tolist(),
        )
        key = "b_rfm_found" if self._base.money else "b_rfm_found_bare"
        return plots.punched(grid, finding=self._say(key, **words), language=self._say.language)

    def _bands(self, table: pd.DataFrame, unit: str) -> list[tuple[str, Line]]:
        """Name the bands of a number."""
        told = list(lines(table.reset_index(drop=True)).values())
        edges = [(float(above), float(most)) for above, most in table.index]
        return [(self._band(above, most, unit), line) for (above, most), line in zip(edges, told, strict=True)]

    def _band(self, above: float, most: float, unit: str) -> str:
        first = above + 1 if above or unit == "orders" else 0.0
        low, high = self._say.numbers.count(first), self._say.numbers.count(most)
        if np.isinf(most):
            return self._say(f"b_band_{unit}_over", above=self._say.numbers.count(above))
        if first == most:
            return self._say(f"b_band_{unit}_one" if most == 1 else f"b_band_{unit}_same", most=high)
        return self._say(f"b_band_{unit}_first" if not first else f"b_band_{unit}", first=low, most=high)

    def _levels(self, found: list[tuple[str, Line]], axis: str, finding: str, **words: str) -> Any:  # noqa: ANN401 - a plotly figure
        from cjlab import plots

        drawn = [plots.Level(name, line["customers"], line["share"], line["low"], line["high"]) for name, line in found]
        return plots.levels(
            drawn, axis=self._say(axis, **words), finding=finding, parts=True, language=self._say.language
        )

    def _courses(self, drawn: list[Any], axis: Any, upwards: str, finding: str, **how: Any) -> Any:  # noqa: ANN401 - a plotly figure
        from cjlab import plots

        language = self._say.language
        return plots.courses(drawn, across=axis, upwards=upwards, finding=finding, language=language, **how)

    def _share(self, line: Line) -> dict[str, str]:
        return self.said.shares((line["share"], line["low"], line["high"]), "share")

    @property
    def _base(self) -> Base:
        return self.said.base

    @property
    def _say(self) -> Voice:
        return self.said.say
