"""What customers are worth: how often they come, how much they spend, whether they are still there, and tiers of it."""

from cjlab.models.value._beta_geometric import BetaGeometric
from cjlab.models.value._customer_value import CustomerValue
from cjlab.models.value._gamma_gamma import GammaGamma
from cjlab.models.value._held import Held
from cjlab.models.value._judged import Judged
from cjlab.models.value._portfolio import Portfolio
from cjlab.models.value._tiered import Moves, TierTable
from cjlab.models.value._tiers import Tiers

__all__ = ["BetaGeometric", "CustomerValue", "GammaGamma", "Held", "Judged", "Moves", "Portfolio", "TierTable", "Tiers"]
