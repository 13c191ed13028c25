"""Where another service calls back."""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from shop.service import ServiceError


class Callback:
    """Listens on a free port until the other service has called back."""

    def __init__(self) -> None:
        self._server = _Server(("localhost", 0), _Handler)
        self.url = f"http://localhost:{self._server.server_port}/paid"

    def wait(self) -> dict[str, Any]:
        """What the other service says, once it calls back."""
        self._server.timeout = float(os.environ.get("SHOP_TIMEOUT", "5"))
        self._server.handle_request()
        if self._server.said is None:
            raise ServiceError("The payment service did not call back.")
        return self._server.said

    def close(self) -> None:
        self._server.server_close()


class _Server(HTTPServer):
    said: dict[str, Any] | None = None


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.server.said = json.loads(self.rfile.read(size))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""
