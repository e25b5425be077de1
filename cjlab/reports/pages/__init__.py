"""Pages that are laid out from a result: what they say, and in which order it can be put."""

from cjlab.reports.pages._churn import ChurnPage
from cjlab.reports.pages._customers import CustomersPage
from cjlab.reports.pages._design import DesignPage
from cjlab.reports.pages._engagement import EngagementPage
from cjlab.reports.pages._experiment import ExperimentPage
from cjlab.reports.pages._features import FeaturesPage
from cjlab.reports.pages._fitted import FitPage
from cjlab.reports.pages._loop import LoopPage
from cjlab.reports.pages._monitoring import MonitoringPage
from cjlab.reports.pages._next_offer import NextOfferPage
from cjlab.reports.pages._part import Part, Result
from cjlab.reports.pages._personas import PersonasPage
from cjlab.reports.pages._propensity import PropensityPage
from cjlab.reports.pages._simulation import SimulationPage
from cjlab.reports.pages._uplift import UpliftPage
from cjlab.reports.pages._value import ValuePage

__all__ = [
    "ChurnPage",
    "CustomersPage",
    "DesignPage",
    "EngagementPage",
    "ExperimentPage",
    "FeaturesPage",
    "FitPage",
    "LoopPage",
    "MonitoringPage",
    "NextOfferPage",
    "Part",
    "PersonasPage",
    "PropensityPage",
    "Result",
    "SimulationPage",
    "UpliftPage",
    "ValuePage",
]
