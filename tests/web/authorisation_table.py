"""The authorisation table: every page, every operation of the API and of the socket × every kind of viewer.

One without a row fails tests/web/test_authorisation.py; tests/web/test_secrecy.py walks the same rows.
"""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.town import ANNA, BORIS, IVANOV, OLEG, VERA
from tests.web.browser_twin import Browser

NOBODY, VISITOR, CITIZEN, OWNER = "nobody", "visitor", "citizen", "owner"
OFFICIAL, MODERATOR, ANALYST = "official", "moderator", "analyst"
KINDS = (NOBODY, VISITOR, CITIZEN, OWNER, OFFICIAL, MODERATOR, ANALYST)

ANYBODY = frozenset(KINDS)
SIGNED_IN = ANYBODY - {NOBODY}
CONSENTED = SIGNED_IN - {VISITOR}
STAFF = frozenset({OFFICIAL, MODERATOR, ANALYST})
OFFICIALS = frozenset({OFFICIAL})
AUTHORITY = frozenset({OFFICIAL, MODERATOR})
MODERATORS = frozenset({MODERATOR})
ANALYSTS = frozenset({ANALYST})
OWN = frozenset({OWNER})
# An official sees a conversation from both sides; writing as either is the core's to decide.
PARTIES = frozenset({OWNER, OFFICIAL})


@dataclass(frozen=True)
class Row:
    """An address, what is sent to it, and who is let through."""

    allowed: frozenset[str]
    path: str
    form: tuple[tuple[str, str], ...] | None = None


def post(allowed: frozenset[str], path: str, **form: str) -> Row:
    """A form."""
    return Row(allowed, path, tuple(form.items()))


