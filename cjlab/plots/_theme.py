"""How every figure looks: one font, four inks, air around; light, and a page recolours it for dark and for print.

A trace whose ``uid`` begins with the name of an ink takes that colour of the page.
"""

from __future__ import annotations

from functools import cache

import plotly.graph_objects as go

INKS = {"accent": "#1b4fd0", "muted": "#6f7683", "good": "#0f7a43", "bad": "#c23232"}
TEXT, FAINT, GRID, AXIS = "#16181d", "#4c5363", "#e4e7ec", "#4c5363"
WIDTH = 760  # pixels in a notebook; a page gives its own
LABEL, TICK = 14, 12.5  # pixels
_SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'


@cache
def template() -> go.layout.Template:
    """Return what all figures have in common."""
    axis = {
        "automargin": True,
        "fixedrange": True,
        "gridcolor": GRID,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": TICK, "color": FAINT},
        "title": {"font": {"size": TICK, "color": FAINT}, "standoff": 10},
        "zeroline": False,
        "zerolinecolor": AXIS,
        "zerolinewidth": 1.5,
    }
    return go.layout.Template(
        layout={
            "font": {"family": _SANS, "size": LABEL, "color": TEXT},
            "paper_bgcolor": "#ffffff",
            "plot_bgcolor": "#ffffff",
            "showlegend": False,
            "hoverlabel": {"bgcolor": "#ffffff", "font": {"color": TEXT, "size": TICK}},
            "xaxis": axis,
            "yaxis": axis,
        }
    )


def faded(ink: str, *, opacity: float) -> str:
    """Return an ink as a wash, for a band behind a line."""
    red, green, blue = (int(INKS[ink][place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"
