"""Small words of time for status bar, banners and backups (look.md §7)."""

from __future__ import annotations

from datetime import datetime


def age_words(then: datetime, now: datetime) -> str:
    """How long ago: 刚刚, 3 分钟前, 2 小时前, 5 天前."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    if minutes < 48 * 60:
        return f"{minutes // 60} 小时前"
    return f"{minutes // 1440} 天前"
