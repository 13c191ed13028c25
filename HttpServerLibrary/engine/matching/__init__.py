"""Whether a request matches a description, and if not, what differs."""
