"""The holdout is who it was: whoever was held out is so until another holdout begins, on a day that is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import TurnError

if TYPE_CHECKING:
    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._seen import Seen


def as_held(case: Case, seen: Seen) -> None:
    """Refuse rules whose holdout is not the one that was kept when it was decided last."""
    rows, rules, zone = seen.rows, case.cycle.rules, case.log.timezone
    when = rows["at"].max()
    last = rows[rows["at"] == when]
    declared = rules.holding(when.to_pydatetime(), zone)
    customers, kept = last["customer_id"].to_numpy(), (last["slice"] == "holdout").to_numpy()
    held = np.zeros(len(last), bool) if declared is None else declared.holds(customers)
    if (moved := int((held != kept).sum())) > 0:
        raise TurnError(
            f"the holdout is not the one that was kept on {when.tz_convert(zone):%Y-%m-%d}: of {len(last):,} customers "
            f"decided on then, {moved:,} would have been on the other side; leave that holdout in the rules as it was, "
            "and let another begin after that day"
        )
