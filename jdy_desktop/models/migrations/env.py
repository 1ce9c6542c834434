"""Alembic's entry: always run by services/machine/schema.py, inside the transaction it opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=context.config.attributes.get("render_item", lambda *_: False),
    transactional_ddl=True,
)
context.run_migrations()
