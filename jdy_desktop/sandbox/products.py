"""Account, offers and categories as 1688 answers about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from jdy_desktop.sandbox.catalogue import Offer, OfferRow
from jdy_desktop.sandbox.dates import read, write
from jdy_desktop.sandbox.gateway import Call, bad_param

MAX_PAGE = 20
TITLE_PLACES = 60  # a Chinese character counts as two
MAX_PICTURES = 5


def account_basic(call: Call) -> Any:
    owner = call.account
    result = {
        "loginId": owner.login,
        "memberId": owner.member_id,
        "userId": owner.user_id,
        "companyName": owner.company,
        "supplierName": owner.shop,
        "sellerName": "王姐",
        "shopUrl": f"https://{owner.login}.1688.com",
        "domainInPlatforms": [{"domain": f"{owner.login}.1688.com", "platform": "1688"}],
        "openUid": f"BBB{owner.user_id}",
    }
    return {"result": result, "success": True}


def public(offer: Offer, *, detail: bool = True) -> Offer:
    """ProductInfo without the market's own notes; without detail as the platform sends it, without SKUs."""
    row = {name: value for name, value in offer.items() if not name.startswith("_")}
    if not detail:
        for name in ("skuInfos", "attributes"):
            row.pop(name, None)
    return row


def list_get(call: Call) -> Any:
    """Simple offers are never listed; only the order by ID walks through all offers."""
    page, size = call.whole("pageNo", 1), min(max(call.whole("pageSize", MAX_PAGE), 1), MAX_PAGE)
    if page < 1:
        return {"success": False, "code": "PARAM_ERROR", "message": "pageNo 必须从 1 开始"}
    everything = call.world.catalogue.by_id(call.account.login)
    tests = _tests(call)
    is_down = call.params.get("orderByType", "ASC").upper() == "DESC"
    first = (page - 1) * size
    found: Iterable[Offer]
    if "productIds" in call.params:
        offers = _own(call, call.json("productIds", list))
        offers = [one for one in offers if all(test(one) for test in tests)]
        found, total = sorted(offers, key=lambda one: int(one["productID"]), reverse=is_down), len(offers)
        rows = list(islice(found, first, first + size))
    elif len(everything) > 2000 and not set(call.params) & _SEARCHES and _lists_published(call):
        rows, total = _lazy_page(everything, tests, first, size, is_down)
    else:
        kept = [one for one in everything if all(test(one) for test in tests)]
        kept = list(reversed(kept)) if is_down else kept
        rows, total = kept[first : first + size], len(kept)
    detail = call.flag("needDetail", True)
    result = {
        "resultList": [public(one, detail=detail) for one in rows],
        "totalRecords": total,
        "pageIndex": page,
        "sizePerPage": size,
    }
    return {"result": {"pageResult": result}, "success": True}


_SEARCHES = {"cargoNumber", "subjectKey", "categoryId", "startModifyTime", "endModifyTime"}


def _lists_published(call: Call) -> bool:
    return "published" in call.json("statusList", list, ["published"])


def _tests(call: Call) -> list[Callable[[Offer], bool]]:
    """What an offer must fulfil to be listed."""
    tests: list[Callable[[Offer], bool]] = []
    if not call.world.faults.take("simple_listed", call.api):
        tests.append(lambda one: not one.get("_simple"))
    if statuses := call.json("statusList", list, []):
        tests.append(lambda one: one["status"] in statuses)
    if code := call.params.get("cargoNumber"):
        tests.append(lambda one: one.get("productCargoNumber") == code)
    if words := call.params.get("subjectKey"):
        tests.append(lambda one: words in one["subject"])
    if "categoryId" in call.params:
        category = call.whole("categoryId")
        tests.append(lambda one: one["categoryID"] == category)
    for name, is_start in (("startModifyTime", True), ("endModifyTime", False)):
        if text := call.params.get(name):
            limit = read(text)
            if limit is None:
                raise bad_param(name, text)
            edge = write(limit)
            tests.append(_changed_since(edge) if is_start else _changed_until(edge))
    return tests


def _changed_since(edge: str) -> Callable[[Offer], bool]:
    return lambda one: bool(one["lastUpdateTime"] >= edge)


def _changed_until(edge: str) -> Callable[[Offer], bool]:
    return lambda one: bool(one["lastUpdateTime"] <= edge)


def _lazy_page(
    row: OfferRow, tests: list[Callable[[Offer], bool]], first: int, size: int, is_down: bool
) -> tuple[list[Offer], int]:
    """A page out of very many offers. Only the hand-made and the changed ones can fail a test of status, so the rest
    is counted without being made."""
    left_out = [place for place in row.not_as_generated() if not all(test(row[place]) for test in tests)]
    total = len(row) - len(left_out)
    places = list(range(first, min(first + size, total)))
    if is_down:
        places = [total - 1 - place for place in places]
    return [row[_shifted(place, left_out)] for place in places], total


def _shifted(place: int, left_out: list[int]) -> int:
    """The place in the whole row of the place-th offer that is not left out."""
    for gap in left_out:
        if gap <= place:
            place += 1
    return place


