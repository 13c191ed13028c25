"""The server, usable from plain Python: nothing here depends on Robot Framework."""
