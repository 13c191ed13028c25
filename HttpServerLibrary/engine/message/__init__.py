"""What comes and goes: requests and responses, and what is inside them."""
