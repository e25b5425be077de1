"""What each section of the page measures and says."""

from __future__ import annotations

import sys
import tempfile
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.experiments.job import PARTLY_KNOWN, Effect, apart
from benchmarks.experiments.measure import ROOT, Run, Spread, ratios, rounds, run, script
from benchmarks.page import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    Runs = Mapping[str, Sequence[Run]]

BASE, OURS = "bare pass (Polars, streaming)", "cjlab"
CLOSE = 1e-6
# each contender's script, and the definition that it is held to
CONTENDERS = {
    BASE: ("bare_pass", ""),
    OURS: ("with_cjlab", "cjlab"),
    "statsmodels (pandas, CUPED by hand)": ("with_statsmodels", "statsmodels"),
}
FOREIGN = {
    "tea-tasting (Ibis on DuckDB)": ("ibis", "tea-tasting"),
    "tea-tasting (DuckDB through Narwhals)": ("duckdb", "tea-tasting, Narwhals"),
    "tea-tasting (Polars through Narwhals)": ("polars", "tea-tasting, Narwhals"),
}
_WHAT = {
    "cjlab": "slope within arms; n counts known values",
    "statsmodels": "slope over both arms as one sample; n counts known values",
    "tea-tasting": "slope over both arms as one sample; n counts rows",
    "tea-tasting, Narwhals": "likewise; variances with rows − 1 for values − 1",
}
_INPUT = (
    "one a customer, in row groups of 250,000, with an arm, 5 metrics (0/1, count, two log-normal amounts, a score "
    "that 30 % gave) and 5 covariates. Each contender is a process of its own, in turn; imports count. Medians (least "
    "to most); ratios are taken within a round; the peak is the largest."
)
_AGREEMENT = (
    "Largest difference of an estimate or an end of its 95 % interval, relative to the effect. What each contender "
    "must find by its own definition was computed again from one set of moments. Which slope is taken moves an effect "
    "by the order of 1/n. tea-tasting takes rows for values: of the score, known of 30 %, its interval is too narrow."
)
_DECLARED = "notebooks/experiments/hillstrom.toml"


def contenders(file: Path, foreign: Path | None) -> dict[str, list[str]]:
    """Write the command of every contender."""
    commands = {name: script(f"contenders.{module}", str(file)) for name, (module, _) in CONTENDERS.items()}
    if foreign:
        for name, (backend, _) in FOREIGN.items():
            commands[name] = script("contenders.with_tea_tasting", str(file), backend, python=foreign)
    return commands


def side_by_side(runs: Runs, rows: int, file: Path) -> str:
    """Say what each contender took, beside the bare pass of the same round."""
    columns = ("contender", "wall ÷ bare pass", "CPU ÷ bare pass", "wall s", "CPU s", "of it the job s", "peak GB")
    size = f"{rows:,} rows, Parquet of {file.stat().st_size / 1e6:.0f} MB"
    found = [_row(name, of, runs[BASE]) for name, of in runs.items()]
    return f"{size}: {_INPUT}\n\n{table(columns, found)}\n\n{_aims(runs)}"


def _row(name: str, runs: Sequence[Run], base: Sequence[Run]) -> tuple[str, ...]:
    return (
        name,
        str(ratios(runs, base, lambda one: one.wall)),
        str(ratios(runs, base, lambda one: one.cpu)),
        *(f"{spread.median:.2f}" for spread in _seconds(runs)),
        f"{median(one.inside for one in runs):.2f}",
        f"{_peak(runs):.2f}",
    )


def _aims(runs: Runs) -> str:
    ours, base = runs[OURS], runs[BASE]
    return _judged(
        ("wall seconds over the bare pass", ratios(ours, base, lambda one: one.wall).median, 2.0),
        ("CPU seconds over the bare pass", ratios(ours, base, lambda one: one.cpu).median, 2.0),
        ("the job alone over the bare pass alone", ratios(ours, base, lambda one: one.inside).median, 2.0),
        ("peak memory, GB", _peak(ours), 0.4),
    )


