"""Typing a document: what the sale and every other kind share, from the scan row to the draft. Knows none of their pages."""
