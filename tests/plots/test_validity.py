"""The figure of a validity says what its margins say, in both languages."""

from __future__ import annotations

import re

import pytest

from cjlab import plots
from cjlab.simulator import Validity
from cjlab.simulator.judging import Judged

FOUND = Validity(
    (
        Judged("days between orders", "kolmogorov-smirnov", 0.05, 0.02, 0.08, 0.1, 0.03, 90, 80, "holds"),
        Judged("events a customer-week, web", "wasserstein", 0.5, 0.3, 0.7, 0.2, 0.1, 90, 80, "does not hold"),
        Judged("what follows what", "total variation", 1.0, 1.0, 1.0, 0.1, 0.05, 90, 0, "does not hold"),
        Judged("real told from simulated", "classifier", 0.6, 0.55, 0.72, 0.7, 0.5, 90, 80, "not known"),
    )
)


def test_distances_are_drawn_as_multiples_of_their_tolerance() -> None:
    figure = plots.validity(FOUND)
    drawn = {trace.uid: list(trace.x) for trace in figure.data if trace.uid}
    assert drawn["good-intervals"] == pytest.approx([0.5])
    assert drawn["bad-intervals"] == pytest.approx([2.5])  # what is absent has no interval
    assert drawn["muted-intervals"] == pytest.approx([0.5])  # 0.6 lies half way from chance to 0.7
    assert [shape.x0 for shape in figure.layout.shapes] == [1.0]
    assert all(re.fullmatch(r"0\.\d{3} \(0\.\d{3} to 0\.\d{3}\)", one) for one in figure.layout.yaxis2.ticktext[:2])


def test_the_finding_names_every_margin() -> None:
    finding = plots.validity(FOUND).layout.meta["cjlab"]["finding"]
    assert finding == (
        "Within tolerance (1): “days between orders”. Beyond it (2): “events a customer and week, site” and “which "
        "event follows which”. Too uncertain to tell (1): “real told from simulated (area under the curve)”."
    )


def test_every_margin_has_french_words() -> None:
    assert [plots.margin(one.name, language="fr") for one in FOUND.judged][:2] == [
        "jours entre commandes",
        "événements par client et semaine, site",
    ]
    text = str(plots.validity(FOUND, language="fr").layout.meta["cjlab"])
    assert not re.search(r"what|orders|holds", text)
