"""Item models, the list table and the editable line table."""
