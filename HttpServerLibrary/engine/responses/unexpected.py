"""The response to a request that no expectation matches."""

from __future__ import annotations

from ..arguments import json_bytes, utf8
from ..errors import UsageError
from ..message.response import Response
from .arguments import Pairs, check_status, header_pairs, make_response, with_content_type
from .static import JSON, TEXT


class UnexpectedResponse:
    """A status and headers, with a given body or the explanation why nothing matched."""

    def __init__(
        self, *, status: int | str = 500, text: str | None = None, json: object = None, headers: object = None
    ) -> None:
        if text is not None and json is not None:
            raise UsageError("text and json cannot both be given: a response has one body.")
        self._status = check_status(status)
        given = header_pairs(headers)
        self._own_type = any(name.lower() == "content-type" for name, _ in given)
        self._pairs: Pairs = with_content_type(given, None, TEXT if json is None else JSON)
        body = None if text is None else utf8(text, "text")
        if json is not None:
            body = json_bytes(json, "json")
        # Even without a body, for its checks.
        made = make_response(status, self._pairs, body or b"")
        self._response = None if body is None else made

    def respond(self, explanation: Response) -> Response:
        """The response, with the body of the explanation if no body was given."""
        if self._response is not None:
            return self._response
        if self._own_type:
            return Response(self._status.code, self._pairs, explanation.body, reason=self._status.reason)
        rest = [pair for pair in self._pairs if pair[0].lower() != "content-type"]
        headers = [*explanation.headers, *rest]
        return Response(self._status.code, headers, explanation.body, reason=self._status.reason)
