"""Stands in for an installation without Jinja2."""

raise ImportError("No module named 'jinja2'")
