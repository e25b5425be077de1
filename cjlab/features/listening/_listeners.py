"""Those we write to as tables: who is silent, by which channel, and who is late, a line a group with its intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab.features._estimates import UNKNOWN, mean, share
from cjlab.features.listening._audit import ACTS, LINE, SILENCES, audited, line
from cjlab.features.listening._heard import GAPS

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.features._estimates import Ends
    from cjlab.features.listening._heard import Heard

_GROUPS: Final = ("reads", "comes", "silent")
_LATE: Final = "rhythm_change_purchase_stopped_since"
_NEW: Final = 90.0  # days since the first message, before which nobody is silent for long
_SAID: Final = ("share", "low", "high")


def grouped(read: Heard) -> np.ndarray:
    """Return the group of each customer."""
    people = read.people
    if "audit_silence" not in people:
        return np.full(len(people), "unwritten", object)
    depth = people["audit_silence"]
    reads = (depth < 2) if {"opened", "clicked"} & set(read.told) else depth < 0  # noqa: PLR2004 - neither opened nor clicked
    kinds = [depth.isna(), depth == len(ACTS), reads]
    return np.select(kinds, ["unwritten", "silent", "reads"], "comes").astype(object)


def early(written: pd.DataFrame, told: tuple[str, ...]) -> int:
    """Count those in the first silence that can be told who got their first message a short while ago."""
    return int((written.loc[first(written, told), "first_sent"] < _NEW).sum()) if len(written) else 0


def first(written: pd.DataFrame, told: tuple[str, ...]) -> pd.Index[Any]:
    """Return those in the first silence that can be told."""
    if not len(written) or not told:
        return written.index[:0]
    return written.index[written[SILENCES[ACTS.index(told[0])]] > 0]


def silences(written: pd.DataFrame, told: tuple[str, ...]) -> pd.DataFrame:
    """Return a line for all, and one for each silence that can be told."""
    return audited(written, told, everybody="written") if len(written) else nothing(LINE)


def groups(written: pd.DataFrame) -> pd.DataFrame:
    """Return a line a group: how many, what they cost, how often they were written to, how often they bought."""
    import pandas as pd

    columns = list(LINE)
    columns += [f"{name}{end}" for name in ("messages", "bought") for end in ("", "_low", "_high")]
    if not len(written):
        return nothing(tuple(columns))
    lines = {}
    for name in _GROUPS:
        mine = written[written["group"] == name]
        flags = np.asarray(written["group"] == name, np.float64)
        lines[name] = [*line(written, flags), *mean(mine["targeted"]), *mean(mine["bought"])]
    return pd.DataFrame.from_dict(lines, orient="index", columns=columns).rename_axis("group")


def with_machines(written: pd.DataFrame, read: Heard) -> Ends:
    """Return which share would have opened nothing if opens by machines were a person's."""
    if not len(written) or "opened" not in read.told or "machine" in read.lacking:
        return UNKNOWN
    return share((written["no_open"] == 1) & (written["machine_opens"] == 0))


def channels(written: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return a line a channel: to how many, how much, and who opened nothing there."""
    import pandas as pd

    lines = {}
    for place, channel in enumerate(names):
        mine = written[written[f"sent_{place}"] > 0]
        opened = mine[f"opened_{place}"]
        said = share(opened == 0) if opened.sum() else UNKNOWN
        cost = float(mine[f"cost_{place}"].sum())
        lines[channel] = [float(len(mine)), float(mine[f"sent_{place}"].sum()), cost, *said]
    columns = ["customers", "messages", "cost", *_SAID]
    return pd.DataFrame.from_dict(lines, orient="index", columns=columns).rename_axis("channel")


def late(people: pd.DataFrame) -> pd.DataFrame:
    """Return a line for all customers with a rhythm, and one a group."""
    import pandas as pd

    columns = ["judged", "late", *_SAID]
    if _LATE not in people:
        return nothing(tuple(columns))
    judged = people[people["rhythm_purchase_gaps"] >= GAPS]
    parts = {"all": judged} | {name: judged[judged["group"] == name] for name in (*_GROUPS, "unwritten")}
    lines = {}
    for name, mine in parts.items():
        alarmed = mine[_LATE].notna()
        lines[name] = [float(len(mine)), float(alarmed.sum()), *share(alarmed)]
    return pd.DataFrame.from_dict(lines, orient="index", columns=columns).rename_axis("group")


def nothing(columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a table without lines."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series([], dtype=float) for name in columns})
