"""What is exchanged: requests and responses, and their contents."""
