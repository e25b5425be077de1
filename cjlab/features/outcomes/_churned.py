"""Churn: who is gone by the end of some time after a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._checks import shown
from cjlab.errors import SpecError
from cjlab.features.outcomes._contract import Contract
from cjlab.features.outcomes._labelled import Asked
from cjlab.features.outcomes._silence import Silence

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.features._span import Dates
    from cjlab.features.outcomes._eligible import Eligible
    from cjlab.features.outcomes._labels import Labels
    from cjlab.tables import Log


def churned(
    log: Log,
    *,
    as_of: Dates,
    within: str,
    by: Contract | Silence | None = None,
    until: str | dt.date | None = None,
    among: Eligible | None = None,
) -> Labels:
    """Whether each customer is gone by as_of + within, 1 or 0, of those who were still there at the date.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date, text or sequence of them
        From when on: a bare date is the local midnight with which it begins.
    within : str
        For how long, such as ``"90D"``.
    by : Contract or Silence, optional
        How one sees that he is gone: the end of his contract (unless said), or a silence that his own rhythm does not
        explain.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event. Dates whose time is not
        over by then are left out, as "pending".
    among : Eligible, optional
        Of whom.

    Returns
    -------
    Labels
        Who is gone, by contract with the ``reason``; and who was left out, counted by why: "already churned" and
        what :class:`Contract` and :class:`Silence` name.

    Raises
    ------
    SpecError
        When a date, a length of time or a rule is none.
    TableError
        When the log lacks a column that is asked for.
    EvidenceError
        When the log has no events.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.telecom(n_customers=200), days=120).log
    >>> left = cj.features.churned(log, as_of="2024-02-15", within="60D")
    >>> set(left.reason.dropna()) <= {"left", "competitor", "unpaid"}
    True
    """
    rule = Contract() if by is None else by
    if not isinstance(rule, Contract | Silence):
        raise SpecError(f"by is {shown(by)}; give a cj.features.Contract or a cj.features.Silence")
    asked = Asked(log, as_of, within, until, among)
    return asked.labels("churned", lambda span: rule.gone(log, span))
