"""The keywords, one module per topic."""
