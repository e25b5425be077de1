"""Effects on the treated where nobody was randomised: by matching, by weighting, with balance and overlap."""

from cjlab.models.matching._match import match
from cjlab.models.matching._weigh import weigh

__all__ = ["match", "weigh"]
