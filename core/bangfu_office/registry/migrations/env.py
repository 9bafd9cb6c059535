"""How Alembic runs a migration: on the connection it is given, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from bangfu_office.registry.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False, render_as_batch=True)
context.run_migrations()
