"""Roles in words: what they are called and what they let one do."""

from collections.abc import Iterable

from django.utils.translation import gettext

from core.identity import Action, Role


def role_words(role: Role) -> str:
    """A role as people call it."""
    return {
        Role.OFFICIAL: gettext("official"),
        Role.MODERATOR: gettext("moderator"),
        Role.ANALYST: gettext("analyst"),
        Role.ADMINISTRATOR: gettext("administrator"),
        Role.HEAD: gettext("head of the authority"),
    }[role]


def deeds(actions: Iterable[Action]) -> list[str]:
    """What these actions are, each as it follows “may”."""
    words = {
        Action.ANSWER_CITIZENS: gettext("read what citizens write to the authority, and answer them"),
        Action.RUN_POLLS: gettext("open and close polls"),
        Action.MODERATE_ROOMS: gettext("delete messages in discussions and slow them down"),
        Action.HANDLE_ALERTS: gettext("take, assign and silence alerts, promise measures in public"),
        Action.LOAD_DATA: gettext("load figures, set rules of alerts, keep passports of indicators"),
        Action.RUN_MODELS: gettext("reckon scenarios and show dashboards to citizens"),
        Action.BROADCAST: gettext("write mailings to residents and let out those of others"),
        Action.GRANT_ROLES: gettext("give and take roles, say who is on duty"),
        Action.CHOOSE_CHANNELS: gettext("choose what the messengers carry"),
        Action.SEE_CONSOLE: gettext("open the console and read figures that are for officials only"),
        Action.READ_BRIEF: gettext("get the week of the territory on Mondays"),
    }
    return [words[action] for action in actions]
