"""The scan row: always ready, takes bursts without losing or doubling a piece, also from an input method (W4–W9)."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

from jdy_desktop.models.ids import CustomerId, OfferId, ProductId, ShopId, SkuId
from jdy_desktop.models.rules.offer_ids import parse_offer_ids
from jdy_desktop.models.rules.rounding import fold_width, parse_decimal
from jdy_desktop.models.states import PriceGrade
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.services.queries.picker import SkuCard, SkuHit, SkuPicker
from jdy_desktop.views import keys, scanner
from jdy_desktop.views.figures import money, plain
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.pictures import PictureStore
from jdy_desktop.views.widgets.fields import SearchField
from jdy_desktop.views.widgets.popup_list import MAX_ROWS, PopupItem, PopupList

#: `12*` or `59.5/`; an input method may commit the full-width or Chinese form of the key.
_COMMAND = re.compile(r"([0-9０-９.．。]*)([*＊×/／、÷])")
_TIMES = "*＊×"
#: A text with a digit and this long was read by a scanner: it must fit exactly or it is unknown.
_CODE_LENGTH = 6
#: So many hits are read; products with several of them share a line of the list.
SEEN = 40
_HAND_QUANTITY = re.compile(r"[0-9０-９]{1,4}")


@dataclass(frozen=True, slots=True)
class Question:
    """For whom the goods are looked up."""

    grade: PriceGrade
    customer_id: CustomerId | None
    shop_id: ShopId | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the three: the goods, several that fit, or neither."""

    card: SkuCard | None = None
    hits: tuple[SkuHit, ...] = ()


@dataclass(slots=True)
class _Entry:
    action: Callable[[], None] | None


