"""Topics: what a customer's texts are about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

from cjlab._checks import one_of, texts, whole, within
from cjlab.errors import SpecError
from cjlab.features._learned import learned_at
from cjlab.features._several import several
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import mean, picked, same
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where, where_of
from cjlab.features.topics._followed import Followed
from cjlab.features.topics._lexicon import Lexicon, Share, Written, tokens

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from cjlab.tables import Log

_COLUMNS = ("text", "query", "page", "reason")
_ROUND = 1e-3


@dataclass(frozen=True)
class Topics(Builder, Followed):
    r"""What part of a customer's texts is about each of a few topics, which words tell.

    The words of a text are its runs of two letters or more, small, with their accents, in any alphabet that parts
    words. A text with word *w* :math:`n_w` times is about topic *k* by the share
    :math:`s_k = \sum_w n_w g_w m_{kw} / \sum_w n_w g_w`, with :math:`g_w` the word's weight and :math:`m_{kw}` how far
    it belongs to the topic, :math:`\sum_k m_{kw} = 1`. A text without a word that is known says nothing.
    ``topic_K_W`` is the mean of :math:`s_k` over the texts that say something, ``topic_texts_W`` how many texts there
    are, and ``topic_read_W`` how many of them say something.

    :meth:`fitted` learns words, weights and topics from the past of a log; :meth:`told` takes words that are given.

    Parameters
    ----------
    names : tuple of str
        What the topics are called.
    words : tuple of str
        The words that are known, as :class:`Topics` reads them.
    weights : tuple of float
        What each weighs, above 0.
    members : tuple of tuple of float
        A line a topic: how far each word belongs to it, from 0 to 1; a word's add up to 1.
    of : Where, str or tuple of str
        Which rows; all events unless given.
    column : {"text", "query", "page", "reason"}
        Where their texts stand.
    window : str, optional
        How far back; everything unless given.
    name : str
        What the names of the features begin with.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When there is no topic or no word, a word is none that could be read, or the numbers are not one each.

    References
    ----------
    Lee, Seung (1999), Learning the parts of objects by non-negative matrix factorization, doi:10.1038/44565.

    Examples
    --------
    >>> import cjlab as cj
    >>> topics = cj.features.Topics.told({"money": ("bill", "charged"), "leaving": ("leave",)}, window="90D")
    >>> cj.features.Recipe(topics).names
    ('topic_money_90D', 'topic_leaving_90D', 'topic_texts_90D', 'topic_read_90D')
    """

    names: tuple[str, ...]
    words: tuple[str, ...]
    weights: tuple[float, ...]
    members: tuple[tuple[float, ...], ...]
    of: Where = Where()  # noqa: RUF009 - it is frozen
    column: str = "text"
    window: str | None = "365D"
    name: str = "topic"

    def __post_init__(self) -> None:
        """Check that every word has its weight, and its part in every topic."""
        super().__post_init__()
        for name in ("names", "words"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
            if not getattr(self, name):
                raise SpecError(f"{name} is empty; give at least one")
        unread = [word for word in self.words if tokens(word) != [word]]
        if unread:
            raise SpecError(f"words has {unread[0]!r}, which is not read as one word; give {tokens(unread[0])}")
        one_of(self.column, _COLUMNS, name="column")
        self._require_numbers()

    def _require_numbers(self) -> None:
        """Refuse weights and members that are not one each."""
        n = len(self.words)
        if len(self.weights) != n:
            raise SpecError(f"weights are {len(self.weights)} for {n} words; give one each")
        weights = tuple(within(one, 0.0, 1e9, name="weights", open_ends=True) for one in self.weights)
        if len(self.members) != len(self.names) or any(len(line) != n for line in self.members):
            lengths = [len(line) for line in self.members]
            raise SpecError(f"members are lines of {lengths} words; give {len(self.names)}, a topic each, of {n}")
        members = tuple(tuple(within(one, 0.0, 1.0, name="members") for one in line) for line in self.members)
        for word, parts in zip(self.words, zip(*members, strict=True), strict=True):
            if abs(sum(parts) - 1.0) > _ROUND:
                raise SpecError(f"members of the word {word!r} add up to {sum(parts):g}; they must to 1")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "members", members)

    @classmethod
    def told(cls, topics: Mapping[str, Iterable[str]], **given: object) -> Self:
        """Return topics that are told by words that are given, all of the same weight.

        Parameters
        ----------
        topics : mapping
            The words of each topic, by its name; a word may belong to several, in equal parts.
        **given
            The other fields, such as ``window``.

        Returns
        -------
        Topics
            The builder.

        Raises
        ------
        SpecError
            When a topic has no word.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Topics.told({"money": ("bill", "price"), "leaving": ("leave", "price")}).members
        ((1.0, 0.5, 0.0), (0.0, 0.5, 1.0))
        """
        of = {name: texts(list(several(words)), name=f"words of {name}") for name, words in topics.items()}
        words = tuple(dict.fromkeys(word for known in of.values() for word in known))
        times = [sum(word in known for known in of.values()) for word in words]
        members = tuple(
            tuple((word in known) / n for word, n in zip(words, times, strict=True)) for known in of.values()
        )
        return cls(tuple(of), words, (1.0,) * len(words), members, **given)  # type: ignore[arg-type] # checked there

    @classmethod
    def fitted(  # noqa: PLR0913 - what is learned, and of what
        cls,
        log: Log,
        as_of: str | dt.date,
        *,
        topics: int = 16,
        of: Where | str | tuple[str, ...] = Where(),  # noqa: B008 - it is frozen
        column: str = "text",
        stop: tuple[str, ...] = (),
        most: float = 0.5,
        fewest: int = 5,
        words: int = 300,
        seed: int = 0,
        **given: object,
    ) -> Self:
        r"""Return topics that the texts of a log tell before a date: nothing at or after it is read.

        Words are counted in texts; :math:`g_w = 1 + \ln((1 + N) / (1 + N_w))` for :math:`N_w` of :math:`N` texts that
        have it. The matrix of :math:`n_w g_w`, each text at length 1, is parted into topics that do not take from each
        other (non-negative matrix factorisation, least squares); of a word's mass over all texts, each topic's part is
        its :math:`m_{kw}`. A topic is called by the three words that weigh most in it and are mostly its own.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment.
        topics : int
            How many at most, 2 to 50: rather a few too many, for ways of speaking are topics too. There are no more
            than different texts, or words.
        of : Where, str or tuple of str
            Which rows; all events unless given.
        column : {"text", "query", "page", "reason"}
            Where their texts stand.
        stop : tuple of str
            Words to leave out.
        most : float
            A word in more than this share of texts is left out.
        fewest : int
            A word that fewer customers wrote is left out: what one person alone writes, such as his name, is no topic
            and is not kept.
        words : int
            How many words are kept at most, those that most customers wrote.
        seed : int
            Of the factorisation.
        **given
            The other fields, such as ``window``.

        Returns
        -------
        Topics
            The builder, which holds all that was learned.

        Raises
        ------
        SpecError
            When something given is out of range.
        EvidenceError
            When there are no two texts or words to tell apart.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.telecom(n_customers=400), days=120).log
        >>> topics = cj.features.Topics.fitted(log, "2024-04-01", topics=3, of="case_opened", window="90D")
        >>> len(topics.columns())
        5
        """
        from cjlab.features.topics._factored import Asked, learned

        asked = Asked(
            whole(topics, name="topics", least=2, most=50),
            texts(several(stop), name="stop"),
            within(most, 0.0, 1.0, name="most"),
            whole(fewest, name="fewest", least=1),
            whole(words, name="words", least=2, most=10_000),
            whole(seed, name="seed", least=0, most=2**32 - 1),
        )
        rows = where_of(of, name="of")
        names, lexicon = learned(log, as_of, rows, one_of(column, _COLUMNS, name="column"), asked)
        given = {"of": rows, "column": column, "learned": learned_at(log, as_of), **given}
        return cls(names, lexicon.words, lexicon.weights, lexicon.members, **given)  # type: ignore[arg-type] # checked there

    def columns(self) -> tuple[Column, ...]:
        """Return a share a topic, how many texts there are, and how many say something.

        Returns
        -------
        tuple of Column
            Two features more than topics.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Topics.told({"money": ("bill",)}).columns()[0].missing
        'no text of his has a word that is known'
        """
        lexicon, end = Lexicon(self.words, self.weights, self.members), f"_{self.window}" if self.window else ""
        said = [
            Cell("moments", self.of, of=self.column, window=self.window, reading=Share(lexicon, place))
            for place in range(len(self.names))
        ]
        written = Cell("sum", self.of, of=self.column, window=self.window, reading=Written())
        rows = f"the {self.column}s of {self.of}"
        missing = f"no {self.column} of his has a word that is known"
        shares = [
            Column(f"{self.name}_{name}{end}", (cell,), mean, "share", f"what part of {rows} is about {name}", missing)
            for name, cell in zip(self.names, said, strict=True)
        ]
        some = partial(picked, place=0)
        return (
            *shares,
            Column(f"{self.name}_texts{end}", (written,), same, "texts", f"how many there are of {rows}"),
            Column(
                f"{self.name}_read{end}", (said[0],), some, "texts", f"how many of {rows} have a word that is known"
            ),
        )
