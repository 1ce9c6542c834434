"""Goods from a workbook: looked at first, then stored in one transaction; bad lines come back as a workbook (M47, M48).

Known product codes are changed, new ones made; SKUs that the workbook does not name stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from jdy_desktop.models.catalog import Product
from jdy_desktop.models.ids import ProductId
from jdy_desktop.models.rules.codes import normalise_code
from jdy_desktop.services.book import catalog, product_bulk, product_reading
from jdy_desktop.services.book.bulk import chunks, without_collecting
from jdy_desktop.services.book.product_values import ProductDetail, SaveProduct, changes_prices
from jdy_desktop.services.book.product_writing import check_product, save_in
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.excel.goods_reading import GoodsSheet, read_goods
from jdy_desktop.services.excel.goods_rows import Plan, Planned, Trouble, plan
from jdy_desktop.services.excel.goods_table import COLUMNS, write_goods, write_template
from jdy_desktop.services.excel.writing import CellValue, SheetColumn, write_table
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.db import Database
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.machine.rights import Right

_TITLES = {one.key: one.title for one in COLUMNS}
#: field of a service's refusal → column
_KEYS = {"category_id": "category", "attributes": "attribute_1", "values": "value_1", "skus": "value_1"}


@dataclass(frozen=True, slots=True)
class RowTrouble:
    """A line that stays out: `row` as the spreadsheet counts, the head of the column, what stood there, and why."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GoodsImportReport:
    """Of `lines` lines: products made, changed, and unchanged; SKUs made; what stays out. A preview has the same shape."""

    lines: int
    created: int
    changed: int
    unchanged: int
    new_skus: int
    troubles: tuple[RowTrouble, ...]

    @property
    def bad_lines(self) -> int:
        return len({one.row for one in self.troubles})


class GoodsImport:
    def __init__(self, db: Database, ctx: Context) -> None:
        self._db = db
        self._ctx = ctx

    def export(self, path: Path, product_ids: Sequence[int]) -> int:
        """These goods as a workbook that can be imported again; the number of lines. Raises LocalError, DiskFull."""
        with self._db.read() as session:
            details = product_reading.details(session, product_ids)
            paths = product_reading.category_paths(session)
        goods = [details[one] for one in product_ids if one in details]
        return write_goods(path, goods, lambda category_id: paths.get(category_id or 0, ""))

    def template(self, path: Path) -> None:
        """The empty columns, with a sheet that explains them. Raises LocalError, DiskFull."""
        write_template(path)

    def read(self, job: JobContext, path: Path) -> GoodsSheet:
        """The lines of a workbook. Raises WorkbookRefused with its reason."""
        return read_goods(job, path)

    def preview(self, sheet: GoodsSheet) -> GoodsImportReport:
        """What `run` would do now; changes nothing. Raises Refused like it."""
        with without_collecting(), self._db.read() as session:
            work = _Work.of(session, sheet)
            self._require_rights(work)
            made, _ready = work.check_fresh(session)
            changed = work.check_changes(session)
            return work.report(made, changed)

    def run(self, job: JobContext, sheet: GoodsSheet) -> GoodsImportReport:
        """Good products in one transaction, bad lines left out. Raises Refused when the flag 负库存 or other prices of stored
        goods need 店主."""
        with without_collecting(), self._db.read() as session:  # the long part; a sale at the counter goes on meanwhile
            work = _Work.of(session, sheet)
        job.check()
        with without_collecting(), self._db.write() as session:
            if not work.is_current(session):
                work = _Work.of(session, sheet)
            self._require_rights(work)
            work.make_categories(session)
            made, ready = work.check_fresh(session)
            product_bulk.write_ready(session, self._ctx, ready)
            changed = work.write_changes(session, self._ctx, job)
            return work.report(made, changed)

    def _require_rights(self, work: _Work) -> None:
        if any(_flag_changes(one) for one in work.planned):
            self._ctx.require(Right.NEGATIVE_STOCK)
        if any(_price_changes(one) for one in work.planned):
            self._ctx.require(Right.CHANGE_PRICES)

    def write_bad_lines(self, path: Path, sheet: GoodsSheet, troubles: Sequence[tuple[RowTrouble, str]]) -> int:
        """The lines that stayed out, as they were, with the reasons beside them; mended, they can be imported again."""
        reasons: dict[int, list[str]] = {}
        for trouble, words in troubles:
            reasons.setdefault(trouble.row, []).append(f"{trouble.column}：{words}")
        heads = [SheetColumn("原因", 50), *(SheetColumn(_TITLES[key], 14) for key in sheet.found)]
        rows: list[list[CellValue]] = [
            ["；".join(reasons[line.row]), *(line.text(key) for key in sheet.found)]
            for line in sorted((*sheet.lines, *sheet.bad), key=lambda line: line.row)
            if line.row in reasons
        ]
        write_table(path, "没有导入的行", heads, rows)
        return len(rows)


