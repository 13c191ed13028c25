"""What a test asks of the records."""
