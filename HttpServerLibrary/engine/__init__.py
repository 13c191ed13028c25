"""The server, usable from plain Python: nothing in here knows Robot Framework."""
