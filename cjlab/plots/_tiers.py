"""Which share of the margin each tier of customers brings, beside its share of the customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.plots._parts import Part, parts
from cjlab.plots._shares import Speech

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.models import Portfolio


def tiers(portfolio: Portfolio, *, language: str = "en") -> go.Figure:
    r"""Draw which share of the expected margin each tier brings, beside its share of the customers.

    Parameters
    ----------
    portfolio : Portfolio
        What ``cj.models.Portfolio.of`` found.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One row a tier, the best first: the share of the margin with its interval, and a stroke at the share of the
        customers.

    Raises
    ------
    SpecError
        When the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample())
    >>> cj.plots.tiers(found).layout.meta["cjlab"]["table"]["rows"][0][:3]
    ['Gold', '117', '5.0\xa0%']
    """
    speech = Speech(language)
    rows = [
        Part(speech.known(f"tier_{name}", str(name)), *(float(one[key]) for key in Part._fields[1:]))
        for name, one in portfolio.tiers[::-1].to_dict("index").items()
    ]
    columns = [speech.say(key) for key in ("tier", "customers", "share_customers", "share_margin", "interval_any")]
    return parts(rows, speech, axis=speech.say("axis_tiers"), columns=columns, finding="tiers_found")
