"""What must not be read."""
