"""documents found fast

单据查询 over a year of documents: their order and their goods are read from indexes instead of from the rows. So are
the balances of customers and suppliers.

A line keeps the code and the names of its goods as they read on its day, and is found by them later. Instead of reading
all lines for a word, SQLite looks for goods that bear it now (the search index) or bore it once (`sku_once`, one row per
former code or name, noted by trigger), and then for lines of these goods. PostgreSQL reads the lines.

A migration that rebuilds `sku` or `product` must make these triggers again: SQLite drops them with the old table.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MAKE = (
    "CREATE TABLE sku_once (sku_id INTEGER NOT NULL, words TEXT NOT NULL, PRIMARY KEY (sku_id, words)) WITHOUT ROWID",
    "CREATE TRIGGER sku_renamed AFTER UPDATE OF code, name ON sku WHEN old.code <> new.code OR old.name <> new.name "
    "BEGIN INSERT OR IGNORE INTO sku_once SELECT old.id, "
    "old.code || char(10) || name || char(10) || old.name FROM product WHERE id = old.product_id; END",
    "CREATE TRIGGER product_renamed AFTER UPDATE OF name ON product WHEN old.name <> new.name "
    "BEGIN INSERT OR IGNORE INTO sku_once "
    "SELECT id, code || char(10) || old.name || char(10) || name FROM sku WHERE product_id = old.id; END",
    "CREATE TRIGGER sku_forgotten AFTER DELETE ON sku BEGIN DELETE FROM sku_once WHERE sku_id = old.id; END",
    "INSERT OR IGNORE INTO sku_once SELECT line.sku_id, line.sku_code || char(10) || line.product_name || char(10) || "
    "line.sku_name FROM document_line line JOIN sku ON sku.id = line.sku_id JOIN product ON product.id = sku.product_id "
    "WHERE line.sku_code <> sku.code OR line.product_name <> product.name OR line.sku_name <> sku.name",
)
_DROP = (
    "DROP TRIGGER sku_renamed",
    "DROP TRIGGER product_renamed",
    "DROP TRIGGER sku_forgotten",
    "DROP TABLE sku_once",
)
_OF_GOODS, _GOODS = "ix_document_line_sku_id_document_line_document_id", "ix_document_line_sku_id"
_IN_ORDER = "ix_document_day_document_number_document_kind_document_state"


def upgrade() -> None:
    op.create_index(_IN_ORDER, "document", ["day", "number", "kind", "state"])
    op.drop_index(_GOODS, "document_line")
    op.create_index(_OF_GOODS, "document_line", ["sku_id", "document_id"])
    for party in ("customer_id", "supplier_id"):
        op.drop_index(f"ix_party_move_{party}_party_move_day", "party_move")
        op.create_index(
            f"ix_party_move_{party}_party_move_day_party_move_amount", "party_move", [party, "day", "amount"]
        )
    _run(_MAKE)


def downgrade() -> None:
    _run(_DROP)
    for party in ("customer_id", "supplier_id"):
        op.drop_index(f"ix_party_move_{party}_party_move_day_party_move_amount", "party_move")
        op.create_index(f"ix_party_move_{party}_party_move_day", "party_move", [party, "day"])
    op.drop_index(_OF_GOODS, "document_line")
    op.create_index(_GOODS, "document_line", ["sku_id"])
    op.drop_index(_IN_ORDER, "document")


def _run(statements: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for statement in statements:
        op.execute(statement)
