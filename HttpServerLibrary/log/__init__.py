"""What log.html shows."""
