"""Responders for what mappings answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....errors import UsageError
from ....message.request import Request
from ....message.response import Response
from ....phrase import Plain, Quoted, joined
from ....responses.arguments import Pairs, checked_pairs, make_response
from ....responses.forwarding import Forwarding
from ....responses.occasion import Occasion
from ....responses.responder import Responder, ResponseFailed, SendsAtOnce
from ..lenient_json import NotRead, read_json
from .body_files import BodyFiles
from .templating.model import request_model
from .templating.template import Template
from .urls import UrlField

Templates = Sequence[tuple[str, Template]]


class Filled(SendsAtOnce):
    """A response whose headers and body are templates.

    ``file`` is the name of the file that the body is in. A body that ``is_json`` fails if it is no longer JSON when it
    is filled in.
    """

    def __init__(
        self,
        status: int | str,
        headers: Templates,
        body: Template | bytes,
        parameters: Mapping[str, Any],
        url: UrlField | None,
        file: tuple[Template, BodyFiles, bool] | None = None,
        *,
        is_json: bool = False,
    ) -> None:
        self._status = status
        self._headers = headers
        self._body = body
        self._parameters = parameters
        self._url = url
        self._file = file
        self._is_json = is_json
        self._compiled: dict[str, Template] = {}
        templates = [*(template for _, template in headers), *([body] if isinstance(body, Template) else [])]
        self.takes_time = file is not None or any(template.loops for template in templates)

    def respond(self, occasion: Occasion) -> Response:
        model = model_of(occasion.request, self._url, self._parameters)
        pairs: Pairs = [(name, template.render(model)) for name, template in self._headers]
        try:
            body = self._body_of(model)
            return make_response(self._status, checked_pairs([(name, _one_line(value)) for name, value in pairs]), body)
        except UsageError as error:
            reason = joined("the template made something that cannot be sent: ", Plain(str(error).rstrip(".")))
            raise ResponseFailed(reason, error, "TEMPLATE ERROR") from error

    def _body_of(self, model: Mapping[str, Any]) -> bytes:
        if self._file is None:
            return self._body if isinstance(self._body, bytes) else encoded(self._rendered(self._body, model))
        name_template, files, as_template = self._file
        name = name_template.render(model)
        # What a client sends only chooses among the files that are there.
        if name not in files.names():
            raise ResponseFailed(("there is no body file ", Plain(name)), None, "TEMPLATE ERROR")
        data = files.read(name)
        if not as_template:
            return data
        if name not in self._compiled:
            self._compiled[name] = Template(data.decode("utf-8", "replace"))
        return encoded(self._compiled[name].render(model))

    def _rendered(self, body: Template, model: Mapping[str, Any]) -> str:
        text = body.render(model)
        if self._is_json:
            try:
                read_json(text)
            except NotRead as error:
                reason = joined("the template made JSON that is wrong: ", Plain(str(error)), ": ", Quoted(text))
                raise ResponseFailed(reason, error, "TEMPLATE ERROR") from error
        return text


def _one_line(value: str) -> str:
    """A value as a header can carry it."""
    return " ".join(value.splitlines()) if "\n" in value or "\r" in value else value


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def model_of(request: Request, url: UrlField | None, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"request": request_model(request, url), "parameters": parameters}


class Proxied(SendsAtOnce):
    """The answer of another service, to the same request."""

    takes_time = True

    def __init__(
        self,
        upstream: Callable[[Occasion], Responder],
        headers: Pairs,
        prefix: str,
    ) -> None:
        self._upstream = upstream
        self._headers = headers
        self._prefix = prefix

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        if self._prefix and request.target.startswith(self._prefix):
            request = Request.of_values(request.values())
            rest = request.target[len(self._prefix) :]
            request.target = rest if rest.startswith("/") else f"/{rest}"
        response = self._upstream(occasion).respond(occasion._replace(request=request))
        if not self._headers:
            return response
        return response.with_headers([*response.headers, *self._headers])


def forwarding_to(
    make: Callable[[str], Forwarding], template: Template, model: Callable[[Occasion], dict[str, Any]]
) -> Callable[[Occasion], Responder]:
    """Where a request is forwarded to, made for each request if that is a template."""
    if template.fixed is not None:
        made = make(template.fixed)
        return lambda occasion: made

    def upstream(occasion: Occasion) -> Responder:
        url = template.render(model(occasion))
        try:
            return make(url)
        except UsageError as error:
            reason = joined("forwarding failed: ", Plain(str(error).rstrip(".")))
            raise ResponseFailed(reason, error, "FORWARDING FAILED") from error

    return upstream
