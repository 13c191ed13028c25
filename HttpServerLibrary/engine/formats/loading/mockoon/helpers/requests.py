"""Helpers that read the request, and the one that sets the status of the response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...handlebars import Helper
from ..incoming import Incoming
from ..lookup import value_at
from ..scene import plain, safe, scene_of
from ..values import UNDEFINED, is_object, json_of, leading_int, text_of

NAMES: Final = (
    *("body", "bodyRaw", "method", "ip", "urlParam", "queryParam", "queryParamRaw", "header", "cookie", "baseUrl"),
    "hostname",
)


def _request(options: Any) -> Incoming:
    request = scene_of(options).request
    if request is None:
        raise ValueError("there is no request yet")
    return request


def _path(args: list[Any]) -> str:
    return "" if not args or args[0] is None else text_of(args[0])


def _default(args: list[Any]) -> Any:
    return "" if len(args) < 2 or args[1] is None else plain(args[1])


def _shown(value: Any, args: list[Any]) -> str:
    stringify = len(args) > 2 and bool(args[2])
    return safe(json_of(value) if is_object(value) or stringify else text_of(value))


def _body(args: list[Any], options: Any) -> str:
    request = _request(options)
    path = _path(args)
    if not path:
        return safe(request.text)
    body = request.parsed_body
    # An empty value counts as none.
    value = body if body is not UNDEFINED and (isinstance(body, (dict, list)) or body) else _default(args)
    return _shown(value_at(value, path, _default(args)), args)


def _body_raw(args: list[Any], options: Any) -> Any:
    body = _request(options).parsed_body
    if body is UNDEFINED or not (isinstance(body, (dict, list)) or body):
        return _default(args)
    return value_at(body, _path(args), _default(args))


def _url_param(args: list[Any], options: Any) -> Any:
    return _request(options).params.get(text_of(args[0])) if args else None


def _query_param(args: list[Any], options: Any) -> str:
    return _shown(value_at(_request(options).query, _path(args), _default(args)), args)


def _query_param_raw(args: list[Any], options: Any) -> Any:
    return value_at(_request(options).query, _path(args), _default(args))


def _header(args: list[Any], options: Any) -> Any:
    default = _default(args)
    if not args or not isinstance(args[0], str):
        return default
    return _request(options).header(args[0]) or default


def _cookie(args: list[Any], options: Any) -> Any:
    return (_request(options).cookies.get(text_of(args[0])) if args else None) or _default(args)


def _base_url(args: list[Any], options: Any) -> str:
    scene = scene_of(options)
    # The port in the file is not the one that this server has.
    host = _request(options).request.host
    return f"{'https' if scene.memory.uses_tls else 'http'}://{host}{scene.memory.base_path}"


def _status(args: list[Any], options: Any) -> str:
    code = leading_int(args[0]) if args else None
    if code is not None:
        scene_of(options).status = code
    return ""


REQUESTS: Final[Mapping[str, Helper]] = {
    "baseUrl": _base_url,
    "body": _body,
    "bodyRaw": _body_raw,
    "cookie": _cookie,
    "header": _header,
    "hostname": lambda args, options: _request(options).hostname,
    "ip": lambda args, options: _request(options).ip,
    "method": lambda args, options: _request(options).method,
    "queryParam": _query_param,
    "queryParamRaw": _query_param_raw,
    "status": _status,
    "urlParam": _url_param,
}
