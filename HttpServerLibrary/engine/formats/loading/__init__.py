"""Reads the files of other tools and makes expectations of them."""
