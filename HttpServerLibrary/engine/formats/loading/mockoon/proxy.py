"""Forwards requests that no route takes to a service, if the environment says so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ....message.request import Request
from ....message.response import Response
from ....responses.forwarding import Forwarding
from ....responses.occasion import Occasion
from ....responses.responder import SendsAtOnce
from ..loaded import Surroundings
from .answers import Shared, scene_beside_routes
from .header_fields import Fields, Headers

_DOMAIN: Final = re.compile(r";\s*domain=[^;]*", re.IGNORECASE)
_SECURE: Final = re.compile(r"; secure", re.IGNORECASE)


class Proxy(SendsAtOnce):
    """Forwards, with the headers that the environment adds in both directions."""

    takes_time = True

    def __init__(
        self,
        upstream: str,
        prefix: str,
        written: Mapping[str, Any],
        shared: Shared,
        surroundings: Surroundings,
    ) -> None:
        self._shared = shared
        self._prefix = re.compile(f"/{re.escape(prefix)}", re.IGNORECASE) if prefix else None
        self._added = Headers(written, "proxyResHeaders")
        self._sent = Headers(written, "proxyReqHeaders")
        # Mockoon trusts every certificate.
        self._forwarding = Forwarding(upstream, own=surroundings.own, verify=False)

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        scene = scene_beside_routes(self._shared, occasion)
        answer = self._forwarding.respond(occasion._replace(request=self._changed(request, self._sent.render(scene))))
        fields = Fields()
        own = {name.lower() for name, _ in answer.headers}
        fields.add_all([pair for pair in self._shared.headers.render(scene) if pair[0].lower() not in own])
        added = self._added.render(scene)
        replaced = {name.lower() for name, _ in added if name.lower() != "set-cookie"}
        kept = [
            (name, _DOMAIN.sub("", value) if name.lower() == "set-cookie" else value)
            for name, value in answer.headers
            if name.lower() not in replaced
        ]
        # A cookie of an answer over TLS would not come back.
        more = [(name, _SECURE.sub("", value) if name.lower() == "set-cookie" else value) for name, value in added]
        return answer.with_headers([*fields.pairs(), *kept, *more])

    def _changed(self, request: Request, headers: Sequence[tuple[str, str]]) -> Request:
        """The request without the prefix, and with other headers."""
        found = None if self._prefix is None else self._prefix.match(request.target)
        if found is None and not headers:
            return request
        changed = Request.of_values(request.values())
        if found is not None:
            rest = request.target[found.end() :]
            changed.target = rest if rest.startswith("/") else f"/{rest}"
        sendable = Fields()
        sendable.add_all(headers)
        names = {name.lower() for name, _ in sendable.pairs()}
        kept = [pair for pair in request.headers if pair[0].lower() not in names]
        lines = [f"{name}: {value}\r\n" for name, value in (*kept, *sendable.pairs())]
        changed.fields = "".join(lines).encode("latin-1")
        return changed
