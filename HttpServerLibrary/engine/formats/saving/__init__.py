"""Writes received requests as expectations that answer them again."""
