"""Reusable widgets of the look (look.md §4); each module tells in its docstrings how to use it."""
