"""Cannot be imported; for a test of what the keyword says then."""

raise RuntimeError("this module is broken")
