"""Loads HTTP Archives (HAR 1.2) of browsers, proxies and this library.

Entries are read in the order of their times. Two requests are the same one if they have the same method, path, query
parameters in any order, and body; the host does not matter, and neither do headers, which vary from run to run, apart
from those that an answer depends on: that with a part (206, 416) on ``Range``, and a 304 of this library on what the
client has. The answers to one request follow one another, and the last one goes on. What cannot answer anything is left
out: entries without a response, and those that are no HTTP requests. What is only true of the browser that recorded it
is repaired:

- A body is sent as the archive has it, which is decoded, so the headers of its coding and length are not sent.
- A response 304 that has a body was answered from the cache, and is sent as 200. One that has none answers only if
  there is no better answer, because a client that has no copy cannot use it. The same holds for a response whose body
  the archive does not have, and for a redirect that changes nothing but the host.
- A redirect to a host of the archive leads to this server, and cookies for the host that sent them are for this one.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Final
from urllib.parse import urlencode

from ...errors import UsageError
from ...expectations.expectation import Draft, Rank
from ...expectations.turns import Turn
from ...matching.description import RequestDescription
from ...matching.field import Field
from ...matching.named import Headers, Query, QuerySubset
from ...message.content import decode
from ...message.head import TOKEN
from ...message.request import Request
from ...message.response import BODILESS, first_value
from ...visible import MASK, quote
from ...words import counted
from .documents import Document, Place, contents_of
from .loaded import Loaded, NotUnderstood, Surroundings
from .recorded import (
    Answer,
    Pairs,
    RecordedBody,
    Upload,
    encoded,
    form_body,
    pattern,
    patterns,
    reason_of,
    recorded_body,
    recorded_method,
    recorded_path,
    sent_headers,
)

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^#]*)")
_OURS: Final = "HttpServerLibrary"
_NO_TYPES: Final = ("", "x-unknown", "application/octet-stream")
_REDIRECTS: Final = (301, 302, 303, 307, 308)
# Kinds of problems that do not become the answer; None is no problem.
_ANSWERED_ANYWAY: Final = (None, "CONTRACT", "CALLBACK FAILED")
_OF_A_PART: Final = ("range",)
_OF_A_COPY: Final = ("if-none-match", "if-modified-since")
_PORT: Final = re.compile(r":\d+$")
_DOMAIN: Final = re.compile(r";\s*domain\s*=([^;]*)", re.IGNORECASE)
_FRACTION: Final = re.compile(r"\.\d+")
_MAX_DECODED: Final = 256 * 1024 * 1024
_MAX_HOSTS: Final = 3

# What is said about entries that are left out or incomplete: after how many they are.
_NO_RESPONSE: Final = "without a response, left out"
_NOT_HTTP: Final = "for a protocol other than HTTP, left out"
_RAW: Final = "that this server answered with raw bytes, left out"
_BROKEN: Final = "whose response this server broke on purpose, left out"
_REFUSED: Final = "that this server answered with a problem, left out"
_OTHER_STATUS: Final = "without a final HTTP status, left out"
_NO_BODY: Final = "whose response body is not in the file, sent without a body"
_PART: Final = "with only a part of the response body"
_NO_REQUEST_BODY: Final = "whose request body is not in the file, so any body matches"
_NO_METHOD: Final = "without a method, taken for GET"
_CALLBACKS: Final = "with callbacks, which are not sent"


@dataclass(frozen=True)
class _Entry:
    """What one entry gives: a request, and the answer to it."""

    place: Place
    method: str
    target: str
    host: str
    body: RecordedBody | None
    headers: Pairs
    """The headers that the answer depends on."""

    answer: Answer
    lacks_body: bool
    """Whether the response had a body that the archive does not have."""

    leads_to_itself: bool
    """Whether it is a redirect that changes nothing but the host."""

    @property
    def query(self) -> Mapping[str, list[str]]:
        return Request(self.method, self.target).query

    @property
    def key(self) -> Hashable:
        """What is equal for the same requests."""
        request = Request(self.method, self.target)
        path, raw = request.paths()
        query = tuple(sorted((name, tuple(values)) for name, values in request.query.items()))
        path = raw if "%2f" in raw.lower() else path
        return self.method.upper(), path, query, None if self.body is None else self.body.key, (*self.headers,)

    @property
    def varies(self) -> bool:
        """Whether other requests match, too, because something is masked."""
        return MASK in self.target or (self.body is not None and self.body.varies)

    def description(self) -> RequestDescription:
        query = self.query
        named = {name: values for name, values in query.items() if MASK not in name}
        compared = {name: patterns(values) for name, values in named.items()}
        head: dict[str, Field] = {}
        if len(named) == len(query):
            head["query"] = Query(compared)
        elif named:
            head["query_subset"] = QuerySubset(compared)
        if self.headers:
            head["headers"] = Headers({name: pattern(value) for name, value in self.headers})
        return RequestDescription.of_fields(
            recorded_path(self.target),
            recorded_method(self.method),
            head,
            {} if self.body is None else self.body.fields,
        )


def load_har(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of HTTP Archives. Raises `UsageError`."""
    loaded = Loaded()
    same: dict[Hashable, list[_Entry]] = {}
    for document in documents:
        archive = _Archive(document, surroundings.base_path)
        for entry in archive.entries(loaded):
            same.setdefault(entry.key, []).append(entry)
        loaded.notes += archive.notes()
    # The ones that others match as well come last.
    groups = sorted(same.values(), key=lambda group: (group[0].body is None, group[0].varies, not group[0].headers))
    clashes = 0
    for group in groups:
        answers = _best(group)
        clashes += len({entry.host for entry in answers}) > 1
        with loaded.collecting(group[0].place):
            loaded.drafts.append(
                Draft(group[0].description(), _turns(answers), rank=Rank.LOADED, origin=str(group[0].place))
            )
    if clashes:
        loaded.notes.append(
            f"{counted(clashes, 'request')} went to several hosts; their answers follow one another, as recorded."
        )
    return loaded


