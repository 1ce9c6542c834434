"""创建账套: the first window of a new user (manual 2.1, M2–M14). It asks; `app.py` makes the book.

Four pages: how to start (练习 / 正式), company and industry, the three control questions, what will be made.
Left out on purpose: the app and WeChat codes of the manual (docs/decisions).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QLayout, QStackedWidget, QWidget

from jdy_desktop.models.rules.industries import INDUSTRY_DEFAULTS
from jdy_desktop.models.states import Industry
from jdy_desktop.views import theme
from jdy_desktop.views.keys import KeyShortcut, is_key
from jdy_desktop.views.texts import label
from jdy_desktop.views.widgets.base import (
    STRETCH,
    IconLabel,
    Rule,
    Surface,
    Text,
    VScroll,
    column,
    named,
    row,
    sized,
)
from jdy_desktop.views.widgets.buttons import KeyButton, LinkButton
from jdy_desktop.views.widgets.feedback import NoteRow
from jdy_desktop.views.widgets.fields import DateField, Field, FormRow, SegmentedChoice, Tick

_SIZE = QSize(1366, 768)
STEPS = ("公司与行业", "业务控制", "完成")
GREETING = "开始您的企业信息化之旅！"
QUESTIONS = (
    (
        "cost_per_warehouse",
        "1、有多仓库时，各仓库的成本是否需要独立核算？",
        "需要：每个仓库各算各的成本。不需要：全公司一个成本。",
    ),
    ("needs_review", "2、商品出入库时是否需要审核人？", "需要：审核后才改库存。不需要：保存就改库存。"),
    ("computes_tax", "3、是否需要核算税额？", "需要：单据上有 税率(%)、税额、价税合计。不需要：不显示。"),
)
_INDUSTRY_ICONS = (
    "ind_food ind_clothes ind_home ind_beauty ind_stationery ind_digital ind_industry ind_medical ind_baby "
    "ind_security ind_print ind_other"
).split()


@dataclass(frozen=True, slots=True)
class WizardAnswers:
    """What was chosen; keys and callback are empty in practice or when left for later."""

    is_practice: bool
    company: str
    start_date: date
    industry: Industry
    cost_per_warehouse: bool
    needs_review: bool
    computes_tax: bool
    app_key: str = ""
    app_secret: str = ""
    callback: str = ""
    wants_month: bool = False


class Tile(QAbstractButton):
    """A choice with an icon: industry (icon above the word) or way to start (title and one sentence)."""

    def __init__(self, text: str, icon: str, sentence: str = "", *, name: str) -> None:
        super().__init__()
        self._icon, self._sentence = icon, sentence
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self, name, text)
        theme.notifier().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(272 if self._sentence else 94), theme.px(176 if self._sentence else 72))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.isChecked() or self.hasFocus()
        half = 1.0 if marked else 0.5
        painter.setPen(QPen(theme.color("link" if marked else "line_strong"), half * 2))
        painter.setBrush(theme.color("selected" if self.isChecked() else "hover" if self.underMouse() else "page"))
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(box, theme.radius("panel"), theme.radius("panel"))
        if self.isChecked():
            painter.drawPixmap(self.width() - theme.px(22), theme.px(8), theme.pixmap("check", "link", 14))
        if self._sentence:
            self._paint_card(painter)
        else:
            self._paint_tile(painter)

    def _paint_tile(self, painter: QPainter) -> None:
        token = "link" if self.isChecked() else "text2"
        side = theme.px(24)
        painter.drawPixmap((self.width() - side) // 2, theme.px(11), theme.pixmap(self._icon, token, 24))
        painter.setFont(theme.font(13, bold=self.isChecked()))
        painter.setPen(theme.color("link" if self.isChecked() else "text"))
        box = QRectF(0, theme.px(40), self.width(), theme.px(24))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.text())

    def _paint_card(self, painter: QPainter) -> None:
        pad = theme.px(20)
        token = "link" if self.isChecked() else "text2"
        painter.drawPixmap(pad, pad, theme.pixmap(self._icon, token, 28))
        painter.setFont(theme.font(16, bold=True))
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(pad, theme.px(58), self.width() - 2 * pad, theme.px(24)), self.text())
        painter.setFont(theme.font(13))
        painter.setPen(theme.color("text2"))
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
        painter.drawText(QRectF(pad, theme.px(88), self.width() - 2 * pad, theme.px(80)), flags, self._sentence)


class StepList(QWidget):
    """The numbered steps at the left; a done one shows a tick."""

    def __init__(self) -> None:
        super().__init__()
        self._current = 0
        sized(self, height=44 * len(STEPS))
        self.setAccessibleName("步骤")
        theme.notifier().changed.connect(self.update)

    def set_current(self, index: int) -> None:
        """0 = before the first step."""
        self._current = index
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, text in enumerate(STEPS, 1):
            top = theme.px(44) * (number - 1)
            disc = QRectF(0, top + theme.px(2), theme.px(24), theme.px(24))
            done, here = number < self._current, number == self._current
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("ok_bg" if done else "accent" if here else "mute_bg"))
            painter.drawEllipse(disc)
            if done:
                side = theme.px(14)
                corner = disc.center().toPoint()
                painter.drawPixmap(corner.x() - side // 2, corner.y() - side // 2, theme.pixmap("check", "ok", 14))
            else:
                painter.setFont(theme.font(12, bold=here))
                painter.setPen(theme.color("on_accent" if here else "text2"))
                painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), str(number))
            painter.setFont(theme.font(13, bold=here))
            painter.setPen(theme.color("text" if here else "text2"))
            words = QRectF(theme.px(36), top, self.width(), theme.px(28))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), text)


class StartWizard(Surface):
    """`completed(WizardAnswers)`; `open_other` and `restore_backup` are the two links for whoever has a book already."""

    completed = Signal(object)
    open_other = Signal()
    restore_backup = Signal()
    help_wanted = Signal(str)

    def __init__(self, today: date) -> None:
        super().__init__("window")
        self.setObjectName("start_wizard")
        self.setWindowTitle("系统启用 - 创建账套")
        self._today = today
        self._way = QButtonGroup(self)
        self._industries = QButtonGroup(self)
        self._answers: dict[str, SegmentedChoice] = {}
        self._pages = QStackedWidget()
        for page in (self._way_page(), self._company_page(), self._control_page(), self._finish_page()):
            scroll = VScroll(page)
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._pages.addWidget(scroll)
        self._steps = StepList()
        self._card = Surface("window_card")
        row(self._rail(), self._main(), spacing=0, margins=(1, 1, 1, 1), parent=self._card).setStretch(1, 1)
        whole = column(STRETCH, row(STRETCH, self._card, STRETCH), STRETCH, parent=self)
        # The card gives way to a small screen, so it must not hold the window at its full size.
        whole.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        theme.notifier().changed.connect(self._fit)
        self._fit()
        KeyShortcut("back", self, self._back)
        # Drawn in memory (tour, tests) there is no screen to fit on.
        drawn = QGuiApplication.platformName() == "offscreen"
        self.resize(_SIZE if drawn else _SIZE.boundedTo(self.screen().availableSize()))
        self._show(0)

    # ---- frame
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """920 × 600, or what a small screen or a large scale leaves; the pages scroll then, the buttons stay in sight."""
        self._card.setFixedSize(QSize(theme.px(920), theme.px(600)).boundedTo(self.size() - QSize(16, 16)))

    def _rail(self) -> QWidget:
        rail = Surface("subtle", edge="right", width=232)
        other = LinkButton("打开其他账套", name="start_wizard.open_other_button")
        other.clicked.connect(self.open_other)
        restore = LinkButton("从备份恢复", name="start_wizard.restore_button")
        restore.clicked.connect(self.restore_backup)
        column(
            IconLabel("app_icon", "text", 44), 12, Text("创建账套", "dialog_title"), Text("系统启用", "hint"), 31,
            self._steps, STRETCH, Text("已有账套？", "hint"), row(other, restore, STRETCH, spacing=12),
            spacing=0, margins=(24, 32, 24, 28), parent=rail,
        )  # fmt: skip
        return rail

    def _main(self) -> QWidget:
        self._back_button = KeyButton("上一步", "back", size="large", name="start_wizard.back_button")
        self._back_button.clicked.connect(self._back)
        self._next_button = KeyButton("下一步", "ok", kind="primary", size="large", name="start_wizard.next_button")
        self._next_button.clicked.connect(self._next)
        foot = Surface("page", edge="top", height=72)
        row(self._back_button, STRETCH, self._next_button, margins=(40, 0, 40, 0), parent=foot)
        # Above the foot of every page: a book that cannot be opened is told on the first one.
        self._failure = NoteRow("bad", "", boxed=False)
        self._failure.setObjectName("start_wizard.failure_note")
        self._failure.hide()
        main = QWidget()
        column(self._pages, self._failure, foot, spacing=0, parent=main).setStretch(0, 1)
        return main

    # ---- pages
    def _way_page(self) -> QWidget:
        practice = Tile(
            "练习",
            "goods",
            "带一个装好商品的练习市场，不用 1688 账号，从授权、下载到收款都能试，随时可以扔掉。",
            name="start_wizard.practice_tile",
        )
        real = Tile(
            "正式",
            "shop",
            "用自己的 AppKey、AppSecret 和回调地址连接 1688，记自己的账；也可以先记账，以后再连。",
            name="start_wizard.real_tile",
        )
        for index, tile in enumerate((practice, real)):
            self._way.addButton(tile, index)
        practice.setChecked(True)
        page = QWidget()
        tiles = row(practice, real, STRETCH, spacing=16)
        hint = Text("选哪个都可以，以后在“设置—账套—换账套”里再开另一个；练习账套和正式账套互不影响。", "hint")
        column(
            Text("先练习，还是正式使用？", "page_title"), 24, tiles, 16, hint, STRETCH,
            spacing=0, margins=(40, 32, 40, 24), parent=page,
        )  # fmt: skip
        return page

    def _company_page(self) -> QWidget:
        self.company = Field(name="start_wizard.company_field", label="公司名称", size="large")
        self.start = DateField(self._today, name="start_wizard.start_date_field", label="业务启用期间")
        self.start.setProperty("form", "large")
        self._company_row = FormRow("公司名称", self.company, required=True)
        self._start_row = FormRow("业务启用期间", self.start)
        self.company.textEdited.connect(lambda: self._company_row.set_error(None))
        heads = row(sized(self._company_row, width=320), sized(self._start_row, width=200), STRETCH, spacing=24)
        for widget in (self._company_row, self._start_row):
            heads.setAlignment(widget, Qt.AlignmentFlag.AlignTop)
        grid = QGridLayout()
        grid.setSpacing(theme.px(8))
        for index, industry in enumerate(Industry):
            name = f"start_wizard.industry_{industry.value}"
            tile = Tile(label(industry), _INDUSTRY_ICONS[index], name=name)
            self._industries.addButton(tile, index)
            grid.addWidget(tile, index // 6, index % 6)
        self._industry_note = NoteRow("info", "")
        self._industries.idClicked.connect(self._industry_chosen)
        self._choose_industry(Industry.CLOTHES)
        page = QWidget()
        column(
            Text(GREETING, "page_title"), 20, heads, 4,
            Text("启用期间默认为当天，可将启用期间调前。录入第一张单据以后不能再改，也不允许录入启用期间之前的单据。", "hint"),
            16, Text("选择公司所属的行业", "label"), 8, grid, 12, self._industry_note, 10,
            Text("*备注: 行业选择同系统默认参数有关, 请认真选择", "hint"), STRETCH,
            spacing=0, margins=(40, 32, 40, 12), parent=page,
        )  # fmt: skip
        return page

    def _control_page(self) -> QWidget:
        page = QWidget()
        layout = column(
            Text(GREETING, "hint"), 2, Text("选择对应的业务控制要求", "page_title"), 6,
            Text("花30秒让我们更了解您的需求，以便帮您配置更适合您的进销存软件", "label"), 16,
            spacing=0, margins=(40, 32, 40, 24), parent=page,
        )  # fmt: skip
        for key, question, consequence in QUESTIONS:
            choice = SegmentedChoice(
                [("需要", True), ("不需要", False)], name=f"start_wizard.{key}_choice", label=question, large=True
            )
            choice.set_value(False)
            self._answers[key] = choice
            line = row(column(Text(question, "section"), Text(consequence, "hint"), spacing=4), STRETCH, choice)
            layout.addWidget(Rule())
            layout.addSpacing(theme.px(18))
            layout.addLayout(line)
            layout.addSpacing(theme.px(18))
        later = row(
            IconLabel("info", "text2", 14),
            Text(
                "都在“设置—账套”里：审核随时可以改，成本和税额在第一张单据以前可以改。拿不准就选“不需要”。",
                "hint",
                wrap=True,
            ),
        )
        later.setStretch(1, 1)
        layout.addLayout(later)
        layout.addStretch(1)
        return page

    def _finish_page(self) -> QWidget:
        self._summary = Text("", "body", wrap=True)
        self.app_key = Field(name="start_wizard.app_key_field", label="AppKey")
        self.app_secret = Field(name="start_wizard.app_secret_field", label="AppSecret")
        self.app_secret.setEchoMode(Field.EchoMode.Password)
        self.callback = Field(name="start_wizard.callback_field", label="回调地址")
        self._keys = QWidget()
        column(
            Text("连接 1688（可以现在填，也可以以后在“设置—1688E经营”里填）", "section"),
            FormRow("AppKey", self.app_key, left=True),
            FormRow("AppSecret", self.app_secret, left=True, hint="只存在本机的密钥库里，不显示"),
            FormRow("回调地址", self.callback, left=True, hint="和开放平台登记的回调地址一样"),
            spacing=12, parent=self._keys,
        )  # fmt: skip
        page = QWidget()
        self.month = Tick("填入一个月的示例业务", checked=True, name="start_wizard.month_tick")
        self._month = QWidget()
        words = "商品、库存、客户、进货和每天的销售，一直到昨天；打开就能看列表和报表。想从头做一遍就不勾。"
        column(row(self.month, STRETCH), Text(words, "hint", wrap=True), spacing=4, parent=self._month)
        column(
            Text("准备好了", "page_title"), 12, self._summary, 20, self._month, self._keys, STRETCH,
            spacing=0, margins=(40, 32, 40, 24), parent=page,
        )  # fmt: skip
        return page

    # ---- acting
    @Slot(int)
    def _industry_chosen(self, index: int) -> None:
        self._choose_industry(list(Industry)[index])

    def _choose_industry(self, industry: Industry) -> None:
        self._industries.button(list(Industry).index(industry)).setChecked(True)
        defaults = INDUSTRY_DEFAULTS[industry]
        parts = "打开辅助属性（颜色、尺码）" if defaults.uses_attributes else "不用辅助属性"
        if defaults.matrix_entry:
            parts += "和颜色尺码录入"
        self._industry_note.set_note("info", f"　{parts}，默认单位“{defaults.unit}”", bold=label(industry))

    def answers(self) -> WizardAnswers:
        """What is on the pages now."""
        is_practice = self._way.checkedId() == 0
        return WizardAnswers(
            is_practice=is_practice,
            company=self.company.text().strip(),
            start_date=self.start.value() or self._today,
            industry=list(Industry)[self._industries.checkedId()],
            **{key: bool(choice.value()) for key, choice in self._answers.items()},
            app_key="" if is_practice else self.app_key.text().strip(),
            app_secret="" if is_practice else self.app_secret.text().strip(),
            callback="" if is_practice else self.callback.text().strip(),
            wants_month=is_practice and self.month.isChecked(),
        )

    def tell_failure(self, sentence: str) -> None:
        """A book could not be made or opened: say why and let the clerk try again."""
        self._failure.set_note("bad", sentence)
        self._failure.show()
        self.set_ready()

    def set_ready(self) -> None:
        """The program is done trying: the button may be pressed again."""
        self._next_button.set_blocked(None)
        if self.hasFocus():
            self._next_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._next()
        elif is_key(event, "help"):
            self.help_wanted.emit(self.objectName())
        else:
            super().keyPressEvent(event)

    @Slot()
    def _back(self) -> None:
        if self._pages.currentIndex():
            self._show(self._pages.currentIndex() - 1)

    @Slot()
    def _next(self) -> None:
        if not self._next_button.isEnabled():
            return  # Enter comes here from every field: the account set is being made already
        index = self._pages.currentIndex()
        if index == 1 and not self._company_is_good():
            return
        if index < self._pages.count() - 1:
            self._show(index + 1)
        else:
            self._failure.hide()
            self.setFocus()  # a disabled button hands the focus on, to the link that opens another account set
            self._next_button.set_blocked("正在创建账套")
            self.completed.emit(self.answers())

    def _company_is_good(self) -> bool:
        name = self.company.text().strip()
        trouble = (
            "请填写公司名称，单据和小票上要印。" if not name else "公司名称最多 100 个字。" if len(name) > 100 else None
        )
        self._company_row.set_error(trouble)
        day = self.start.value()
        late = "启用期间不能晚于今天，可以调前。" if day and day > self._today else None
        self._start_row.set_error(late if day else "请填写日期，例如 2019-03-01。")
        if trouble:
            self.company.setFocus()
        elif late or not day:
            self.start.setFocus()
        return not trouble and day is not None and not late

    def _show(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self._steps.set_current(index)
        self._back_button.setVisible(index > 0)
        self._next_button.set_label("开始使用" if index == self._pages.count() - 1 else "下一步")
        if index == 0:
            self._way.button(self._way.checkedId()).setFocus()
        elif index == 1:
            self.company.setFocus()
        elif index == 2:
            self._answers["cost_per_warehouse"].setFocus()
        else:
            self._fill_summary()
            self._next_button.setFocus()

    def _fill_summary(self) -> None:
        answers = self.answers()
        yes = {True: "需要", False: "不需要"}
        lines = (
            f"{answers.company} · {label(answers.industry)} · 启用期间 {answers.start_date.isoformat()}",
            f"各仓库独立核算成本：{yes[answers.cost_per_warehouse]}；出入库审核：{yes[answers.needs_review]}；"
            f"核算税额：{yes[answers.computes_tax]}",
            "练习：点“开始使用”后自动打开练习市场。" if answers.is_practice else "正式：账套只存在这台电脑上。",
        )
        self._summary.setText("\n".join(lines))
        self._keys.setVisible(not answers.is_practice)
        self._month.setVisible(answers.is_practice)
