"""Public data sets, mapped to the tables where they are logs, and a synthetic test that is always at hand."""

from cjlab.datasets._attribution import attribution_paths
from cjlab.datasets._bank_marketing import bank_marketing
from cjlab.datasets._catalogue import catalogue
from cjlab.datasets._cdnow import cdnow, cdnow_sample, cdnow_summary
from cjlab.datasets._complete_journey import complete_journey
from cjlab.datasets._files import at_hand
from cjlab.datasets._hillstrom import hillstrom
from cjlab.datasets._lalonde import lalonde
from cjlab.datasets._named import named
from cjlab.datasets._online_retail import online_retail
from cjlab.datasets._online_shop import online_shop
from cjlab.datasets._promotion_test import promotion_test
from cjlab.datasets._simulated_operator import simulated_operator
from cjlab.datasets._simulated_shop import simulated_shop
from cjlab.datasets._simulated_test import simulated_test
from cjlab.datasets._telco import telco

__all__ = [
    "at_hand",
    "attribution_paths",
    "bank_marketing",
    "catalogue",
    "cdnow",
    "cdnow_sample",
    "cdnow_summary",
    "complete_journey",
    "hillstrom",
    "lalonde",
    "named",
    "online_retail",
    "online_shop",
    "promotion_test",
    "simulated_operator",
    "simulated_shop",
    "simulated_test",
    "telco",
]