PAGES: dict[str, Row] = {
    "start": Row(ANYBODY, "/"),
    "home": Row(ANYBODY, "/t/zarechny"),
    "poll_list": Row(ANYBODY, "/t/zarechny/polls"),
    "indicator_list": Row(ANYBODY, "/t/zarechny/indicators"),
    "indicator": Row(ANYBODY, "/t/zarechny/indicators/UNEMP"),
    "comparison": Row(ANYBODY, "/t/zarechny/indicators/UNEMP/compare"),
    "rubric": Row(ANYBODY, "/t/zarechny/rubrics/jobs"),
    "indicator_data": Row(ANYBODY, "/t/zarechny/indicators/UNEMP.csv"),
    "dashboard_list": Row(ANYBODY, "/t/zarechny/dashboards"),
    "dashboard": Row(ANYBODY, "/t/zarechny/dashboards/passport"),
    "chart_data": Row(ANYBODY, "/t/zarechny/dashboards/passport/{chart}.csv"),
    "scenarios": Row(ANYBODY, "/t/zarechny/scenarios"),
    # Nothing has been published on the stage.
    "scenario_file": Row(frozenset(), "/t/zarechny/scenarios/model.toml"),
    "territory_room": Row(ANYBODY, "/t/zarechny/room"),
    "room": Row(ANYBODY, "/rooms/{room}"),
    "said_in_room": Row(ANYBODY, "/rooms/{room}/said?before=1"),
    "room_screen": Row(ANYBODY, "/rooms/{room}/screen"),
    # As with a vote: who has not consented gets the page that asks for it, with 200, and nothing is said.
    "write_in_room": post(ANYBODY, "/rooms/{room}/messages", text="слово"),
    "act_in_room": post(CONSENTED, "/rooms/{room}/act", do="sign:1:thanks"),
    "read_room": post(SIGNED_IN, "/rooms/{room}/read", seq="1"),
    "slow_mode": post(MODERATORS, "/rooms/{room}/slow-mode", pause="30"),
    "poll_in_room": post(MODERATORS, "/rooms/{room}/poll", poll="{poll}"),
    "poll": Row(ANYBODY, "/polls/{poll}"),
    # Whoever has not consented gets the page that asks for it, with 200, and no vote.
    "vote": post(ANYBODY, "/polls/{poll}/ballot", option="{option}"),
    "chat": Row(ANYBODY, "/chat"),
    "start_chat": post(ANYBODY, "/chat/start"),
    "write_in_chat": post(OWN, "/chat/messages", chat="{chat}", text="слово"),
    "send_file": post(OWN, "/chat/files", chat="{chat}", text="слово"),
    "press_in_chat": post(OWN, "/chat/press", chat="{chat}", press="1:x"),
    "conversation": Row(PARTIES, "/conversations/{conversation}"),
    "write": post(PARTIES, "/conversations/{conversation}/messages", text="слово"),
    "sign_in": Row(ANYBODY, "/in"),
    "one_time_link": Row(ANYBODY, "/in/token"),
    "mini_app": Row(ANYBODY, "/app"),
    # The signature of the messenger is the right: without one nobody is let in.
    "enter_mini_app": post(frozenset(), "/app/enter", messenger="telegram", launch="user=1&hash=0"),
    # No identity provider on the stage: the way is not there.
    "go_to_esia": Row(frozenset(), "/esia"),
    "return_from_esia": Row(frozenset(), "/esia/return"),
    "join_by_esia": post(frozenset(), "/esia/join", join="x"),
    "after_sign_in": Row(ANYBODY, "/after-sign-in"),
    "sign_out": post(ANYBODY, "/out"),
    "consent": Row(ANYBODY, "/consent"),
    "withdraw_consent": post(SIGNED_IN, "/consent/withdraw"),
    "cabinet": Row(SIGNED_IN, "/me"),
    "link_code": post(SIGNED_IN, "/me/link-code"),
    "unlink": post(frozenset(), "/me/unlink", messenger="max"),
    "my_data": Row(SIGNED_IN, "/me/data"),
    "end_session": post(SIGNED_IN, "/me/sessions/end", session="x"),
    "forget": Row(SIGNED_IN, "/me/forget"),
    "change_home": post(SIGNED_IN, "/me/home", home="{territory}"),
    "change_name": post(SIGNED_IN, "/me/name", name="Имя"),
    "change_language": post(SIGNED_IN, "/me/language", language="en"),
    "notices": Row(SIGNED_IN, "/me/notices"),
    "email": Row(SIGNED_IN, "/me/email"),
    # No mail server on the stage: whoever may ask is told so, and a code that was never sent is refused.
    "ask_email_code": post(frozenset(), "/me/email/code", address="a@example.org"),
    "prove_email": post(frozenset(), "/me/email/proof", address="a@example.org", code="AAAA2222"),
    "forget_email": post(SIGNED_IN, "/me/email/forget"),
    "choose_preset": post(SIGNED_IN, "/me/notices/preset", preset="calm"),
    "choose_budget": post(SIGNED_IN, "/me/notices/budget", per_day="5"),
    "choose_notices": post(SIGNED_IN, "/me/notices/matrix", **{"news-web": "off"}),
    "console": Row(STAFF, "/console"),
    "queue_fragment": Row(OFFICIALS, "/console/fragments/queue/conversations"),
    "conversation_queue": Row(OFFICIALS, "/console/conversations"),
    "conversation_at_desk": Row(OFFICIALS, "/console/conversations/{conversation}"),
    "answer_conversation": post(OFFICIALS, "/console/conversations/{conversation}/answer", text="слово"),
    "resolve_conversation": post(OFFICIALS, "/console/conversations/{conversation}/resolve"),
    "poll_queue": Row(MODERATORS, "/console/polls"),
    "new_poll": Row(MODERATORS, "/console/polls/new"),
    "poll_at_desk": Row(MODERATORS, "/console/polls/{poll}"),
    "close_poll": post(MODERATORS, "/console/polls/{poll}/close"),
    "broadcast_queue": Row(AUTHORITY, "/console/broadcasts"),
    "new_broadcast": Row(AUTHORITY, "/console/broadcasts/new"),
    "broadcast_at_desk": Row(AUTHORITY, "/console/broadcasts/{broadcast}"),
    "decide_broadcast": post(AUTHORITY, "/console/broadcasts/{broadcast}/decision", decision="reject"),
    # For administrators, who are none of these.
    "setup": Row(frozenset(), "/console/setup"),
    "channels": Row(frozenset(), "/console/channels"),
    "people": Row(frozenset(), "/console/people"),
    "person": Row(frozenset(), "/console/people/{official}"),
    "change_role": Row(
        frozenset(), "/console/people/{official}/role?do=give&role=moderator&territory={territory}"
    ),
    # Nobody on the stage heads the town; that a head reads it is told in tests/web/test_console_brief.py.
    "brief": Row(frozenset(), "/console/brief"),
    "duty": Row(OFFICIALS, "/console/duty"),
    "set_deputy": post(
        OFFICIALS,
        "/console/duty/deputy",
        person="{official}",
        deputy="{colleague}",
        since="2027-03-10",
        until="2027-03-20",
    ),
    # Nobody stands in for anybody on the stage.
    "end_deputy": post(frozenset(), "/console/duty/back", id="x"),
    "alert_rules": Row(frozenset({ANALYST}), "/console/alert-rules"),
    "alert_rule": Row(frozenset({ANALYST}), "/console/alert-rules/{rule}"),
    "alert_journal": Row(OFFICIALS, "/console/alerts/journal"),
    "alert_journal_file": Row(OFFICIALS, "/console/alerts/journal.csv"),
    "silences": Row(OFFICIALS, "/console/silences"),
    "end_silence": post(OFFICIALS, "/console/silences/{silence}/end"),
    "alert_queue": Row(OFFICIALS, "/console/alerts"),
    "alert_at_desk": Row(OFFICIALS, "/console/alerts/{alert}"),
    "acknowledge_alert": post(OFFICIALS, "/console/alerts/{alert}/acknowledge"),
    "assign_alert": post(
        OFFICIALS, "/console/alerts/{alert}/assign", assignee="{colleague}", due="2027-04-01"
    ),
    # On the stage it is given to nobody: who handles alerts is refused in other words than a stranger.
    "return_alert": post(frozenset(), "/console/alerts/{alert}/return", reason="Не моё"),
    "note_alert": post(OFFICIALS, "/console/alerts/{alert}/note", text="Завод закрыли"),
    "commit_to_alert": post(
        OFFICIALS, "/console/alerts/{alert}/commit", measure="Ярмарка вакансий", due="2027-04-01"
    ),
    "report_commitment": post(OFFICIALS, "/console/alerts/{promised_alert}/report", result="Провели"),
    "snooze_alert": post(OFFICIALS, "/console/alerts/{alert}/snooze", term="hour"),
    "upload_queue": Row(ANALYSTS, "/console/data"),
    "new_upload": Row(ANALYSTS, "/console/data/new"),
    "data_template": Row(ANALYSTS, "/console/data/template.xlsx?territory={territory}"),
    "held_values": Row(ANALYSTS, "/console/data/held"),
    "cycles": Row(frozenset({ANALYST, OFFICIAL}), "/console/cycle"),
    # The official owns a step of it.
    "cycle_board": Row(frozenset({ANALYST, OFFICIAL}), "/console/cycle/{cycle}"),
    "change_step": post(
        frozenset({ANALYST, OFFICIAL}), "/console/cycle/{cycle}/pages", do="confirm", note="Готово"
    ),
    "passports": Row(ANALYSTS, "/console/data/passports"),
    # Nobody answers for the indicator yet, so whoever loads data keeps its passport.
    "passport": Row(ANALYSTS, "/console/data/passports/UNEMP"),
    "readers": post(ANALYSTS, "/console/data/passports/UNEMP/readers", do="name:{official}"),
    # The analyst's own file.
    "upload_at_desk": Row(ANALYSTS, "/console/data/uploads/{upload}"),
    "load_upload": post(ANALYSTS, "/console/data/uploads/{upload}/load"),
    "cancel_upload": post(ANALYSTS, "/console/data/uploads/{upload}/cancel"),
    "dashboard_queue": Row(ANALYSTS, "/console/dashboards"),
    "new_dashboard": Row(ANALYSTS, "/console/dashboards/new"),
    "dashboard_at_desk": Row(ANALYSTS, "/console/dashboards/{dashboard}"),
    "add_chart": post(
        ANALYSTS,
        "/console/dashboards/{dashboard}/charts",
        kind="number",
        indicator="UNEMP",
        territory="{territory}",
    ),
    "arrange_chart": post(ANALYSTS, "/console/dashboards/{dashboard}/charts/{chart}", do="down"),
    "dashboard_state": post(ANALYSTS, "/console/dashboards/{dashboard}/state", state="published"),
    "copy_dashboard": post(ANALYSTS, "/console/dashboards/{dashboard}/copy"),
    "run_queue": Row(ANALYSTS, "/console/scenarios"),
    "new_run": Row(ANALYSTS, "/console/scenarios/new"),
    "scenario_models": Row(ANALYSTS, "/console/scenarios/models"),
    "scenario_model": Row(ANALYSTS, "/console/scenarios/models/{model}"),
    "run_at_desk": Row(ANALYSTS, "/console/scenarios/{run}"),
    "run_conditions": Row(ANALYSTS, "/console/scenarios/{run}/conditions"),
    "run_question": Row(ANALYSTS, "/console/scenarios/{run}/question"),
    "cancel_run": post(ANALYSTS, "/console/scenarios/{run}/cancel"),
    "follow_run": post(ANALYSTS, "/console/scenarios/{run}/follow"),
    "repeat_run": post(ANALYSTS, "/console/scenarios/{run}/repeat"),
    "publish_run": post(ANALYSTS, "/console/scenarios/{run}/publish", public="no"),
    "attach_effects": post(ANALYSTS, "/console/scenarios/{run}/attach", number="{number}"),
    # The signed link is the right: whoever holds the mail may leave, signed in as whom ever.
    "leave": Row(ANYBODY, "/leave/{mail}"),
    # No file is on the stage: what is hidden and what is not there look alike.
    "file": Row(frozenset(), "/files/" + "0" * 64),
    "gallery": Row(ANYBODY, "/ui"),
    "language": post(ANYBODY, "/language", language="en"),
    "theme": post(ANYBODY, "/theme", theme="dark"),
}

