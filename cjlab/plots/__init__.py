"""A result becomes a plotly figure; the only room that knows plotly, and one that computes nothing.

Each figure carries in ``layout.meta["cjlab"]`` what it shows in a sentence (``finding``), its numbers as a ``table``,
and its layout for a ``narrow`` screen, so that a page can be read without seeing the chart.
"""

from cjlab.plots._at_budget import at_budget
from cjlab.plots._balance import balance
from cjlab.plots._by_day import by_day
from cjlab.plots._calibration import calibration
from cjlab.plots._courses import Axis, Course, courses
from cjlab.plots._deciles import uplift_by_decile
from cjlab.plots._effects import effects
from cjlab.plots._found import gain, precision_recall, roc
from cjlab.plots._levels import Level, levels
from cjlab.plots._life import life
from cjlab.plots._matched import matched
from cjlab.plots._net_margin import net_margin
from cjlab.plots._personas import answers, personas
from cjlab.plots._profit import profit_curve
from cjlab.plots._punched import Grid, punched
from cjlab.plots._qini import qini
from cjlab.plots._reasons import first_reasons, reasons
from cjlab.plots._sample_size import sample_size
from cjlab.plots._segments import segments
from cjlab.plots._split import split
from cjlab.plots._survival import survival
from cjlab.plots._tiers import tiers
from cjlab.plots._timeline import timeline
from cjlab.plots._validity import margin, validity
from cjlab.plots._value_by_tenth import value_by_tenth

__all__ = [
    "Axis",
    "Course",
    "Grid",
    "Level",
    "answers",
    "at_budget",
    "balance",
    "by_day",
    "calibration",
    "courses",
    "effects",
    "first_reasons",
    "gain",
    "levels",
    "life",
    "margin",
    "matched",
    "net_margin",
    "personas",
    "precision_recall",
    "profit_curve",
    "punched",
    "qini",
    "reasons",
    "roc",
    "sample_size",
    "segments",
    "split",
    "survival",
    "tiers",
    "timeline",
    "uplift_by_decile",
    "validity",
    "value_by_tenth",
]
