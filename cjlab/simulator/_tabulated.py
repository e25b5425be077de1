"""A world as the numbers that the kernel reads: one record of tables."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.simulator._assortment import costs, low_prices, prices
from cjlab.simulator._messaging import code_of, edges, fill, last_day, message
from cjlab.simulator.kernel import CIRCLE, EVENTS, JOURNEYS, REASONS, STAGES, Tables
from cjlab.simulator.world import Persona

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Record = Any  # one record of the kernel's tables

    from cjlab.simulator.world import World

_OTHERWISE = {"pull", "problems"}  # fields of a persona that the kernel reads in another form
_SAME = [one.name for one in fields(Persona) if one.name in (Tables.names or ()) and one.name not in _OTHERWISE]


def tabulated(world: World) -> NDArray[np.void]:
    """Return a world as an array of one record."""
    tables = np.zeros(1, Tables)
    one = tables[0]
    _people(one, world)
    message(one, world)
    _stages(one, world)
    _goods(one, world)
    _trade(one, world)
    _service(one, world)
    _contract(one, world)
    _errands(one, world)
    _trips(one, world)
    _social(one, world)
    _life(one, world)
    _moments(one, world)
    return tables


def devices(world: World) -> list[str]:
    """Return the names of devices, in the order of their codes."""
    return list(dict.fromkeys(name for persona in world.personas.values() for name in persona.devices))


def _logit(share: float) -> float:
    inside = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def _people(one: _Record, world: World) -> None:
    channels, kinds, names = list(world.channels), list(world.goods), devices(world)
    personas = list(world.personas.values())
    one["n_personas"], one["n_devices"], one["n_places"] = len(personas), len(names), len(world.places)
    fill(one["persona_edges"], edges({name: who.share for name, who in world.personas.items()}, list(world.personas)))
    fill(one["place_edges"], edges(world.places, list(world.places)))
    for name in _SAME:
        fill(one[name], (getattr(who, name) for who in personas))
    fill(one["pull"], (_logit(who.pull) for who in personas))
    fill(one["content"], (who.satisfaction for who in personas))
    fill(one["problems"], (who.problems if world.service else 0.0 for who in personas))
    for row, who in enumerate(personas):
        fill(one["stage_edges"][row], edges({STAGES[0]: 1.0} if world.launched else who.stages, STAGES))
        fill(one["channel_weights"][row], (who.channels.get(name, 0.0) for name in channels))
        fill(one["open_share"][row], (who.opens.get(name, 0.0) for name in channels))
        fill(one["consent_share"][row], (who.consents.get(name, 0.0) for name in channels))
        fill(one["device_edges"][row], edges(who.devices, names))
        fill(one["interest_edges"][row], edges(who.interests, kinds))
    one["newcomers"], one["enters"] = 1.0 if world.launched else world.newcomers, world.enters
    one["history"], one["horizon"] = max(world.history, 1), max(world.horizon, 1)
    one["fatigue_days"], one["irritation"] = world.fatigue_days, world.irritation


def _stages(one: _Record, world: World) -> None:
    one["stage_occasions"] = 1.0
    for name, stage in world.stages.items():
        place = STAGES.index(name)
        one["stage_pull"][place], one["stage_occasions"][place] = stage.pull, stage.occasions
    for move in world.moves:
        step = STAGES.index(move.start), code_of(world, move.on)
        one["move"][step], one["move_to"][step] = move.share, STAGES.index(move.to)


def _goods(one: _Record, world: World) -> None:
    kinds = list(world.goods.values())
    one["n_categories"] = len(kinds)
    counts = [kind.items for kind in kinds]
    fill(one["items_in"], counts)
    fill(one["first_item"], np.concatenate([[0], np.cumsum(counts)[:-1]]))
    fill(one["price_of"], prices(world))
    fill(one["price_low"], low_prices(world))
    fill(one["cost_of"], costs(world))
    fill(one["outage"], (kind.outage for kind in kinds))
    fill(one["durable"], (kind.durable and world.use is not None for kind in kinds))
    if world.use:
        one["start_use"], one["use_days"], one["fades"] = world.use.starts, world.use.days, world.use.fades
        one["fails"], one["use_joy"] = world.use.fails, world.use.joy


def _trade(one: _Record, world: World) -> None:
    trade = world.trade
    for name in ("views", "lines", "search", "favourite", "cart", "faithful", "promotion"):
        one[name] = getattr(trade, name)
    for name in ("laps", "hairpin_laps", "turn_back", "switches"):
        one[name] = getattr(trade, name)
    for name in ("lines_spread", "lines_uneven", "thinning", "order_spread"):
        one[name] = getattr(trade, name)
    for name in ("return_days", "delivery_days", "late_days", "late_harm", "prompt_joy", "outage_harm", "lapse"):
        one[name] = getattr(trade, name)
    one["return_share"], one["late_share"], one["recovers_days"] = trade.returns, trade.late, trade.recovery
    one["sat_pull"], one["loyalty_pull"], one["price_pull"] = trade.satisfaction, trade.loyalty, trade.discount
    one["strain_pull"], one["tier_pull"] = trade.strain, trade.tier
    one["defect"], one["sat_defect"] = trade.defect, trade.defect_satisfaction
    if world.points:
        one["points_per_unit"], one["n_tiers"] = world.points.per_unit, len(world.points.tiers)
        fill(one["tier_from"], world.points.tiers)


def _service(one: _Record, world: World) -> None:
    channels = list(world.channels)
    if world.survey:
        one["survey_channel"], one["survey_share"] = channels.index(world.survey.channel), world.survey.share
        one["survey_days"], one["answer_share"] = world.survey.days, world.survey.answers
        one["answer_slope"], one["answer_noise"] = world.survey.extremes, world.survey.noise
    if world.service:
        service = world.service
        fill(one["case_channel_edges"], edges(service.channels, channels))
        topics = {name: topic.share for name, topic in service.topics.items()}
        one["n_topics"] = len(topics)
        fill(one["topic_edges"], edges(topics, list(topics)))
        fill(one["topic_signal"], (topic.signal for topic in service.topics.values()))
        fill(one["topic_since"], (topic.since for topic in service.topics.values()))
        one["solve_days"], one["problem_harm"], one["solved_joy"] = service.days, service.harm, service.joy
        one["promise_share"], one["kept_share"] = service.promises, service.kept
        for name in ("first_time", "waiting", "complains", "promise_days", "kept_joy", "broken_harm"):
            one[name] = getattr(service, name)


def _contract(one: _Record, world: World) -> None:
    if world.contract:
        contract = world.contract
        one["contracts"], one["fee"], one["fee_margin"] = True, contract.fee, contract.margin
        one["commitment"], one["renews"], one["grace"] = contract.commitment, contract.renews, contract.grace
        one["arrears_max"], one["bill_channel"] = contract.arrears, list(world.channels).index(contract.channel)
        one["start_share"], one["captive_factor"] = contract.starts, contract.bound
        one["sat_leaving"], one["price_leaving"] = contract.satisfaction, contract.price
        one["strain_leaving"], one["notice"], one["dunning"] = contract.strain, contract.notice, contract.dunning


def _errands(one: _Record, world: World) -> None:
    errands = list(world.errands.values())
    one["n_errands"] = len(errands)
    for name in ("rate", "views", "done"):
        fill(one[f"errand_{name}"], (getattr(errand, name) for errand in errands))
    fill(one["errand_journey"], (JOURNEYS.index(errand.journey) for errand in errands))


def _trips(one: _Record, world: World) -> None:
    if world.trips:
        trips, kinds = world.trips, list(world.goods)
        one["n_transports"] = len(trips.transports)
        fill(one["transport_edges"], edges(trips.transports, list(trips.transports)))
        fill(one["transport_risk"], (trips.risks.get(name, 0.0) for name in trips.transports))
        fill(one["country_risk"], (trips.risks.get(name, 0.0) for name in kinds))
        one["insurance"], one["plan_days"], one["lead_days"] = kinds.index(trips.insurance), trips.ahead, trips.lead
        one["cover_share"] = trips.cover


def _social(one: _Record, world: World) -> None:
    if world.social:
        social = world.social
        one["talks"], one["circles"] = True, (CIRCLE / social.circle - 1.0) / (CIRCLE - 1.0)
        one["tells"], one["hears"], one["refers"] = social.tells, social.hears, social.refers
        one["word_desire"], one["word_attention"] = social.desire, social.attention
        one["word_pleases"], one["word_harm"], one["word_half_life"] = (
            social.satisfaction,
            social.harm,
            social.half_life,
        )


def _life(one: _Record, world: World) -> None:
    kinds = list(world.life.values())
    one["n_life"] = len(kinds)
    for name in ("rate", "gap", "occasions", "leaving", "days", "told"):
        fill(one[f"life_{name}"], (getattr(kind, name) for kind in kinds))
    fill(one["life_from"], (kind.from_age for kind in kinds))
    fill(one["life_to"], (kind.to_age for kind in kinds))
    fill(one["life_ends"], (REASONS.index(kind.ends) if kind.ends else -1 for kind in kinds))


def _moments(one: _Record, world: World) -> None:
    moments = list(world.moments.values())
    one["n_moments"] = len(moments)
    fill(one["moment_on"], (EVENTS.index(moment.on) for moment in moments))
    fill(one["moment_share"], (moment.share for moment in moments))
    fill(one["moment_slope"], (moment.loyal for moment in moments))
    every = sum(1 << place for place in range(len(STAGES)))
    masks = (sum(1 << STAGES.index(stage) for stage in moment.stages) or every for moment in moments)
    fill(one["moment_stages"], masks)
    channels = list(world.channels)
    fill(one["moment_channel"], (channels.index(one_.channel) if one_.channel else -1 for one_ in moments))
    fill(one["moment_nth"], (moment.order or 0 for moment in moments))
    fill(one["moment_by"], (channels.index(one_.by) if one_.by else -1 for one_ in moments))
    fill(one["moment_after"], (channels.index(one_.after) if one_.after else -1 for one_ in moments))
    fill(one["moment_within"], (moment.within for moment in moments))
    fill(one["moment_first"], (moment.day for moment in moments))
    fill(one["moment_last"], (last_day(moment.until) for moment in moments))
    fill(one["moment_forgets"], (moment.forgets for moment in moments))
    for name, field in (("pleases", "satisfaction"), ("desire", "desire"), ("loyalty", "loyalty")):
        fill(one[f"moment_{name}"], (getattr(moment, field) for moment in moments))
    fill(one["moment_strain"], (moment.strain for moment in moments))
    fill(one["moment_leave"], (moment.leaves for moment in moments))
    for moment in moments:
        one["has_moment"][EVENTS.index(moment.on)] = True
