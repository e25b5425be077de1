"""The page of an experiment, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.reports.pages import _charts, _effects, _guardrails, _plan, _record, _terms, _top, _trust, _whom
from cjlab.reports.pages._teller import Teller

if TYPE_CHECKING:
    from cjlab.experiments import Readout
    from cjlab.reports.pages._part import Part, Result


@dataclass(frozen=True, slots=True)
class ExperimentPage:
    """The parts of the page on which a person decides about a test.

    Each property is one part: put it last in a cell of its own. A notebook shows it as it stands, and a report lays it
    out; the charts are plotly figures, live in a notebook. Where a test cannot be read its effects are not shown.

    Parameters
    ----------
    readout : Readout
        The test read out.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    timezone : str, optional
        The zone in which dates are said; that of the log which was read unless given.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test()), language="fr")
    >>> page.decision.title.partition(":")[2].strip()
    'le rappel'
    """

    readout: Readout
    language: str = "en"
    timezone: str | None = None

    @property
    def header(self) -> Part:
        """The question, and the facts above it.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> page.header.title
        'Does a reminder bring customers back, or does it take a discount?'
        """
        return _top.header(self._tell)

    @property
    def decision(self) -> Part:
        """What to do, the effect with its interval, and the main reservation.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test()))
        >>> page.decision.title
        'Deploy: the reminder'
        """
        return _top.decision(self._tell)

    @property
    def key_numbers(self) -> Part:
        """Three numbers: customers, what came on top, what it is worth.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "Customers still needed" in page.key_numbers.html
        True
        """
        return _top.key_numbers(self._tell)

    @property
    def plan(self) -> Part:
        """What is done: for whom, what, from when, at what cost, and when it is read again.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test()))
        >>> "€20 per 1,000 customers" in page.plan.html
        True
        """
        return _plan.plan(self._tell)

    @property
    def changed(self) -> Part:
        """The heading of the effects, and how their charts are read.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "The test is not finished" in page.changed.html
        True
        """
        return _effects.lead(self._tell)

    @property
    def effects(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the primary metric.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test()))
        >>> page.effects.layout.meta["cjlab"]["finding"].partition(":")[0]
        'The reminder and the discount raise the share of customers who order'
        """
        return _charts.effects(self._tell)

    @property
    def net_margin(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the net margin, where the test declares a value.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test()))
        >>> page.net_margin.layout.meta["cjlab"]["finding"].partition(":")[0]
        'The reminder pays for itself'
        """
        return _charts.net_margin(self._tell)

    @property
    def numbers(self) -> Part:
        """The table of all metrics and groups.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "adjusted for the past" in page.numbers.html
        True
        """
        return _effects.numbers(self._tell)

    @property
    def guardrails(self) -> Part:
        """The lines not to be crossed.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "too early to say" in page.guardrails.html
        True
        """
        return _guardrails.guardrails(self._tell)

    @property
    def trust(self) -> Part:
        """Whether the test can be trusted.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "600 of 20,000 planned" in page.trust.html
        True
        """
        return _trust.trust(self._tell)

    @property
    def by_day(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the effect day by day, where the log has times.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test()))
        >>> page.by_day.layout.meta["cjlab"]["finding"].partition("; ")[2]
        'it is clear of zero from the first day on.'
        """
        return _charts.by_day(self._tell)

    @property
    def for_whom(self) -> Part:
        """The heading of the segments, and what was not read.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "with three groups × two" in page.for_whom.html
        True
        """
        return _whom.segments(self._tell)

    @property
    def segments(self) -> Any:  # noqa: ANN401 - a plotly figure, or a part where there is nothing to draw
        """The chart of the segments, where there are any.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test()))
        >>> page.segments.layout.meta["cjlab"]["finding"].partition(".")[0]
        'A clear rise in every group'
        """
        return _charts.segments(self._tell)

    @property
    def value(self) -> Part:
        """What it is worth, and whom to contact.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "Contact nobody on the strength of this test" in page.value.html
        True
        """
        return _whom.value(self._tell)

    @property
    def following(self) -> Part:
        """What is done next.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "Enter 19,400 more customers" in page.following.html
        True
        """
        return _whom.following(self._tell)

    @property
    def definitions(self) -> Part:
        """What each number means.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "Customers with at least one such event" in page.definitions.html
        True
        """
        return _terms.definitions(self._tell)

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> page = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600)))
        >>> "Several groups on the primary metric: Holm" in page.method.html
        True
        """
        return _terms.method(self._tell)

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, dates, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> told = cj.reports.ExperimentPage(test.read_out(cj.datasets.promotion_test(n_customers=600))).result.bundle
        >>> told["decision"], told["data_until"]
        ('Keep testing', '2025-10-11')
        """
        return _record.result(self._tell)

    @property
    def _tell(self) -> Teller:
        return Teller(self.readout, self.language, self.timezone or self.readout.timezone)
