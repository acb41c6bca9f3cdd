"""Every address of the web."""

from django.urls import path

from web import errors, files, gallery
from web.account import cabinet, consent, email, esia, forgetting, mini_app, my_data, notices, sign_in
from web.api import build_api
from web.chat import attaching, conversations
from web.chat import pages as chat
from web.console import alert_journal as desk_alert_journal
from web.console import alert_people as desk_alert_people
from web.console import alert_rule as desk_alert_rule
from web.console import alert_rules as desk_alert_rules
from web.console import alerts as desk_alerts
from web.console import brief as desk_brief
from web.console import broadcasts as desk_broadcasts
from web.console import channels as desk_channels
from web.console import conversations as desk_conversations
from web.console import cycle as desk_cycle
from web.console import dashboards as desk_dashboards
from web.console import duty as desk_duty
from web.console import held as desk_held
from web.console import pages as console
from web.console import passports as desk_passports
from web.console import people as desk_people
from web.console import person as desk_person
from web.console import polls as desk_polls
from web.console import setup as desk_setup
from web.console import silences as desk_silences
from web.console import uploads as desk_uploads
from web.dashboards import pages as dashboards
from web.indicators import comparing
from web.indicators import pages as indicators
from web.public import home, leaving, polls, preferences
from web.rooms import forms as room_forms
from web.rooms import pages as rooms
from web.workshop import models as workshop_models
from web.workshop import pages as workshop
from web.workshop import public as workshop_public
from web.workshop import questions as workshop_questions

handler400 = errors.bad_request
handler404 = errors.not_found
handler500 = errors.broken

