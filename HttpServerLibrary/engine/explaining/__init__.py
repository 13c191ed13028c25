"""Why something did not match, as data first and as text last."""