class _Work:
    """One workbook against one state of the book."""

    def __init__(
        self, sheet: GoodsSheet, planned: list[Planned], troubles: list[Trouble], paths: dict[str, int]
    ) -> None:
        self.sheet, self.planned, self._troubles, self._paths = sheet, planned, troubles, paths
        self._lines = {line.row: line for line in sheet.lines}

    @classmethod
    def of(cls, session: Session, sheet: GoodsSheet) -> _Work:
        keys = list(dict.fromkeys(normalise_code(line.text("code")) for line in sheet.lines))
        ids: list[int] = []
        for part in chunks(keys):
            ids += session.scalars(select(Product.id).where(Product.code_key.in_(part)))
        known = {normalise_code(one.code): one for one in product_reading.details(session, ids).values()}
        paths = product_reading.category_paths(session)
        found = plan(sheet.lines, known, paths)
        goods, troubles = _without_half_goods(sheet, found)
        return cls(sheet, goods, [*sheet.troubles, *troubles], {path: key for key, path in paths.items()})

    def is_current(self, session: Session) -> bool:
        """Whether the goods and categories it was planned with are as they were."""
        planned = {one.stored.id: one.stored.version for one in self.planned if one.stored is not None}
        found: dict[int, int] = {}
        for part in chunks(list(planned)):
            rows = session.execute(select(Product.id, Product.version).where(Product.id.in_(part))).all()
            found |= {row.id: row.version for row in rows}
        paths = {path: key for key, path in product_reading.category_paths(session).items()}
        return found == planned and paths == self._paths

    def make_categories(self, session: Session) -> None:
        """Each path once; the requests get their ids."""
        for number, one in enumerate(self.planned):
            if one.category is None or not one.is_changed:
                continue
            if one.category not in self._paths:
                category_id: int | None = None
                for name in _names(one.category):
                    category_id = catalog.category_id(session, name, category_id)
                if category_id is None:
                    continue
                self._paths[one.category] = category_id
            request = replace(one.request, category_id=self._paths[one.category])
            self.planned[number] = replace(one, request=request)

    def check_fresh(self, session: Session) -> tuple[list[Planned], list[product_bulk.Ready]]:
        """New goods that can be made."""
        fresh = [one for one in self.planned if one.is_new]
        ready, refused = product_bulk.check_many(session, [one.request for one in fresh])
        for one in refused:
            self._refuse(fresh[one.index], one.error)
        bad = {one.index for one in refused}
        return [one for place, one in enumerate(fresh) if place not in bad], ready

    def changes(self) -> list[Planned]:
        return [one for one in self.planned if not one.is_new and one.is_changed]

    def check_changes(self, session: Session) -> list[Planned]:
        """Stored goods whose new codes and barcodes are free."""
        good: list[Planned] = []
        for one in self.changes():
            try:
                checked = check_product(one.request)
                if one.stored is not None and not product_bulk.is_light(one.stored, checked):
                    product_bulk.check_taken(session, checked)
                good.append(one)
            except UserError as error:
                self._refuse(one, error)
        return good

    def write_changes(self, session: Session, ctx: Context, job: JobContext) -> list[Planned]:
        """Figures and the like all together, everything else product by product in savepoints of their own."""
        light: list[tuple[ProductDetail, SaveProduct]] = []
        good: list[Planned] = []
        changes = self.changes()
        for number, one in enumerate(changes):
            job.step(number, len(changes))
            try:
                checked = check_product(one.request)
                if one.stored is not None and product_bulk.is_light(one.stored, checked):
                    light.append((one.stored, checked))
                else:
                    _change(session, ctx, checked)
                good.append(one)
            except UserError as error:
                self._refuse(one, error)
        product_bulk.change_many(session, ctx, light)
        return good

    def _refuse(self, one: Planned, error: UserError) -> None:
        """A refusal of the service on the line it is about; the other lines of the product stay out with it."""
        row = None
        if error.row is not None and 1 <= error.row <= len(one.sku_rows):
            row = one.sku_rows[error.row - 1]
        row = row or one.rows[0]
        key = _KEYS.get(error.field or "", error.field or "code")
        value = self._lines[row].text(key)
        params = {name: value for name, value in error.params.items() if isinstance(value, (str, int))}
        self._troubles.append(Trouble(row, key, value, f"row_{error.code}", params))
        for other in one.rows:
            if other != row:
                code = one.request.code
                self._troubles.append(Trouble(other, "code", code, "row_of_refused_goods", {"other": row}))

    def report(self, made: Sequence[Planned], changed: Sequence[Planned]) -> GoodsImportReport:
        told = tuple(
            RowTrouble(self.sheet.name, one.row, _TITLES.get(one.key, ""), one.value, one.code, one.params)
            for one in sorted(self._troubles, key=lambda one: one.row)
        )
        skus = sum(sku.sku_id is None for one in (*made, *changed) for sku in one.request.skus)
        same = sum(not one.is_changed for one in self.planned)
        lines = len(self.sheet.lines) + len(self.sheet.bad)
        return GoodsImportReport(lines, len(made), len(changed), same, skus, told)