class InOrder:
    """Actions that wait for those before them: a quantity typed behind a scan waits for that scan's look-up."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque()

    @property
    def is_idle(self) -> bool:
        return not self._entries

    @property
    def waiting(self) -> int:
        """How many places are kept, those included whose turn it is not."""
        return len(self._entries)

    def put(self, action: Callable[[], None]) -> None:
        """Do this when all before it is done; at once when nothing waits."""
        self._entries.append(_Entry(action))
        self._go()

    def reserve(self) -> Callable[[Callable[[], None]], None]:
        """Keep a place; call the returned function with what is to be done there. What it is told first counts."""
        entry = _Entry(None)
        self._entries.append(entry)

        def fill(action: Callable[[], None]) -> None:
            if entry.action is None:
                entry.action = action
                self._go()

        return fill

    def _go(self) -> None:
        while self._entries and self._entries[0].action is not None:
            action = self._entries.popleft().action
            assert action is not None
            action()


class ScanRow(QObject):
    """Reads the scan field. `found(card, new_line, by_hand)` comes in the order of scanning."""

    found = Signal(object, bool, bool)
    unknown = Signal(str)
    not_looked_up = Signal(object)
    quantity_typed = Signal(object)
    price_typed = Signal(object)
    cell_wanted = Signal(str)
    matrix_wanted = Signal(int)

    def __init__(
        self,
        field: SearchField,
        picker: SkuPicker,
        runner: JobRunner,
        pictures: PictureStore,
        ask_for: Callable[[], Question],
    ) -> None:
        super().__init__(field)
        self._field, self._picker, self._runner, self._pictures = field, picker, runner, pictures
        self._ask_for = ask_for
        self.order = InOrder()
        self.just_picked = False
        self._shown_for = ""
        self._moved = False
        hints = ("Enter 加入", "Shift+Enter 另起一行")
        self.popup = PopupList(field.window(), hints=hints, min_width=640, name="sale_page.goods_popup")
        self.popup.attach(field)
        self.popup.picked.connect(self._on_clicked)
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(scanner.SILENCE_MS)
        self._silence.timeout.connect(self._on_silence)
        self.clock = time.monotonic
        self._fast_keys, self._last_key = 0, 0.0
        field.installEventFilter(self)
        field.searched.connect(self._suggest)
        field.textEdited.connect(self._on_edited)

    def rehome(self) -> None:
        """The popup lies over the whole window; the field had none when it was built."""
        if self.popup.parentWidget() is not self._field.window():
            self.popup.setParent(self._field.window())

    # ---- typing
    @Slot(str)
    def _on_edited(self, text: str) -> None:
        if "\n" in text or "\r" in text:  # committed at once by an input method or a serial scanner
            self._field.clear()
            for part in re.split(r"[\r\n]+", text):
                if part.strip():
                    self.submit(part.strip())
            return
        command = _COMMAND.fullmatch(text)
        if command is not None:
            self._field.clear()
            self._command(command[1], is_quantity=command[2] in _TIMES)

    def _command(self, digits: str, *, is_quantity: bool) -> None:
        self.popup.close_popup()
        if not digits:
            self.order.put(lambda: self.cell_wanted.emit("quantity" if is_quantity else "price"))
            return
        number = parse_decimal(digits, places=4 if is_quantity else 6, minimum=Decimal(0))
        if not isinstance(number, Decimal):
            return
        signal = self.quantity_typed if is_quantity else self.price_typed
        self.order.put(lambda: signal.emit(number))

    @Slot(str)
    def _suggest(self, text: str) -> None:
        if not text or (self.just_picked and _HAND_QUANTITY.fullmatch(text)):
            self.popup.close_popup()
            return
        asked = self._ask_for()

        def look(_job: JobContext) -> tuple[SkuHit, ...]:
            if _is_link(text):
                return self._picker.by_offer(OfferId(text), grade=asked.grade)[:8]
            return self._picker.search(text, grade=asked.grade, shop_id=asked.shop_id, limit=SEEN)

        self._runner.submit(
            look, owner=self, key="search", on_done=lambda hits: self._show(text, hits), on_error=_quiet
        )

    def _show(self, text: str, hits: tuple[SkuHit, ...]) -> None:
        if self._field.text().strip() != text or not self._field.hasFocus():
            return
        self.rehome()
        self._shown_for, self._moved = text, False
        self.popup.show_items(self._items(hits))

    def _items(self, hits: tuple[SkuHit, ...]) -> list[PopupItem]:
        """One line per SKU; where they are too many, a product's SKUs become one line that opens its grid."""
        by_product: dict[ProductId, list[SkuHit]] = {}
        for hit in hits:
            by_product.setdefault(hit.product_id, []).append(hit)
        if len(by_product) == 1 and len(hits) > 1:
            return [self._grid_item(list(hits)), *(self._item(hit) for hit in hits)]
        if len(hits) <= MAX_ROWS:
            return [self._item(hit) for hit in hits]
        return [self._grid_item(some) if len(some) > 1 else self._item(some[0]) for some in by_product.values()]

    def _grid_item(self, hits: list[SkuHit]) -> PopupItem:
        first = hits[0]
        count = f"{len(hits)} 个规格" if len(hits) < SEEN else "很多规格"
        picture = self._pictures.pixmap(first.picture, 30)
        return PopupItem(
            ("matrix", first.product_id), first.product_name, code=first.code.rpartition("_")[0],
            right=f"{count} · 按颜色尺码填", picture=picture,
        )  # fmt: skip

    def _item(self, hit: SkuHit) -> PopupItem:
        online = "" if hit.online_stock is None else f" · 线上 {plain(hit.online_stock)}"
        price = "没有价格" if hit.price is None else money(hit.price)
        return PopupItem(
            hit,
            f"{hit.product_name} {hit.sku_name}".strip(),
            code=hit.code,
            right=f"{price} · 库存 {plain(hit.stock)} {hit.unit}{online}",
            picture=self._pictures.pixmap(hit.picture, 30),
        )

    # ---- Enter
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._field or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if not self._field.text() and _is_undo(event):
            # An empty scan row has nothing of its own to take back: the deleted line is meant.
            QApplication.sendEvent(self._field.window(), event)
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.popup.isVisible():
            self._moved = True
            return False
        if event.text().isprintable() and event.text():
            self._hear()
        if not scanner.current().is_end(key) or event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            return False
        self._silence.stop()
        text = self._field.text().strip()
        if text:
            self._enter(text, new_line=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        return bool(text) or key != Qt.Key.Key_Tab

    def _hear(self) -> None:
        """Where the scanner sends nothing behind a code, keys faster than a hand and then silence end it."""
        now = self.clock()
        self._fast_keys = self._fast_keys + 1 if now - self._last_key < scanner.GAP_S else 1
        self._last_key = now
        if scanner.current().end is scanner.ScanEnd.NOTHING:
            self._silence.start()

    @Slot()
    def _on_silence(self) -> None:
        text = self._field.text().strip()
        if len(text) == self._fast_keys >= scanner.LENGTH:
            self._enter(text, new_line=False)

    def _enter(self, text: str, *, new_line: bool) -> None:
        chosen = self.popup.current
        is_fresh = chosen is not None and self._shown_for == text
        self.popup.close_popup()
        self._field.clear()
        if self.just_picked and _HAND_QUANTITY.fullmatch(text):
            self._command(fold_width(text), is_quantity=True)
            self.just_picked = False
            return
        if chosen is not None and is_fresh:
            if isinstance(chosen.value, SkuHit):
                self.submit(text, chosen.value, new_line=new_line, sure=self._moved)
            elif _looks_like_code(text):
                self.submit(text, None, new_line=new_line, matrix=chosen.value[1])
            else:
                self.order.put(lambda: self.matrix_wanted.emit(chosen.value[1]))
            return
        self.submit(text, new_line=new_line)

    @Slot(object)
    def _on_clicked(self, value: object) -> None:
        """A line of the list was clicked."""
        text = self._field.text().strip()
        self._field.clear()
        if isinstance(value, SkuHit):
            self.submit(text, value, sure=True)
        elif isinstance(value, tuple):
            self.order.put(lambda: self.matrix_wanted.emit(value[1]))

    def submit(
        self,
        text: str,
        chosen: SkuHit | None = None,
        *,
        new_line: bool = False,
        sure: bool = False,
        matrix: ProductId | None = None,
    ) -> None:
        """Look a code or words up and add what is found. A code that fits exactly wins over the `chosen` suggestion
        unless the clerk moved to it (`sure`); `matrix`: the product whose grid was offered first."""
        text = scanner.current().code(text)
        asked = self._ask_for()
        place = self.order.reserve()

        def answered(answer: Answer) -> None:
            place(lambda: self._deliver(text, answer, new_line, chosen is not None, matrix))

        def failed(error: BaseException) -> None:
            # The code stays listed as not added, and the clerk reads that it was not the code's fault.
            place(lambda: self.unknown.emit(text))
            self.not_looked_up.emit(error)

        self._runner.submit(
            lambda _job: look_up(self._picker, text, asked, chosen, sure=sure),
            owner=self,
            on_done=answered,
            on_error=failed,
            on_end=lambda: place(lambda: self.unknown.emit(text)),  # a fault of ours: those behind it must not wait
        )

    def submit_sku(self, sku_id: SkuId) -> None:
        """Add goods known by id (from another page)."""
        asked = self._ask_for()
        place = self.order.reserve()

        def answered(card: SkuCard) -> None:
            place(lambda: self.found.emit(card, False, True))

        self._runner.submit(
            lambda _job: self._picker.card(sku_id, customer_id=asked.customer_id, shop_id=asked.shop_id),
            owner=self,
            on_done=answered,
            on_error=lambda _e: place(lambda: None),
            on_end=lambda: place(lambda: None),
        )

    def _deliver(self, text: str, answer: Answer, new_line: bool, by_hand: bool, matrix: ProductId | None) -> None:
        if answer.card is not None:
            self.found.emit(answer.card, new_line, by_hand or not _looks_like_code(text))
        elif matrix is not None:
            self.matrix_wanted.emit(matrix)
        elif answer.hits and not self._field.text():
            self._field.blockSignals(True)
            self._field.setText(text)
            self._field.blockSignals(False)
            self._field.setFocus()
            self._show(text, answer.hits)
        else:
            self.unknown.emit(text)


class BurstGuard(QObject):
    """A scanner is recognised by its speed wherever the focus is: its digits do not stay in a quantity (W4)."""

    scanned = Signal(str)

    def __init__(self, field: QLineEdit, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(field)
        self._field = field
        self._before, self._burst = (field.text(), field.isModified()), scanner.Burst(clock)
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(scanner.SILENCE_MS)
        self._silence.timeout.connect(self._on_silence)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._field or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if scanner.current().is_end(event.key()):
            return self._heard(self._burst.end())
        if event.text() and event.text().isprintable():
            if self._burst.add(event.text()):
                self._before = self._field.text(), self._field.isModified()
            if scanner.current().end is scanner.ScanEnd.NOTHING:
                self._silence.start()
        return False

    def _heard(self, code: str) -> bool:
        if code:
            text, is_typed = self._before
            self._field.setText(text)
            self._field.setModified(is_typed)
            self.scanned.emit(code)
        return bool(code)

    @Slot()
    def _on_silence(self) -> None:
        """A scanner that sends nothing behind its code has ended."""
        self._heard(self._burst.end(silent=True))


def look_up(picker: SkuPicker, text: str, asked: Question, chosen: SkuHit | None, *, sure: bool = False) -> Answer:
    """What `text` means: an exact code or barcode, a 1688 link, the chosen suggestion, else words (worker thread)."""
    hit = chosen if sure else picker.exact(text, grade=asked.grade) or chosen
    if hit is None:
        hits = _candidates(picker, text, asked)
        if len(hits) != 1:
            return Answer(hits=hits)
        hit = hits[0]
    return Answer(picker.card(hit.sku_id, customer_id=asked.customer_id, shop_id=asked.shop_id))


def _candidates(picker: SkuPicker, text: str, asked: Question) -> tuple[SkuHit, ...]:
    if _is_link(text):
        return picker.by_offer(OfferId(text), grade=asked.grade)
    if _looks_like_code(text):
        return ()
    return picker.search(text, grade=asked.grade, shop_id=asked.shop_id)


def _looks_like_code(text: str) -> bool:
    """What a scanner sends: one word of letters, digits and dashes with a digit in it."""
    return len(text) >= _CODE_LENGTH and text.isascii() and " " not in text and any(c.isdigit() for c in text)


def _is_link(text: str) -> bool:
    return ("1688" in text or "offer" in text.lower()) and "/" in text and bool(parse_offer_ids(text).ids)


def _is_undo(event: QKeyEvent) -> bool:
    pressed = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
    return bool(pressed) and pressed == keys.current().sequence("undo")


def _quiet(_error: BaseException) -> None:
    """Suggestions that could not be read are no news; the next key asks again."""
