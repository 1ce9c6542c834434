"""A list that cannot be read, for whatever reason, says so where its rows would be and is read again by 重试."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from jdy_desktop.services.book.parties import SaveCustomer
from jdy_desktop.services.errors import LocalError
from jdy_desktop.services.excel.goods_import import GoodsImport
from jdy_desktop.services.queries.parties import CustomerList, PartyFilter
from jdy_desktop.views.dialogs.goods_import_dialog import GoodsImportDialog
from jdy_desktop.views.widgets.buttons import KeyButton
from jdy_desktop.views.widgets.dialog import DialogFrame
from tests.support.program import Driver


@pytest.mark.expect_log("unexpected")
@pytest.mark.parametrize("error", [KeyError("bug"), LocalError("database_cannot_open")])
def test_a_list_not_read_is_told_in_its_place_and_read_again(
    desk: Driver, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    desk.program.ready.parties.save_customer(SaveCustomer("张老板"))

    real, is_broken = CustomerList.ids, [True]

    def ids(self: CustomerList, filter: PartyFilter) -> list[int]:
        if is_broken[0]:
            raise error
        return real(self, filter)

    monkeypatch.setattr(CustomerList, "ids", ids)
    page = desk.open_page("customers")
    name = "crash_dialog" if isinstance(error, KeyError) else "message_dialog"
    desk.find(DialogFrame, name).reject()
    button = f"{page.table.objectName()}.retry_button"
    QTest.keyClick(desk.find(KeyButton, button), Qt.Key.Key_Return)  # fails again, is told again
    desk.find(DialogFrame, name).reject()
    desk.idle()
    is_broken[0] = False
    retry = desk.find(KeyButton, button)
    said = retry.parentWidget()
    assert said is not None
    assert "没有读出来" in said.accessibleName()
    QTest.keyClick(retry, Qt.Key.Key_Return)
    desk.until(lambda: page.table.rows_model().rowCount() > 0)
    desk.until(lambda: desk.absent(button))


@pytest.mark.expect_log("unexpected")
def test_a_workbook_that_breaks_the_reading_waits_for_nothing(
    desk: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr(GoodsImport, "read", fails)
    page = desk.open_page("goods")
    services = desk.program.ready
    dialog = GoodsImportDialog(page, services.goods_import, desk.program.runner, tmp_path / "a.xlsx")
    dialog.open()
    desk.find(DialogFrame, "crash_dialog").reject()
    desk.until(lambda: "没有读出来" in dialog.told.text())
    assert dialog.go.toolTip() == "没有可以导入的商品"
    dialog.reject()
