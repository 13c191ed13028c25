"""Why something did not match: data first, text last."""
