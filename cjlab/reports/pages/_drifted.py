"""Charts and lists of features at two dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cjlab.reports.pages._listened import lines

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features import Drift
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._voice import Voice

_INKS: Final = {"moved": "bad", "moved a little": "accent", "as before": "muted"}


def named(feature: str) -> str:
    """Write the name of a feature so that it can be broken into lines."""
    return feature.replace("_", " ")


def numbers_of(line: dict[Any, Any]) -> Line:
    """Return the numbers of a line, without its verdict."""
    return {str(key): float(value) for key, value in line.items() if key != "verdict"}


@dataclass(frozen=True, slots=True)
class Drifted:
    """What is drawn and listed of features, in a language."""

    drift: Drift
    say: Voice

    def distances(self, known: pd.DataFrame) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw how far features moved."""
        from cjlab import plots

        told = {str(name): numbers_of(line) for name, line in known.to_dict("index").items()}
        verdicts = dict(zip(told, known["verdict"], strict=True))
        levels = [
            plots.Level(
                named(name), line["n_late"], line["distance"], line["low"], line["high"], _INKS[str(verdicts[name])]
            )
            for name, line in told.items()
        ]
        floors = [line["floor"] for line in told.values()]
        words = {"low": self.say.share(min(floors)), "high": self.say.share(max(floors))}
        axis, finding = self.say("x_moved_axis"), self.say("x_moved_found", **words)
        language, limit = self.say.language, self.drift.tolerance
        return plots.levels(levels, axis=axis, finding=finding, limit=limit, language=language)

    def curve(self, name: str) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw the cumulated shares of a feature at both dates."""
        from cjlab import plots

        found = self.drift.curve(name)
        at = [float(one) for one in found["value"]]
        drawn = [
            plots.Course(self.say(f"x_{date}"), at, [round(float(one), 4) for one in found[date]], ink=ink)
            for date, ink in (("late", "accent"), ("early", "muted"))
        ]
        ends = (at[0], at[-1])
        ticks = {one: self.short(one) for one, named in zip(at, found["tick"], strict=True) if named or one in ends}
        unit = self.say.word("x_unit", str(self.drift.recipe.describe().loc[name, "unit"]))
        axis = plots.Axis(f"{name}, {unit}", ticks)
        return plots.courses(
            drawn, across=axis, upwards=self.say("x_curve_up"), finding=self._furthest(name), language=self.say.language
        )

    def _furthest(self, name: str) -> str:
        """Say where a feature lies furthest apart, and its medians."""
        value, early, late = self.drift.widest(name)
        line = numbers_of(self.drift.columns.loc[name].to_dict())
        words = {"early": self.say.share(early), "late": self.say.share(late), "value": self.short(value)}
        medians = {"before": self.short(line["early_50"]), "now": self.short(line["late_50"])}
        return self.say("x_curve_found", name=name, **words, **medians)

    def lacking(self, table: pd.DataFrame, n: int) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw who lacks which feature."""
        from cjlab import plots

        told = {str(name): numbers_of(line) for name, line in table.to_dict("index").items()}
        everybody = self.drift.built.loc[self.drift.built.index.get_level_values(0).max()].shape[0]
        levels = [
            plots.Level(
                named(name), everybody * line["missing"], line["missing"], line["missing_low"], line["missing_high"]
            )
            for name, line in told.items()
        ]
        finding = self.say("x_missing_found", n=n, all=len(self.drift.columns))
        return plots.levels(levels, axis=self.say("x_missing_axis"), finding=finding, language=self.say.language)

    def stale(self, told: pd.DataFrame) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw which fields are stale."""
        from cjlab import plots

        ends = told[["told", "stale", "stale_share", "stale_low", "stale_high"]].astype(float)
        levels = [
            plots.Level(named(name), line["told"], line["stale_share"], line["stale_low"], line["stale_high"])
            for name, line in lines(ends).items()
        ]
        parts = [f"{name} {self.say.share(float(share))}" for name, share in told["told_share"].items()]
        finding = self.say("x_stale_found", parts=self.say.joined(parts))
        return plots.levels(levels, axis=self.say("x_stale_axis"), finding=finding, language=self.say.language)

    def rows(self) -> list[list[str]]:
        """Write a line a feature."""
        described = self.drift.recipe.describe().to_dict("index")
        return [
            self._row(str(name), described[name], line) for name, line in self.drift.columns.to_dict("index").items()
        ]

    def _row(self, name: str, said: dict[Any, Any], line: dict[Any, Any]) -> list[str]:
        numbers = numbers_of(line)
        quartiles = " · ".join(self.short(numbers[f"late_{place}"]) for place in (25, 50, 75))
        known = line["verdict"] != "not comparable"
        verdict = self.say(f"x_verdict_{str(line['verdict']).replace(' ', '_')}")
        what = f"{said['what']} ({said['unit']})"
        if numbers["missing"] > 0:
            what = self.say("x_nothing", what=what, missing=said["missing"])
        cells = [what, str(said["looks_back"]), quartiles, self.say.share(numbers["missing"])]
        return [name, *cells, self.say.share(numbers["distance"]) if known else "", verdict]

    def short(self, value: float) -> str:
        """Write a number shortly."""
        digits = 0 if abs(value) >= 100 or float(value).is_integer() else 2  # noqa: PLR2004 - digits that are read
        return self.say.numbers.decimal(value, digits=digits)
