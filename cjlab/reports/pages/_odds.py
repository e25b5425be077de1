"""Charts and tables of who will buy: what contacts find, whether chances hold, what contacts bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab import metrics
from cjlab.reports.pages._body import Fold, Grid
from cjlab.reports.pages._listened import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.reports.pages._foretold import Foretold
    from cjlab.reports.pages._listened import Line
    from cjlab.reports.pages._voice import Voice

_SHARES: Final = (0.05, 0.1, 0.2, 0.3, 0.5)
_HALF: Final = 50  # hundredths that are drawn
_TIMES: Final = (0.5, 1.0, 2.0)  # as many purchases owed to the contact as supposed
_TICKS: Final = 8  # at most so many on an axis
_MANY: Final = 10  # features that the card names


@dataclass(frozen=True, slots=True)
class Odds:
    """What is drawn and listed of a forecast, in a language."""

    said: Foretold

    def found(self) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw how many of the buyers the score finds, and how many today's rule."""
        from cjlab import plots

        judged, words = self.said.forecast.judged, self.said.words
        curve, rule = (metrics.gain(judged.outcome, score) for score in (judged.score, self.said.forecast.today))
        at = [float(one) for one in curve.share[: _HALF + 1]]
        cut = slice(0, _HALF + 1)
        drawn = [
            plots.Course(
                self._say("p_line_score"), at, *(one[cut].tolist() for one in (curve.estimate, curve.low, curve.high))
            ),
            plots.Course(self._say("p_line_today"), at, rule.estimate[cut].tolist(), ink="bad"),
            plots.Course(self._say("p_line_random"), at, at, ink="muted"),
        ]
        axis = plots.Axis(self._say("p_found_axis"), {one: self._short(one) for one in at[::10]})
        finding = self._say("p_found_found", **words)
        upwards = self._say("p_found_up", days=self.said.days)
        return plots.courses(drawn, across=axis, upwards=upwards, finding=finding, language=self._say.language)

    def shares(self) -> Grid:
        """List what the score and today's rule find, a line a share contacted."""
        score, rule = (
            lines(self.said.forecast.budget(_SHARES, self.said.worth, rule=one).to_frame()).values()
            for one in (False, True)
        )
        rows = []
        for one, other in zip(score, rule, strict=True):
            ahead = self.said.forecast.ahead(one["share"])
            gain = f"{self.said.points(ahead.estimate)} ({self._say.between(ahead.low, ahead.high, self.said.points)})"
            found = f"{self._say.share(one['recall'])} ({self.said.between(one, 'recall')})"
            ends = self._say.between(one["lift_low"], one["lift_high"], self._say.decimal)
            lift = f"{self._say.decimal(one['lift'])} ({ends})"
            rows.append([self._contacted(one), found, self._say.share(other["recall"]), gain, lift])
        return self._grid(("contacted", "score", "today", "gain", "lift"), rows)

    def true(self) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw what was said beside what happened."""
        from cjlab import plots

        return plots.calibration(self.said.calibration, language=self._say.language)

    def net(self) -> Any:  # noqa: ANN401 - a plotly figure
        """Draw what contacting more and more customers brings, by the score and by today's rule."""
        from cjlab import plots

        many, names = _steps(self.said.scored)
        shares = [one / self.said.scored for one in many[1:]]
        score, rule = (self._brought(shares, rule=one) for one in (False, True))
        drawn = [
            plots.Course(self._say("p_line_score"), many, score["net"], score["net_low"], score["net_high"]),
            plots.Course(self._say("p_line_today"), many, rule["net"], ink="bad"),
        ]
        chosen, net = float(self.said.chosen), float(np.interp(self.said.chosen, many, score["net"]))
        return plots.courses(
            drawn,
            across=plots.Axis(self._say("p_net_axis"), {one: self._say.numbers.count(one) for one in names}),
            upwards=self._say("p_net_up", unit=self._say.unit or self._say("p_units")),
            finding=self._best(many, score["net"]),
            unit="number",
            spot=(chosen, net, self._say("p_spot", **self.said.words)) if chosen else None,
            language=self._say.language,
        )

    def _brought(self, shares: Sequence[float], *, rule: bool) -> dict[str, list[float]]:
        """Return what contacts to shares of the customers bring, and its ends, as of all scored; nothing first."""
        found = self.said.forecast.budget(shares, self.said.worth, rule=rule).to_frame() * self._part
        return {name: [0.0, *map(float, found[name])] for name in ("net", "net_low", "net_high")}

    def _best(self, many: Sequence[float], net: Sequence[float]) -> str:
        """Say with how many contacts the net is highest, and what contacting everybody brings."""
        best, words = int(np.argmax(net)), {"everyone": self._say.money(net[-1]), "caused": self.said.words["caused"]}
        words |= {"best": self._say.numbers.count(many[best]), "most": self._say.money(net[best])}
        return self._say("p_net_found" if best else "p_net_lost", **words)

    @property
    def _part(self) -> float:
        """How many customers are scored, for one that was judged."""
        return self.said.scored / len(self.said.forecast.judged.outcome)

    def pays(self) -> Grid:
        """List what has to be true for contacts to pay, a line a share contacted."""
        times = [one for one in _TIMES if one * self.said.worth.caused <= 1]
        found = lines(self.said.forecast.budget(_SHARES, self.said.worth).to_frame()).values()
        rows = [
            [
                self._contacted(one),
                f"{self._say.share(one['precision'])} ({self.said.between(one, 'precision')})",
                self._say.money(self._part * one["cost"]),
                self.said.least(one["precision"]),
                *(self._net(one, part) for part in times),
            ]
            for one in found
        ]
        owed = [self._say.numbers.trimmed(self._say.share(one * self.said.worth.caused)) for one in times]
        return self._grid(
            ("contacted", "buy", "spent", "least"), rows, [self._say("p_col_net", caused=one) for one in owed]
        )

    def _net(self, line: Line, times: float) -> str:
        """Write what contacts bring, net, if ``times`` as many purchases as supposed are owed to them."""
        return self._say.money(self._part * (line["found"] * times * self.said.worth.value - line["cost"]))

    def strongest(self) -> Fold:
        """List the features that foretell most alone, behind a title."""
        areas = self.said.forecast.heard.areas.head(_MANY).to_dict("records")
        rows = [
            [
                str(one["column"]),
                self._say.share(one["auc"]),
                self._say.between(one["low"], one["high"], self._say.share),
            ]
            for one in areas
        ]
        return Fold(
            self._say("p_strongest"), self._grid(("feature", "pairs", "interval"), rows), self._say("p_strongest_note")
        )

    def card(self) -> Grid:
        """List what is to be known of the model."""
        from cjlab import models

        forecast, say = self.said.forecast, self._say
        made = models.card(
            forecast.model, forecast.judged, question=say("p_question", days=self.said.days), leakage=forecast.heard
        )
        dates = [say.numbers.date(self.said.day(one)) for one in forecast.dates]
        told = {
            "question": made.question,
            "consent": say("p_card_marketing"),
            "model": say(f"p_card_{forecast.model.member}"),
            "rows": say(
                "p_card_rows_of", rows=say.numbers.count(made.rows), customers=say.numbers.count(made.customers)
            ),
            "dates": say.joined(dates),
            "features": say.numbers.count(len(made.features)),
            "share": say.share(made.share),
        }
        told |= {
            name: self._figure(name) for name in ("auc", "average_precision", "brier", "ece", "slope", "intercept")
        }
        told["limits"] = say("p_card_limits_said")
        return Grid(
            [say("p_col_card"), say("p_col_told")],
            [[say(f"p_card_{name}_name"), value] for name, value in told.items()],
        )

    def _figure(self, name: str) -> str:
        """Write a figure of the customers judged, and its interval."""
        one = self.said.forecast.judged.figure(name)

        def write(value: float) -> str:
            return self._say.numbers.decimal(value, digits=3)

        return f"{write(one.estimate)} ({self._say.between(one.low, one.high, write)})"

    def _contacted(self, line: Line) -> str:
        """Say how many customers a share is now."""
        return self._say(
            "p_contacted",
            share=self._short(line["share"]),
            count=self._say.numbers.count(line["share"] * self.said.scored),
        )

    def _grid(self, names: Sequence[str], rows: Sequence[Sequence[str]], more: Sequence[str] = ()) -> Grid:
        columns = [*(self._say(f"p_col_{name}") for name in names), *more]
        return Grid(columns, rows, frozenset(range(1, len(columns))))

    def _short(self, share: float) -> str:
        return self._say.numbers.share(share, digits=0)

    @property
    def _say(self) -> Voice:
        return self.said.say


def _steps(count: int) -> tuple[list[float], list[float]]:
    """Return numbers of contacts up to all, a tenth of a round step apart, and those that an axis names."""
    power = 10.0 ** np.floor(np.log10(count / _TICKS))
    step = next(power * one for one in (1, 2, 5, 10) if power * one * _TICKS >= count)
    many = [*np.arange(0, count, max(1.0, step / 10)).tolist(), float(count)]
    named = [one for one in np.arange(0, count, step).tolist() if count - one > step / 2]
    return many, [*named, float(count)]
