"""Counter program for a wholesale-market stall: goods, stock, customers and 1688 pre-orders."""

__version__ = "0.1.0"
