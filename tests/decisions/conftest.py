"""What every test of decisions may ask for."""

from __future__ import annotations

import pytest

from cjlab.decisions import Action, Cap, Cooling, Fresh, Holdout, Rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    """Declare one rule of each kind."""
    return Rules(
        actions=(
            Action("mail", "email", 0.02),
            Action("text", "sms", 0.08, offer="ten percent", item="shoe"),
            Action("sorry", "email", 0.02, purpose="service"),
            Action("call", "phone", 4.0),
        ),
        caps=(
            Cap(2, "7D"),
            Cap(1, "2D", channel="email"),
            Cap(1, "30D", purpose="marketing", segment=("tier", "gold")),
        ),
        coolings=(Cooling("complaint", "14D"),),
        fresh=(Fresh("phone", "365D", actions=("call",)),),
        holdouts=(Holdout(0.1, "old", "2024-01-01"), Holdout(0.1, "new", "2025-05-01")),
    )
