"""Every number of a readout: as a frame, as flat entries, and at a glance."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from cjlab._display import in_a_notebook, tabled
from cjlab.experiments._effect import Effect

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.experiments._readout import Readout

_AT_A_GLANCE = ["metric", "arm", "versus", "adjusted", "estimate", "low", "high", "p_corrected", "relative"]


def every(readout: Readout) -> list[Effect]:
    """Return all effects: for all customers, adjusted, net, of pairs, by segment and by day."""
    by_segment = (one.effect for one in readout.segments)
    return [*readout.effects, *readout.adjusted, *readout.net, *readout.rivals, *by_segment, *readout.days]


def framed(effects: list[Effect]) -> pd.DataFrame:
    """Return one row an effect, with why a number of it is NaN; the type of a column hangs on none of its values."""
    import pandas as pd

    records = [(*one, one.undefined) for one in effects]
    frame = pd.DataFrame.from_records(records, columns=[*Effect._fields, "undefined"])
    return frame.astype({"segment": "str", "day": "Float64"})


def entries(readout: Readout) -> list[dict[str, Any]]:
    """Return one entry a level or an effect, without NaN, which JSON does not have."""
    kept = [{"kind": "level", **one._asdict()} for one in readout.levels]
    kept += [{"kind": "effect", **one._asdict()} for one in every(readout)]
    return [{name: _known(value) for name, value in entry.items()} for entry in kept]


def glance(readout: Readout) -> str:
    """Return the decision and the effects for all customers, for the output of a notebook's cell."""
    main = framed([*readout.effects, *readout.adjusted, *readout.net])
    return in_a_notebook(f"<p><strong>{escape(readout.say())}</strong></p>{tabled(main[_AT_A_GLANCE])}")


def _known(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
