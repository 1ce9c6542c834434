"""The gateway as the channel services see it: typed questions, typed answers, errors in classes.

requests is imported when the first call is made, not when the window starts.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from jdy_desktop.models.ids import OfferId, PreOrderNumber
from jdy_desktop.services.ali1688 import answers, endpoints, wire
from jdy_desktop.services.ali1688.addresses import picture_address
from jdy_desktop.services.ali1688.config import GatewaySettings
from jdy_desktop.services.ali1688.endpoints import PAGE_SIZE, Api
from jdy_desktop.services.ali1688.envelope import SignatureRefused, raise_refusal, read_answer
from jdy_desktop.services.ali1688.fields import flag, parse_instant
from jdy_desktop.services.ali1688.oauth import PendingLogin
from jdy_desktop.services.ali1688.signing import SIGNATURE, signature
from jdy_desktop.services.ali1688.values import (
    AccountInfo,
    Album,
    Category,
    OfferPage,
    PreOrderDraft,
    PreOrderPage,
    SimpleOffer,
    TokenAnswer,
    TokenSource,
    UploadedPicture,
)
from jdy_desktop.services.errors import (
    BadAnswer,
    LinkError,
    PlatformError,
    RateLimited,
    TokenExpired,
    UserError,
)
from jdy_desktop.services.machine.context import Context
from jdy_desktop.services.machine.courtesy import give_way
from jdy_desktop.services.machine.jobs import JobContext

if TYPE_CHECKING:
    from jdy_desktop.services.ali1688.transport import Transport

log = logging.getLogger(__name__)
T = TypeVar("T")

BACKOFF_S = (10, 20, 40, 80, 120)
JITTER = (0.8, 1.2)
READ_REPEATS = 2
READ_PAUSE_S = 0.5
PICTURE_LIMIT = 2 * 1024 * 1024
_LOCK_POLL_S = 0.2


class Gateway:
    """One per program; thread-safe. `on_wait(seconds_left)` hears about a throttling pause, about once a second."""

    def __init__(
        self,
        settings: GatewaySettings,
        ctx: Context,
        *,
        transport: Transport | None = None,
        backoff_s: Sequence[float] = BACKOFF_S,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        self.settings = settings
        self._ctx = ctx
        self._transport = transport
        self._backoff_s = tuple(backoff_s)
        self._on_wait = on_wait
        self._offset = timedelta(0)
        self._refresh_lock = threading.Lock()
        self._current = threading.local()
        self._transport_lock = threading.Lock()
        # Unpacking and checking is pure computing: two at a time are not faster, they only keep the window from the interpreter.
        self._checking = threading.Lock()

    def close(self) -> None:
        """Drop the kept connections. Call it when no job runs any more."""
        if self._transport is not None:
            self._transport.close()

    # ------------------------------------------------------------ authorizing

    def begin_login(self, redirect_uri: str | None = None) -> PendingLogin:
        """A fresh login; open its `url`, hand every address that comes back to `accept`."""
        return PendingLogin(self.settings, self._ctx, redirect_uri)

    def exchange_code(self, code: str, redirect_uri: str, job: JobContext | None = None) -> TokenAnswer:
        """Tokens for a fresh code (2 minutes, once). PlatformError when 1688 does not take it; never sent twice."""
        answer = self._oauth(
            "http/1/system.oauth2/getToken",
            {
                "grant_type": "authorization_code",
                "need_refresh_token": "true",
                "redirect_uri": redirect_uri,
                "code": code,
            },
            job,
        )
        return answers.token_answer(answer, self._ctx.clock.now())

    def refresh_token(self, refresh_token: str, job: JobContext | None = None) -> TokenAnswer:
        """A new access token; usually without a new refresh token. TokenExpired: the owner must authorize again."""
        params = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        try:
            answer = self._oauth("param2/1/system.oauth2/getToken", params, job)
        except PlatformError as exc:
            if type(exc) is not PlatformError or exc.their_code.startswith("gw."):
                raise
            raise TokenExpired(exc.their_code, exc.their_text) from exc
        return answers.token_answer(answer, self._ctx.clock.now())

    def postpone(self, refresh_token: str, access_token: str, job: JobContext | None = None) -> TokenAnswer:
        """A new refresh token (and access token); the old one is dead afterwards.

        Given only in the last 30 days of the old one (see `oauth.is_in_renewal_window`), else PlatformError.
        """
        params = {"refresh_token": refresh_token, "access_token": access_token}
        answer = self._oauth("param2/1/system.oauth2/postponeToken", params, job)
        return answers.token_answer(answer, self._ctx.clock.now())

    def _oauth(self, path: str, params: Mapping[str, str], job: JobContext | None) -> dict[str, Any]:
        """The token calls are not signed; the secret travels in the body, never in an address."""
        url = f"{self.settings.gateway}/openapi/{path}/{self.settings.app_key}"
        body = {"client_id": self.settings.app_key, "client_secret": self.settings.app_secret, **params}

        def send() -> dict[str, Any]:
            reply = self._http().post(url, body)
            answer: dict[str, Any] = read_answer(reply.status, reply.body, needs="access_token")
            return answer

        return self._patiently(send, job or getattr(self._current, "job", None) or JobContext())

    # ------------------------------------------------------------ one call

    def call(
        self,
        api: Api,
        params: Mapping[str, Any],
        tokens: TokenSource | None,
        job: JobContext | None = None,
        *,
        files: Mapping[str, bytes] | None = None,
    ) -> dict[str, Any]:
        """The good answer, or the error of its class.

        Throttled: waits and repeats (a refusal, nothing was done). Token rejected: one refresh, then once more.
        Signature rejected: asks the time, then once more. Lost or broken answers are asked for again only when
        `api.is_read`.
        """
        job = job or JobContext()
        token = tokens.access_token() if tokens else None
        is_resigned = is_refreshed = False
        lost = 0
        while True:
            try:
                return self._patiently(lambda: self._send(api, params, token, files), job)  # noqa: B023  # called at once
            except TokenExpired:
                if tokens is None or token is None or is_refreshed:
                    raise
                is_refreshed, token = True, self._fresh_token(tokens, token, job)
            except SignatureRefused:
                if is_resigned:
                    raise
                is_resigned = True
                self._ask_time()
            except (LinkError, BadAnswer) as exc:
                lost += 1
                if not api.is_read or lost > READ_REPEATS or not _is_lost(exc):
                    raise
                log.warning("answer to %s lost (%s), asking again", api.name, exc.code)
                job.sleep(READ_PAUSE_S * lost * self._ctx.random.uniform(*JITTER))

    def _send(
        self, api: Api, params: Mapping[str, Any], token: str | None, files: Mapping[str, bytes] | None = None
    ) -> Any:
        """Sign and send once."""
        give_way()
        path = api.path(self.settings.app_key)
        texts = wire.serialise(params)
        if token is not None:
            texts["access_token"] = token
        if api is not endpoints.CURRENT_TIME:
            texts["_aop_timestamp"] = str(int(self.server_now().timestamp() * 1000))
        texts[SIGNATURE] = signature(self.settings.app_secret, path, texts)
        reply = self._http().post(f"{self.settings.gateway}/openapi/{path}", texts, files)
        with self._checking:
            give_way()
            return read_answer(reply.status, reply.body, needs=api.needs, is_read=api.is_read)

    def _fresh_token(self, tokens: TokenSource, rejected: str, job: JobContext) -> str:
        """One refresh for all threads: whoever comes second finds the new token under the lock."""
        while not self._refresh_lock.acquire(timeout=_LOCK_POLL_S):
            job.check()
        # The refresh comes back through `refresh_token` without a job: 取消 must reach its throttling pauses too.
        self._current.job = job
        try:
            current = tokens.access_token()
            return current if current != rejected else tokens.refresh(rejected)
        finally:
            self._current.job = None
            self._refresh_lock.release()

    def _patiently(self, send: Callable[[], T], job: JobContext) -> T:
        """Repeat while the gateway throttles; RateLimited with `retry_after_s` when all pauses are used up."""
        for pause_s in self._backoff_s:
            job.check()
            try:
                return send()
            except RateLimited as exc:
                log.warning("throttled (%s), pausing about %s s", exc.their_code, pause_s)
            self._pause(pause_s * self._ctx.random.uniform(*JITTER), job)
        job.check()
        try:
            return send()
        except RateLimited as exc:
            longest = max(self._backoff_s, default=BACKOFF_S[-1])
            raise RateLimited(exc.their_code, exc.their_text, retry_after_s=longest) from exc

    def _pause(self, seconds: float, job: JobContext) -> None:
        """Wait in slices of a second, telling how long it still takes; 取消 wakes it at once."""
        while seconds > 0:
            if self._on_wait:
                self._on_wait(seconds)
            job.sleep(min(1.0, seconds))
            seconds -= 1.0

    def _http(self) -> Transport:
        if self._transport is None:
            with self._transport_lock:
                if self._transport is None:
                    from jdy_desktop.services.ali1688.transport import Transport

                    self._transport = Transport()
        return self._transport

    # ------------------------------------------------------------ time

    def server_offset(self, job: JobContext | None = None) -> timedelta:
        """Server time minus this PC's clock, measured now and used for every later call. Ask once at start (F5).

        The PC's clock is never changed; show a difference over 2 minutes.
        """
        return self._patiently(self._ask_time, job or JobContext())

    def server_now(self) -> datetime:
        """This PC's time put right by the last measured difference; UTC."""
        return self._ctx.clock.now() + self._offset

    def _ask_time(self) -> timedelta:
        clock = self._ctx.clock
        before, started = clock.now(), clock.monotonic()
        answer = self._send(endpoints.CURRENT_TIME, {}, None)
        half_way = before + timedelta(seconds=(clock.monotonic() - started) / 2)
        if type(answer) is int and 0 < answer < 10**13:
            server = datetime.fromtimestamp(answer / 1000, UTC)
        else:
            found = parse_instant(answer) if isinstance(answer, str) else None
            if found is None:
                raise BadAnswer(reason="no_time")
            server = found
        self._offset = server - half_way
        log.info("server clock is %+.1f s away from ours", self._offset.total_seconds())
        return self._offset

    # ------------------------------------------------------------ the shop and its offers

    def account(self, tokens: TokenSource, job: JobContext | None = None) -> AccountInfo:
        return answers.account(self.call(endpoints.ACCOUNT, {}, tokens, job))

    def offer_page(
        self,
        tokens: TokenSource,
        page_no: int,
        job: JobContext | None = None,
        *,
        offer_ids: Sequence[OfferId] | None = None,
        statuses: Sequence[str] = ("published",),
        is_newest_first: bool = False,
    ) -> OfferPage:
        """Page `page_no` (from 1) of up to 20 offers sorted by id: no other order walks through all of them.

        `offer_ids` narrows it; none at all gives an empty page without a call. `statuses` () asks for every status.
        """
        if offer_ids is not None and not offer_ids:
            return OfferPage(())
        params = {
            "pageNo": page_no,
            "pageSize": PAGE_SIZE,
            "statusList": list(statuses) or None,
            "productIds": None if offer_ids is None else [wire.long_id(one) for one in offer_ids],
            "orderByCondition": "ID",
            "orderByType": "DESC" if is_newest_first else "ASC",
            "needDetail": True,
        }
        answer = self.call(endpoints.PRODUCT_LIST, params, tokens, job)
        with self._checking:
            return wire.offer_page(answer, self.settings)

    def offers_by_ids(self, tokens: TokenSource, ids: Sequence[OfferId], job: JobContext | None = None) -> OfferPage:
        """These offers, whatever their status; one that 1688 does not know is missing from the answer."""
        pages = []
        for start in range(0, len(ids), PAGE_SIZE):
            batch = [wire.long_id(one) for one in ids[start : start + PAGE_SIZE]]
            answer = self.call(endpoints.PRODUCTS_BY_ID, {"productIdList": batch}, tokens, job)
            pages.append(wire.offers_by_ids(answer, self.settings))
        return OfferPage(
            tuple(offer for page in pages for offer in page.offers),
            tuple(bad for page in pages for bad in page.bad),
            sum(page.total for page in pages),
        )

    def picture(self, url: str) -> bytes:
        """A picture of an offer, at most 5 MB. BadAnswer for an address or content that must not be loaded."""
        from jdy_desktop.services.ali1688 import pictures

        return pictures.fetch(url, self.settings, self._http())

    # ------------------------------------------------------------ pre-orders

    def create_pre_order(
        self, tokens: TokenSource, draft: PreOrderDraft, job: JobContext | None = None
    ) -> PreOrderNumber:
        """Make the pre-order and return its number. Sent once; only after a refusal that did nothing it is sent again.

        PlatformError: refused, their words verbatim. LinkError with `outcome_unknown`, BadAnswer: unclear, look it up
        before sending again. LinkError without it, RateLimited, TokenExpired, JobCancelled: nothing was made.
        """
        answer = self.call(endpoints.PRE_ORDER_CREATE, wire.pre_order_params(draft), tokens, job)
        return wire.created_number(answer)

    def pre_orders(
        self,
        tokens: TokenSource,
        *,
        number: PreOrderNumber | None = None,
        page_index: int = 1,
        market_name: str | None = None,
        job: JobContext | None = None,
    ) -> PreOrderPage:
        """One pre-order by number, or a page of 20 in no promised order."""
        params = {
            "orderId": number,
            "marketName": market_name,
            "pageIndex": page_index,
            "pageSize": PAGE_SIZE,
        }
        return wire.pre_order_page(self.call(endpoints.PRE_ORDER_LIST, params, tokens, job), self.settings)

    # ------------------------------------------------------------ publishing

    def categories(self, parent_id: str = "0", job: JobContext | None = None) -> tuple[Category, ...]:
        """Children of a category; "0" gives the top level. Three levels, the third is the leaf (`is_leaf`)."""
        return answers.categories(self.call(endpoints.CATEGORY, {"categoryID": parent_id}, None, job))

    def find_categories(self, words: str, job: JobContext | None = None) -> tuple[Category, ...]:
        """Leaf categories whose name holds the words, with `parent_id`."""
        return answers.found_categories(self.call(endpoints.CATEGORY_SEARCH, {"keyword": words}, None, job))

    def category(self, category_id: str, job: JobContext | None = None) -> Category | None:
        """One category by id; None when 1688 does not know it."""
        found = answers.found_categories(self.call(endpoints.CATEGORY, {"categoryID": category_id}, None, job))
        return found[0] if found else None

    def albums(self, tokens: TokenSource, job: JobContext | None = None) -> tuple[Album, ...]:
        """The shop's own albums; a shop that has made none has one of 1688's."""
        for kind in ("CUSTOM", "MY"):
            found = answers.albums(self.call(endpoints.ALBUMS, {"albumType": kind, "webSite": "1688"}, tokens, job))
            if found:
                return found
        return ()

    def upload_picture(
        self, tokens: TokenSource, album_id: str, name: str, data: bytes, job: JobContext | None = None
    ) -> UploadedPicture:
        """Put a picture of at most 2 MB into the photo bank. The bytes go as multipart and are not signed."""
        if not data or len(data) > PICTURE_LIMIT:
            raise UserError("picture_size", field="picture", size=len(data))
        params = {"albumID": album_id, "name": name[:30], "webSite": "1688"}
        path = answers.uploaded_path(self.call(endpoints.PHOTO_ADD, params, tokens, job, files={"imageBytes": data}))
        return UploadedPicture(path, picture_address(path, self.settings))

    def add_simple_offer(self, tokens: TokenSource, offer: SimpleOffer, job: JobContext | None = None) -> OfferId:
        """Publish an offer without variants (manual 4.4). Sent once; unclear outcomes raise as for a pre-order."""
        answer = self.call(endpoints.SIMPLE_ADD, wire.simple_offer_params(offer), tokens, job)
        model = answer.get("simpleProductCreateResultModel")
        if isinstance(model, dict) and flag(model, "success") is False:
            raise_refusal(model)
        return answers.new_offer_id(answer)


def _is_lost(exc: LinkError | BadAnswer) -> bool:
    """The question went out and no whole answer came back."""
    if isinstance(exc, LinkError):
        return exc.outcome_unknown
    return exc.params.get("reason") in ("not_json", "not_decodable")