API: dict[str, Row] = {
    "GET /me": Row(SIGNED_IN, ""),
    "POST /login-links": Row(SIGNED_IN, ""),
    "POST /link-codes": Row(SIGNED_IN, ""),
    "POST /sessions": Row(frozenset(), "", (("token", "wrong"),)),
    "DELETE /sessions/current": Row(SIGNED_IN, ""),
    "GET /territories": Row(ANYBODY, ""),
    "GET /polls": Row(ANYBODY, ""),
    "GET /polls/{poll_id}": Row(ANYBODY, ""),
    "POST /polls": Row(
        MODERATORS,
        "",
        (("territory_id", "{territory}"), ("question", "Да?"), ("closes_at", "2027-03-20T00:00Z")),
    ),
    "POST /polls/{poll_id}/close": Row(MODERATORS, ""),
    "POST /polls/{poll_id}/ballot": Row(CONSENTED, "", (("option_id", "{option}"),)),
    "GET /conversations": Row(SIGNED_IN, ""),
    "POST /conversations": Row(CONSENTED, "", (("text", "слово"), ("territory_id", "{territory}"))),
    "GET /queue": Row(SIGNED_IN, ""),
    "GET /conversations/{conversation_id}": Row(PARTIES, ""),
    "POST /conversations/{conversation_id}/messages": Row(PARTIES, "", (("text", "слово"),)),
    "POST /conversations/{conversation_id}/resolve": Row(OFFICIALS, ""),
    "POST /chat": Row(SIGNED_IN, ""),
    "POST /chat/messages": Row(SIGNED_IN, "", (("text", "слово"),)),
    "POST /chat/presses": Row(SIGNED_IN, "", (("of", "1"), ("data", "x"))),
    "GET /streams/{stream}/events": Row(OWN, ""),
    "GET /territories/{slug}/indicators": Row(ANYBODY, ""),
    "GET /territories/{slug}/indicators/{code}": Row(ANYBODY, ""),
    "GET /territories/{slug}/indicators/{code}/forecast": Row(ANYBODY, ""),
    "GET /indicators/{code}/passport": Row(ANYBODY, ""),
    "GET /territories/{slug}/dashboards": Row(ANYBODY, ""),
    "GET /territories/{slug}/dashboards/{address}": Row(ANYBODY, ""),
    "GET /alerts": Row(SIGNED_IN, ""),
    "GET /alerts/journal": Row(SIGNED_IN, ""),
    "POST /alerts/{alert_id}/acknowledge": Row(OFFICIALS, ""),
    "POST /alerts/{alert_id}/assign": Row(
        OFFICIALS, "", (("assignee_id", "{colleague}"), ("due", "2027-04-01"))
    ),
    "POST /alerts/{alert_id}/return": Row(frozenset(), "", (("text", "Не моё"),)),
    "POST /alerts/{alert_id}/notes": Row(OFFICIALS, "", (("text", "Завод закрыли"),)),
    "POST /alerts/{alert_id}/snooze": Row(OFFICIALS, "", (("term", "hour"),)),
}

