"""A declaration at a glance, for the output of a notebook's cell."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cjlab._display import in_a_notebook, tabled

if TYPE_CHECKING:
    from cjlab.experiments._declaration import Declaration
    from cjlab.experiments._metric import Metric


def card(test: Declaration) -> str:
    """Return the question, and what was declared to answer it; what was not declared is left out."""
    import pandas as pd

    told = {name: words for name, words in _declared(test).items() if words}
    table = tabled(pd.DataFrame({"declared": [*told], "as": [*told.values()]}))
    return in_a_notebook(f"<p><strong>{escape(test.say('question', 'en'))}</strong></p>{table}")


def _declared(test: Declaration) -> dict[str, str]:
    roles = {role: [one for one in test.metrics if one.role == role] for role in ("primary", "secondary", "guardrail")}
    shares = [f"{arm} {share:.1%}{', the control' * (arm == test.control)}" for arm, share in test.shares.items()]
    return {
        "campaign": test.campaign or test.name,
        "arms": "; ".join(shares),
        **{role: "; ".join(map(_said, metrics)) for role, metrics in roles.items()},
        "horizon": test.horizon,
        "planned customers": "" if test.planned_customers is None else f"{test.planned_customers:,}",
        "value": "" if test.value is None else f"{test.value.metric} at a margin of {test.value.margin:.0%}",
        "segments": "; ".join(one.name for one in test.segments),
    }


def _said(metric: Metric) -> str:
    of = f"{metric.top} / {metric.bottom}" if metric.kind == "ratio" else ", ".join(metric.events)
    margin = "" if metric.margin is None else f", margin {metric.margin:g}"
    return f"{metric.name} ({metric.kind} of {of}{margin})"
