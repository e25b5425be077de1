"""Topics find the words that were planted, read texts as their formula says, and learn of the past alone."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.features import Recipe, Topics
from cjlab.features.topics._lexicon import tokens
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
THEMES = {
    "delivery": ("colis", "livraison", "retard", "livreur", "entrepôt"),
    "money": ("facture", "prélèvement", "remboursement", "montant", "payé"),
    "leaving": ("résilier", "concurrent", "partir", "contrat", "départ"),
}


def log_of(texts: list[tuple[int, int, str | None]], **more: Any) -> Log:
    """Return a log of texts: a customer, a day, and what he wrote."""
    rows = {
        "customer_id": [customer for customer, _, _ in texts],
        "at": [BEGIN + dt.timedelta(days=day) for _, day, _ in texts],
        "event": "case_opened",
        "channel": "email",
        "text": [text for _, _, text in texts],
    }
    return Log.of(events=pl.DataFrame(rows, schema_overrides={"text": pl.String}).with_columns(**more))


def written(n: int, seed: int = 0) -> list[tuple[int, int, str | None]]:
    """Draw texts of three words of one theme each, among words that say nothing."""
    draw, made = np.random.default_rng(seed), []
    for customer in range(n):
        theme = list(THEMES.values())[customer % 3]
        words = [*draw.choice(theme, 3, replace=False), *draw.choice(["bonjour", "merci", "pour", "mon"], 2)]
        made.append((customer, customer % 60, " ".join(draw.permutation(words))))
    return made


LOG = log_of(written(600))


def test_words_are_read_in_any_alphabet_with_their_accents() -> None:
    assert tokens("L’été DÉJÀ: 2 colis_perdus !") == ["été", "déjà", "colis", "perdus"]
    assert tokens("e\u0301te\u0301") == ["été"]  # an accent that is written as a sign of its own
    assert tokens("СРОЧНО верните деньги") == ["срочно", "верните", "деньги"]
    assert tokens("किताब नहीं") == ["किताब", "नहीं"]  # vowel signs belong to their word
    assert tokens("123 ?! a") == tokens("") == []


def test_topics_are_the_themes_that_were_planted() -> None:
    topics = Topics.fitted(LOG, "2024-03-01", topics=3, stop=("bonjour", "merci", "pour", "mon"))
    assert set(topics.words) == {word for theme in THEMES.values() for word in theme}
    of = {}
    for name, line in zip(topics.names, topics.members, strict=True):
        own = {word for word, part in zip(topics.words, line, strict=True) if part > 0.9}
        (theme,) = [theme for theme, words in THEMES.items() if own == set(words)]
        assert set(name.split("_")) <= own
        of[theme] = f"topic_{name}_365D"
    assert set(of) == set(THEMES)
    made = Recipe(topics).build(LOG, "2024-03-01")
    for place, theme in enumerate(THEMES):
        assert made.loc[made.index % 3 == place, of[theme]].min() > 0.9
    assert made["topic_texts_365D"].eq(1).all()


def test_words_that_are_too_common_too_rare_or_told_to_be_left_out_are_not_kept() -> None:
    texts = [(n, n % 9, f"merci pour colis {'perdu' if n % 2 else 'cassé'}") for n in range(40)]
    texts += [(99, 5, "colis perdu de Geneviève Unique")] * 30
    topics = Topics.fitted(log_of(texts), "2024-02-01", topics=2, stop=("pour",), most=0.75, fewest=5)
    assert set(topics.words) == {"merci", "perdu", "cassé"}


def test_there_are_no_more_topics_than_different_texts() -> None:
    topics = Topics.fitted(log_of([(n, 1, ("late", "broken", "thanks")[n % 3]) for n in range(30)]), "2024-02-01")
    assert set(topics.names) == {"late", "broken", "thanks"}


@pytest.mark.parametrize("shards", [1, 3])
def test_what_is_learned_is_the_same_in_shards(tmp_path: Path, shards: int) -> None:
    expected = Topics.fitted(LOG, "2024-02-15", topics=4)
    assert Topics.fitted(LOG.write(tmp_path / "log", shards=shards), "2024-02-15", topics=4) == expected
    made, same = (
        Recipe(expected).build(log, ["2024-02-15", "2024-03-01"])
        for log in (LOG.write(tmp_path / "again", shards=shards), LOG)
    )
    pd.testing.assert_frame_equal(made, same, check_exact=True)


def test_nothing_at_or_after_the_date_or_known_later_is_learned() -> None:
    past = written(300)
    as_of = BEGIN + dt.timedelta(days=70)
    expected = Topics.fitted(log_of(past), as_of, topics=3)
    later = [(n, 70 + n % 5, "secret secret leak") for n in range(100)]
    late = pl.when(pl.col("text") == "late leak").then(pl.lit(as_of)).otherwise(pl.col("at"))
    log = log_of([*past, *later, *((n, 3, "late leak") for n in range(100))], known_at=late)
    assert Topics.fitted(log, as_of, topics=3) == expected


def test_features_equal_plain_python() -> None:
    draw = np.random.default_rng(5)
    words, weights = ("colis", "retard", "merci", "facture"), (1.0, 2.5, 0.5, 3.0)
    members = ((1.0, 0.75, 0.5, 0.0), (0.0, 0.25, 0.5, 1.0))
    said = (None, "Colis en retard !", "merci, merci: colis", "la facture", "bonjour", "retard retard facture", "")
    texts = [(int(draw.integers(1, 9)), int(draw.integers(0, 40)), said[draw.integers(0, 7)]) for _ in range(80)]
    topics = Topics(("a", "b"), words, weights, members, window="30D")
    made = Recipe(topics).build(log_of(texts), "2024-02-05")
    for customer, line in made.iterrows():
        mine = [text for who, day, text in texts if who == customer and 5 <= day < 35 and text is not None]
        shares = []
        for text in mine:
            n = Counter(text.casefold().replace(",", " ").replace(":", " ").replace("!", " ").split())
            whole = math.fsum(n[word] * weight for word, weight in zip(words, weights, strict=True))
            if whole:
                part = [
                    math.fsum(n[word] * weight * m for word, weight, m in zip(words, weights, members[k], strict=True))
                    for k in (0, 1)
                ]
                shares.append([one / whole for one in part])
        expected = np.mean(shares, axis=0) if shares else [np.nan, np.nan]
        np.testing.assert_allclose(line[["topic_a_30D", "topic_b_30D"]].astype(float), expected, rtol=1e-12)
        assert line["topic_texts_30D"] == len(mine)
        assert line["topic_read_30D"] == len(shares)


def test_what_was_learned_is_written_down_and_read_back() -> None:
    recipe = Recipe(Topics.fitted(LOG, "2024-03-01", topics=3, window="90D"))
    again = Recipe.of(json.loads(json.dumps(recipe.said)))
    assert again == recipe
    pd.testing.assert_frame_equal(again.build(LOG, "2024-03-01"), recipe.build(LOG, "2024-03-01"), check_exact=True)


def test_two_models_in_one_recipe_do_not_take_each_others_words() -> None:
    log = log_of([(1, 1, "red late"), (1, 2, "blue")])
    one = Topics.told({"x": ("red",), "y": ("late", "blue")}, name="one")
    two = Topics.told({"x": ("red", "late"), "y": ("blue",)}, name="two")
    made = Recipe(one, two).build(log, "2024-02-01").loc[1]
    assert made["one_x_365D"] == pytest.approx(0.25)
    assert made["two_x_365D"] == pytest.approx(0.5)


def test_many_different_texts_are_read() -> None:
    texts = [(n % 5_000, n % 50, f"colis {n} en retard numéro {chr(97 + n % 26) * 3}") for n in range(10_000)]
    topics = Topics.fitted(log_of(texts), "2024-03-01", topics=4)
    made = Recipe(topics).build(log_of(texts), "2024-03-01")
    assert made["topic_texts_365D"].eq(2).all()
    assert len(topics.words) == 26


def test_too_few_texts_are_refused_by_name() -> None:
    with pytest.raises(EvidenceError, match=r"0 different texts in 'text' with 0 words .* which makes no 2 topics"):
        Topics.fitted(log_of([(1, 1, None)]), "2024-02-01")
    with pytest.raises(EvidenceError, match="events with event visit before 2024-02-01 have 0 different texts"):
        Topics.fitted(LOG, "2024-02-01", of="visit")


GOOD: dict[str, Any] = {"names": ("a", "b"), "words": ("x1",), "weights": (1.0,), "members": ((1.0,), (0.0,))}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, r"words has 'x1', which is not read as one word; give \[\]"),
        ({"words": ("Red",)}, r"words has 'Red', which is not read as one word; give \['red'\]"),
        ({"words": ("red",), "weights": ()}, "weights are 0 for 1 words; give one each"),
        ({"words": ("red",), "weights": (0.0,)}, "weights is 0.0; give a number above 0"),
        ({"words": ("red",), "members": ((1.0,),)}, r"members are lines of \[1\] words; give 2, a topic each, of 1"),
        ({"words": ("red",), "members": ((0.5,), (0.2,))}, "members of the word 'red' add up to 0.7; they must to 1"),
        ({"words": ("red",), "names": ()}, "names is empty; give at least one"),
        ({"words": ("red",), "column": "amount"}, "column is 'amount'; allowed: 'text', 'query', 'page' or 'reason'"),
        ({"words": ("red",), "window": "30 days"}, "window is '30 days'; give a whole number above 0"),
    ],
)
def test_what_cannot_be_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        Topics(**GOOD | given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"topics": 1}, "topics is 1; give a whole number from 2 to 50"),
        ({"most": 1.5}, "most is 1.5; give a number from 0 to 1"),
        ({"stop": {"the"}}, "stop is {'the'}; give a list of texts"),
        ({"column": "amount"}, "column is 'amount'; allowed"),
        ({"of": 3}, "of is 3; give an event"),
    ],
)
def test_what_cannot_be_learned_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        Topics.fitted(LOG, "2024-03-01", **given)


def test_a_log_without_texts_is_named() -> None:
    log = Log.of(events=LOG.events.drop("text"))
    with pytest.raises(TableError, match="events have no column 'text', which Topics asks for"):
        Topics.fitted(log, "2024-03-01")
