"""Whether a request fits a description, and if not, what differs."""