# What can be asked of the socket, in the words of docs/asyncapi.json.
SOCKET: dict[str, dict[str, Any]] = {
    "subscribe": {"seq": 0},
    "unsubscribe": {},
    "send": {"client_id": "client-00000001", "text": "слово"},
    "edit": {"of": 1, "text": "слово"},
    "delete": {"of": 1},
    "react": {"of": 1, "reaction": "thanks", "on": True},
    "press": {"client_id": "client-00000002", "of": 1, "data": "x"},
    "read": {"seq": 1},
    "typing": {},
    "ping": {},
}

PEOPLE = {
    VISITOR: "Гость",
    CITIZEN: BORIS,
    OWNER: ANNA,
    OFFICIAL: IVANOV,
    MODERATOR: OLEG,
    ANALYST: VERA,
}


def become(browser: Browser, kind: str) -> Browser:
    """Sign the browser in as one of the kinds."""
    return browser if kind == NOBODY else browser.sign_in_as(PEOPLE[kind])


async def ask_page(browser: Browser, row: Row, things: dict[str, str]) -> httpx.Response:
    """Open the page of a row, or send its form."""
    path = row.path.format(**things)
    if row.form is None:
        return await browser.get(path)
    return await browser.submit(path, **{key: text.format(**things) for key, text in row.form})


async def ask_api(browser: Browser, operation: str, things: dict[str, str]) -> httpx.Response:
    """Ask for an operation of the API with the cookie of a page."""
    method, path = operation.split(" ")
    return await browser.client.request(
        method,
        "/api/v1" + path.format(**things),
        json=_body(API[operation], things),
        headers={"X-CSRFToken": await browser.csrf_token()},
    )


def _body(row: Row, things: dict[str, str]) -> dict[str, object]:
    body: dict[str, object] = {key: text.format(**things) for key, text in row.form or ()}
    if "question" in body:
        body["options"] = ["Да", "Нет"]
    if "of" in body:
        body["of"] = 1
    return body
