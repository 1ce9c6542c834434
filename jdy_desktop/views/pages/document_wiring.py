"""Which signal and which key of a document page leads where."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jdy_desktop.models.rules.rounding import NumberProblem
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.pages.sale_lines import PROBLEMS

if TYPE_CHECKING:
    from jdy_desktop.views.pages.document_page import DocPage


def connect_parts(page: DocPage) -> None:
    """Signals of the parts to what the page does with them."""
    desk, head, side, table, hand = page.desk, page.head, page.side, page.table, page.hand
    desk.form_changed.connect(page._show)
    desk.surroundings_changed.connect(page._on_surroundings)
    desk.draft_saved.connect(page._on_draft_saved)
    desk.held_changed.connect(page._on_held)
    desk.saving_changed.connect(lambda _on: page._show_buttons())
    desk.saved.connect(page._on_saved)
    desk.refused.connect(page._on_refused)
    desk.failed.connect(page._shell.tell_error)
    desk.no_source.connect(page._on_no_source)
    page.scan.found.connect(hand.add)
    page.scan.unknown.connect(page._on_unknown)
    page.scan.not_looked_up.connect(page._shell.tell_error)
    page.scan.quantity_typed.connect(lambda number: hand.set_last("quantity", number))
    page.scan.price_typed.connect(lambda number: hand.set_last("price", number))
    page.scan.cell_wanted.connect(hand.open_cell)
    page.scan.matrix_wanted.connect(page.open_matrix)
    head.party.chosen.connect(page._on_party)
    head.party.left.connect(page.focus_scan)
    head.day.date_changed.connect(page._on_day)
    head.warehouse.changed.connect(partial(page._set_head, "warehouse_id"))
    head.to_warehouse.changed.connect(partial(page._set_head, "to_warehouse_id"))
    head.category.changed.connect(lambda words: page._set_head("category", str(words)))
    head.matrix.clicked.connect(lambda: page.open_matrix(None))
    head.same.clicked.connect(page.same_as_last)
    head.load.clicked.connect(lambda: desk.load_book(hand.load_book))
    head.previous.clicked.connect(lambda: page.actions_.turn(-1))
    head.next.clicked.connect(lambda: page.actions_.turn(+1))
    head.note.repaired.connect(hand.add_unknown_goods)
    table.typed.connect(hand.change)
    table.refused.connect(lambda sentence: page.tell("warn", sentence))
    table.delete_requested.connect(hand.remove)
    table.stray.connect(hand.take_key)
    table.scanned.connect(hand.take_scan)
    table.editing_done.connect(page.focus_scan)
    table.row_activated.connect(lambda _row: page.focus_scan())
    table.repair_clicked.connect(hand.repair)
    table.current_changed.connect(lambda _row: page._show_goods())
    table.editor_opened.connect(page._on_editor)
    table.paste_wanted.connect(hand.paste)
    table.take_wanted.connect(hand.take_line)
    side.changed.connect(page._on_side)
    side.refused.connect(lambda problem: page.tell("warn", PROBLEMS.get(problem, PROBLEMS[NumberProblem.NOT_A_NUMBER])))
    side.account.changed.connect(partial(page._set_head, "account_id"))
    side.remark_field.textEdited.connect(lambda text: page._set_head("remark", text.strip()))
    side.save_button.clicked.connect(page.save)
    page.save_new_button.clicked.connect(page.save_and_new)
    page.review_button.clicked.connect(page.actions_.review)
    page.print_button.clicked.connect(page.actions_.print_document)
    page.return_button.clicked.connect(page.actions_.begin_return)
    page.batch_button.clicked.connect(hand.choose_for_all)
    page.more_button.clicked.connect(page.actions_.open_menu)
    page._pictures.arrived.connect(lambda _url: page.table.viewport().update())
    page._runner.data_changed.connect(page._on_data_changed)


def bind_keys(page: DocPage) -> None:
    """Keys heard anywhere in the page."""
    for action, slot in (
        ("goods", page.focus_scan),
        ("customer", page.head.party.begin),
        ("hold", page.hold),
        ("resume", page.actions_.resume),
        ("print", page.actions_.print_document),
        ("finish", page.save),
        ("finish_line", page.save),
        ("save", page.save),
        ("save_and_new", page.save_and_new),
        ("review", page.actions_.review),
        ("matrix", lambda: page.open_matrix(None)),
        ("last_price", page.hand.take_last_price),
        ("same_as_last", page.same_as_last),
        ("return", page.actions_.begin_return),
        ("paste", page.hand.paste),
        ("previous_document", lambda: page.actions_.turn(-1)),
        ("following_document", lambda: page.actions_.turn(+1)),
        ("void_document", page.actions_.ask_void),
        ("repair", lambda: page.hand.repair(page.current_id())),
    ):
        KeyShortcut(action, page, slot)