def _own(call: Call, ids: list[Any]) -> list[Offer]:
    """The shop's own offers among these ids; others are simply missing."""
    found: dict[int, Offer] = {}
    for one in ids:
        try:
            known = call.world.catalogue.find(int(one))
        except (TypeError, ValueError):
            raise bad_param("productIds", str(one)) from None
        if known and known[0] == call.account.login:
            found[known[1]["productID"]] = known[1]
    return list(found.values())


def get(call: Call) -> Any:
    """No success flag here: without the offer there is only `errMsg`."""
    found = _own(call, [call.whole("productID")])
    if not found:
        return {"errMsg": "商品不存在或不属于当前用户"}
    return {"productInfo": public(found[0]), "bizGroupInfos": [], "createTime": found[0]["createTime"]}


def get_by_id_list(call: Call) -> Any:
    found = _own(call, call.json("productIdList", list))
    return {"productList": [public(one) for one in found], "success": True}


def simple_add(call: Call) -> Any:
    """Publish an offer without SKUs; it is private by default and never shows up in product.list.get."""
    subject, category = call.text("subject"), call.whole("categoryId")
    pictures = call.json("images", list)
    places = sum(1 if one.isascii() else 2 for one in subject)
    problem = ""
    if not subject.strip() or places > TITLE_PLACES:
        problem = "信息标题不能为空，且不能超过60个字符"
    elif not call.world.catalogue.is_leaf(category):
        problem = "类目不存在或不是叶子类目"
    elif not 1 <= len(pictures) <= MAX_PICTURES:
        problem = "图片数量必须在1到5张之间"
    elif call.world.faults.take("publish_refused", call.api):
        problem = "您的店铺今天发布的商品数量已达上限"
    if problem:
        model = {"success": False, "code": "PUBLISH_FAIL", "message": "发布失败", "subCode": "PARAM_INVALID"}
        return {"simpleProductCreateResultModel": model | {"subMessage": problem}}
    with call.world.lock:
        offer = _simple_offer(call, subject, category, pictures)
        call.world.catalogue.add(call.account.login, offer)
    result = {"offerId": str(offer["productID"])}
    return {"simpleProductCreateResultModel": {"success": True, "result": result}}


def _number(call: Call, name: str, default: str | None = None) -> float:
    found = call.text(name, default)
    try:
        return float(found)
    except ValueError:
        raise bad_param(name, found) from None


def _simple_offer(call: Call, subject: str, category: int, pictures: list[str]) -> Offer:
    price, retail = _number(call, "price"), _number(call, "tradeRetailPrice", call.text("price"))
    stock = _number(call, "tradeAmount")
    now = write(call.world.now())
    return {
        "productID": 650_000_000_000 + call.world.next_number() * 13,
        "productType": "wholesale",
        "categoryID": category,
        "categoryName": call.world.catalogue.categories[category]["name"],
        "status": "published",
        "privateOffer": call.flag("privateOffer", True),
        "subject": subject,
        "description": call.params.get("description", ""),
        "language": "CHINESE",
        "attributes": [],
        "image": {"images": pictures},
        "skuInfos": [],
        "saleInfo": {
            "supportOnlineTrade": call.flag("supportOnlineTrade", True),
            "mixWholeSale": False,
            "priceAuth": False,
            "priceRanges": [{"startQuantity": 1, "price": price}],
            "amountOnSale": stock,
            "unit": "件",
            "minOrderQuantity": 1,
            "retailprice": retail,
            "quoteType": 0,
        },
        "createTime": now,
        "lastUpdateTime": now,
        "_simple": True,
    }


# ---------------------------------------------------------------- categories


def category_get(call: Call) -> Any:
    """Children of a category, 0 for the roots. `succes` is spelt so, and is a text."""
    known, number = call.world.catalogue.categories, call.whole("categoryID")
    if number == 0:
        return {"categoryInfo": [_category(call, None)], "succes": "true"}
    if number not in known:
        return {"succes": "false", "errorCode": "CATEGORY_NOT_EXIST", "errorMsg": "类目不存在"}
    return {"categoryInfo": [_category(call, known[number])], "succes": "true"}


def category_search(call: Call) -> Any:
    words = call.text("keyword")
    catalogue = call.world.catalogue
    found = [one for one in catalogue.categories.values() if words in one["name"] and catalogue.is_leaf(one["id"])]
    return {"categoryInfo": [_category(call, one) for one in found], "succes": "true"}


def _category(call: Call, row: dict[str, Any] | None) -> dict[str, Any]:
    catalogue = call.world.catalogue
    number = row["id"] if row else None
    children = [
        {"id": one["id"], "name": one["name"], "isLeaf": catalogue.is_leaf(one["id"]), "categoryType": "1"}
        for one in catalogue.categories.values()
        if one["parent"] == number
    ]
    if row is None:
        return {"categoryID": 0, "name": "所有类目", "isLeaf": False, "parentIDs": [], "childCategorys": children}
    return {
        "categoryID": row["id"],
        "name": row["name"],
        "isLeaf": not children,
        "parentIDs": [row["parent"] or 0],
        "childCategorys": children or None,
        "minOrderQuantity": 1,
    }