def agreement(runs: Runs, file: Path) -> tuple[str, bool]:
    """Hold each contender to its own definition; say how far apart they are, and whether all agree."""
    definitions = run(script("agreement", str(file))).answer
    rows, agree = [], True
    for name, (_, definition) in (CONTENDERS | FOREIGN).items():
        if definition and name in runs:
            found = _effects(runs[name][-1].answer["effects"])
            distance = apart(found, _effects(definitions[definition]))
            agree &= distance <= CLOSE
            verdict = "agrees" if distance <= CLOSE else "**does not agree**"
            rows.append((name, _WHAT[definition], f"{distance:.0e}", verdict, *_from_ours(found, runs)))
    columns = (
        "contender", "its definition", "from its definition", f"at {CLOSE:.0e}", "from cjlab, wholly known",
        "from cjlab, the score",
    )  # fmt: skip
    return f"{_AGREEMENT}\n\n{table(columns, rows)}", agree


def _from_ours(found: Sequence[Effect], runs: Runs) -> Iterator[str]:
    ours = _effects(runs[OURS][-1].answer["effects"])
    for partly in (False, True):
        some, others = ([one for one in of if (one.metric == PARTLY_KNOWN) is partly] for of in (found, ours))
        yield f"{apart(some, others):.0e}"


def _effects(answer: Sequence[Sequence[Any]]) -> list[Effect]:
    return [Effect(*effect) for effect in answer]


def comparisons() -> str:
    """Say how long thousands of comparisons take."""
    taken = run(script("comparisons")).answer
    rows = [(name, *(f"{1e3 * of:.1f}" for of in one.values())) for name, one in taken.items()]
    aims = _judged(*((f"{name}, seconds", one["wall"], 0.1) for name, one in taken.items()))
    columns = ("test", "wall ms, median of 21 calls", "CPU ms, median", "the first call, wall ms")
    text = "9,800 comparisons (20 metrics × 7 arms × 70 days) in one call; the very first call loads scipy."
    return f"{text}\n\n{table(columns, rows)}\n\n{aims}"


def starts(foreign: Path | None, *, counted: int) -> str:
    """Say how long a fresh process takes to import."""
    commands = {code: [sys.executable, "-c", code] for code in ("pass", "import cjlab", "import cjlab.statistics")}
    for code in ("pass", "import tea_tasting") if foreign else ():
        commands[f"{code} (its own environment)"] = [str(foreign), "-c", code]
    runs = rounds(commands, counted=counted)
    rows = [(f"`{name}`", *_seconds(of)) for name, of in runs.items()]
    aim = _judged(("import cjlab, seconds", _seconds(runs["import cjlab"])[0].median, 0.2))
    text = f"A fresh process, {counted} in turn; medians (least to most)."
    return f"{text}\n\n{table(('process', 'wall s', 'CPU s'), rows)}\n\n{aim}"


def main_job(*, counted: int) -> str:
    """Say how long the real test takes from data set to read-out, and to the page."""
    with tempfile.TemporaryDirectory() as folder:
        commands = {"data set to `Readout`, in a fresh process": script("hillstrom", _DECLARED)}
        if (ROOT / "notebooks" / "40_experiment.ipynb").exists():
            commands["`cjlab report experiment`, notebook to page"] = _report(folder)
        runs = rounds(commands, counted=counted)
    rows = [(name, *_seconds(of), f"{_peak(of):.2f}") for name, of in runs.items()]
    inside = [one.answer for one in runs["data set to `Readout`, in a fresh process"]]
    parts = [f"{key} {Spread.of([one[key] for one in inside])}" for key in ("log", "read_out")]
    return f"{table(('job', 'wall s', 'CPU s', 'peak GB'), rows)}\n\nOf the first: {', '.join(parts)} s."


def _peak(runs: Sequence[Run]) -> float:
    return max(one.peak for one in runs) / 1e9


def _seconds(runs: Sequence[Run]) -> tuple[Spread, Spread]:
    return Spread.of([one.wall for one in runs]), Spread.of([one.cpu for one in runs])


def _report(folder: str) -> list[str]:
    given = ("-p", "experiment=experiments/hillstrom.toml", "-p", "log=hillstrom")
    command = [sys.executable, "-m", "cjlab", "report", "experiment", *given]
    return [*command, "--reports", folder, "--again", "--json"]


def _judged(*aims: tuple[str, float, float]) -> str:
    rows = [
        (f"cjlab: {what}", f"{bar:g}", f"{found:.3g}", "reached" if found <= bar else "**not reached**")
        for what, found, bar in aims
    ]
    return table(("aim", "at most", "measured", "verdict"), rows)
