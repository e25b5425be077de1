"""A registry with two models of churn, made in a moment."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from cjlab import models
from cjlab.loop import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.models import Card


class Made(NamedTuple):
    """A model and its card."""

    model: Any
    card: Card


X = pd.DataFrame({"complaints": np.arange(120) % 9}, index=pd.RangeIndex(120, name="customer_id"))


def churn(threshold: int) -> Made:
    """Make a model of who leaves."""
    y = X["complaints"] + np.arange(120) % 5 > threshold
    model = models.Churn("logistic").fit(X, y)
    return Made(model, models.card(model, models.judge(model, X, y, repeats=1), question="Who leaves?"))


@pytest.fixture(scope="session")
def first() -> Made:
    """Return a model."""
    return churn(6)


@pytest.fixture(scope="session")
def second() -> Made:
    """Return another."""
    return churn(5)


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    """Return what the models look at."""
    return X


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, first: Made, second: Made) -> Path:
    """Make a registry of both, the first of them champion."""
    folder = tmp_path_factory.mktemp("template")
    registry = Registry(folder)
    registry.register("churn", *first, trained_on={"log": "abc", "as_of": "2026-05-01"})
    registry.register("churn", *second)
    registry.promote("churn", 1, "the first one", by="ana")
    return folder


@pytest.fixture
def registry(template: Path, tmp_path: Path) -> Registry:
    """Return such a registry."""
    return Registry(shutil.copytree(template, tmp_path / "registry"))