def _best(group: list[_Entry]) -> list[_Entry]:
    """The answers that a client can use best, in order."""
    found = [entry for entry in group if not entry.leads_to_itself] or group
    if any(entry.answer.status != 304 for entry in found):
        found = [entry for entry in found if entry.answer.status != 304]
    complete = {entry.answer.status for entry in found if not entry.lacks_body}
    return [entry for entry in found if not entry.lacks_body or entry.answer.status not in complete]


def _turns(entries: list[_Entry]) -> list[Turn]:
    """The answers, each as often as it was given in a row; the last one goes on."""
    counts: list[tuple[Answer, int]] = []
    for entry in entries:
        if counts and counts[-1][0] == entry.answer:
            counts[-1] = (entry.answer, counts[-1][1] + 1)
        else:
            counts.append((entry.answer, 1))
    *first, (last, _) = counts
    return [*(Turn(answer.responder(), times) for answer, times in first), Turn(last.responder())]


class _Archive:
    """One archive; what it has found in it is in its notes."""

    def __init__(self, document: Document, base_path: str) -> None:
        log = document.value.get("log") if isinstance(document.value, Mapping) else None
        entries = log.get("entries") if isinstance(log, Mapping) else None
        if not isinstance(log, Mapping) or not isinstance(entries, list):
            raise UsageError(
                f"path: {document.name} is {contents_of(document.value)}, not an HTTP Archive, which has log.entries."
            )
        self._document = document
        self._base_path = base_path
        self._entries = entries
        creator = log.get("creator")
        self._is_ours = isinstance(creator, Mapping) and creator.get("name") == _OURS
        self._counts: Counter[str] = Counter()
        self._known_hosts = {host for entry in entries for host in _host_of(entry)}
        self._hosts: dict[str, None] = {}

    def notes(self) -> Iterator[str]:
        name = self._document.name
        if not self._entries:
            yield f"{name} has no entries."
        if len(self._hosts) > 1:
            first = ", ".join([*self._hosts][:_MAX_HOSTS])
            more = len(self._hosts) - _MAX_HOSTS
            hosts = f"{first} and {more} more" if more > 0 else first
            yield f"{name} has requests to {len(self._hosts)} hosts ({hosts}); this server answers all of them."
        for what, count in self._counts.items():
            yield f"{name}: {count:,} {'entry' if count == 1 else 'entries'} {what}."

    def entries(self, loaded: Loaded) -> Iterator[_Entry]:
        for index, value in self._in_order():
            place = self._document.at("log", "entries", index)
            entry = None
            with loaded.collecting(place):
                entry = self._entry(place, value)
            if entry is not None:
                yield entry

    def _in_order(self) -> list[tuple[int, Any]]:
        """The entries by their times, as recorded; in the order of the file where one has no time."""
        numbered = [*enumerate(self._entries)]
        times = [_time(entry) for entry in self._entries]
        if None in times:
            return numbered
        return [numbered[index] for index in sorted(range(len(numbered)), key=lambda index: times[index] or 0)]

    def _entry(self, place: Place, value: Any) -> _Entry | None:
        """None for one that is left out. Raises `NotUnderstood`."""
        entry = _object(value, "an entry")
        request = _object(entry.get("request"), "a request", "request")
        response = entry.get("response")
        target, origin = self._target(request)
        if target is None:
            self._counts[_NOT_HTTP] += 1
            return None
        status = _status(response)
        special = self._special(response)
        if special:
            self._counts[special] += 1
            return None
        if not isinstance(response, Mapping) or status <= 0:
            self._counts[_NO_RESPONSE] += 1
            return None
        if self._is_ours and entry.get("_problem") not in _ANSWERED_ANYWAY:
            self._counts[_REFUSED] += 1
            return None
        if not 200 <= status <= 599:
            self._counts[_OTHER_STATUS] += 1
            return None
        method = request.get("method")
        if method is None:
            # As WebPageTest writes down what a server pushes.
            self._counts[_NO_METHOD] += 1
            method = "GET"
        if not isinstance(method, str) or not TOKEN.fullmatch(method):
            raise NotUnderstood(f"a method is needed, not {_shown(method)}", "request", "method")
        if entry.get("_callbacks"):
            self._counts[_CALLBACKS] += 1
        host = origin.partition("://")[2]
        if host:
            self._hosts.setdefault(host)
        answer, lacks_body = self._answer(method, status, response)
        answer, leads_to_itself = self._redirected(_with_own_cookies(answer, host), target, origin)
        if target.startswith("/"):
            target = f"{self._base_path}{target}"
        body = self._body(request)
        headers = self._headers(request, status)
        return _Entry(place, method, target, host, body, headers, answer, lacks_body, leads_to_itself)

    def _headers(self, request: Mapping[str, Any], status: int) -> Pairs:
        """The headers that the answer depends on. A 304 of a browser may come from its cache."""
        names = _OF_A_PART if status in (206, 416) else _OF_A_COPY if status == 304 and self._is_ours else ()
        found = ((name.lower(), value) for name, value in _pairs(request.get("headers")) if name.lower() in names)
        return sorted({name: value for name, value in found if MASK not in value}.items())

    def _special(self, response: object) -> str:
        """Why a response that this library recorded is none that can be sent again; empty if it can."""
        if not self._is_ours or not isinstance(response, Mapping):
            return ""
        return _RAW if response.get("_raw") else _BROKEN if response.get("_fault") else ""

    def _target(self, request: Mapping[str, Any]) -> tuple[str | None, str]:
        """The target of a request and its origin; no target if it is no HTTP request. Raises `NotUnderstood`."""
        url = request.get("url")
        if not isinstance(url, str):
            raise NotUnderstood(f"a URL is needed, not {_shown(url)}", "request", "url")
        origin, target = "", url
        if not url.startswith("/"):
            found = _URL.match(url)
            if found is None:
                raise NotUnderstood(f"a URL is needed, not {quote(url)}", "request", "url")
            if found[1].lower() not in ("http", "https") or found[2] is None:
                return None, ""
            origin, target = _origin(found[1], found[2]), found[3]
        target = target.partition("#")[0]
        if not target.startswith("/"):
            target = f"/{target}"
        own = request.get("_target")
        if isinstance(own, str) and own:
            target = own
        elif "?" not in target:
            target = f"{target}{_query_string(request.get('queryString'))}"
        return target, origin

    def _answer(self, method: str, status: int, response: Mapping[str, Any]) -> tuple[Answer, bool]:
        """The response, and whether its body is missing."""
        content = response.get("content")
        content = content if isinstance(content, Mapping) else {}
        recorded = _pairs(response.get("headers"))
        codings = ", ".join(value for name, value in recorded if name.lower() == "content-encoding")
        is_head = method.upper() == "HEAD"
        text, is_base64 = content.get("text"), content.get("encoding") == "base64"
        text = text if isinstance(text, str) else ""
        data = _from_base64(text) if is_base64 and text else None
        keeps_coding = bool(data and codings) and self._is_encoded(data or b"", codings, content)
        keep = {"content-encoding"} if keeps_coding else set()
        if is_head and not text:
            keep |= {"content-length", "content-encoding"}
        pairs = sent_headers(self._unmasked(recorded, response), keep=frozenset(keep))
        if text and first_value(pairs, "content-type") is None:
            pairs = [*_content_type(content.get("mimeType")), *pairs]
        body, pairs = (data, pairs) if data is not None else encoded(text, pairs)
        size = content.get("size")
        lacks_body = not text and isinstance(size, int) and size > 0 and not is_head and status not in BODILESS
        if lacks_body:
            self._counts[_NO_BODY] += 1
        elif text and self._is_ours and content.get("comment"):
            self._counts[_PART] += 1
        if status == 304 and body:
            # The browser took the body from its cache.
            return Answer(200, "", tuple(pairs), body), False
        return Answer(status, reason_of(status, response.get("statusText")), tuple(pairs), body), lacks_body

    def _is_encoded(self, data: bytes, codings: str, content: Mapping[str, Any]) -> bool:
        """Whether a body is there as it was sent, although archives have decoded ones."""
        if self._is_ours:
            # One that could not be decoded.
            return "compression" not in content
        found = decode(data, codings, _MAX_DECODED)
        return not found.undecoded and found.unreadable is None

    def _unmasked(self, pairs: Pairs, response: Mapping[str, Any]) -> Pairs:
        """The headers, with the names of cookies whose headers are masked."""
        if not any(value == MASK for _, value in pairs):
            return pairs
        found = response.get("cookies")
        cookies = [_set_cookie(cookie) for cookie in found if isinstance(cookie, Mapping)] if found else []
        masked = [name.lower() == "set-cookie" and value == MASK for name, value in pairs]
        if sum(masked) != len(cookies):
            return [pair for pair, is_masked in zip(pairs, masked, strict=True) if not is_masked]
        left = iter(cookies)
        return [
            (name, next(left)) if is_masked else (name, value)
            for (name, value), is_masked in zip(pairs, masked, strict=True)
        ]

    def _redirected(self, answer: Answer, target: str, origin: str) -> tuple[Answer, bool]:
        """The answer with an address on this server, if it is one of the archive; whether that is the same target."""
        address = first_value(answer.headers, "location")
        if address is None:
            return answer, False
        there, path = self._address(address, origin)
        if there is None:
            return answer, False
        if answer.status in _REDIRECTS and path == target and there != origin:
            return answer, True
        adapted = f"{self._base_path}{path}"
        headers = tuple((name, adapted if name.lower() == "location" else value) for name, value in answer.headers)
        return replace(answer, headers=headers), False

    def _address(self, address: str, origin: str) -> tuple[str | None, str]:
        """The origin and target of an address; no origin if it is relative to a path, or not one of the archive."""
        if address.startswith("//"):
            address = f"{origin.partition(':')[0]}:{address}"
        if address.startswith("/"):
            return origin, address
        found = _URL.match(address)
        if found is None or found[2] is None:
            return None, ""
        there = _origin(found[1], found[2])
        if there.partition("://")[2] not in self._known_hosts:
            return None, ""
        rest = address[found.end(2) :]
        return there, rest if rest.startswith("/") else f"/{rest}"

    def _body(self, request: Mapping[str, Any]) -> RecordedBody | None:
        data = request.get("postData")
        size = request.get("bodySize")
        if not isinstance(data, Mapping):
            if isinstance(size, int) and size > 0:
                self._counts[_NO_REQUEST_BODY] += 1
            return None
        text, mime_type = data.get("text"), data.get("mimeType")
        content_type = mime_type if isinstance(mime_type, str) else ""
        if not content_type:
            content_type = first_value(_pairs(request.get("headers")), "content-type") or ""
        if self._is_ours and data.get("comment"):
            # Only a part of it was kept.
            self._counts[_NO_REQUEST_BODY] += 1
            return None
        if isinstance(text, str) and text:
            # The field of this library, and the one that was proposed for HAR 1.3.
            is_base64 = "base64" in (data.get("_encoding"), data.get("encoding"))
            body = _from_base64(text) if is_base64 else None
            return recorded_body(text if body is None else body, content_type, whole_files=self._is_ours)
        params = data.get("params")
        return _params(params) if isinstance(params, list) else None


