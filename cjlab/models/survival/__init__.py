"""Survival: when a customer leaves, not only whether."""

from cjlab.models.survival._judged import SurvivalJudged
from cjlab.models.survival._stay import Stay
from cjlab.models.survival._survival import Survival

__all__ = ["Stay", "Survival", "SurvivalJudged"]
