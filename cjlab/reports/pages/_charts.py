"""The charts of a test; a part that shows nothing where there is nothing to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjlab.reports.pages._effects import hidden

if TYPE_CHECKING:
    from cjlab.reports.pages._part import Part
    from cjlab.reports.pages._teller import Teller


def effects(tell: Teller) -> Any:  # noqa: ANN401 - a plotly figure, or a part
    """Draw the effects on the primary metric."""
    from cjlab import plots  # plotly is slow to import

    return plots.effects(tell.readout, language=tell.language) if tell.seen else _nothing(tell, "effects")


def net_margin(tell: Teller) -> Any:  # noqa: ANN401 - a plotly figure, or a part
    """Draw the net margin, where the test declares a value."""
    from cjlab import plots

    drawn = tell.seen and tell.readout.net
    return plots.net_margin(tell.readout, language=tell.language) if drawn else _nothing(tell, "def_net_name")


def by_day(tell: Teller) -> Any:  # noqa: ANN401 - a plotly figure, or a part
    """Draw the effect day by day, where the log has times."""
    from cjlab import plots

    drawn = tell.readable and tell.readout.days
    return plots.by_day(tell.readout, language=tell.language) if drawn else _nothing(tell, "by_day")


def segments(tell: Teller) -> Any:  # noqa: ANN401 - a plotly figure, or a part
    """Draw the segments, where there are any."""
    from cjlab import plots

    drawn = tell.readable and tell.readout.segments
    return plots.segments(tell.readout, language=tell.language) if drawn else _nothing(tell, "segments")


def _nothing(tell: Teller, title: str) -> Part:
    return hidden(tell.say(title, messages=tell.messages))
