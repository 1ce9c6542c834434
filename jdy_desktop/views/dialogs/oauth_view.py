"""The embedded 1688 login page, closed in as far as a web view can be (T1, T2 of reliability.md).

Imported only when a shop is authorized: the browser engine costs half a second and 100 MB.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

log = logging.getLogger(__name__)

# Where a 1688 login may lead: its own pages, the group's login pages, and the check with 支付宝.
ALLOWED_HOSTS = ("1688.com", "taobao.com", "alibaba.com", "alipay.com", "aliyun.com")

_OFF = (
    QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows,
    QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard,
    QWebEngineSettings.WebAttribute.LocalStorageEnabled,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls,
    QWebEngineSettings.WebAttribute.PdfViewerEnabled,
    QWebEngineSettings.WebAttribute.PluginsEnabled,
    QWebEngineSettings.WebAttribute.NavigateOnDropEnabled,
    QWebEngineSettings.WebAttribute.WebGLEnabled,
    QWebEngineSettings.WebAttribute.ScreenCaptureEnabled,
    QWebEngineSettings.WebAttribute.HyperlinkAuditingEnabled,
    QWebEngineSettings.WebAttribute.DnsPrefetchEnabled,
)


def may_open(url: QUrl, own_host: str) -> bool:
    """Only https at the listed hosts; `own_host` is the host of the configured authorize page (127.0.0.1 in practice)."""
    host = url.host().lower()
    if url.userInfo() or not host:
        return False
    if host == own_host:
        return url.scheme() == "https" or (url.scheme() == "http" and host == "127.0.0.1")
    return url.scheme() == "https" and any(host == h or host.endswith("." + h) for h in ALLOWED_HOSTS)


class OAuthPage(QWebEnginePage):
    """Stops at the callback without loading it, and at every address a login has no business with."""

    came_back = Signal(str)
    refused = Signal(str)

    def __init__(self, profile: QWebEngineProfile, own_host: str, is_callback: Callable[[str], bool]) -> None:
        super().__init__(profile)
        self._own_host = own_host
        self._is_callback = is_callback
        self._done = False
        settings = self.settings()
        for attribute in _OFF:
            settings.setAttribute(attribute, False)
        settings.setUnknownUrlSchemePolicy(QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes)
        self.certificateError.connect(self._on_certificate_error)
        self.newWindowRequested.connect(self._on_new_window)
        self.permissionRequested.connect(self._on_permission)

    def acceptNavigationRequest(self, url: QUrl | str, type: QWebEnginePage.NavigationType, isMainFrame: bool) -> bool:
        target = QUrl(url)
        if isMainFrame and self._is_callback(target.toString(QUrl.ComponentFormattingOption.FullyEncoded)):
            if not self._done:
                self._done = True
                self.came_back.emit(target.toString(QUrl.ComponentFormattingOption.FullyEncoded))
            return False
        if target.toString() == "about:blank" or may_open(target, self._own_host):
            return True
        # The address may hold a code or a name: only the host is logged and shown.
        log.info("navigation refused host=%s main=%s", target.host(), isMainFrame)
        if isMainFrame:
            self.refused.emit(target.host() or target.scheme())
        return False

    @Slot(QWebEngineCertificateError)
    def _on_certificate_error(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        self.refused.emit(error.url().host())

    @Slot(QWebEngineNewWindowRequest)
    def _on_new_window(self, request: QWebEngineNewWindowRequest) -> None:
        log.info("new window refused host=%s", request.requestedUrl().host())

    @Slot(QWebEnginePermission)
    def _on_permission(self, permission: QWebEnginePermission) -> None:
        permission.deny()


class OAuthView(QWebEngineView):
    """One login: its own profile without memory on disk, thrown away by `end()`."""

    def __init__(self, url: str, is_callback: Callable[[str], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Without a name the profile is off the record: no cookie or cache outlives it.
        self._profile = QWebEngineProfile()
        self._profile.downloadRequested.connect(self._on_download)
        self.login_page = OAuthPage(self._profile, QUrl(url).host().lower(), is_callback)
        self.setPage(self.login_page)
        self.setAcceptDrops(False)
        self.load(QUrl(url))

    @Slot(QWebEngineDownloadRequest)
    def _on_download(self, request: QWebEngineDownloadRequest) -> None:
        request.cancel()

    def end(self) -> None:
        """Delete page, then profile: the other order leaves cookies behind for as long as the page lives."""
        if shiboken6.isValid(self.login_page):
            self.stop()
            self.close()
            shiboken6.delete(self.login_page)
        if shiboken6.isValid(self._profile):
            shiboken6.delete(self._profile)
