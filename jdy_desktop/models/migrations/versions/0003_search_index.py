"""search index

Goods and platform rows are looked for while typing. SQLite gets two full-text tables for each: `…_find` finds what is three
characters or longer by its trigrams, `…_chars` shorter words (most Chinese ones) as phrases of single characters. Writing
only notes which rows changed (`…_stale`); `services/queries/search_index.py` takes them in later. PostgreSQL goes without.

A migration that rebuilds `sku` or `offer_sku` must make its triggers again: SQLite drops them with the old table.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CHARACTERS = "unicode61 remove_diacritics 0 categories 'L* N* Co P* S* M*'"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("sku", "offer_sku"):
        for kind, tokenizer in (("find", "trigram"), ("chars", _CHARACTERS)):
            op.execute(
                f"CREATE VIRTUAL TABLE {name}_{kind} USING fts5("
                f"words, content='', contentless_delete=1, tokenize=\"{tokenizer}\")"
            )
        op.execute(f"CREATE TABLE {name}_stale (id INTEGER PRIMARY KEY)")
        for event, row in (("INSERT", "new"), ("UPDATE OF search_text", "new"), ("DELETE", "old")):
            op.execute(
                f"CREATE TRIGGER {name}_{event[:6].lower()}_stales AFTER {event} ON {name} "
                f"BEGIN INSERT OR IGNORE INTO {name}_stale VALUES ({row}.id); END"
            )
        op.execute(f"INSERT INTO {name}_stale SELECT id FROM {name}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("sku", "offer_sku"):
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {name}_{event}_stales")
        for kind in ("find", "chars", "stale"):
            op.execute(f"DROP TABLE {name}_{kind}")
