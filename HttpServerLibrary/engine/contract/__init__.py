"""Contracts: what the OpenAPI description of a service says about requests and responses."""
