"""The page of the closed loop: what it brought, whom it contacts, which model serves and why, and what comes next."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cjlab.reports.pages._answer import Answer
from cjlab.reports.pages._body import Body, method, section, text
from cjlab.reports.pages._gated import asked, done
from cjlab.reports.pages._lived import course, entries, grid, kept, lived, promise, sent
from cjlab.reports.pages._looped import Looped
from cjlab.reports.pages._voice import Voice

if TYPE_CHECKING:
    from cjlab.loop import Brought, Cycle, Turn, Turns
    from cjlab.reports.pages._part import Part, Result

    Shown = tuple[Any, ...]  # parts and plotly figures, in their order


@dataclass(frozen=True)
class LoopPage:
    """The parts of a page that says what a loop has brought, decided and learnt.

    Parameters
    ----------
    cycle : Cycle
        The loop.
    turns : Turns
        The turns that it has taken, one at least.
    brought : Brought
        What their decisions brought, by :func:`cjlab.loop.brought`.
    source : str
        What the loop is called; the name of a packaged data set where it is one.
    language : {"en", "fr"}, default: "en"
        The reader's language.
    currency : str, default: ""
        In what amounts are, an ISO 4217 code.

    Examples
    --------
    >>> import datetime as dt, cjlab as cj
    >>> cycle = cj.loop.Cycle(
    ...     name="spring",
    ...     rules=cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.01),)),
    ...     terms=cj.decisions.Terms("spring"),
    ...     recipe=cj.features.Recipe(cj.features.Recency("purchase")),
    ... )
    >>> at = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    >>> turns = cj.loop.Turns((cj.loop.Turn(name="spring", day="2024-03-01", as_of=at),))
    >>> cj.reports.LoopPage(cycle, turns, cj.loop.Brought(()), "spring").result.bundle["tone"]
    'wait'
    """

    cycle: Cycle
    turns: Turns
    brought: Brought
    source: str
    language: str = "en"
    currency: str = ""

    @classmethod
    def example(cls, *, language: str = "en") -> LoopPage:
        """Return a small page to look at: of a loop that has taken its first turn, and nobody was contacted.

        Parameters
        ----------
        language : {"en", "fr"}, default: "en"
            The reader's language.

        Returns
        -------
        LoopPage
            The page of 1 March 2024.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.reports.LoopPage.example(language="fr").next[0].title
        'La suite'
        """
        from cjlab.loop import Brought, Cycle, Turn, Turns

        news, recency = {"name": "news", "channel": "email", "cost": 0.1}, {"kind": "Recency"}
        cycle = Cycle.of({"name": "spring", "terms": {"salt": "a"}, "actions": [news], "builders": [recency]})
        turn = Turn(name="spring", day="2024-03-01", as_of=dt.datetime(2024, 3, 1, tzinfo=dt.UTC))
        return cls(cycle, Turns((turn,)), Brought(()), "spring", language)

    @property
    def top(self) -> Shown:
        """Question, decision, key numbers, and what is done.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> [part.kind for part in page.top]
        ['header', 'decision', 'key-numbers', 'plan']
        """
        said, say = self._said, self._say
        facts = [say("cl_kind"), say.title, say("cl_fact_turns", **said.words), say("cl_fact_now", **said.words)]
        return self._answer.top(facts, numbers=(say("cl_key"), said.key_numbers), plan=(say("cl_plan"), said.plan))

    @property
    def promised(self) -> Shown:
        """What was promised, and what came.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> page.promised[0].title
        'What was promised, and what came'
        """
        say, rows = self._say, [one for one in self._turn.readings if one.segment == "everybody"]
        if not rows:
            return (section(say("cl_promised"), Body(paragraphs=[say("cl_promised_none", **self._said.words)])),)
        names = ("action", "contacted", "promise", "came", "each_cost", "verdict")
        made = grid(self._said, names, [promise(self._said, one) for one in rows])
        lead = [say("cl_promised_lead", **self._said.words)]
        return (section(say("cl_promised"), Body(lead=lead, grid=made)),)

    @property
    def contacted(self) -> Shown:
        """Who is contacted now with what, and who is kept back.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> page.contacted[0].title
        'Who is contacted now'
        """
        say, turn = self._say, self._turn
        planned = self._said.rule != "now"  # by lot alone, nobody promises anything
        names = ("action", "sent", "by_policy", "at_random", "withheld", "cost", *(("expected",) if planned else ()))
        made = grid(self._said, names, [row[: len(names)] for row in sent(self._said, turn.plan)])
        told = ("cl_contacted_lead", *(("cl_contacted_plan",) if planned else ()))
        lead = [say(key, **self._said.words) for key in told]
        withheld = [row for row in turn.excluded if row["reason"] != "allowed" and row["customers"]]
        back = [section(say("cl_contacted"), Body(lead=lead, grid=made))]
        if withheld:
            rows = [kept(self._said, row) for row in withheld]
            back.append(
                text(
                    "", Body(lead=[say("cl_kept_lead")], grid=grid(self._said, ("action", "reason", "customers"), rows))
                )
            )
        return tuple(back)

    @property
    def challenged(self) -> Shown:
        """Champion and challenger: which version serves, and what a new one was asked.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> page.challenged[0].title
        'Champion and challenger'
        """
        say, said, turn = self._say, self._said, self._turn
        news = said.news.replace("**", "")  # bold in the decision alone
        lead = [news, say("cl_challenged_lead")]
        if turn.gates:
            return (section(say("cl_challenged"), Body(lead=lead, grid=asked(said, turn.gates))),)
        return (section(say("cl_challenged"), Body(paragraphs=[news])),)

    @property
    def decided(self) -> Shown:
        """What the loop found and did at its last turn, and what it asked of the model that serves.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> page.decided[0].title
        'What the loop found and did on 1 March 2024'
        """
        say, said = self._say, self._said
        made = [section(say("cl_decided", **said.words), Body(points=done(said, self._turn) or [say("cl_did_first")]))]
        if self._turn.guards:
            made.append(text("", Body(lead=[say("cl_guards_lead")], grid=asked(said, self._turn.guards))))
        return tuple(made)

    @property
    def history(self) -> Shown:
        """What all turns brought together, and each.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> [part.kind for part in page.history]
        ['section', 'text']
        """
        say, said = self._say, self._said
        waves = {one.at: one for one in self.brought.waves}
        names = ("day", "version", "contacted", "explored", "cost", "brought", "event")
        rows = [lived(said, turn, waves.get(turn.as_of)) for turn in self.turns.rows]
        table = text("", Body(grid=grid(self._said, names, rows)))
        head = section(say("cl_history"), Body(lead=[say("cl_history_lead", **said.words)]))
        days = {turn.as_of for turn in self.turns.rows}
        known = [one for one in self.brought.waves if math.isfinite(one.total) and one.at in days]
        if len(known) < 2:  # noqa: PLR2004 - a line needs two points
            return head, table
        return head, course(said, known), table

    @property
    def next(self) -> Shown:
        """What the loop does next.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> page.next[0].title
        'What comes next'
        """
        say, words = self._say, self._said.words
        steps = [say(f"cl_next_{name}", **words) for name in ("mature", "measure", "learn", "hand")]
        return (section(say("cl_next"), Body(steps=steps)),)

    @property
    def method(self) -> Part:
        """How it was computed.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> page.method.kind
        'method'
        """
        return method(self._say("method"), Body(paragraphs=[self._say("cl_method", **self._said.words)]))

    @property
    def result(self) -> Result:
        """What other programs read: decision, language, reader, and every number.

        Examples
        --------
        >>> import cjlab as cj
        >>> page = cj.reports.LoopPage.example()
        >>> page.result.bundle["reader"]
        'decider'
        """
        last, numbers = self._turn.day[:10], entries(self._said)
        return self._answer.result(language=self.language, data_until=last, entries=numbers)

    @property
    def _turn(self) -> Turn:
        return self._said.turn

    @property
    def _answer(self) -> Answer:
        said, say = self._said, self._say
        reservation = say("cl_reservation", **said.words)
        return Answer(say("cl_question"), said.headline, said.why, reservation, said.tone, say.note)

    @cached_property
    def _said(self) -> Looped:
        return Looped(self.cycle, self.turns, self.brought, Voice(self.source, self.language, self.currency))

    @property
    def _say(self) -> Voice:
        return self._said.say