def _object(value: Any, noun: str, *steps: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NotUnderstood(f"{noun} is needed, not {_shown(value)}", *steps)
    return value


def _shown(value: Any) -> str:
    return "nothing" if value is None else contents_of(value)


def _status(response: Any) -> int:
    """The status of a response, 0 if there is none."""
    status = response.get("status") if isinstance(response, Mapping) else None
    try:
        return 0 if status is None or isinstance(status, bool) else int(status)
    except (TypeError, ValueError, OverflowError):
        return 0


def _origin(scheme: str, authority: str) -> str:
    """An origin without the credentials that a URL may have."""
    scheme = scheme.lower()
    host = authority.rpartition("@")[2].lower()
    return f"{scheme}://{host.removesuffix(':443' if scheme == 'https' else ':80')}"


def _host_of(entry: Any) -> Iterator[str]:
    request = entry.get("request") if isinstance(entry, Mapping) else None
    url = request.get("url") if isinstance(request, Mapping) else None
    found = _URL.match(url) if isinstance(url, str) else None
    if found is not None and found[2] is not None and found[1].lower() in ("http", "https"):
        yield _origin(found[1], found[2]).partition("://")[2]


def _time(entry: Any) -> float | None:
    started = entry.get("startedDateTime") if isinstance(entry, Mapping) else None
    if not isinstance(started, str):
        return None
    fraction = _FRACTION.search(started)
    # Python 3.10 knows neither Z nor other fractions than those of three or six digits.
    plain = _FRACTION.sub("", started, count=1).strip().replace("Z", "+00:00").replace("z", "+00:00")
    try:
        moment = datetime.fromisoformat(plain)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.timestamp() + (float(fraction[0]) if fraction else 0)
    except (ValueError, OverflowError):
        return None


def _pairs(headers: Any) -> Pairs:
    """The headers as names and values; what is no header is left out."""
    if not isinstance(headers, list):
        return []
    return [
        (header["name"], header["value"])
        for header in headers
        if isinstance(header, Mapping) and isinstance(header.get("name"), str) and isinstance(header.get("value"), str)
    ]


def _query_string(parameters: Any) -> str:
    """The query of a URL that is written down without it."""
    pairs = _pairs(parameters)
    return f"?{urlencode(pairs)}" if pairs else ""


def _content_type(mime_type: Any) -> Pairs:
    """The Content-Type of a body whose header is not there."""
    text = " ".join(mime_type.split()) if isinstance(mime_type, str) else ""
    is_type = "/" in text and text.partition(";")[0].strip() not in _NO_TYPES
    return sent_headers([("Content-Type", text)]) if is_type else []


def _from_base64(text: str) -> bytes | None:
    try:
        # Some omit the padding.
        return b64decode(text + "=" * (-len(text.rstrip("=").rstrip()) % 4))
    except (NotBase64, ValueError):
        return None


def _with_own_cookies(answer: Answer, host: str) -> Answer:
    """The answer with cookies for the host that sends them, instead of the recorded one."""
    if first_value(answer.headers, "set-cookie") is None:
        return answer
    name = _PORT.sub("", host)

    def without_domain(found: re.Match[str]) -> str:
        domain = found[1].strip().lower().lstrip(".")
        return "" if name == domain or name.endswith(f".{domain}") else found[0]

    headers = tuple(
        (header, _DOMAIN.sub(without_domain, value) if header.lower() == "set-cookie" else value)
        for header, value in answer.headers
    )
    return replace(answer, headers=headers)


def _set_cookie(cookie: Mapping[str, Any]) -> str:
    parts = [f"{cookie.get('name', '')}={cookie.get('value', '')}"]
    parts += [f"{name.title()}={cookie[name]}" for name in ("path", "domain") if isinstance(cookie.get(name), str)]
    parts += [flag for flag, name in (("HttpOnly", "httpOnly"), ("Secure", "secure")) if cookie.get(name) is True]
    return "; ".join(parts)


def _params(params: list[Any]) -> RecordedBody | None:
    """A form of which only the fields were recorded."""
    form: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    for param in params:
        name = param.get("name") if isinstance(param, Mapping) else None
        if not isinstance(name, str):
            continue
        filename, value = param.get("fileName"), param.get("value")
        if isinstance(filename, str) and filename:
            files.setdefault(name, []).append(Upload(filename, ""))
        else:
            form.setdefault(name, []).append(value if isinstance(value, str) else "")
    return form_body(form, files)
