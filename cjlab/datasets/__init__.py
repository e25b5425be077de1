"""Public data sets, mapped to the tables where they are logs, and a synthetic test that is always at hand."""

from cjlab.datasets._attribution import attribution_paths
from cjlab.datasets._bank_marketing import bank_marketing
from cjlab.datasets._catalogue import catalogue
from cjlab.datasets._files import at_hand
from cjlab.datasets._lalonde import lalonde
from cjlab.datasets._telco import telco

__all__ = ["at_hand", "attribution_paths", "bank_marketing", "catalogue", "lalonde", "telco"]
