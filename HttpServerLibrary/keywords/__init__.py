"""The keywords, a module a topic."""
