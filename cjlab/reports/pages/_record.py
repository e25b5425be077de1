"""What a record keeps of the page of a test."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.reports.pages import _part
from cjlab.reports.pages._effects import short

if TYPE_CHECKING:
    from cjlab.reports.pages._part import Result
    from cjlab.reports.pages._teller import Teller

_TICK = dt.timedelta(microseconds=1)


def result(tell: Teller) -> Result:
    """Tell other programs the decision, language, reader, dates, and every number."""
    readout, experiment = tell.readout, tell.experiment
    until = readout.until if experiment.dated else None
    return _part.result(
        experiment.say("question", tell.language),
        readout.spoken(tell.language).headline,
        answer=readout.say(tell.language),
        tone=tell.tone,
        language=tell.language,
        reader="decider",
        test=experiment.name,
        subject=started(experiment.say("title", tell.language)),
        state="final" if readout.soundness.unfinished is None else "early",
        effect=short(tell),
        entries=readout.numbers(),
        **({} if until is None else {"data_until": tell.day(until - _TICK).isoformat()}),
    )
