"""What a template knows of a request."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .....message.request import Request
from ..fields import Part, parts_of, place_of
from ..urls import UrlField, UrlTemplate, target_of
from .values import AnyCase, Method, OneOrMany, TemplatedPath, UrlPath


class Lazy(Mapping[str, Any]):
    """Members that are made when a template asks for them."""

    def __init__(self, members: Mapping[str, Callable[[], Any]]) -> None:
        self._members = members
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._members[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def request_model(request: Request, url: UrlField | None) -> Lazy:
    """The request by the names that WireMock gives to its parts."""

    def path() -> Any:
        variables = url.values(request) if isinstance(url, UrlTemplate) else None
        return UrlPath(request.raw_path) if variables is None else TemplatedPath(request.raw_path, variables)

    line: dict[str, Callable[[], Any]] = {
        "method": lambda: Method(request.method),
        "url": lambda: target_of(request),
        "path": path,
        "pathSegments": path,
        "query": lambda: _many(request.query),
        "scheme": lambda: request.scheme,
        "host": lambda: place_of(request, "host"),
        "port": lambda: int(place_of(request, "port")),
        "baseUrl": lambda: _base_url(request),
        "clientIp": lambda: place_of(request, "clientIp"),
    }
    return Lazy(
        {
            **line,
            "id": lambda: str(uuid.uuid4()),
            "requestLine": lambda: Lazy(line),
            "headers": lambda: AnyCase(_headers(request)),
            "cookies": lambda: _many(request.cookies),
            "body": lambda: request.text,
            "bodyAsBase64": lambda: base64.b64encode(request.content).decode(),
            "isMultipart": lambda: request.content_type.startswith("multipart/"),
            "multipart": lambda: request.content_type.startswith("multipart/"),
            "isBinary": lambda: False,
            "binary": lambda: False,
            "parts": lambda: {part.name: _part(part) for part in parts_of(request)},
        }
    )


def _many(values: Mapping[str, list[str]]) -> dict[str, OneOrMany]:
    return {name: OneOrMany(entries) for name, entries in values.items()}


def _headers(request: Request) -> dict[str, OneOrMany]:
    headers: dict[str, OneOrMany] = {}
    names: dict[str, str] = {}
    for name, value in request.headers:
        headers.setdefault(names.setdefault(name.lower(), name), OneOrMany()).append(value)
    return headers


def _base_url(request: Request) -> str:
    port = place_of(request, "port")
    usual = "443" if request.scheme == "https" else "80"
    return f"{request.scheme}://{place_of(request, 'host')}{'' if port == usual else f':{port}'}"


def _part(part: Part) -> Lazy:
    return Lazy(
        {
            "name": lambda: part.name,
            "headers": lambda: AnyCase({name: OneOrMany(part.headers.getlist(name)) for name, _ in part.headers}),
            "body": lambda: part.text,
            "bodyAsBase64": lambda: base64.b64encode(part.body).decode(),
            "binary": lambda: False,
        }
    )
