"""The declarative base: one naming rule for constraints, so that both engines and all migrations agree."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

# SQLite header field of our files ("JDY1"): another program's database is recognised before anything is touched.
APPLICATION_ID = 0x4A445931
# The same field of a backup ("JDYB"), whatever the file is called: its pre-orders are as old as it, so it is restored, never
# simply opened (F22).
BACKUP_ID = 0x4A445942

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)

    #: What open lists listen for when rows of this table change (`data_changed`).
    area: str = "book"
