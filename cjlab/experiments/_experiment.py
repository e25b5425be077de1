"""An experiment as it was declared before anyone looked: question, arms, metrics, margins, horizon, money."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjlab._checks import distinct, finite, offset, one_of, within
from cjlab.errors import SpecError, TableError
from cjlab.experiments._arm import Arm, Segment
from cjlab.experiments._declared import declared
from cjlab.experiments._metric import Metric
from cjlab.experiments._text import Text
from cjlab.experiments._value import Value

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cjlab.experiments._design import Design
    from cjlab.experiments._readout import Readout
    from cjlab.tables import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A declared test of several arms on customers.

    Parameters
    ----------
    name : str
        Short name; also the salt of the assignment unless ``salt`` is given.
    question : str or mapping of str to str
        The question that the test answers, in one or several languages.
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
        The test's title and the customers it is about, in one or several languages.
    value : Value, optional
        What an outcome is worth; without it nothing can be shown to pay.
    segments : tuple of Segment, optional
        Segments named before the test; their effects are for exploring and decide nothing.
    balance : tuple of str, optional
        Fields of ``profiles`` that are compared between the arms before the contact.
    fields : mapping of str to str or mapping, optional
        How a reader would say fields of ``profiles``, by field, in one or several languages.
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
        Who of the population gets nothing all the same, and from when an arm is deployed, in one or several languages.
    per_week : int, optional
        Customers who would be contacted a week; the pace of the test when it is not given.
    note : str or mapping of str to str, optional
        What a reader must know before anything else, such as that the customers are made up.

    Raises
    ------
    SpecError
        When a field has a value that is not allowed or names something that is not declared.

    Examples
    --------
    >>> from cjlab.experiments import Arm, Experiment, Metric
    >>> test = Experiment(
    ...     name="welcome", question="Does a welcome e-mail bring a second purchase?", control="none", horizon="30D",
    ...     arms=(Arm(name="none"), Arm(name="welcome")),
    ...     metrics=(Metric(name="second", kind="share", event="purchase", role="primary"),))
    >>> [arm.name for arm in test.treated], test.primary.name
    (['welcome'], 'second')
    """

    name: str
    question: str | Mapping[str, str]
    control: str
    arms: tuple[Arm, ...]
    metrics: tuple[Metric, ...]
    horizon: str
    campaign: str | None = None
    title: str | Mapping[str, str] | None = None
    population: str | Mapping[str, str] | None = None
    value: Value | None = None
    segments: tuple[Segment, ...] = ()
    balance: tuple[str, ...] = ()
    fields: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    alpha: float = 0.05
    power: float = 0.8
    planned_customers: int | None = None
    expected_effect: float | None = None
    mature_share: float = 0.95
    holdout: float = 0.05
    currency: str = "EUR"
    salt: str | None = None
    dated: bool = True
    excluded: str | Mapping[str, str] | None = None
    start: str | Mapping[str, str] | None = None
    per_week: int | None = None
    note: str | Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        for name in ("question", "title", "population", "excluded", "start", "note"):
            Text.of(getattr(self, name) or self.name, name=f"experiment: {name}")
        arms = distinct([arm.name for arm in self.arms], name="experiment: arms")
        one_of(self.control, arms, name="experiment: control")
        if not self.treated:
            raise SpecError("experiment: arms holds the control alone; declare at least one arm beside it")
        self._check_metrics(distinct([metric.name for metric in self.metrics], name="experiment: metrics"))
        distinct([segment.name for segment in self.segments], name="experiment: segments")
        distinct(self.balance, name="experiment: balance")
        for name, label in self.fields.items():
            Text.of(label, name=f"experiment: fields.{name}")
        self._check_numbers()

    def _check_metrics(self, names: tuple[str, ...]) -> None:
        primary = [metric.name for metric in self.metrics if metric.role == "primary"]
        if len(primary) != 1:
            raise SpecError(f"experiment: {len(primary)} metrics are primary ({', '.join(primary)}); declare one")
        plain = [metric.name for metric in self.metrics if metric.kind != "ratio"]
        for metric in self.metrics:
            for part in (metric.top, metric.bottom):
                if part is not None:
                    one_of(part, plain, name=f"metric {metric.name!r}: top or bottom")
        if self.value is not None:
            one_of(self.value.metric, [one for one in names if one in plain], name="value: metric")

    def _check_numbers(self) -> None:
        offset(self.horizon, name="experiment: horizon")
        within(self.alpha, 0, 0.5, name="experiment: alpha", open_ends=True)
        within(self.power, 0.5, 1, name="experiment: power", open_ends=True)
        within(self.mature_share, 0, 1, name="experiment: mature_share")
        within(self.holdout, 0, 0.5, name="experiment: holdout")
        if self.per_week is not None and finite(self.per_week, name="experiment: per_week") < 1:
            raise SpecError(f"experiment: per_week is {self.per_week!r}; give the customers a week, at least 1")
        if self.expected_effect is not None:
            finite(self.expected_effect, name="experiment: expected_effect")
        if self.planned_customers is not None and self.planned_customers < len(self.arms):
            raise SpecError(
                f"experiment: planned_customers is {self.planned_customers}; give at least one customer for each arm"
            )

    @classmethod
    def read(cls, path: str | Path) -> Experiment:
        """Read an experiment from a TOML file.

        Parameters
        ----------
        path : str or Path
            A file with the fields of this class; ``[arms.NAME]``, ``[metrics.NAME]`` and ``[segments.NAME]`` are
            tables, ``[value]`` is one.

        Returns
        -------
        Experiment
            The declared test.

        Raises
        ------
        SpecError
            When the file is absent, is not TOML, or says something that is not allowed; the message names the place.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.name, test.horizon, len(test.arms)
        ('promotion_test', '14D', 3)
        """
        path = Path(path)
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SpecError(f"there is no experiment file {path}; give the path of a TOML file") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
            raise SpecError(f"{path} is not TOML: {broken}") from None
        return cls.of(table, where=path.name)

    @classmethod
    def of(cls, table: Mapping[str, Any], *, where: str = "experiment") -> Experiment:
        """Make an experiment from a table as a TOML file holds it.

        Parameters
        ----------
        table : mapping
            Names and values; arms, metrics and segments as tables by name.
        where : str, default: "experiment"
            What messages call the table.

        Returns
        -------
        Experiment
            The declared test.

        Raises
        ------
        SpecError
            When a name is unknown or absent, or a value not allowed.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Experiment.of({"name": "spring", "arms": {"none": {}, "mail": {"cots": 0.02}}})
        Traceback (most recent call last):
            ...
        cjlab.errors.SpecError: experiment: [arms] 'mail' has an unknown name 'cots'; did you mean 'cost'?
        """
        parts: dict[str, Any] = dict(table)
        for name, kind in (("arms", Arm), ("metrics", Metric), ("segments", Segment)):
            if name in parts:
                parts[name] = _named(kind, parts[name], where=f"{where}: [{name}]")
        if "value" in parts:
            parts["value"] = declared(Value, parts["value"], where=f"{where}: [value]")
        if "balance" in parts:
            parts["balance"] = tuple(parts["balance"])
        return declared(cls, parts, where=where)

    def say(self, field: str, language: str) -> str:
        """Return the question, title, population, excluded, start or note in a language.

        Parameters
        ----------
        field : {"question", "title", "population", "excluded", "start", "note"}
            What to say.
        language : {"en", "fr"}
            The reader's language.

        Returns
        -------
        str
            The words; the experiment's name for a title that was not given, else nothing.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.say("population", "fr")
        'clients de la boutique qui acceptent l’e-mail'
        """
        given = getattr(self, field) or (self.name if field == "title" else "")
        return Text.of(given, name=field).say(language)

    @property
    def treated(self) -> tuple[Arm, ...]:
        """The arms beside the control, in the order declared.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> [arm.name for arm in test.treated]
        ['reminder', 'discount']
        """
        return tuple(arm for arm in self.arms if arm.name != self.control)

    @property
    def primary(self) -> Metric:
        """The metric that decides.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.primary.name, test.primary.kind
        ('purchase', 'share')
        """
        return next(metric for metric in self.metrics if metric.role == "primary")

    @property
    def guardrails(self) -> tuple[Metric, ...]:
        """The metrics that must not get worse than agreed.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> {metric.name: metric.margin for metric in test.guardrails}
        {'unsubscribed': 0.01, 'complaint': 0.005}
        """
        return tuple(metric for metric in self.metrics if metric.role == "guardrail")

    @property
    def within(self) -> dt.timedelta:
        """The horizon as a duration.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.within
        datetime.timedelta(days=14)
        """
        return offset(self.horizon, name="experiment: horizon")

    @property
    def shares(self) -> dict[str, float]:
        """Planned share of the customers by arm; they sum to 1.

        Examples
        --------
        >>> from cjlab.experiments import Arm, Experiment, Metric
        >>> arms = (Arm(name="none"), Arm(name="mail", allocation=3))
        >>> visit = Metric(name="visit", kind="share", event="visit", role="primary")
        >>> test = Experiment(name="t", question="?", control="none", arms=arms, metrics=(visit,), horizon="7D")
        >>> test.shares
        {'none': 0.25, 'mail': 0.75}
        """
        total = sum(arm.allocation for arm in self.arms)
        return {arm.name: arm.allocation / total for arm in self.arms}

    def arm(self, name: str) -> Arm:
        """Return the arm called ``name``.

        Parameters
        ----------
        name : str
            An arm's name.

        Returns
        -------
        Arm
            That arm.

        Raises
        ------
        SpecError
            When there is none.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.arm("reminder").say("en")
        'the reminder'
        """
        one_of(name, [arm.name for arm in self.arms], name="arm")
        return next(arm for arm in self.arms if arm.name == name)

    def metric(self, name: str) -> Metric:
        """Return the metric called ``name``.

        Parameters
        ----------
        name : str
            A metric's name.

        Returns
        -------
        Metric
            That metric.

        Raises
        ------
        SpecError
            When there is none.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.metric("spend").of
        'amount'
        """
        one_of(name, [metric.name for metric in self.metrics], name="metric")
        return next(metric for metric in self.metrics if metric.name == name)

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

        Examples
        --------
        >>> from cjlab.experiments import Arm, Experiment, Metric
        >>> arms = (Arm(name="none"), Arm(name="mail"))
        >>> visit = Metric(name="visit", kind="share", event="visit", role="primary")
        >>> test = Experiment(name="t", question="?", control="none", arms=arms, metrics=(visit,), horizon="7D")
        >>> test.assign([1, 2, 3]).tolist() == test.assign([3, 2, 1]).tolist()[::-1]
        True
        """
        import numpy as np

        from cjlab._random import uniform

        edges = np.cumsum(list(self.shares.values()))[:-1]
        identifiers = _identifiers(np.atleast_1d(np.asarray(customers)))
        drawn = np.searchsorted(edges, uniform(f"experiment/{self.salt or self.name}", identifiers), side="right")
        return np.asarray(list(self.shares))[drawn]

    def design(self, history: Log, *, as_of: str | dt.datetime, per_day: float | None = None) -> Design:
        """Plan size, power and duration from what customers did before.

        Parameters
        ----------
        history : Log
            A log from before the test.
        as_of : str or datetime
            The end of the history; the horizon before it is measured.
        per_day : float, optional
            Customers who enter a day; all enter at once when it is not given.

        Returns
        -------
        Design
            Baseline, size an arm, detectable effects and duration.

        Raises
        ------
        EvidenceError
            When the history holds fewer than 50 customers, or the primary metric does not vary in it.
        SpecError
            When the effect expected is not above the least effect worth having, or cannot be reached from the baseline.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> design = test.design(cj.datasets.promotion_test(), as_of="2025-09-01", per_day=500)
        >>> design.needed, design.days
        (5838, 25)
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
            Nothing at or after this moment is read; a date is midnight in the brand's zone. All is read, up to the
            last thing known, when it is not given.

        Returns
        -------
        Readout
            Every number with its interval, the checks of the test, and the decision.

        Raises
        ------
        TableError
            When a table lacks a column that the test needs, or names an arm that was not declared.
        EvidenceError
            When the data cannot answer: an empty arm, a customer in two arms, a propensity that is missing or differs
            from the declared allocation, an outcome that never happened.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> log = cj.datasets.promotion_test()
        >>> test.read_out(log, as_of="2025-09-20").decision.arms[0].reason.value
        'the horizon has not passed for enough customers'
        >>> test.read_out(log).decision.arms[0].reason.value
        'it works and pays'
        """
        from cjlab.experiments._read import read_out

        return read_out(self, log, as_of=as_of)

    def read_out_rows(self, rows: object) -> Readout:
        """Read the test out of a frame of one row a customer.

        Parameters
        ----------
        rows : frame
            Any frame with ``customer_id``, ``arm``, one column a metric (named as it), ``<metric>_before`` for those
            that are adjusted, ``cost`` where contacts had a known cost, and the fields of segments and balance.

        Returns
        -------
        Readout
            As from ``read_out``; there are no times, so nothing by day, and every outcome is taken as mature.

        Raises
        ------
        TableError
            When a column is absent or an arm was not declared.
        EvidenceError
            When the data cannot answer, as for ``read_out``.

        Examples
        --------
        >>> import pandas as pd
        >>> from cjlab.experiments import Arm, Experiment, Metric
        >>> arms = (Arm(name="none"), Arm(name="mail"))
        >>> visit = Metric(name="visit", kind="share", event="visit", role="primary")
        >>> test = Experiment(name="t", question="?", control="none", arms=arms, metrics=(visit,), horizon="7D")
        >>> rows = pd.DataFrame({"customer_id": range(4), "arm": ["none", "mail"] * 2, "visit": [0, 1, 1, 1]})
        >>> test.read_out_rows(rows).effect("visit", "mail").estimate
        0.5
        """
        from cjlab.experiments._read import read_out_rows

        return read_out_rows(self, rows)


def _named(kind: Any, tables: object, *, where: str) -> tuple[Any, ...]:  # noqa: ANN401 - three declared kinds
    if not isinstance(tables, dict):
        raise SpecError(f"{where} is {tables!r}; give one table a name")
    return tuple(declared(kind, {"name": name, **table}, where=f"{where} {name!r}") for name, table in tables.items())


def _identifiers(given: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers or strings: one customer has one arm, whatever type his id came in."""
    import numpy as np

    if given.dtype.kind in "iuU":
        return given
    if given.dtype.kind == "f":
        if not (np.isfinite(given) & (given == np.floor(given))).all():
            raise TableError(
                "customers: customer_id is missing or no whole number for some; give whole numbers or text"
            )
        return given.astype(np.int64)
    whole = all(isinstance(one, int | np.integer) and not isinstance(one, bool) for one in given)
    if not whole and not all(isinstance(one, str) for one in given):
        raise TableError("customers: customer_id is missing or of mixed types; give whole numbers only, or text only")
    return given.astype(np.int64) if whole else given.astype(str)
