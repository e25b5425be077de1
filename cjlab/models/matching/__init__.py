"""Effects on the treated where nobody was randomised: by matching, by weighting, with balance and overlap."""

from cjlab.models.matching._adjusted import Adjusted
from cjlab.models.matching._match import match
from cjlab.models.matching._weigh import weigh

__all__ = ["Adjusted", "match", "weigh"]
