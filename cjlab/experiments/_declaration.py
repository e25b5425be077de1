"""What was declared of a test before anyone looked: question, arms, metrics, margins, horizon, money."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cjlab._checks import offset, one_of
from cjlab.experiments._coherence import WORDS, settle
from cjlab.experiments._text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cjlab.experiments._arm import Arm
    from cjlab.experiments._metric import Metric
    from cjlab.experiments._segment import Segment
    from cjlab.experiments._value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The declared value that an :class:`Experiment` is: its fields, and what follows from them alone."""

    name: str
    question: str | Mapping[str, str] = field(hash=False)
    control: str
    arms: tuple[Arm, ...]
    metrics: tuple[Metric, ...]
    horizon: str
    campaign: str | None = None
    title: str | Mapping[str, str] | None = field(default=None, hash=False)
    population: str | Mapping[str, str] | None = field(default=None, hash=False)
    value: Value | None = None
    segments: tuple[Segment, ...] = ()
    balance: tuple[str, ...] = ()
    fields: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict, hash=False)
    alpha: float = 0.05
    power: float = 0.8
    planned_customers: int | None = None
    expected_effect: float | None = None
    mature_share: float = 0.95
    holdout: float = 0.05
    currency: str = "EUR"
    salt: str | None = None
    dated: bool = True
    excluded: str | Mapping[str, str] | None = field(default=None, hash=False)
    start: str | Mapping[str, str] | None = field(default=None, hash=False)
    per_week: int | None = None
    note: str | Mapping[str, str] | None = field(default=None, hash=False)
    messages: str | Mapping[str, str] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        """Check every field, and that the parts fit together."""
        settle(self)

    def say(self, field: str, language: str) -> str:
        """Return the question, title, population, excluded, start, note or messages in a language.

        Parameters
        ----------
        field : {"question", "title", "population", "excluded", "start", "note", "messages"}
            What to say.
        language : {"en", "fr"}
            The reader's language.

        Returns
        -------
        str
            The words; the experiment's name for a title that was not given, else nothing.

        Raises
        ------
        SpecError
            When there is no such field.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.say("population", "fr")
        'clients de la boutique qui acceptent l’e-mail'
        """
        given = getattr(self, one_of(field, WORDS, name="field")) or (self.name if field == "title" else None)
        return "" if given is None else Text.of(given, name=field).say(language)

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
    def contacted(self) -> tuple[str, ...]:
        """Names of the arms whose customers are meant to be sent something, in the order declared.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.contacted
        ('reminder', 'discount')
        """
        said = {arm.name: arm.contacted for arm in self.arms}
        return tuple(name for name, one in said.items() if (name != self.control if one is None else one))

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
