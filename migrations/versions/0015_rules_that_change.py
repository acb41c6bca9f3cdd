"""An alert keeps what its rule asked when it fired; a rule may be deleted and its alerts stay."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEY = ["indicator", "territory_id", "kind", "bad", "severity"]
_KEPT = {"bad": sa.String(length=8), "threshold": sa.Double(), "clear_at": sa.Double(), "hold": sa.Integer()}


def upgrade() -> None:
    with op.batch_alter_table("alert_rule") as table:
        table.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint("uq_alert_rule_indicator_territory_id_kind_bad_severity", type_="unique")
    holds = sa.text("deleted_at IS NULL")
    op.create_index(
        "uq_alert_rule_holds", "alert_rule", _KEY, unique=True, sqlite_where=holds, postgresql_where=holds
    )
    with op.batch_alter_table("alert") as table:
        for name, kind in _KEPT.items():
            table.add_column(sa.Column(name, kind, nullable=True))
    # What the rules ask now is all that is known of what they asked then.
    for name in _KEPT:
        op.execute(f"UPDATE alert SET {name} = (SELECT r.{name} FROM alert_rule r WHERE r.id = alert.rule_id)")
    with op.batch_alter_table("alert") as table:
        for name, kind in _KEPT.items():
            table.alter_column(name, existing_type=kind, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("alert") as table:
        for name in _KEPT:
            table.drop_column(name)
    op.drop_index("uq_alert_rule_holds", table_name="alert_rule")
    # On the other side a key is taken once: a rule that was deleted and set again makes way for the last one,
    # under a severity that no rule has.
    op.execute(
        "UPDATE alert_rule SET severity = 'x' || substr(id, 1, 7)"
        " WHERE deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM alert_rule o WHERE o.id <> alert_rule.id"
        " AND o.indicator = alert_rule.indicator AND o.territory_id = alert_rule.territory_id"
        " AND o.kind = alert_rule.kind AND o.bad = alert_rule.bad AND o.severity = alert_rule.severity"
        " AND (o.deleted_at IS NULL OR o.deleted_at > alert_rule.deleted_at))"
    )
    with op.batch_alter_table("alert_rule") as table:
        table.drop_column("deleted_at")
        table.create_unique_constraint("uq_alert_rule_indicator_territory_id_kind_bad_severity", _KEY)
