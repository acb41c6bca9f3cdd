"""Silences, what mutes an alert and why, in whose message an alert stands, what an indicator is reckoned from."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ID = sa.String(length=32)


def _key(table: str, column: str, other: str, target: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{target}"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "alert_silence",
        sa.Column("id", _ID, nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("rubric", sa.String(length=64), nullable=True),
        sa.Column("indicator", sa.String(length=32), nullable=True),
        sa.Column("rule_id", _ID, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        _key("alert_silence", "indicator", "indicator", "code"),
        _key("alert_silence", "rule_id", "alert_rule"),
        _key("alert_silence", "created_by", "person"),
        _key("alert_silence", "ended_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_silence")),
    )
    op.create_index("ix_alert_silence_until", "alert_silence", ["until"])
    op.create_table(
        "alert_mute",
        sa.Column("id", _ID, nullable=False),
        sa.Column("alert_id", _ID, nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("muted_by", _ID, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        _key("alert_mute", "alert_id", "alert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_mute")),
        sa.UniqueConstraint("alert_id", "cause", "muted_by", name=op.f("uq_alert_mute_alert_id_cause_muted_by")),
    )
    op.create_index("ix_alert_mute_muted_by", "alert_mute", ["muted_by"])
    still = sa.text("ended_at IS NULL")
    op.create_index("ix_alert_mute_open", "alert_mute", ["alert_id"], sqlite_where=still, postgresql_where=still)
    op.create_table(
        "indicator_input",
        sa.Column("territory_id", _ID, nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("input", sa.String(length=32), nullable=False),
        _key("indicator_input", "territory_id", "territory"),
        _key("indicator_input", "indicator", "indicator", "code"),
        _key("indicator_input", "input", "indicator", "code"),
        sa.PrimaryKeyConstraint("territory_id", "indicator", "input", name=op.f("pk_indicator_input")),
    )
    with op.batch_alter_table("alert") as table:
        table.add_column(sa.Column("flapping", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("lead_id", _ID, nullable=True))
        table.add_column(sa.Column("told_at", moment, nullable=True))
        table.create_index("ix_alert_lead_id", ["lead_id"])
        table.create_foreign_key("fk_alert_lead_id_alert", "alert", ["lead_id"], ["id"])
    # What was one message so far stays one message.
    op.execute(
        "UPDATE alert SET told_at = fired_at, lead_id = (SELECT o.id FROM alert o"
        " JOIN alert_rule q ON q.id = o.rule_id JOIN indicator j ON j.code = q.indicator"
        " WHERE o.vintage = alert.vintage AND o.territory_id = alert.territory_id"
        " AND q.severity = (SELECT r.severity FROM alert_rule r WHERE r.id = alert.rule_id)"
        " AND j.rubric = (SELECT i.rubric FROM alert_rule r JOIN indicator i ON i.code = r.indicator"
        " WHERE r.id = alert.rule_id)"
        " ORDER BY o.fired_at, o.id LIMIT 1)"
    )


def downgrade() -> None:
    with op.batch_alter_table("alert") as table:
        table.drop_constraint("fk_alert_lead_id_alert", type_="foreignkey")
        table.drop_index("ix_alert_lead_id")
        table.drop_column("told_at")
        table.drop_column("lead_id")
        table.drop_column("flapping")
    op.drop_table("indicator_input")
    op.drop_table("alert_mute")
    op.drop_table("alert_silence")
