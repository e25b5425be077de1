"""The public data sets that this room knows: their files, rows and terms."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cjlab._checks import one_of
from cjlab.datasets._entry import Entry
from cjlab.datasets._source import Source
from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIFETIMES = Source(
    file="cdnow/CDNOW_master.txt",
    sha256="eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef",
    repository="CamDavidsonPilon/lifetimes",
    commit="4f2833f4518621343bb6983eb3e540c11f66ec6a",
    path="lifetimes/datasets/CDNOW_master.txt",
)
_LIFETIMES_TERMS = "MIT repository; data by Fader & Hardie, for research"

_COMPLETE_JOURNEY = {
    "campaign_descriptions": "1f83147f4e738cc6cc9c48e58dae6963437aacf3b9bfa0c0aff62c227067b702",
    "campaigns": "5d4db7775c6f8d0f652370df654abd843b0d577917b4cb160b42fff30092ae1b",
    "coupon_redemptions": "6a2b6c9f9e4629e9a4283da95490235427d09f7bfc4dfcb76863fbf93c9ea2d4",
    "coupons": "5296059b85ccbb09068a99f879e3f02f320106403453bf91be06af07aec8e742",
    "demographics": "5ddbfd4a3cb77c494bbf55508ecd643fe948d9c41ad3de9421be5bb0c7d2aae9",
    "products": "ee8466a4df9492dc630ec1783ff7234ad3e98bd3407722f2760e84fe4ebbf4b4",
    "promotions_sample": "15a0798e81ed285c18a4cd3fd2461653bf5f35280ed31462ee838b4e58342323",
    "transactions_sample": "c24531bf5394b771ddb493c076d7d180bd79c6cdf1269e6b1ecbb34bc528b261",
}

_ENTRIES = (
    Entry(
        name="hillstrom",
        about="randomised e-mail test, three arms, two weeks of outcomes (K. Hillstrom, 2008)",
        rows=64_000,
        of="customers",
        opens_as="log",
        terms="public challenge data, no licence stated",
        currency="USD",
        sources=(
            Source(
                file="hillstrom/hillstrom.csv",
                sha256="ff9e59285e9dc3f5fa3e0975419e6631ea5bdccd65d818991473d2367e02979c",
                repository="carlosquintanillaa/Datasets",
                commit="bd475633095c8a007be32c47ea695abe318197b6",
                path="hillstrom.csv",
            ),
        ),
    ),
    Entry(
        name="telco",
        about="customers of a telephone and internet company, who left within the month (IBM)",
        rows=7_043,
        of="customers",
        opens_as="frame",
        terms="Apache-2.0 repository",
        sources=(
            Source(
                file="telco/telco.csv",
                sha256="16320c9c1ec72448db59aa0a26a0b95401046bef5d02fd3aeb906448e3055e91",
                repository="IBM/telco-customer-churn-on-icp4d",
                commit="d5371f5d83a446ad5673cbcca3b814b926491f8a",
                path="data/Telco-Customer-Churn.csv",
            ),
        ),
    ),
    Entry(
        name="cdnow",
        about="purchases of one cohort of an online music shop, 1997-01 to 1998-06",
        rows=69_659,
        of="purchases",
        opens_as="log",
        terms=_LIFETIMES_TERMS,
        currency="USD",
        sources=(_LIFETIMES,),
    ),
    Entry(
        name="cdnow_sample",
        about="one customer in ten of cdnow, the sample of the published models",
        rows=6_919,
        of="purchases",
        opens_as="log",
        terms=_LIFETIMES_TERMS,
        currency="USD",
        sources=(
            replace(
                _LIFETIMES,
                file="cdnow/CDNOW_sample.txt",
                sha256="6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a",
                path="lifetimes/datasets/CDNOW_sample.txt",
            ),
        ),
    ),
    Entry(
        name="cdnow_summary",
        about="published frequency, recency and age of the customers of cdnow_sample at 39 weeks",
        rows=2_357,
        of="customers",
        opens_as="frame",
        terms=_LIFETIMES_TERMS,
        sources=(
            replace(
                _LIFETIMES,
                file="cdnow/cdnow_customers_summary_with_transactions.csv",
                sha256="7ddd11b55be3227edfc1d58675154e96971b0de3ad37ddd9280d1dba154b8b2f",
                path="lifetimes/datasets/cdnow_customers_summary_with_transactions.csv",
            ),
        ),
    ),
    Entry(
        name="lalonde",
        about="a job training programme with a comparison group that was not randomised",
        rows=614,
        of="persons",
        opens_as="frame",
        terms="Apache-2.0 repository",
        sources=(
            Source(
                file="lalonde/lalonde.csv",
                sha256="3d88708e5846cec658cceddc0590a72739f3d8ed28cb5c34c1a1042077c6bac8",
                repository="pymc-labs/CausalPy",
                commit="45ee96f7f2510bfbef3dd5ab721e3b8eb30f374e",
                path="causalpy/data/lalonde.csv",
            ),
        ),
    ),
    Entry(
        name="bank_marketing",
        about="telephone campaigns of a Portuguese bank, who took the deposit (Moro, Cortez & Rita 2014)",
        rows=41_188,
        of="clients called",
        opens_as="frame",
        terms="CC BY 4.0 (UCI)",
        sources=(
            Source(
                file="bank_marketing/bank-additional-full.csv",
                sha256="74adfc578bf77a7ff4bb1ba4a9f8709d9e3c6907342959c2c8416847e0afb4d8",
                repository="dsrscientist/Dataset2",
                commit="c121c1fb0faed6ccfa9eb38dbd990df56deb3890",
                path="bank-additional.zip",
                packed="zip",
                packed_sha256="d7872ede7e2e89ef41f98027c976e8dfc8f6fc402e20208ce31adbdc6f092030",
                member="bank-additional/bank-additional-full.csv",
            ),
        ),
    ),
    Entry(
        name="online_shop",
        about="synthetic page events of an online shop with sessions and devices, 2024-01 to 2024-06",
        rows=31_106,
        of="events",
        opens_as="log",
        terms="Apache-2.0",
        sources=(
            Source(
                file="online_shop/ecom.csv",
                sha256="9eb409ce3cac37c2cd357cc93ae384e4d8db391f64f379ccace5f3fa7c7394ad",
                repository="retentioneering/retentioneering-tools",
                commit="76d7bcf3c62259cf12560a87939dd9e7dcf4f9ed",
                path="src/retentioneering/datasets/ecom.csv.gz",
                packed="gzip",
                packed_sha256="110716838facbec8143c6c9af74500eb0252197da212fd75aa4c47bf3b692090",
            ),
        ),
    ),
    Entry(
        name="online_retail",
        about="invoice lines of a British gift shop without stores, 2010-12 to 2011-12",
        rows=541_909,
        of="invoice lines",
        opens_as="log",
        terms="CC BY 4.0 (UCI)",
        currency="GBP",
        sources=(
            Source(
                file="online_retail/online_retail.parquet",
                sha256="4fe8656edab07270fde1c32e4d86f0a704bead1ca56476015718435a3b61b847",
                repository="databricks/Spark-The-Definitive-Guide",
                commit="4ba5601eb9b9aed1d01ab79775e3af228216ff6f",
                path="data/retail-data/by-day",
                packed="made",
                recipe="concatenate its daily CSV files in the order of their names and write them as Parquet",
            ),
        ),
    ),
    Entry(
        name="complete_journey",
        about="a year of grocery receipts (a sample), campaigns and coupons of households (dunnhumby)",
        rows=75_000,
        of="receipt lines",
        opens_as="log",
        terms="CC0 package; dunnhumby source-file terms",
        currency="USD",
        sources=tuple(
            Source(
                file=f"complete_journey/{table}.parquet",
                sha256=digest,
                repository="bradleyboehmke/completejourney",
                commit="5b5d06192b9856edd04e4d405787af2f2e4a1fef",
                path=f"data/{table}.rda",
                packed="made",
                recipe="read the R file with pyreadr and write its frame as Parquet",
            )
            for table, digest in _COMPLETE_JOURNEY.items()
        ),
    ),
    Entry(
        name="attribution_paths",
        about="marketing channels on the way to a conversion or to none, one row a path",
        rows=10_000,
        of="paths",
        opens_as="frame",
        terms="MIT",
        sources=(
            Source(
                file="attribution/paths.csv",
                sha256="a67a43e07f0fe3eef9190e65d5c2ee8aeb12eb2fca78a35e7ee63574d49df1d0",
                repository="eeghor/mta",
                commit="a554d3eded4465c2343090a214cae466027bbe34",
                path="mta/data/data.csv.gz",
                packed="gzip",
                packed_sha256="ccdf4ad08442e0d03234c6c5025c682828011bfd6ab729f11bb837ba6fdcb4a8",
            ),
        ),
    ),
    Entry(
        name="promotion_test",
        about="randomised e-mail test with a known truth, made by the package",
        rows=20_000,
        of="customers",
        opens_as="log",
        terms="Apache-2.0; synthetic",
        currency="EUR",
    ),
    Entry(
        name="simulated_operator",
        about="seventeen months of the simulated telecom operator, with contracts, made by the package",
        rows=803_764,
        of="events",
        opens_as="log",
        terms="Apache-2.0; synthetic",
        currency="EUR",
    ),
    Entry(
        name="simulated_shop",
        about="fifteen months of the simulated shop and of its old habits, made by the package",
        rows=747_405,
        of="events",
        opens_as="log",
        terms="Apache-2.0; synthetic",
        currency="EUR",
    ),
    Entry(
        name="simulated_test",
        about="randomised e-mail test in the simulated shop, made by the package",
        rows=27_151,
        of="customers",
        opens_as="log",
        terms="Apache-2.0; synthetic",
        currency="EUR",
    ),
)

ENTRIES: Mapping[str, Entry] = MappingProxyType({known.name: known for known in _ENTRIES})


def entry(name: str) -> Entry:
    """Return the entry of a data set.

    Raises
    ------
    DatasetError
        When no data set has this name.
    """
    return ENTRIES[one_of(name, ENTRIES, name="data set", error=DatasetError)]
