"""What happened: requests, responses and problems."""
