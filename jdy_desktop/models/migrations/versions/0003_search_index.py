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

_MAKE = (
    "CREATE VIRTUAL TABLE ROWS_find USING fts5(words, content='', contentless_delete=1, tokenize='trigram')",
    "CREATE VIRTUAL TABLE ROWS_chars USING fts5(words, content='', contentless_delete=1, "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co P* S* M*'\")",
    "CREATE TABLE ROWS_stale (id INTEGER PRIMARY KEY)",
    "CREATE TRIGGER ROWS_insert_stales AFTER INSERT ON ROWS "
    "BEGIN INSERT OR IGNORE INTO ROWS_stale VALUES (new.id); END",
    "CREATE TRIGGER ROWS_update_stales AFTER UPDATE OF search_text ON ROWS "
    "BEGIN INSERT OR IGNORE INTO ROWS_stale VALUES (new.id); END",
    "CREATE TRIGGER ROWS_delete_stales AFTER DELETE ON ROWS "
    "BEGIN INSERT OR IGNORE INTO ROWS_stale VALUES (old.id); END",
    "INSERT INTO ROWS_stale SELECT id FROM ROWS",
)
_DROP = (
    "DROP TRIGGER ROWS_insert_stales",
    "DROP TRIGGER ROWS_update_stales",
    "DROP TRIGGER ROWS_delete_stales",
    "DROP TABLE ROWS_find",
    "DROP TABLE ROWS_chars",
    "DROP TABLE ROWS_stale",
)


def upgrade() -> None:
    _run(_MAKE)


def downgrade() -> None:
    _run(_DROP)


def _run(statements: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("sku", "offer_sku"):
        for statement in statements:
            op.execute(statement.replace("ROWS", name))
