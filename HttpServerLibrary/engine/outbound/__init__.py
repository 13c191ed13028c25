"""Requests that the server sends by itself."""
