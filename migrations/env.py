"""Alembic's entry: runs the steps over a connection that the caller has opened."""

from alembic import context
from sqlalchemy import Connection

from core.schema import metadata


def _run() -> None:
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        # SQLite alters a table by copying it.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=False,
        user_module_prefix="tables.",
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
