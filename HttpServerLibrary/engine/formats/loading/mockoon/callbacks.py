"""Callbacks of an environment: requests that follow some of its responses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ....errors import UsageError
from ....outbound.callback import Prepared, prepared
from ....phrase import Plain
from ....responses.responder import ResponseFailed
from ..loaded import NotUnderstood
from .bodies import Body, body_of
from .header_fields import Fields, Headers
from .reading import flag, text
from .scene import Memory, Scene
from .templates import Template

_WITH_BODY: Final = ("POST", "PUT", "PATCH")


class Plan:
    """A callback as it is written. Raises `NotUnderstood` and `UsageError`."""

    def __init__(self, written: Mapping[str, Any], directory: Path, memory: Memory) -> None:
        if written.get("bodyType") == "FILE" and not flag(written, "sendFileAsBody", True):
            raise NotUnderstood("a callback cannot upload a file as a form", "sendFileAsBody")
        self._method = text(written, "method", "post").upper()
        self._url = Template(text(written, "uri"))
        self._headers = Headers(written)
        written = {"sendFileAsBody": True, "body": "", **written}
        has_own_type = bool(self._headers.as_written("content-type"))
        self._body: Body = body_of(written, directory, memory, has_own_type=has_own_type)
        self.loops = self._url.loops or self._headers.loops or self._body.loops

    def prepare(self, scene: Scene) -> Prepared:
        """The request to send. Raises `ResponseFailed`."""
        fields = Fields(adds_charset=False)
        fields.add_all(self._headers.render(scene))
        content = self._body.render(scene, fields) if self._method in _WITH_BODY else None
        data: str | bytes | None = None
        if content is not None:
            data = content.text if content.file is None else b"".join(content.file)
            if content.release is not None:
                content.release()
        fields.drop("content-disposition")
        try:
            return prepared(self._method, self._url.render(scene), data=data, headers=fields.pairs())
        except UsageError as error:
            raise ResponseFailed(Plain(str(error), limit=500), error, "TEMPLATE ERROR") from error
