"""The contract: every table, its columns, and what each may hold."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cjlab.tables.contract._declared import Column, Span, Table
from cjlab.tables.contract._kinds import ATTRIBUTES, CATEGORY, DAY, FLAG, IDENTIFIER, NUMBER, PROBABILITIES, TIME

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHARE = Span(0.0, 1.0)
_NOT_NEGATIVE = Span(0.0)


def _customer(*, bold: bool = True) -> Column:
    return Column("customer_id", IDENTIFIER, bold=bold, personal=True)


def _at() -> Column:
    return Column("at", TIME, bold=True, past=True)


def _known_at() -> Column:
    return Column("known_at", TIME, past=True)


_EVENTS = Table(
    "events",
    (
        _customer(bold=False),  # one of customer_id and visitor_id; a row with neither is unassigned
        Column("visitor_id", IDENTIFIER, personal=True),
        _at(),
        Column("event", CATEGORY, bold=True),
        Column("channel", CATEGORY, bold=True),
        _known_at(),
        Column("device", CATEGORY),
        Column("item", IDENTIFIER),
        Column("quantity", NUMBER),
        Column("amount", NUMBER),
        Column("margin", NUMBER),
        Column("discount", NUMBER),
        Column("offer", CATEGORY),
        Column("score", NUMBER),
        Column("order_id", IDENTIFIER, personal=True),
        Column("contract_id", IDENTIFIER, personal=True),
        Column("case_id", IDENTIFIER, personal=True),
        Column("contact_id", IDENTIFIER),
        Column("due_at", TIME),
        Column("reason", CATEGORY),
        Column("source", CATEGORY),
        Column("place", CATEGORY),
        Column("page", CATEGORY),
        Column("query", CATEGORY),
        Column("text", CATEGORY),
        Column("duration_s", NUMBER, span=_NOT_NEGATIVE),
        Column("session", IDENTIFIER, personal=True),
        Column("machine", FLAG),
        Column("other_customer_id", IDENTIFIER, personal=True),
    ),
    order=("customer_id", "at"),
    companion=False,
)

_CONTACTS = Table(
    "contacts",
    (
        Column("contact_id", IDENTIFIER, bold=True),
        _customer(),
        _at(),
        Column("campaign", CATEGORY, bold=True),
        Column("arm", CATEGORY, bold=True),
        Column("channel", CATEGORY, bold=True),
        Column("sent", FLAG, bold=True),
        Column("propensity", NUMBER, span=Span(0.0, 1.0, above=True)),
        Column("slice", CATEGORY, allowed=("policy", "random", "control", "holdout")),
        Column("purpose", CATEGORY, allowed=("marketing", "service", "dunning", "survey")),
        Column("offer", CATEGORY),
        Column("cost", NUMBER, span=_NOT_NEGATIVE),
        Column("template", CATEGORY),
        Column("scenario", CATEGORY),
        Column("step", IDENTIFIER),
        Column("decision_id", IDENTIFIER),
        Column("eligible", PROBABILITIES),
        Column("score", NUMBER),
        Column("model_version", CATEGORY),
        Column("policy_version", CATEGORY),
        Column("recipe", CATEGORY),
    ),
    order=("customer_id", "at"),
    key="contact_id",
    companion=False,
)

_CUSTOMERS = Table(
    "customers",
    (
        _customer(),
        Column("joined", TIME, bold=True, past=True),
        Column("birth_date", DAY),
        Column("source", CATEGORY),
        Column("household", IDENTIFIER, personal=True),
    ),
    order=("customer_id",),
    key="customer_id",
    companion=False,
)

_ITEMS = Table(
    "items",
    (
        Column("item", IDENTIFIER, bold=True),
        Column("category", CATEGORY),
        Column("brand", CATEGORY),
        Column("attributes", ATTRIBUTES),
    ),
    order=("item",),
    key="item",
    companion=False,
)

_PROFILES = Table(
    "profiles",
    (
        _customer(),
        Column("field", CATEGORY, bold=True),
        _at(),
        Column("value", CATEGORY),
        _known_at(),
        Column("source", CATEGORY, allowed=("declared", "observed", "inferred", "bought")),
        Column("confidence", NUMBER, span=_SHARE),
    ),
    order=("customer_id", "at"),
)

_CONSENTS = Table(
    "consents",
    (
        _customer(),
        _at(),
        Column("channel", CATEGORY, bold=True),
        Column("purpose", CATEGORY, bold=True, allowed=("marketing", "service", "dunning", "survey", "profiling")),
        Column("granted", FLAG, bold=True),
        Column("until", TIME),
    ),
    order=("customer_id", "at"),
    stretch=("at", "until"),
)

_ITEM_STATES = Table(
    "item_states",
    (
        Column("item", IDENTIFIER, bold=True),
        Column("at", TIME, bold=True),  # a price may be set for a day to come
        Column("place", CATEGORY),
        Column("price", NUMBER, span=_NOT_NEGATIVE),
        Column("unit_cost", NUMBER, span=_NOT_NEGATIVE),
        Column("stock", NUMBER),
    ),
    order=("item", "at"),
)

_LINKS = Table(
    "links",
    (
        _customer(),
        Column("identifier", IDENTIFIER, bold=True, personal=True),
        Column("kind", CATEGORY, bold=True),
        Column("starts", TIME, bold=True),
        Column("ends", TIME),
        _known_at(),
        Column("confidence", NUMBER, span=_SHARE),
    ),
    order=("customer_id", "starts"),
    stretch=("starts", "ends"),
)

_CONTEXT = Table(
    "context",
    (
        Column("place", CATEGORY),
        Column("at", TIME, bold=True),  # a forecast is known before its day
        _known_at(),
        Column("name", CATEGORY, bold=True),
        Column("value", NUMBER),
    ),
    order=("place", "at"),
)

_COSTS = Table(
    "costs",
    (
        Column("at", TIME, bold=True),  # a budget may be planned
        Column("ends", TIME),
        Column("channel", CATEGORY),
        Column("campaign", CATEGORY),
        Column("kind", CATEGORY, bold=True),
        Column("amount", NUMBER),
        Column("capacity_per_day", NUMBER, span=_NOT_NEGATIVE),
    ),
    order=("at",),
    stretch=("at", "ends"),
)

_MEASURES = Table(
    "measures",
    (
        Column("about", CATEGORY, bold=True, allowed=("store", "channel", "market")),
        Column("key", IDENTIFIER, bold=True),
        _at(),
        Column("measure", CATEGORY, bold=True),
        Column("value", NUMBER),
        Column("n", NUMBER, span=_NOT_NEGATIVE),
    ),
    order=("about", "key", "at"),
)

SCHEMA: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            _EVENTS,
            _CONTACTS,
            _CUSTOMERS,
            _ITEMS,
            _PROFILES,
            _CONSENTS,
            _ITEM_STATES,
            _LINKS,
            _CONTEXT,
            _COSTS,
            _MEASURES,
        )
    }
)
