"""How a test is spoken of in the reader's language: its metrics, its horizon, and the room's sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import one_of
from cjlab._display import LANGUAGES, Numbers, Wording
from cjlab.experiments._columns import NET
from cjlab.experiments._text import Text

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment


@dataclass(frozen=True, slots=True)
class Speech:
    """A test and a language, in words."""

    experiment: Experiment
    language: str

    def __post_init__(self) -> None:
        """Check the language."""
        one_of(self.language, LANGUAGES, name="language")

    @property
    def numbers(self) -> Numbers:
        """The formats of the language.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "en")
        >>> voice.numbers.count(20_000)
        '20,000'
        """
        return Numbers(self.language)

    def words(self, key: str, /, **values: object) -> str:
        """Fill a sentence of the room's catalogue.

        Parameters
        ----------
        key : str
            Its name in ``wording.toml``.
        **values : str
            What it is filled with.

        Returns
        -------
        str
            The sentence; ``**`` marks what a page shows in bold.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "en")
        >>> voice.words("deploy", arm="the reminder")
        'Deploy: the reminder'
        """
        return Wording.of("cjlab.experiments", self.language)(key, **values)

    def horizon(self) -> str:
        """Say the horizon: ``two weeks``, ``30 days``.

        Returns
        -------
        str
            The horizon in words.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "fr")
        >>> voice.horizon()
        'deux semaines'
        """
        days = self.experiment.within.total_seconds() / 86_400
        if days == 14:  # noqa: PLR2004 - two weeks
            return self.words("two_weeks")
        if days != int(days):
            hours = 24 * days
            return self.words("one_hour") if hours == 1 else self.words("hours", count=self.numbers.count(hours))
        return self.words("days", count=self.numbers.count(days)) if days > 1 else self.words("one_day")

    def metric(self, name: str) -> str:
        """Say a metric as a reader would.

        Parameters
        ----------
        name : str
            A metric's name, or ``"net"``.

        Returns
        -------
        str
            Its label.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "en")
        >>> voice.metric("spend"), voice.metric("net")
        ('spend per customer', 'net margin per 1,000 customers')
        """
        return self.words("net") if name == NET else self.experiment.metric(name).text.say(self.language)

    def trait(self, name: str) -> str:
        """Say what was compared before the test: a field of profiles, or a metric in its past.

        Parameters
        ----------
        name : str
            The trait of a balance: a field, or ``<metric>_before``.

        Returns
        -------
        str
            The field's label, or the metric's.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> cj.experiments.Voice(test, "en").trait("spend_before")
        'spend per customer, before'
        """
        metric = next((one for one in self.experiment.metrics if one.window and one.before == name), None)
        if metric is not None:
            return self.words("before", metric=self.metric(metric.name))
        return Text.of(self.experiment.fields.get(name, name), name="field").say(self.language)
