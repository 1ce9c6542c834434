"""The hand at the lines of a document: what a scan, a key, a paste or a repair does to them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from jdy_desktop.models.ids import WarehouseId
from jdy_desktop.services.book.document_paste import PastedLine, PastedRows, pasted_rows
from jdy_desktop.services.errors import UserError
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.picker import SkuCard, SkuPicker
from jdy_desktop.views.entry.form import ZERO
from jdy_desktop.views.entry.hand import LineHand
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.keys import SettingsStore
from jdy_desktop.views.pages.document_form import DocForm, DocLine
from jdy_desktop.views.shell import Shell
from jdy_desktop.views.widgets.menu import MenuPopup
from jdy_desktop.views.widgets.popup_list import PopupItem, PopupList

if TYPE_CHECKING:
    from jdy_desktop.views.pages.document_page import DocPage


class DocHand(LineHand):
    """As on the sale; plus warehouses, the grid of returned pieces, and rows from Excel."""

    def __init__(self, page: DocPage, picker: SkuPicker, runner: JobRunner, shell: Shell, store: SettingsStore) -> None:
        super().__init__(page, shell)
        self._doc, self._picker, self._runner, self._store = page, picker, runner, store
        self._places = PopupList(
            page, hints=("Enter 选定",), min_width=200, name=f"{page.objectName()}.warehouse_popup"
        )
        self._places.picked.connect(self._on_place)
        self._place_of: object = None

    # ---- lines
    def add(self, card: SkuCard, new_line: bool, by_hand: bool) -> None:
        page = self._doc
        if self._takes_from_slip(card):
            return
        if page.spec.is_count and page.form.line_of(card.sku_id) is None:
            # What is counted lies in one warehouse, which the line keeps when the head is changed later.
            self.last_line = page.form.add(card, new_line=new_line, warehouse_id=page.form.warehouse_id)
            self._show_last()
        else:
            super().add(card, new_line, by_hand)
        page.desk.learn_prices(card.sku_id)

    def fill(self, quantities: list[tuple[SkuCard, Decimal]]) -> None:
        super().fill(quantities)
        for card, _quantity in quantities:
            self._doc.desk.learn_prices(card.sku_id)

    def _takes_from_slip(self, card: SkuCard) -> bool:
        """Scanned goods of a return raise the line of the slip; other goods do not belong to it."""
        page, form = self._doc, self._doc.form
        if form.source_id is None:
            return False
        line = next((one for one in form.lines if one.sku_id == card.sku_id and one.source_line_id is not None), None)
        if line is None:
            page.tell("bad", "不在这张原单里，没有加。", bold=f"{card.code}：")
        else:
            self.last_line = line.id
            self.change(line.id, "quantity", line.quantity + 1)
            page.table.select_id(line.id)
        return True

    def change(self, line_id: object, key: str, value: object) -> None:
        page = self._doc
        line = page.form.line(line_id)
        if line is None or page.is_read_only():
            return
        if key == "warehouse":
            found = next((one.id for one in page.houses if one.name == value), None)
            if found is not None:
                page.form.change(line_id, warehouse_id=found)
                page.desk.touch()
            return
        if key == "quantity" and value == 0 and (page.spec.is_count or line.source_line_id is not None):
            page.form.change(line_id, quantity=ZERO)
            page.desk.touch()
            return
        if key == "discount_amount":
            page.form.change(line_id, discount_amount=value, discount_rate=ZERO)
            page.desk.touch()
            return
        if key == "discount":
            page.form.change(line_id, discount_amount=None)
        super().change(line_id, key, value)

    @Slot(object)
    def take_line(self, line_id: object) -> None:
        """Enter on a line of the slip: all of it that may still be returned (goal F)."""
        line = self._doc.form.line(line_id)
        if line is not None and line.left:
            self.last_line = line.id
            self.change(line_id, "quantity", line.left)
        elif line is not None:
            self._doc.tell("warn", "这一行已经全部退过了。", sound=False)

    def remove(self, line_id: object) -> None:
        line = self._doc.form.line(line_id)
        if line is not None and line.source_line_id is not None and self._doc.form.document_id is None:
            self.change(line_id, "quantity", ZERO)
        else:
            super().remove(line_id)

    def last_price(self, line: DocLine) -> Decimal | None:
        """上次购货单价, yuan (W21)."""
        known = self._doc.form.bought.get(line.sku_id)
        return known.last.price if known is not None and known.last is not None else None

    def load_book(self, cards: Sequence[SkuCard]) -> None:
        """盘点: everything the book knows of, counted as the book says until it is typed over."""
        form = self._doc.form
        place = form.warehouse_id
        known = {(one.sku_id, one.warehouse_id) for one in form.lines}
        for card in cards:
            held = card.stock_by_warehouse.get(place or 0, ZERO)
            if (card.sku_id, place) not in known and held >= 0:
                form.add(card, new_line=True, quantity=held, warehouse_id=place)
        self._doc.desk.touch()

    # ---- warehouses
    def offer_places(self, editor: QLineEdit, line_id: object) -> None:
        """The warehouses under an open cell; typing narrows them."""
        self._place_of = line_id
        self._places.setParent(self._doc.window())
        self._places.attach(editor)
        editor.textEdited.connect(self._suggest_places)
        self._suggest_places("")

    @Slot(str)
    def _suggest_places(self, text: str) -> None:
        self._places.show_items([PopupItem(one.id, one.name) for one in self._doc.houses if text.strip() in one.name])

    def _on_place(self, place: WarehouseId) -> None:
        line_id, self._place_of = self._place_of, None
        self._doc.table.close_editor(commit=False)
        self._doc.form.change(line_id, warehouse_id=place)
        self._doc.desk.touch()

    @Slot()
    def choose_for_all(self) -> None:
        """仓库批量: every line into one warehouse."""
        page = self._doc
        if page.form.lines and not page.is_read_only():
            items = [(one.name, lambda place=one.id, name=one.name: self._set_all(place, name)) for one in page.houses]
            MenuPopup(page.batch_button, items, name=f"{page.objectName()}.batch_menu").open()

    def _set_all(self, place: WarehouseId, name: str) -> None:
        form, before = self._doc.form, list(self._doc.form.lines)
        form.lines = [replace(one, warehouse_id=place) for one in before]
        self._doc.desk.touch()
        self._shell.toast(f"{len(before)} 行的仓库改成“{name}”。", lambda: self._put_houses_back(form, before))

    def _put_houses_back(self, form: DocForm, before: Sequence[DocLine]) -> None:
        """撤销, as long as the same document is in hand; what was scanned or typed meanwhile stays."""
        if self._doc.form is form:
            houses = {one.id: one.warehouse_id for one in before}
            form.lines = [replace(one, warehouse_id=houses.get(one.id, one.warehouse_id)) for one in form.lines]
            self._doc.desk.touch()

    # ---- Excel
    @Slot()
    def paste(self) -> None:
        """Ctrl+V: a preview first, Enter fills in."""
        text, page = QGuiApplication.clipboard().text(), self._doc
        if page.is_read_only() or not text.strip():
            return
        houses = {one.name: one.id for one in page.houses}
        has_price = page.spec.has_money

        def read(job: JobContext) -> PastedRows[SkuCard]:
            return pasted_rows(
                text,
                self._card_of,
                houses,
                has_price=has_price,
                variants=self._variants,
                step=lambda _d, _t: job.check(),
            )

        self._runner.submit(read, owner=self, key="paste", on_done=self._preview, on_error=self._shell.tell_error)

    def _card_of(self, code: str) -> SkuCard | None:
        hit = self._picker.exact(code)
        try:
            return self._picker.card(hit.sku_id) if hit is not None else None
        except UserError:
            return None

    def _variants(self, code: str) -> list[tuple[str, SkuCard]]:
        cards = [self._picker.card(one) for one in self._picker.variants(code)]
        return [(card.sku_name, card) for card in cards]

    def _preview(self, found: PastedRows[SkuCard]) -> None:
        from jdy_desktop.views.dialogs.paste_dialog import PasteDialog

        page = self._doc
        names = {int(one.id): one.name for one in page.houses}
        dialog = PasteDialog(page, found, names, self._store, has_price=page.spec.has_money)
        dialog.taken.connect(self._take_pasted)
        dialog.finished.connect(lambda _yes: page.focus_scan())
        dialog.open()

    def _take_pasted(self, lines: Sequence[PastedLine[SkuCard]]) -> None:
        page, form = self._doc, self._doc.form
        pasted: set[object] = set()
        for one in lines:
            values: dict[str, Any] = {"discount_rate": one.discount_rate, "remark": one.remark}
            values["warehouse_id"] = one.warehouse_id or (form.warehouse_id if page.spec.is_count else None)
            if one.price is not None:
                values |= {"price": one.price, "by_hand": True}
            self.last_line = form.add(one.goods, new_line=True, quantity=one.quantity, **values)
            pasted.add(self.last_line)
        self._show_last()
        for sku_id in dict.fromkeys(one.goods.sku_id for one in lines):
            page.desk.learn_prices(sku_id)
        self._shell.toast(f"已从 Excel 粘贴 {len(lines)} 行", lambda: self._take_out(form, pasted))

    def _take_out(self, form: DocForm, pasted: Set[object]) -> None:
        """撤销 of what was pasted, as long as the same document is in hand; what was scanned meanwhile stays."""
        if self._doc.form is form:
            form.lines = [one for one in form.lines if one.id not in pasted]
            self._doc.desk.touch()
