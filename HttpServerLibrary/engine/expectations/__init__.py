"""Which expectation takes a request."""
