"""What the pages say of offers and of next interactions is what was measured, on a short version of each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.models.offers import __main__ as offers
from benchmarks.proof import foreseen, offered
from cjlab.models import NextOffer

if TYPE_CHECKING:
    from pathlib import Path


def test_offers_are_set_beside_another_package_for_the_same_customers(tmp_path: Path) -> None:
    log = offered.drawn(0, strength=1.5)
    case = offered.Case("drawn", log, offered.AS_OF, "item", again=False)
    model = NextOffer().fit(log, as_of=offered.AS_OF)
    own = model.judge(log, as_of=offered.AS_OF)
    fake = tmp_path / "peer.py"  # stands where implicit would: it offers nothing that anybody buys
    fake.write_text(
        "import sys, numpy as np\n"
        "given = dict(np.load(sys.argv[2] + '/in.npz'))\n"
        "came = np.zeros(tuple(given['shape']), bool); came[given['came_customer'], given['came_item']] = True\n"
        "past = np.zeros(tuple(given['shape']), bool); past[given['customer'], given['item']] = True\n"
        "asked = (came & ~past & given['there']).any(axis=1).sum()\n"
        "none = {'names': np.array(['none']), 'hits': np.zeros((asked, 1), bool), 'seconds': [2.5]}\n"
        "np.savez(sys.argv[2] + '/out.npz', **none)\n",
        encoding="utf-8",
    )
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake}" "$@"\n', encoding="utf-8")
    python.chmod(0o700)
    (peer,) = offered.implicit(case, model, own, str(python))
    assert (peer.name, peer.seconds, len(peer.hits.hits)) == ("none", 2.5, len(own.hits))
    row = offers._row(case, peer.hits, 1, peer.seconds)
    share = own.hits[:, 0].mean()
    assert (row[1], row[2], row[4], row[6]) == ("implicit, none", "0.000", f"{share:+.3f}", "2.50")
    assert offers._row(case, own, 0, 0.5)[1:3] == ("cjlab, NextOffer", f"{share:.3f}")


def test_next_interactions_are_told_as_they_were_measured() -> None:
    world = foreseen.drawn(1, told=True)
    found = foreseen.judged(world)
    frame = found.to_frame().set_index(["measure", "method"])
    rows = list(foreseen.rows("drawn", found))
    assert len(rows) == 8
    assert rows[3][:4] == ("drawn", "hit", "Markov 2", f"{int(frame.loc[('hit', 'model'), 'customers']):,}")
    assert rows[3][6] == f"{frame.loc[('hit', 'Markov 2'), 'ahead']:+.3f}"
    assert foreseen.truths("drawn", found)[1].startswith(f"{frame.loc[('hit', 'model'), 'estimate']:.3f} (")
    means, rates = foreseen.experiments(1)
    assert (means[0], [rate.runs for rate in rates]) == ("1", [1, 1])
    assert 0.2 < foreseen.oracle(world) < 0.6
    assert np.isfinite([float(one) for one in means]).all()
