"""The user guide beside the work: contents and search at the left, the chapter at the right, back and forward.

A window of its own, so that the page it explains stays in sight. Links to the web open in the system's browser, and only
after their address was shown.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl, Slot
from PySide6.QtGui import (
    QDesktopServices,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from jdy_desktop.views import theme
from jdy_desktop.views.help_book import LINKS, Chapter, HelpBook, shown_text
from jdy_desktop.views.keys import KeyShortcut
from jdy_desktop.views.widgets.base import STRETCH, Surface, Text, column, named, row
from jdy_desktop.views.widgets.buttons import IconButton, LinkButton
from jdy_desktop.views.widgets.dialog import ConfirmDialog
from jdy_desktop.views.widgets.fields import SearchField

_PICTURE_PX = 600
_MARGIN = 16
#: What Qt writes into the text where a picture stands.
_OBJECT = "\ufffc"
_HEADING_PX = {1: 22, 2: 16, 3: 14}


class Pages(QTextBrowser):
    """Shows chapters; ``web_wanted`` is what it calls for an address of the web."""

    def __init__(self, book: HelpBook, web_wanted: Any) -> None:
        super().__init__()
        self._book, self._web_wanted = book, web_wanted
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        # Always there: a bar that came after the pictures were measured would make the page wider than its window.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.anchorClicked.connect(self.follow)
        self.setStyleSheet("QTextBrowser { border: 0; border-radius: 0; background: transparent; padding: 0 24px; }")
        self.document().setDocumentMargin(theme.px(_MARGIN))
        self._room = self._picture_room()
        theme.notifier().changed.connect(self._again)

    @Slot(QUrl)
    def follow(self, url: QUrl) -> None:
        """A link was chosen."""
        if url.scheme() in ("http", "https"):
            self._web_wanted(url.toString())
        else:
            self.setSource(url)

    @Slot()
    def _again(self) -> None:
        """Another scale or theme."""
        if not self.source().isEmpty():
            at = self.verticalScrollBar().value()
            self.reload()
            self.verticalScrollBar().setValue(at)

    def chapter(self) -> Chapter | None:
        """The one shown."""
        return self._book.chapter(self.source().path())

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        url = QUrl(name)
        chapter = self._book.chapter(url.path())
        if chapter is not None:
            return shown_text(chapter)
        path = (self._book.folder / url.path()).resolve()
        # Only what lies in the guide's own folder: a chapter is text that came with the program, nothing else is read.
        if not path.is_relative_to(self._book.folder.resolve()) or not path.exists():
            return None
        return self._picture(QImage(str(path)))

    def _picture_room(self) -> int:
        return max(1, min(theme.px(_PICTURE_PX), self.viewport().width() - theme.px(2 * _MARGIN)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._room != self._picture_room():
            self._room = self._picture_room()
            self._again()

    def _picture(self, image: QImage) -> QImage:
        ratio = self.devicePixelRatioF()
        wide = min(round(self._picture_room() * ratio), image.width())
        scaled = image.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        return scaled

    def doSetSource(
        self, name: QUrl | str, /, type: QTextDocument.ResourceType = QTextDocument.ResourceType.UnknownResource
    ) -> None:
        url = QUrl(name)
        super().doSetSource(QUrl(url.path()), QTextDocument.ResourceType.MarkdownResource)
        self._dress()
        self.verticalScrollBar().setValue(0)
        if url.hasFragment():
            self.show_heading(url.fragment(QUrl.ComponentFormattingOption.FullyDecoded))

    def show_heading(self, words: str) -> bool:
        """Scroll to the heading with these words; False when the chapter has none."""
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and block.text().strip() == words:
                cursor = QTextCursor(block)
                self.setTextCursor(cursor)
                self.verticalScrollBar().setValue(
                    self.verticalScrollBar().value() + self.cursorRect(cursor).top() - theme.px(8)
                )
                return True
            block = block.next()
        return False

    # ---- looks
    def _dress(self) -> None:
        """What Markdown leaves open: sizes, distances, colours of the theme."""
        document = self.document()
        document.setDefaultFont(theme.font(14))
        block = document.begin()
        while block.isValid():
            self._dress_block(QTextCursor(block), block.blockFormat())
            block = block.next()
        self._dress_links()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._dress_table(frame)

    def _dress_block(self, cursor: QTextCursor, form: QTextBlockFormat) -> None:
        level = form.headingLevel()
        in_table = cursor.currentTable() is not None
        # A share of a picture's height below it would be a hole in the page.
        is_picture = cursor.block().text() == _OBJECT
        form.setLineHeight(100.0 if is_picture else 130.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        form.setTopMargin(theme.px({1: 8, 2: 20, 3: 14}.get(level, 0 if in_table else 4)))
        form.setBottomMargin(theme.px(0 if in_table else 4))
        cursor.setBlockFormat(form)
        if level:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            words = cursor.charFormat()
            # It would win over the size in pixels.
            words.clearProperty(QTextFormat.Property.FontSizeAdjustment)
            words.setFont(theme.font(_HEADING_PX.get(level, 14), bold=True))
            cursor.setCharFormat(words)

    def _dress_links(self) -> None:
        block = self.document().begin()
        while block.isValid():
            spans = block.begin()
            pieces = []
            while not spans.atEnd():
                pieces.append(spans.fragment())
                spans += 1
            for piece in pieces:
                if piece.charFormat().isAnchor():
                    cursor = QTextCursor(self.document())
                    cursor.setPosition(piece.position())
                    cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                    blue = QTextCharFormat()
                    blue.setForeground(theme.color("link"))
                    cursor.mergeCharFormat(blue)
            block = block.next()

    def _dress_table(self, table: QTextTable) -> None:
        form = table.format()
        form.setBorder(1)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderBrush(theme.color("line_strong"))
        form.setBorderCollapse(True)
        form.setCellPadding(theme.px(6))
        form.setCellSpacing(0)
        form.setWidth(QTextLength(QTextLength.Type.VariableLength, 0))
        form.setTopMargin(theme.px(6))
        form.setBottomMargin(theme.px(6))
        table.setFormat(form)


class HelpWindow(Surface):
    """One per main window (or wizard); opened again it comes to the front with the wanted chapter."""

    def __init__(self, owner: QWidget, book: HelpBook) -> None:
        super().__init__("page", parent=owner)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setObjectName("help_window")
        self.setWindowTitle("用户指南")
        self.setAccessibleName("用户指南")
        self.setWindowIcon(theme.icon("help", "text", 64))
        self.book = book
        self.pages = named(Pages(book, self.open_web), "help_window.pages", "正文")
        self.pages.sourceChanged.connect(self._on_source)
        column(row(self._side(), self._main(), spacing=0), spacing=0, parent=self)
        KeyShortcut("search", self, self.search.setFocus)
        self.resize(QSize(theme.px(1000), theme.px(680)).boundedTo(self.screen().availableSize()))
        self._list_chapters()
        owner.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Closed or taken off the screen, the main window would leave the guide behind alone.
        if event.type() in (QEvent.Type.Close, QEvent.Type.Hide) and not event.spontaneous():
            self.hide()
        return False

    def _side(self) -> QWidget:
        self.search = SearchField("搜索用户指南", name="help_window.search_field")
        self.search.setAccessibleName("搜索用户指南")
        self.search.searched.connect(self._on_search)
        self.list = named(QListWidget(), "help_window.contents", "目录")
        self.list.setWordWrap(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QListWidget { background: transparent; border: 0; }")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemClicked.connect(self._open_item)
        side = Surface("subtle", edge="right", width=264)
        column(self.search, self.list, spacing=8, margins=(12, 12, 12, 12), parent=side).setStretch(1, 1)
        return side

    def _main(self) -> QWidget:
        self.back = IconButton("chevron_left", "后退 Alt+←", side=32, name="help_window.back_button")
        self.forward = IconButton("chevron_right", "前进 Alt+→", side=32, name="help_window.forward_button")
        self.back.clicked.connect(self.pages.backward)
        self.forward.clicked.connect(self.pages.forward)
        self.pages.backwardAvailable.connect(self.back.setEnabled)
        self.pages.forwardAvailable.connect(self.forward.setEnabled)
        self.back.setEnabled(False)
        self.forward.setEnabled(False)
        self.title = Text("", "section")
        head = Surface("page", edge="bottom", height=44)
        row(self.back, self.forward, 8, self.title, STRETCH, spacing=4, margins=(12, 0, 12, 0), parent=head)
        links = [
            LinkButton(name, icon="external", name=f"help_window.link_{n}") for n, (name, _url) in enumerate(LINKS)
        ]
        for button, (_name, url) in zip(links, LINKS, strict=True):
            button.clicked.connect(lambda _checked=False, to=url: self.open_web(to))
        foot = Surface("page", edge="top", height=44)
        row(*links, STRETCH, spacing=16, margins=(20, 0, 20, 0), parent=foot)
        main = QWidget()
        column(head, self.pages, foot, spacing=0, parent=main).setStretch(1, 1)
        return main

    # ---- showing
    def show_chapter(self, chapter: Chapter) -> None:
        """Bring the window to the front with this chapter."""
        self.search.clear()
        self.pages.setSource(QUrl(chapter.address))
        if self.isVisible():
            self.raise_()
        self.show()
        self.activateWindow()
        self.pages.setFocus()

    @Slot(QUrl)
    def _on_source(self, url: QUrl) -> None:
        # The browser's own source() still says the page before when this is told.
        chapter = self.book.chapter(url.path())
        self.title.setText(chapter.title if chapter else "")
        self._mark(chapter)

    def _mark(self, chapter: Chapter | None) -> None:
        for index in range(self.list.count()):
            item = self.list.item(index)
            if chapter is not None and item.data(Qt.ItemDataRole.UserRole)[0] == chapter.address:
                self.list.blockSignals(True)
                self.list.setCurrentItem(item)
                self.list.blockSignals(False)
                return

    # ---- contents and search
    def _list_chapters(self) -> None:
        self._fill([(one.title, (one.address, "")) for one in self.book.chapters])
        self._mark(self.pages.chapter())

    def _fill(self, lines: list[tuple[str, tuple[str, str]]]) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for words, data in lines:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, data)
            self.list.addItem(item)
        self.list.blockSignals(False)

    @Slot(str)
    def _on_search(self, text: str) -> None:
        if not text.strip():
            self._list_chapters()
            return
        hits = self.book.search(text)
        self._fill([(f"{one.chapter.title}\n{one.snippet}", (one.chapter.address, one.word)) for one in hits])
        if not hits:
            item = QListWidgetItem(f"没有找到“{text.strip()}”，换个词试试。")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setData(Qt.ItemDataRole.UserRole, ("", ""))
            self.list.addItem(item)
        elif self.search.hasFocus():
            # What is typed leads to the best page at once; the hand stays in the field.
            self._go(*self.list.item(0).data(Qt.ItemDataRole.UserRole))

    def _on_current(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self._open_item(item)

    @Slot(QListWidgetItem)
    def _open_item(self, item: QListWidgetItem) -> None:
        self._go(*item.data(Qt.ItemDataRole.UserRole))

    def _go(self, address: str, word: str) -> None:
        if not address:
            return
        if self.pages.source() != QUrl(address):
            self.pages.setSource(QUrl(address))
        if word:
            self.pages.moveCursor(QTextCursor.MoveOperation.Start)
            self.pages.find(word)

    # ---- out to the web
    def open_web(self, address: str) -> None:
        """Show the address, then let the system's browser open it."""
        dialog = ConfirmDialog(
            self, "打开网页", "要用系统的浏览器打开这个网页吗？", goes=address, stays="网页不是本程序的，内容由网站负责。",
            yes="打开", no="不打开", danger=False, width=640, name="link_dialog",
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._browse(address))
        dialog.open()

    def _browse(self, address: str) -> None:
        if not QDesktopServices.openUrl(QUrl(address)):
            QGuiApplication.clipboard().setText(address)
            self.title.setText("没有找到浏览器，网址已复制，粘贴到浏览器里打开。")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
