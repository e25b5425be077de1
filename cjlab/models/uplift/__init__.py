"""Uplift: what a contact changes, customer by customer, and whom to contact for it."""

from cjlab.models.uplift._audience import Audience
from cjlab.models.uplift._choice import Choice, Runner
from cjlab.models.uplift._choose import choose
from cjlab.models.uplift._judged import UpliftJudged, judge_uplift
from cjlab.models.uplift._score_groups import score_groups
from cjlab.models.uplift._uplift import Uplift
from cjlab.models.uplift._whom import Contacts, whom

__all__ = [
    "Audience",
    "Choice",
    "Contacts",
    "Runner",
    "Uplift",
    "UpliftJudged",
    "choose",
    "judge_uplift",
    "score_groups",
    "whom",
]
