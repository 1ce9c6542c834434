"""Who works at this PC and what he may do. Services ask `ctx.require(Right.X)` before they act; views only `ctx.may`.

Operators off (the one-person stall): everything is allowed. Operators on: 店主 may everything, 店员 nothing of this list,
and before anybody has logged in nothing of it either.
"""

from __future__ import annotations

from enum import StrEnum

from jdy_desktop.models.states import Role


class Right(StrEnum):
    """What needs 店主. Everything that is not listed here a 店员 may do: sell, receive, hold, print, match, enter new goods."""

    #: cost prices, stock value, profit: seen and typed.
    SEE_COST = "see_cost"
    DELETE_GOODS = "delete_goods"
    VOID_DOCUMENT = "void_document"
    #: 是否允许负库存 of goods.
    NEGATIVE_STOCK = "negative_stock"
    #: a sale under the lowest price of the goods.
    LOW_PRICE = "low_price"
    #: prices of goods that are there already; or the lowest price would be whatever a clerk makes it.
    CHANGE_PRICES = "change_prices"
    #: 审核 and 反审核: nobody reviews his own documents by himself.
    REVIEW = "review"
    #: authorize, market, department of a shop; App Key and addresses.
    SHOPS = "shops"
    RESTORE = "restore"
    #: whole telephone numbers; a 店员 sees them masked.
    SEE_PHONES = "see_phones"
    #: lists of customers and whole books that leave this PC.
    EXPORT_CUSTOMERS = "export_customers"
    #: company, tax, control answers, modules of the account set; what parties owed when it began.
    ACCOUNT_SET = "account_set"
    OPERATORS = "operators"


class Seat:
    """The place at the counter: who sits there now. One per running program, changed by login and by opening a book."""

    __slots__ = ("_free_name", "who")

    def __init__(self, operator: str = "") -> None:
        """Free: the book has no operators, everybody may everything; `operator` signs then."""
        self._free_name = operator
        #: name, role (None: operators are off), id. Replaced as a whole: worker threads read it.
        self.who: tuple[str, Role | None, int] = (operator, None, 0)

    @property
    def operator(self) -> str:
        return self.who[0]

    @property
    def role(self) -> Role | None:
        return self.who[1]

    @property
    def operator_id(self) -> int:
        """0: nobody who could log in."""
        return self.who[2]

    def take(self, operator: str, role: Role | None, operator_id: int = 0) -> None:
        """Somebody has proved who he is."""
        self.who = (operator, role, operator_id)

    def free(self) -> None:
        """The book asks nobody for a password."""
        self.who = (self._free_name, None, 0)

    def leave(self) -> None:
        """Nobody has logged in: what needs a right is refused, what the background does goes on."""
        self.who = ("", Role.CLERK, 0)

    def may(self, right: Right) -> bool:
        """Every right of the list is the owner's; `right` is asked for so that a call says what it is about."""
        del right
        return self.role is not Role.CLERK
