"""The practice market: an HTTP server that behaves like 1688. Knows nothing of models, services and views."""
