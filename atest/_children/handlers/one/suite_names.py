"""Imported by the handlers beside it."""

NAME = "one"
