"""Activity: visits, days, pages, searches, and what was left behind."""

from __future__ import annotations

from dataclasses import dataclass

from cjlab._checks import offset
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import counted, distinct, leading, mean, same, silence
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

_ACTS = Where(("visit", "view", "search", "favourite", "cart", "purchase"))
_LEFT = 20


@dataclass(frozen=True)
class Activity(Builder):
    """Visits of a customer, and what he does on them.

    * ``sessions_W``: runs of rows with no pause longer than ``pause`` between one and the next;
    * ``active_days_W``: local days on which there are some; ``days_since_active``, of 24 hours;
    * ``pages_W`` views, ``pages_W_distinct`` different pages; ``visit_length_W`` mean seconds of visits with a length;
    * ``searches_W`` searches, ``searches_W_distinct`` different words searched for;
    * ``favourites_left`` and ``carts_left``: what was put aside, or in the cart, since the last purchase, at most 20.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows are acts of his.
    window : str
        How far back.
    pause : str
        What ends a session.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window or the pause is no length of time.

    References
    ----------
    Halfaker et al. (2015), User session identification based on strong regularities in inter-activity time,
    doi:10.1145/2736277.2741117.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Activity(window="30D")).names[:2]
    ('sessions_30D', 'active_days_30D')
    """

    of: Where = _ACTS
    window: str = "90D"
    pause: str = "30min"

    def __post_init__(self) -> None:
        """Check what ends a session."""
        super().__post_init__()
        offset(self.pause, name="pause")

    def columns(self) -> tuple[Column, ...]:
        """Return sessions, days, pages, searches and what was left.

        Returns
        -------
        tuple of Column
            Ten features.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Activity().columns())
        10
        """
        span, views, searches = self.window, Where("view"), Where("search")
        runs = Cell("sessions", self.of, window=span, span=self.pause)
        days = Cell("days", self.of, window=span)
        length = Cell("moments", Where("visit"), of="duration_s", window=span)
        what = "mean seconds of visits with a length"
        return (
            Column(f"sessions_{span}", (runs,), same, "sessions", f"runs of {self.of} without {self.pause} of pause"),
            Column(f"active_days_{span}", (days,), same, "days", f"local days with some of {self.of}"),
            silence("days_since_active", self.of, f"days since the last of {self.of}", "he never did any"),
            counted(f"pages_{span}", views, span, "pages seen"),
            distinct(f"pages_{span}_distinct", views, "page", span, "different pages seen"),
            Column(f"visit_length_{span}", (length,), mean, "seconds", what, "no visit has a length"),
            counted(f"searches_{span}", searches, span, "searches"),
            distinct(f"searches_{span}_distinct", searches, "query", span, "different words searched for"),
            _put("favourites_left", "favourite"),
            _put("carts_left", "cart"),
        )


def _put(name: str, event: str) -> Column:
    """Return how many such rows there are since the last purchase."""
    both = (event, "purchase")
    latest = Cell("recent", Where(both), of="event", words=both, size=_LEFT)
    return Column(name, (latest,), leading, "rows", f"rows with event {event} since the last purchase, at most {_LEFT}")
