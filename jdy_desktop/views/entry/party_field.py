"""The party of a document: typed by name, pinyin or phone, a customer with the grade beside it (F3; M123, M124, W16)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent

from jdy_desktop.services.book.parties import CustomerHit, Parties, SaveCustomer, SaveSupplier, SupplierHit
from jdy_desktop.services.machine.jobs import JobContext
from jdy_desktop.views import theme
from jdy_desktop.views.figures import money
from jdy_desktop.views.jobs import JobRunner
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.chips import paint_chip
from jdy_desktop.views.widgets.fields import Field
from jdy_desktop.views.widgets.popup_list import PopupItem, PopupList

_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CustomerField(Field):
    """`chosen(CustomerHit)` when another one was picked; `left()` when the focus should go on to the scan row.

    `refused(error)`: a new one could not be made; its name stays in the field."""

    chosen = Signal(object)
    left = Signal()
    refused = Signal(object)
    PARTY, NEW = "客户", "零售客户"

    def __init__(self, parties: Parties, runner: JobRunner, *, name: str = "sale_page.customer_field") -> None:
        super().__init__(name=name, label=self.PARTY)
        self._parties, self._runner = parties, runner
        self._hit: CustomerHit | SupplierHit | None = None
        self._listed: tuple[str, Sequence[CustomerHit | SupplierHit]] = ("", ())
        self._popup = PopupList(
            self.window(), hints=("打字或拼音首字母", "Enter 选定"), min_width=360, name=f"{name}.popup"
        )
        self._popup.attach(self)
        self._popup.picked.connect(self._on_picked)
        self.installEventFilter(self)
        self.textEdited.connect(self._suggest)
        theme.notifier().changed.connect(self.update)

    @property
    def customer(self) -> CustomerHit | None:
        return self._hit if isinstance(self._hit, CustomerHit) else None

    def find_parties(self, text: str, limit: int) -> Sequence[CustomerHit | SupplierHit]:
        """Those that fit, on a worker thread."""
        return self._parties.customers(text, limit)

    def make_party(self, name: str) -> CustomerHit | SupplierHit:
        """A new one with this name, on a worker thread."""
        made = self._parties.customer(self._parties.save_customer(SaveCustomer(name)))
        return CustomerHit(made.id, made.name, made.grade, made.phone, made.balance)

    def set_customer(self, hit: CustomerHit | SupplierHit | None) -> None:
        """Show a customer without a signal."""
        self._hit = hit
        if not self.hasFocus():
            self.setText(hit.name if hit else "")
            self.setCursorPosition(0)
        self.update()

    @Slot()
    def begin(self) -> None:
        """F3: type the next customer over this one."""
        if self.isEnabled():
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.selectAll()

    def take(self) -> bool:
        """Before saving: the one chosen in the list is taken. False while a name is typed that is nobody's yet, or while
        what follows from another party is being asked."""
        if not self.hasFocus() or not self.text().strip() or self._is_unchanged():
            return True
        current = self._popup.current
        if current is None or isinstance(current.value, str) or self._listed[0] != self.text().strip():
            return False
        self._on_picked(current.value)
        return self._hit is not None and self._hit.id == current.value.id

    # ---- suggestions
    @Slot(str)
    def _suggest(self, text: str) -> None:
        wanted = text.strip()

        def look(_job: JobContext) -> Sequence[CustomerHit | SupplierHit]:
            return self.find_parties(wanted, 8)

        self._runner.submit(
            look, owner=self, key="customers", on_done=lambda hits: self._show(wanted, hits), on_error=_quiet
        )

    def _show(self, text: str, hits: Sequence[CustomerHit | SupplierHit]) -> None:
        if not self.hasFocus() or self.text().strip() != text:
            return
        if self._popup.parentWidget() is not self.window():
            self._popup.setParent(self.window())
        self._listed = (text, hits)
        items = [_item(hit) for hit in hits]
        if text and all(hit.name != text for hit in hits):
            items = [*items[:7], PopupItem(text, f"新增{self.PARTY}“{text}”", right=self.NEW, rule_above=bool(items))]
        self._popup.show_items(items)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in _ENTERS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._enter()
            return True
        if key == Qt.Key.Key_Escape and not self._popup.isVisible():
            self._done()
            return True
        if key == Qt.Key.Key_Down and not self._popup.isVisible():
            self._suggest("" if self._is_unchanged() else self.text())
            return True
        return False

    def _is_unchanged(self) -> bool:
        return self._hit is not None and self.text() == self._hit.name

    def _enter(self) -> None:
        text = self.text().strip()
        current = self._popup.current
        if current is not None and self._listed[0] == text:
            self._popup.close_popup()
            self._on_picked(current.value)
        elif not text or self._is_unchanged():
            self._done()
        else:  # faster than the list: what would stand first in it is taken
            self._popup.close_popup()
            self._runner.submit(
                lambda _job: self.find_parties(text, 1),
                owner=self,
                on_done=lambda hits: self._take_first(text, hits),
                on_error=_quiet,
            )

    def _take_first(self, text: str, hits: Sequence[CustomerHit | SupplierHit]) -> None:
        if not self.hasFocus() or self.text().strip() != text:
            return
        if hits:
            self._on_picked(hits[0])
        else:
            self._suggest(self.text())

    @Slot(object)
    def _on_picked(self, value: object) -> None:
        if isinstance(value, CustomerHit | SupplierHit):
            self._done()
            self.chosen.emit(value)
        elif isinstance(value, str):
            self._add(value)

    def _add(self, name: str) -> None:
        self._runner.submit(
            lambda _job: self.make_party(name), owner=self, on_done=self._on_picked, on_error=self.refused.emit
        )

    def _done(self) -> None:
        self._popup.close_popup()
        self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self._suggest("")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setText(self._hit.name if self._hit else "")
        self.setCursorPosition(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = theme.px(16)
        right = self.width() - theme.px(10) - side
        painter.drawPixmap(right, (self.height() - side) // 2, theme.pixmap("chevron_down", "text2", 16))
        if isinstance(self._hit, CustomerHit) and not self.hasFocus():
            left = theme.px(20) + QFontMetrics(self.font()).horizontalAdvance(self.text())
            box = QRectF(left, 0, max(0, right - left - theme.px(6)), self.height())
            paint_chip(painter, box, label(self._hit.grade), "mute", "", filled=True)


class SupplierField(CustomerField):
    """The supplier of a purchase; `chosen(SupplierHit)`."""

    PARTY, NEW = "供应商", ""

    def find_parties(self, text: str, limit: int) -> Sequence[CustomerHit | SupplierHit]:
        return self._parties.suppliers(text, limit)

    def make_party(self, name: str) -> CustomerHit | SupplierHit:
        made = self._parties.supplier(self._parties.save_supplier(SaveSupplier(name)))
        return SupplierHit(made.id, made.name, made.phone, made.balance)


def _item(hit: CustomerHit | SupplierHit) -> PopupItem:
    is_customer = isinstance(hit, CustomerHit)
    owed = f"{'欠' if is_customer else '欠他'} {money(hit.balance)}" if hit.balance else ""
    grade = label(hit.grade) if isinstance(hit, CustomerHit) else ""
    return PopupItem(hit, hit.name, detail=hit.phone, chip="", right=" · ".join(x for x in (grade, owed) if x))


def _quiet(_error: BaseException) -> None:
    """The list could not be read; the next key asks again."""
