"""Alert rules of seven kinds, their states by vintage, and every change of state with its numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert_rule") as table:
        table.add_column(sa.Column("kind", sa.String(length=16), server_default="threshold", nullable=False))
        table.add_column(sa.Column("hold", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("settle", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("parts", sa.JSON(), server_default="[]", nullable=False))
        table.drop_constraint("uq_alert_rule_indicator_territory_id_bad_severity", type_="unique")
        table.create_unique_constraint(
            "uq_alert_rule_indicator_territory_id_kind_bad_severity",
            ["indicator", "territory_id", "kind", "bad", "severity"],
        )
    with op.batch_alter_table("alert") as table:
        table.add_column(sa.Column("measure", sa.Double(), nullable=True))
    with op.batch_alter_table("alert_standing") as table:
        table.add_column(sa.Column("streak", sa.Integer(), server_default="0", nullable=False))
        table.alter_column("state", existing_type=sa.String(length=8), type_=sa.String(length=16))
    # From now on a standing names the alert that is open and none that is over.
    op.execute("UPDATE alert_standing SET alert_id = NULL WHERE state <> 'firing'")
    op.execute("UPDATE alert SET measure = value")
    op.create_table(
        "alert_state_change",
        sa.Column("rule_id", sa.String(length=32), nullable=False),
        sa.Column("territory_id", sa.String(length=32), nullable=False),
        sa.Column("vintage", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("measure", sa.Double(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("alert_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_state_change_alert_id_alert")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rule.id"], name=op.f("fk_alert_state_change_rule_id_alert_rule")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_alert_state_change_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint(
            "rule_id", "territory_id", "vintage", "cause", name=op.f("pk_alert_state_change")
        ),
    )
    op.create_index("ix_alert_state_change_alert_id", "alert_state_change", ["alert_id"])
    op.execute(
        "INSERT INTO alert_state_change"
        " SELECT a.rule_id, a.territory_id, t.vintage, 'data',"
        " CASE t.transition WHEN 'fired' THEN 'ok' ELSE 'firing' END,"
        " CASE t.transition WHEN 'fired' THEN 'firing' ELSE 'resolved' END,"
        " t.period, t.value, t.value, '', t.alert_id, t.at"
        " FROM alert_transition t JOIN alert a ON a.id = t.alert_id"
    )
    op.drop_table("alert_transition")


def downgrade() -> None:
    op.create_table(
        "alert_transition",
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("vintage", sa.Integer(), nullable=False),
        sa.Column("transition", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_transition_alert_id_alert")),
        sa.PrimaryKeyConstraint("alert_id", "vintage", name=op.f("pk_alert_transition")),
    )
    op.execute(
        "INSERT INTO alert_transition"
        " SELECT alert_id, vintage, CASE after WHEN 'firing' THEN 'fired' ELSE 'resolved' END, period, value, at"
        " FROM alert_state_change WHERE alert_id IS NOT NULL AND cause = 'data'"
        " AND (after = 'resolved' OR (after = 'firing' AND before IN ('ok', 'pending', 'resolved')))"
    )
    op.drop_table("alert_state_change")
    # Only thresholds are known on the other side.
    op.execute("UPDATE alert_standing SET state = 'ok' WHERE state NOT IN ('ok', 'firing')")
    with op.batch_alter_table("alert_standing") as table:
        table.alter_column("state", existing_type=sa.String(length=16), type_=sa.String(length=8))
        table.drop_column("streak")
    with op.batch_alter_table("alert") as table:
        table.drop_column("measure")
    with op.batch_alter_table("alert_rule") as table:
        table.drop_constraint("uq_alert_rule_indicator_territory_id_kind_bad_severity", type_="unique")
        table.create_unique_constraint(
            "uq_alert_rule_indicator_territory_id_bad_severity",
            ["indicator", "territory_id", "bad", "severity"],
        )
        table.drop_column("parts")
        table.drop_column("settle")
        table.drop_column("hold")
        table.drop_column("kind")
