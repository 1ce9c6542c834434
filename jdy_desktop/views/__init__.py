"""Everything that imports PySide6: the window, its pages, dialogs, widgets and tables."""
