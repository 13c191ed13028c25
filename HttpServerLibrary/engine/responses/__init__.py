"""What to send back."""
