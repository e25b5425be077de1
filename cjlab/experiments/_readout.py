"""A test read out: every number with its interval, the checks, and the decision that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.experiments._reading import Reading

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.experiments._verdict import Spoken


@dataclass(frozen=True, slots=True, repr=False)
class Readout(Reading):
    """What a test found, as ``Experiment.read_out`` returns it.

    Parameters
    ----------
    experiment : Experiment
        The test as declared.
    until : datetime or None
        The moment up to which customers were followed: the one asked for, or the end of the log; None where the rows
        had no times.
    levels : tuple of Level
        Every metric in every arm, with its interval.
    effects : tuple of Effect
        Every metric of every treated arm against the control, unadjusted, for all customers.
    adjusted : tuple of Effect
        The same for the metrics with something known before the contact (CUPED).
    net : tuple of Effect
        Net value a customer: every treated arm against the control, and every ordered pair of treated arms.
    rivals : tuple of Effect
        The primary metric of every pair of treated arms.
    guardrails : tuple of Guardrail
        How each guardrail stands for each treated arm.
    segments : tuple of SegmentEffect
        The primary metric by segment, corrected for the number of segments; for exploring.
    days : tuple of Effect
        The primary metric over the first days after the contact; empty where the log has no times of day.
    costs : dict of str to float
        Mean cost of contacts and redeemed offers a customer, by arm; empty without a declared value.
    soundness : Soundness
        Whether the test can be trusted.
    decision : Decision
        What it says to do.
    timezone : str, default: "UTC"
        The brand's zone, in which days are said.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> readout = test.read_out(cj.datasets.promotion_test())
    >>> readout.decision.verdict.value, [(one.metric, one.held) for one in readout.guardrails if one.arm == "reminder"]
    ('deploy', [('unsubscribed', True), ('complaint', True)])
    """

    def break_even(self, arm: str) -> tuple[float | None, float | None]:
        """Return the margin at which an arm just pays: at the estimate, and at the low end of the interval.

        Parameters
        ----------
        arm : str
            A treated arm.

        Returns
        -------
        tuple of (float or None, float or None)
            The extra cost a customer divided by the extra amount, and by the low end of its interval; None where that
            amount is not above 0, so that no margin pays, and where the test declares no value.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test())
        >>> [round(margin, 3) for margin in readout.break_even("reminder")]
        [0.034, 0.066]
        """
        value = self.experiment.value
        if value is None:
            return None, None
        extra, cost = self.effect(value.metric, arm), self.costs[arm] - self.costs[self.experiment.control]
        return tuple(cost / amount if amount > 0 else None for amount in (extra.estimate, extra.low))  # type: ignore[return-value] # two of two

    def say(self, language: str = "en") -> str:
        """Return the decision in words: what to do, the effect with its interval, and the main reservation.

        Parameters
        ----------
        language : {"en", "fr"}, default: "en"
            The reader's language.

        Returns
        -------
        str
            Plain sentences.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test())
        >>> readout.say().partition(".")[0]
        'Deploy: the reminder'
        """
        said = self.spoken(language)
        return " ".join([f"{said.headline}.", *said.sentences]).replace("**", "")

    def spoken(self, language: str = "en") -> Spoken:
        """Return the decision in words, part by part: what a page lays out.

        Parameters
        ----------
        language : {"en", "fr"}, default: "en"
            The reader's language.

        Returns
        -------
        Spoken
            ``headline``, ``why`` (sentences) and ``reservation``; ``**`` marks what a page shows in bold.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test(n_customers=600))
        >>> readout.spoken("fr").headline
        'Poursuivre le test'
        """
        from cjlab.experiments._verdict import spoken

        return spoken(self, language)

    def to_frame(self) -> pd.DataFrame:
        """Return every effect as one row: all customers, adjusted, net, pairs, segments and days.

        Returns
        -------
        DataFrame
            One row an effect, in the columns of ``Effect``, and ``undefined``: why a number of the row is NaN;
            ``segment`` is text and ``day`` a nullable number.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test())
        >>> readout.to_frame().query("metric == 'net'")[["arm", "versus", "estimate"]].round(2)
                 arm      versus  estimate
        20  reminder  no_contact      0.56
        21  discount  no_contact     -0.26
        22  discount    reminder     -0.82
        23  reminder    discount      0.82
        """
        from cjlab.experiments._numbers import every, framed

        return framed(every(self))

    def numbers(self) -> list[dict[str, Any]]:
        """Return every number as a flat entry, for a record that other programs read.

        Returns
        -------
        list of dict
            One entry a level or an effect, as ``kind`` says, with its fields; rates as fractions, floats in full
            precision, None where not defined.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> readout = test.read_out(cj.datasets.promotion_test(n_customers=600))
        >>> entry = readout.numbers()[0]
        >>> entry["kind"], entry["metric"], entry["arm"], entry["n"]
        ('level', 'purchase', 'no_contact', 186)
        """
        from cjlab.experiments._numbers import entries

        return entries(self)

    def __repr__(self) -> str:
        """Say the decision; the numbers stand in the frame."""
        return f"Readout({self.experiment.name!r}: {self.say()})"

    def _repr_html_(self) -> str:
        from cjlab.experiments._numbers import glance

        return glance(self)
