"""The packaged worlds are what they were, and say of each margin where it comes from."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab import datasets
from cjlab.simulator import World

if TYPE_CHECKING:
    from pathlib import Path

FINGERPRINTS = {
    "retail": "0e285815db17324402ddc8bd59b3d4edf767c3516293b26ca89c8315e7a2bd04",
    "telecom": "7a3a0d2a7b8d87f5c84ddf2a23529e4b1f8bee7126a4cd4921a7cb0ce2b04064",
    "insurance": "82843ba9947fbd69886f7e70c941b40ff8597d8bae2cab5441f3c115829e9eba",
    "travel": "f8ee1bc92bbf9bb5dee309e6c818c5d65e25efab3f8232d4689d25c1e1909567",
    "car_brand": "1dab1fab933e4aca978cba6402664311043bd7cb971012d93697f4a2dd7b7921",
}


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_a_packaged_world_is_frozen(name: str) -> None:
    said = getattr(World, name)().fingerprint()
    assert said == FINGERPRINTS[name], (
        f"the world {name!r} has changed: its fingerprint is {said}. If that is meant, write an entry in CHANGELOG.md,"
        " run all evidence again (make proof, make bench), and put the new fingerprint here"
    )


def test_a_fingerprint_is_the_same_in_another_process() -> None:
    program = "from cjlab.simulator import World; print(World.retail().fingerprint())"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == FINGERPRINTS["retail"]


def test_a_fingerprint_is_of_what_is_said_and_of_nothing_else() -> None:
    world = World.retail()
    assert world.but(blocks=dict(world.blocks)).fingerprint() == world.fingerprint()
    faithful = replace(world.personas["faithful"], loyalty=0.7 + 1e-12)
    others = (
        world.but(seed=1),
        world.but(personas={**world.personas, "faithful": faithful}),
        world.but(personas=dict(reversed(world.personas.items()))),  # draws fall on places
        world.but(title="Ein Geschäft"),
        world.but(blocks={}),
    )
    assert len({one.fingerprint() for one in (world, *others)}) == 6


def table(name: str, title: str) -> list[list[str]]:
    page = getattr(World, name)().describe()
    part = page.split(f"## {title}")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows]


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_every_margin_says_whether_it_was_chosen_or_published(name: str) -> None:
    head, *rows = table(name, "The margins it was tuned to")
    assert head[-1] == "source"
    assert len(rows) >= 8
    for *_, source in rows:
        assert re.match(r"chosen(: |$)|.*(doi:10\.|https://)", source), source
    assert "No margin was taken from a publication" in getattr(World, name)().describe()


def test_what_stands_beside_retail_is_what_the_real_shop_has(data: Path) -> None:
    there = {row[0]: float(row[2]) for row in table("retail", "Beside published figures")[1:]}
    lines = pl.read_parquet(data / "online_retail" / "online_retail.parquet")
    named = lines.drop_nulls("CustomerID")
    back = pl.col("InvoiceNo").str.starts_with("C")
    kept = named.filter(~back)
    assert there["recognised share of visits"] == pytest.approx(named.height / lines.height, abs=5e-4)
    buyers = kept["InvoiceNo"].n_unique() / kept["CustomerID"].n_unique()
    assert there["orders a customer-year: occasional"] == pytest.approx(buyers, abs=5e-3)
    assert there["returns a line"] == pytest.approx(named.filter(back).height / named.height, abs=5e-5)
    assert (lines["InvoiceDate"].max() - lines["InvoiceDate"].min()).days + 1 == 374  # type: ignore[operator]


@pytest.mark.usefixtures("data")
def test_what_stands_beside_telecom_is_what_the_sample_has() -> None:
    (row,) = table("telecom", "Beside published figures")[1:]
    sample = datasets.telco()
    left = sample["Churn"].astype(str).isin(["Yes", "True"])
    assert float(row[2]) == pytest.approx(left.mean(), abs=5e-4)
    assert len(sample) == 7_043
    year = left[sample["Contract"] == "One year"].mean()
    assert float(row[3].split()[-1]) == pytest.approx(year, abs=5e-4)
