"""Makes a responder of the response of a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from ....errors import UsageError
from ....message.head import TOKEN
from ....message.response import reason_phrase
from ....responses.arguments import Pairs, checked_pairs, make_response
from ....responses.delayed import delayed
from ....responses.fault import Fault, FaultKind, Raw
from ....responses.forwarding import Forwarding
from ....responses.responder import Responder
from ....responses.spread import spread
from ....responses.static import Static
from ....visible import quote
from ..documents import kind_of
from ..handlebars import has_tag
from ..loaded import NotUnderstood, Surroundings
from .answers import Filled, Proxied, encoded, forwarding_to, model_of
from .body_files import BodyFiles
from .delays import RandomDelay, read_distribution
from .fields import decoded
from .java_text import compact
from .members import Members
from .templating.template import template_at
from .urls import UrlField

_MEMBERS: Final = frozenset(
    {
        *("status", "statusMessage", "body", "jsonBody", "base64Body", "bodyFileName", "headers", "transformers"),
        *("fixedDelayMilliseconds", "delayDistribution", "chunkedDribbleDelay", "fault", "transformerParameters"),
        *("proxyBaseUrl", "proxyUrlPrefixToRemove", "additionalProxyRequestHeaders", "removeProxyRequestHeaders"),
        *("fromConfiguredStub", "wasConfigured"),
    }
)
_TEMPLATING: Final = "response-template"
# Where those of WireMock differ.
_PHRASES: Final = {
    203: "Non Authoritative Information",
    208: "208",
    226: "226",
    413: "Payload Too Large",
    420: "Enhance your Calm",
    422: "Unprocessable Entity",
    425: "425",
    451: "Unavailable for Legal Reason",
    500: "Server Error",
    506: "506",
}
_GARBAGE: Final = b"lskdu018973t09sylgasjkfg1][]'./.sdlv"
_FAULTS: Final = ("EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE")


class Answer(NamedTuple):
    """What a mapping answers."""

    responder: Responder
    untouched: bool
    """Whether there is a ``{{`` that is sent as it is, because no transformer is named."""


class ResponseReader:
    """Reads the responses of the mappings of one file. ``decimals`` has the numbers of the file as they are written."""

    def __init__(self, surroundings: Surroundings, files: BodyFiles) -> None:
        self._surroundings = surroundings
        self._files = files

    def read(self, members: Members, url: UrlField | None, json_body: Any) -> Answer:
        """Raises `NotUnderstood`."""
        members.only(_MEMBERS, "a response")
        transformers = [item for item, _ in members.items("transformers")]
        is_template = _TEMPLATING in transformers
        try:
            responder = self._answered(members, url, json_body, is_template=is_template)
            responder = self._timed(responder, members)
        except UsageError as error:
            raise NotUnderstood(str(error).rstrip("."), *members.steps) from None
        given = f"{members.any('body')}{members.any('jsonBody')}{members.any('headers')}"
        return Answer(responder, not is_template and has_tag(given))

    def _answered(self, members: Members, url: UrlField | None, json_body: Any, *, is_template: bool) -> Responder:
        fault = members.text("fault")
        if fault is not None:
            return _fault(fault, members)
        if "proxyBaseUrl" in members:
            return self._proxied(members, url, is_template=is_template)
        status = _status(members)
        pairs = _headers(members, "headers")
        parameters = members.any("transformerParameters") or {}
        body, file = self._body(members, json_body)
        if not is_template:
            data = body if file is None else self._file(members, file)
            return Static(_response(status, pairs, data))
        if not isinstance(parameters, Mapping):
            raise members.wrong("transformerParameters", "an object")
        headers = [
            (name, template_at(value, *members.steps, "headers", name))
            for name, value in pairs
            if name.lower() != "content-length"
        ]
        as_template = parameters.get("disableBodyFileTemplating") not in (True, "true")
        if file is not None and has_tag(file):
            return Filled(
                status,
                headers,
                b"",
                parameters,
                url,
                (template_at(file, *members.steps, "bodyFileName"), self._files, as_template),
            )
        if file is not None:
            body = self._file(members, file)
        inside = body
        if file is None or as_template:
            try:
                text = inside.decode()
            except UnicodeDecodeError:
                text = ""
            shown_in = "bodyFileName" if file is not None else "body" if "body" in members else "jsonBody"
            template = template_at(text, *members.steps, shown_in)
            if template.fixed is None:
                return Filled(status, headers, template, parameters, url, is_json=shown_in == "jsonBody")
        if all(template.fixed is not None for _, template in headers):
            return Static(_response(status, pairs, body))
        return Filled(status, headers, body, parameters, url)

    def _body(self, members: Members, json_body: Any) -> tuple[bytes, str | None]:
        """The body, or the name of the file that it is in."""
        body = members.text("body")
        if body is not None:
            return encoded(body), None
        if "jsonBody" in members:
            return encoded(compact(json_body)), None
        encoded_body = members.text("base64Body")
        if encoded_body is not None:
            return decoded(encoded_body, "base64Body"), None
        return b"", members.text("bodyFileName")

    def _file(self, members: Members, name: str) -> bytes:
        try:
            return self._files.read(name)
        except UsageError as error:
            raise NotUnderstood(str(error).rstrip("."), *members.steps, "bodyFileName") from None

    def _proxied(self, members: Members, url: UrlField | None, *, is_template: bool) -> Responder:
        removed = [item for item, _ in members.items("removeProxyRequestHeaders")]
        make = partial(
            Forwarding,
            headers=dict(_grouped(_headers(members, "additionalProxyRequestHeaders"))),
            remove_headers=removed,
            own=self._surroundings.own,
            known_ca_file=self._surroundings.known_ca_file,
        )
        upstream = members.needed_text("proxyBaseUrl")
        if not is_template and has_tag(upstream):
            raise NotUnderstood("a template needs the transformer response-template", *members.steps, "proxyBaseUrl")
        parameters = members.any("transformerParameters") or {}
        target = forwarding_to(
            make,
            template_at(upstream, *members.steps, "proxyBaseUrl"),
            lambda occasion: model_of(occasion.request, url, parameters),
        )
        return Proxied(target, _headers(members, "headers"), members.text("proxyUrlPrefixToRemove") or "")

    def _timed(self, responder: Responder, members: Members) -> Responder:
        dribble = members.object("chunkedDribbleDelay")
        if dribble is not None:
            duration = dribble.number("totalDuration") or 0
            responder = spread(responder, duration / 1000)
        distribution = members.object("delayDistribution")
        if distribution is not None:
            responder = RandomDelay(responder, read_distribution(distribution))
        return delayed(responder, (members.number("fixedDelayMilliseconds") or 0) / 1000)


def _fault(fault: str, members: Members) -> Responder:
    if fault not in _FAULTS:
        raise members.wrong("fault", f"one of {', '.join(_FAULTS)}")
    if fault == "EMPTY_RESPONSE":
        return Fault(FaultKind.CLOSE)
    if fault == "CONNECTION_RESET_BY_PEER":
        return Fault(FaultKind.RESET)
    if fault == "RANDOM_DATA_THEN_CLOSE":
        return Raw(_GARBAGE)
    code, _, reason = str(_status(members)).partition(" ")
    head = f"HTTP/1.1 {code} {reason or 'OK'}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in _headers(members, "headers"))
    return Raw(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode("latin-1", "replace") + _GARBAGE)


def _status(members: Members) -> int | str:
    status, message = members.integer("status"), members.text("statusMessage")
    code = status or 200
    has_none = code >= 200 and not reason_phrase(code)
    phrase = message or _PHRASES.get(code) or (str(code) if has_none else "")
    return f"{code} {phrase}" if phrase else code


def _headers(members: Members, name: str) -> Pairs:
    inner = members.object(name)
    if inner is None:
        return []
    pairs: Pairs = []
    for header, value, steps in inner.named():
        values = value if isinstance(value, list) else [value]
        for entry in values:
            if not isinstance(entry, str):
                raise NotUnderstood(f"text is needed, not {kind_of(entry)}", *steps)
            # The server frames the body itself.
            if header.lower() != "transfer-encoding":
                pairs.append((header, " ".join(entry.splitlines()) if "\n" in entry or "\r" in entry else entry))
    for header, _ in pairs:
        if not TOKEN.fullmatch(header):
            raise NotUnderstood(f"{quote(header)} is not a header name", *members.steps, name, header)
    return pairs


def _grouped(pairs: Pairs) -> Mapping[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _response(status: int | str, pairs: Pairs, body: bytes) -> Any:
    # A length that is shorter than the body cuts it, as WireMock does. Without a body, it is for HEAD requests.
    lengths = [value.strip() for name, value in pairs if name.lower() == "content-length"]
    if body:
        pairs = [pair for pair in pairs if pair[0].lower() != "content-length"]
    if lengths and lengths[0].isdigit() and int(lengths[0]) < len(body):
        body = body[: int(lengths[0])]
    return make_response(status, checked_pairs(pairs), body)