urlpatterns = [
    path("api/v1/", build_api().urls),
    path("", home.start, name="start"),
    path("t/<slug:slug>", home.home, name="home"),
    path("t/<slug:slug>/polls", polls.poll_list, name="poll_list"),
    path("t/<slug:slug>/indicators", indicators.indicator_list, name="indicator_list"),
    path("t/<slug:slug>/indicators/<slug:code>", indicators.indicator, name="indicator"),
    path("t/<slug:slug>/indicators/<slug:code>/compare", comparing.comparison, name="comparison"),
    path("t/<slug:slug>/rubrics/<slug:rubric>", indicators.rubric_page, name="rubric"),
    path("t/<slug:slug>/indicators/<slug:code>.csv", indicators.indicator_data, name="indicator_data"),
    path("t/<slug:slug>/dashboards", dashboards.dashboard_list, name="dashboard_list"),
    path("t/<slug:slug>/dashboards/<slug:address>", dashboards.dashboard, name="dashboard"),
    path(
        "t/<slug:slug>/dashboards/<slug:address>/<str:chart_id>.csv", dashboards.chart_data, name="chart_data"
    ),
    path("t/<slug:slug>/scenarios", workshop_public.scenarios, name="scenarios"),
    path("t/<slug:slug>/scenarios/model.toml", workshop_public.model_file, name="scenario_file"),
    path("t/<slug:slug>/room", rooms.territory_discussion, name="territory_room"),
    path("rooms/<str:room_id>", rooms.room, name="room"),
    path("rooms/<str:room_id>/said", rooms.said, name="said_in_room"),
    path("rooms/<str:room_id>/screen", rooms.screen, name="room_screen"),
    path("rooms/<str:room_id>/messages", room_forms.write, name="write_in_room"),
    path("rooms/<str:room_id>/act", room_forms.act, name="act_in_room"),
    path("rooms/<str:room_id>/read", room_forms.read, name="read_room"),
    path("rooms/<str:room_id>/slow-mode", room_forms.slow_mode, name="slow_mode"),
    path("rooms/<str:room_id>/poll", room_forms.put_poll, name="poll_in_room"),
    path("polls/<str:poll_id>", polls.poll_page, name="poll"),
    path("polls/<str:poll_id>/ballot", polls.vote, name="vote"),
    path("chat", chat.chat, name="chat"),
    path("chat/start", chat.start, name="start_chat"),
    path("chat/messages", chat.write, name="write_in_chat"),
    path("chat/files", attaching.send, name="send_file"),
    path("chat/press", chat.press, name="press_in_chat"),
    path("conversations/<str:conversation_id>", conversations.conversation_thread, name="conversation"),
    path("conversations/<str:conversation_id>/messages", conversations.write, name="write"),
    path("in", sign_in.ways_in, name="sign_in"),
    path("in/<str:token>", sign_in.one_time_link, name="one_time_link"),
    path("after-sign-in", sign_in.after_sign_in, name="after_sign_in"),
    path("app", mini_app.mini_app, name="mini_app"),
    path("app/enter", mini_app.enter, name="enter_mini_app"),
    path("esia", esia.depart, name="go_to_esia"),
    path("esia/return", esia.come_back, name="return_from_esia"),
    path("esia/join", esia.join, name="join_by_esia"),
    path("out", sign_in.leave, name="sign_out"),
    path("consent", consent.consent, name="consent"),
    path("consent/withdraw", consent.withdraw, name="withdraw_consent"),
    path("me", cabinet.cabinet, name="cabinet"),
    path("me/link-code", cabinet.link_code, name="link_code"),
    path("me/unlink", cabinet.unlink, name="unlink"),
    path("me/data", my_data.my_data, name="my_data"),
    path("me/sessions/end", cabinet.end_session, name="end_session"),
    path("me/name", cabinet.change_name, name="change_name"),
    path("me/home", cabinet.change_home, name="change_home"),
    path("me/forget", forgetting.forget, name="forget"),
    path("me/language", cabinet.change_language, name="change_language"),
    path("me/email", email.email, name="email"),
    path("me/email/code", email.ask_code, name="ask_email_code"),
    path("me/email/proof", email.prove, name="prove_email"),
    path("me/email/forget", email.forget, name="forget_email"),
    path("me/notices", notices.notices, name="notices"),
    path("me/notices/preset", notices.change_preset, name="choose_preset"),
    path("me/notices/budget", notices.change_budget, name="choose_budget"),
    path("me/notices/matrix", notices.change_matrix, name="choose_notices"),
    path("console", console.console, name="console"),
    path("console/fragments/queue/<str:tab>", console.queue_fragment, name="queue_fragment"),
    path("console/conversations", desk_conversations.conversation_queue, name="conversation_queue"),
    path(
        "console/conversations/<str:conversation_id>",
        desk_conversations.conversation_page,
        name="conversation_at_desk",
    ),
    path(
        "console/conversations/<str:conversation_id>/answer",
        desk_conversations.send_answer,
        name="answer_conversation",
    ),
    path(
        "console/conversations/<str:conversation_id>/resolve",
        desk_conversations.resolve_conversation,
        name="resolve_conversation",
    ),
    path("console/setup", desk_setup.setup, name="setup"),
    path("console/channels", desk_channels.channels, name="channels"),
    path("console/people", desk_people.people, name="people"),
    path("console/people/<str:person_id>", desk_person.person, name="person"),
    path("console/people/<str:person_id>/role", desk_person.change_role, name="change_role"),
    path("console/polls", desk_polls.poll_queue, name="poll_queue"),
    path("console/polls/new", desk_polls.new_poll, name="new_poll"),
    path("console/polls/<str:poll_id>", desk_polls.poll_item, name="poll_at_desk"),
    path("console/polls/<str:poll_id>/close", desk_polls.close, name="close_poll"),
    path("console/alert-rules", desk_alert_rules.alert_rules, name="alert_rules"),
    path("console/alert-rules/<str:rule_id>", desk_alert_rule.alert_rule, name="alert_rule"),
    path("console/brief", desk_brief.brief, name="brief"),
    path("console/duty", desk_duty.page, name="duty"),
    path("console/duty/deputy", desk_duty.deputy, name="set_deputy"),
    path("console/duty/back", desk_duty.back, name="end_deputy"),
    path("console/silences", desk_silences.silences, name="silences"),
    path("console/silences/<str:silence_id>/end", desk_silences.end, name="end_silence"),
    path("console/alerts", desk_alerts.alert_queue, name="alert_queue"),
    path("console/alerts/journal", desk_alert_journal.journal_page, name="alert_journal"),
    path("console/alerts/journal.csv", desk_alert_journal.journal, name="alert_journal_file"),
    path("console/alerts/<str:alert_id>", desk_alerts.alert_item, name="alert_at_desk"),
    path("console/alerts/<str:alert_id>/acknowledge", desk_alerts.acknowledge, name="acknowledge_alert"),
    path("console/alerts/<str:alert_id>/assign", desk_alert_people.assign, name="assign_alert"),
    path("console/alerts/<str:alert_id>/return", desk_alert_people.give_back, name="return_alert"),
    path("console/alerts/<str:alert_id>/note", desk_alert_people.note, name="note_alert"),
    path("console/alerts/<str:alert_id>/commit", desk_alerts.commit, name="commit_to_alert"),
    path("console/alerts/<str:alert_id>/report", desk_alerts.report, name="report_commitment"),
    path("console/alerts/<str:alert_id>/snooze", desk_alerts.snooze, name="snooze_alert"),
    path("console/broadcasts", desk_broadcasts.broadcast_queue, name="broadcast_queue"),
    path("console/broadcasts/new", desk_broadcasts.new_broadcast, name="new_broadcast"),
    path("console/broadcasts/<str:broadcast_id>", desk_broadcasts.broadcast_item, name="broadcast_at_desk"),
    path("console/broadcasts/<str:broadcast_id>/decision", desk_broadcasts.decide, name="decide_broadcast"),
    path("console/data", desk_uploads.upload_queue, name="upload_queue"),
    path("console/data/new", desk_uploads.new_upload, name="new_upload"),
    path("console/data/template.xlsx", desk_uploads.template_file, name="data_template"),
    path("console/data/held", desk_held.held, name="held_values"),
    path("console/data/passports", desk_passports.passports, name="passports"),
    path("console/data/passports/<slug:code>", desk_passports.passport_page, name="passport"),
    path("console/data/passports/<slug:code>/readers", desk_passports.readers, name="readers"),
    path("console/data/uploads/<str:upload_id>", desk_uploads.upload_item, name="upload_at_desk"),
    path("console/data/uploads/<str:upload_id>/load", desk_uploads.load, name="load_upload"),
    path("console/data/uploads/<str:upload_id>/cancel", desk_uploads.cancel, name="cancel_upload"),
    path("console/cycle", desk_cycle.cycles, name="cycles"),
    path("console/cycle/<str:cycle_id>", desk_cycle.board, name="cycle_board"),
    path("console/cycle/<str:cycle_id>/<str:step>", desk_cycle.change, name="change_step"),
    path("console/dashboards", desk_dashboards.dashboard_queue, name="dashboard_queue"),
    path("console/dashboards/new", desk_dashboards.new_dashboard, name="new_dashboard"),
    path("console/dashboards/<str:dashboard_id>", desk_dashboards.dashboard_item, name="dashboard_at_desk"),
    path("console/dashboards/<str:dashboard_id>/charts", desk_dashboards.add, name="add_chart"),
    path(
        "console/dashboards/<str:dashboard_id>/charts/<str:chart_id>",
        desk_dashboards.arrange,
        name="arrange_chart",
    ),
    path("console/dashboards/<str:dashboard_id>/state", desk_dashboards.state, name="dashboard_state"),
    path("console/dashboards/<str:dashboard_id>/copy", desk_dashboards.copy, name="copy_dashboard"),
    path("console/scenarios", workshop.run_queue, name="run_queue"),
    path("console/scenarios/new", workshop.new_run, name="new_run"),
    path("console/scenarios/models", workshop_models.models, name="scenario_models"),
    path("console/scenarios/models/<str:model_id>", workshop_models.model_item, name="scenario_model"),
    path("console/scenarios/<str:run_id>", workshop.run_item, name="run_at_desk"),
    path("console/scenarios/<str:run_id>/conditions", workshop_questions.conditions, name="run_conditions"),
    path("console/scenarios/<str:run_id>/question", workshop_questions.question, name="run_question"),
    path("console/scenarios/<str:run_id>/cancel", workshop.cancel, name="cancel_run"),
    path("console/scenarios/<str:run_id>/follow", workshop.follow, name="follow_run"),
    path("console/scenarios/<str:run_id>/repeat", workshop.repeat, name="repeat_run"),
    path("console/scenarios/<str:run_id>/publish", workshop.publish, name="publish_run"),
    path("console/scenarios/<str:run_id>/attach", workshop_questions.attach_effects, name="attach_effects"),
    path("leave/<str:token>", leaving.leaving, name="leave"),
    path("files/<str:key>", files.file, name="file"),
    path("ui", gallery.gallery, name="gallery"),
    path("language", preferences.choose_language, name="language"),
    path("theme", preferences.choose_theme, name="theme"),
]
