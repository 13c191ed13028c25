"""One response of a route, and what it needs of its environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ....message.response import BODILESS, Response, reason_phrase
from ....phrase import Plain, joined
from ....responses.occasion import Occasion
from ....responses.responder import ResponseFailed
from ..loaded import NotUnderstood
from .bodies import Body, FileBodyOf, body_of
from .callbacks import Plan
from .crud import acted
from .header_fields import Fields, Headers
from .incoming import Incoming
from .reading import flag, number, objects, one_of, text
from .rules import Rule, Rules
from .scene import Memory, Scene, random_for

_MILLISECONDS: Final = 1000
_OK: Final = 200


@dataclass
class Shared:
    """What all routes of an environment share: its headers, its data and where its files are."""

    headers: Headers
    latency: float
    directory: Path
    memory: Memory
    callbacks: Mapping[str, Plan]
    seed: str = ""


class LateResponse(Response):
    """A response that is sent after some seconds."""

    __slots__ = ("seconds",)

    seconds: float


class Answer:
    """One response of a route. Raises `NotUnderstood` and `UsageError`."""

    def __init__(self, written: Mapping[str, Any], shared: Shared) -> None:
        self._shared = shared
        self._status = _status(written)
        self.is_default = flag(written, "default")
        self._headers = Headers(written)
        self.label = text(written, "label")
        own_type = self._headers.as_written("content-type")
        self._kind = own_type or shared.headers.as_written("content-type")
        self.body: Body = body_of(written, shared.directory, shared.memory, has_own_type=bool(own_type))
        self.bucket_id = text(written, "databucketID") if written.get("bodyType") == "DATABUCKET" else ""
        self.key = text(written, "crudKey", "id") or "id"
        self.seconds = shared.latency + number(written, "latency") / _MILLISECONDS
        self.rules = _rules(written)
        self.callbacks = [*_callbacks(written, shared)]
        headers_are_fixed = self._headers.is_fixed and shared.headers.is_fixed
        self.is_fixed = headers_are_fixed and self.body.fixed is not None and not self.callbacks
        """Whether it is the same for every request."""

        self.loops = self.body.loops or self._headers.loops or shared.headers.loops
        self.ignored_headers = self._headers.ignored
        self.missing_file = self.body.missing if isinstance(self.body, FileBodyOf) else ""

    def make(self, scene: Scene, action: str = "") -> Response:
        """The response; with the ``action`` of a CRUD route, that is done to the data. Raises `ResponseFailed`."""
        fields = Fields()
        fields.add_all(self._shared.headers.render(scene))
        fields.add_all(self._headers.render(scene))
        if "application/json" in self._kind and not isinstance(self.body, FileBodyOf):
            fields.set("Content-Type", "application/json")
        status = self._status
        bucket = self._shared.memory.of_id(self.bucket_id) if action and self.bucket_id else None
        if bucket is not None:
            assert scene.request is not None
            return self._finished(fields, *acted(action, bucket, scene.request, self.key, fields, status), scene)
        content = self.body.render(scene, fields)
        status = content.status or status
        if content.file is None:
            return self._finished(fields, status, content.text, scene)
        return self._response(status, fields, content.file, len(content.part), content.release)

    def _finished(self, fields: Fields, status: int, body: str, scene: Scene) -> Response:
        if scene.status is not None:
            status = scene.status
            if not _OK <= status <= 999:
                raise ResponseFailed(joined("the template set the status ", Plain(str(status))), None, "TEMPLATE ERROR")
        fields.set_charset()
        data = body.encode("utf-8", "replace")
        if status in BODILESS:
            data = b""
            if status != 205:
                fields.drop("content-type")
        return self._response(status, fields, data)

    def _response(
        self, status: int, fields: Fields, body: Any, length: int | None = None, release: Any = None
    ) -> Response:
        reason = reason_phrase(status) or "unknown"
        if not self.seconds:
            return Response(status, fields.pairs(), body, length, reason, release)
        response = LateResponse(status, fields.pairs(), body, length, reason, release)
        response.seconds = self.seconds
        return response


def _status(written: Mapping[str, Any]) -> int:
    status = number(written, "statusCode", _OK)
    if not float(status).is_integer() or not 200 <= status <= 999:
        raise NotUnderstood(f"a final status code is needed, not {status:g}", "statusCode")
    return int(status)


def _rules(written: Mapping[str, Any]) -> Rules:
    rules = []
    for index, rule in enumerate(objects(written, "rules")):
        try:
            rules.append(Rule(rule))
        except NotUnderstood as found:
            raise NotUnderstood(found.what, "rules", index, *found.steps) from None
    return Rules(rules, needs_all=one_of(written, "rulesOperator", ("AND", "OR"), "OR") == "AND")


def _callbacks(written: Mapping[str, Any], shared: Shared) -> Sequence[tuple[Plan, float]]:
    """What is sent after the response, and after how many seconds."""
    found = []
    for index, invocation in enumerate(objects(written, "callbacks")):
        plan = shared.callbacks.get(text(invocation, "uuid"))
        # One that no longer exists is not sent.
        if plan is not None:
            try:
                found.append((plan, number(invocation, "latency") / _MILLISECONDS))
            except NotUnderstood as error:
                raise NotUnderstood(error.what, "callbacks", index, *error.steps) from None
    return found


def scene_for(shared: Shared, route: str, request: Incoming) -> Scene:
    """The scene in which a route answers a request: what looks random is the same for the same request of it."""
    return Scene(shared.memory, random_for(shared.seed, route, request.number), request)


def scene_beside_routes(shared: Shared, occasion: Occasion) -> Scene:
    """The same for what answers requests that no route takes."""
    request = Incoming(occasion.request, occasion.number, {})
    return Scene(shared.memory, random_for(shared.seed, occasion.number), request)