def _without_half_goods(sheet: GoodsSheet, found: Plan) -> tuple[list[Planned], list[Trouble]]:
    """Products of which a line could not even be read stay out whole."""
    broken: dict[str, int] = {}
    for line in sheet.bad:
        broken.setdefault(normalise_code(line.text("code")), line.row)
    goods, troubles = [], list(found.troubles)
    for one in found.goods:
        row = broken.get(normalise_code(one.request.code))
        if row is None:
            goods.append(one)
        else:
            code = one.request.code
            troubles += [Trouble(each, "code", code, "row_of_refused_goods", {"other": row}) for each in one.rows]
    return goods, troubles


def _flag_changes(one: Planned) -> bool:
    """Whether 是否允许负库存 becomes another one than it is."""
    return one.request.allow_negative != (one.stored.allow_negative if one.stored is not None else False)


def _price_changes(one: Planned) -> bool:
    return one.stored is not None and changes_prices({sku.id: sku.prices for sku in one.stored.skus}, one.request)


def _change(session: Session, ctx: Context, request: SaveProduct) -> ProductId:
    """One stored product, in a savepoint of its own: what is refused leaves the others as they are."""
    try:
        with session.begin_nested():
            return save_in(session, ctx, request)
    except UserError:
        catalog.forget_cache(session)
        raise


def _names(path: str) -> list[str]:
    """服装 / 男式衬衫: from the top; a name may hold a slash when blanks stand around the dividing ones."""
    parts = path.split(" / ") if " / " in path else path.replace("／", "/").replace(">", "/").split("/")
    return [part.strip() for part in parts if part.strip()]
