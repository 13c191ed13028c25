"""The templates of WireMock: what they may name, and what their helpers do."""
