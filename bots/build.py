"""Putting the engine together: one dispatcher for all carriers."""

from pathlib import Path

from aiogram import Dispatcher
from aiogram.methods import Response
from aiogram.types import Message

from bots.engine.dialogue import DialogueStorage
from bots.engine.middlewares import AnswerTaps, House, KeepToThePolicy, SayRefusals, TakeTheFloor
from bots.flows import (
    account,
    alert_people,
    alerts,
    charts,
    direct_line,
    explaining,
    forgetting,
    indicators,
    linking,
    menu,
    my_data,
    notices,
    runs,
    silences,
    start,
    vote,
)
from bots.flows.entry import open_doors
from bots.flows.routes import Routes
from messengers import ButtonCodec, Policies, Site

# aiogram reads each answer as Response[...] and pydantic keeps such a class only while somebody holds it:
# collected as garbage it was built anew for a third of all answers, 3 ms of CPU each.
KEPT_ANSWERS = (Response[bool], Response[Message], Response[Message | bool])


def build_routes() -> Routes:
    """All conversations."""
    modules = (
        menu,
        start,
        direct_line,
        vote,
        indicators,
        charts,
        explaining,
        runs,
        account,
        linking,
        my_data,
        forgetting,
        notices,
        alerts,
        silences,
        alert_people,
    )
    flows = tuple(module.FLOW for module in modules)
    return Routes(flows=flows, out_of_the_blue=direct_line.offer_words)


def build_dispatcher(*, codec: ButtonCodec, site: Site, policies: Policies, files: Path) -> Dispatcher:
    """The dispatcher; the dialogue is kept in the database, order is kept by the lanes.

    files: the folder of stored files.
    """
    routes = build_routes()
    house = House(codec=codec, site=site, policies=policies, perform=routes.perform, files=files)
    dispatcher = Dispatcher(storage=DialogueStorage())
    refusals = SayRefusals(ask_consent=start.ask_consent, ask_home=start.ask_home)
    for observer in (dispatcher.message, dispatcher.callback_query):
        for middleware in (AnswerTaps(), TakeTheFloor(house), KeepToThePolicy(house), refusals):
            observer.outer_middleware(middleware)
    open_doors(dispatcher, routes)
    return dispatcher
