"""An experiment: what was declared, and what is done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.experiments._filed import Filed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cjlab.experiments._design import Design
    from cjlab.experiments._readout import Readout
    from cjlab.tables import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment(Filed):
    """A declared test of several arms on customers.

    Parameters
    ----------
    name : str
        Short name; also the salt of the assignment unless ``salt`` is given.
    question : str or mapping of str to str
        The question that the test answers: one string, or one for each language; so for all words below.
    control : str
        The arm that the others are compared with.
    arms : tuple of Arm
        All arms, the control among them, at least two.
    metrics : tuple of Metric
        The metrics; exactly one is primary.
    horizon : str
        How long after the contact outcomes count, such as ``"14D"``.
    campaign : str, optional
        The campaign of the log's contacts that belong to the test; the experiment's name unless given.
    title, population : str or mapping of str to str, optional
        The test's title and the customers it is about.
    value : Value, optional
        What an outcome is worth; without it nothing can be shown to pay.
    segments : tuple of Segment, optional
        Segments named before the test; their effects are for exploring and decide nothing.
    balance : tuple of str, optional
        Fields of ``profiles`` that are compared between the arms before the contact.
    fields : mapping of str to str or mapping, optional
        How a reader would say fields of ``profiles``, by field.
    alpha : float, default: 0.05
        Level of the two-sided tests, Holm-corrected over the arms for the primary metric.
    power : float, default: 0.8
        The power that ``design`` plans for.
    planned_customers : int, optional
        Customers with a full horizon that were planned, over all arms.
    expected_effect : float, optional
        The effect on the primary metric that the team expects, in its unit; ``design`` finds the size that shows it.
    mature_share : float, default: 0.95
        The share of customers who must have had their full horizon before a verdict.
    holdout : float, default: 0.05
        The share to keep aside when an arm is deployed.
    currency : str, default: "EUR"
        ISO 4217 code of amounts and costs.
    salt : str, optional
        Salt of the assignment by hash.
    dated : bool, default: True
        Whether the log's dates are real; where they are a convention, a page shows none.
    excluded, start : str or mapping of str to str, optional
        Who of the population gets nothing all the same, and from when an arm is deployed.
    per_week : int, optional
        Customers who would be contacted a week; the pace of the test when it is not given.
    note : str or mapping of str to str, optional
        What a reader must know before anything else, such as that the customers are made up.
    messages : str or mapping of str to str, optional
        What the arms send, in the plural and without an article, such as ``"e-mails"``; “messages” unless given.

    Raises
    ------
    SpecError
        When a field has a value that is not allowed or names something that is not declared.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> [arm.name for arm in test.treated], test.primary.name
    (['reminder', 'discount'], 'purchase')
    """

    def assign(self, customers: NDArray[Any] | Sequence[int | str]) -> NDArray[np.str_]:
        """Draw each customer's arm by salted hash.

        Parameters
        ----------
        customers : array_like
            ``(n,)`` customer ids.

        Returns
        -------
        ndarray
            ``(n,)`` arm names; a customer's arm depends on the salt and on his id alone.

        Raises
        ------
        TableError
            When an id is missing, no whole number, or numbers and text are mixed.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.assign([1, 2, 3]).tolist() == test.assign([3, 2, 1]).tolist()[::-1]
        True
        """
        from cjlab.experiments._assignment import drawn

        return drawn(self, customers)

    def design(self, history: Log, *, as_of: str | dt.datetime | None = None, per_day: float | None = None) -> Design:
        """Plan size, power and duration from what customers did before.

        Parameters
        ----------
        history : Log
            A log from before the test.
        as_of : str or datetime, optional
            The end of the history; the horizon before it is measured. The last thing known when it is not given.
        per_day : float, optional
            Customers who enter a day; all enter at once when it is not given.

        Returns
        -------
        Design
            Baseline, size an arm, detectable effects and duration.

        Raises
        ------
        TableError
            When a table breaks its rules, such as a customer without ``joined`` or in two rows.
        EvidenceError
            When the history holds fewer than 50 customers, or the primary metric does not vary in it.
        SpecError
            When ``as_of`` is no date, or the effect expected is out of reach or not above the least worth having.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> design.needed, design.advised, design.days
        (5838, 20000, 53)
        """
        from cjlab.experiments._design import design

        return design(self, history, as_of=as_of, per_day=per_day)

    def read_out(self, log: Log, *, as_of: str | dt.datetime | None = None) -> Readout:
        """Read the test out of a log.

        Parameters
        ----------
        log : Log
            A log that holds the campaign's contacts and the events that answer them.
        as_of : str or datetime, optional
            Nothing at or after this moment is read; a date is midnight in the brand's zone. Unless given, all is read.

        Returns
        -------
        Readout
            Every number with its interval, the checks of the test, and the decision.

        Raises
        ------
        TableError
            When a table lacks a column that the test needs or has it in another type, names an arm that was not
            declared, or nobody falls in a segment.
        EvidenceError
            When the data cannot answer: an empty arm, a customer in two arms, a propensity that is missing or differs
            from the declared allocation, an outcome that never happened.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test(), as_of="2025-09-20").decision.arms[0].reason.value
        'the horizon has not passed for enough customers'
        """
        from cjlab.experiments._read import read_out

        return read_out(self, log, as_of=as_of)

    def read_out_rows(self, rows: object) -> Readout:
        """Read the test out of a frame of one row a customer.

        Parameters
        ----------
        rows : frame
            Any frame with ``customer_id``, ``arm`` (names; whole numbers are names too, 1 is ``"1"``), one column of
            numbers or booleans a metric, named as it, ``<metric>_before`` for those adjusted by their own past, and the
            fields that segments, balance and ``before_profile`` name. ``cost`` where contacts had a known cost (one
            that is missing is the arm's), ``propensity`` and ``redeemed`` if they are there. NaN is missing, as null.

        Returns
        -------
        Readout
            As from ``read_out``; there are no times, so nothing by day, and every outcome is taken as mature.

        Raises
        ------
        TableError
            When a column is absent or of another type, a value cannot be (a share that is neither 0 nor 1, a negative
            cost, a customer without id), an arm was not declared, or nobody falls in a segment.
        EvidenceError
            When the data cannot answer, as for ``read_out``.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjlab.experiments import Arm, Experiment, Metric
        >>> visit = Metric(name="visit", kind="share", event="visit", role="primary")
        >>> parts = {"arms": (Arm(name="none"), Arm(name="mail")), "metrics": (visit,)}
        >>> test = Experiment(name="t", question="?", control="none", horizon="7D", **parts)
        >>> rows = pd.DataFrame({"customer_id": range(4), "arm": ["none", "mail"] * 2, "visit": [0, 1, 1, 1]})
        >>> test.read_out_rows(rows).effect("visit", "mail").estimate
        0.5
        """
        from cjlab.experiments._read import read_out_rows

        return read_out_rows(self, rows)

    def _repr_html_(self) -> str:
        from cjlab.experiments._card import card

        return card(self)
