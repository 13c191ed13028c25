"""A small shop: the system under test of the demo. It knows nothing of Robot Framework."""
