"""Loads collections of Postman 2.1 and 2.0 with their saved responses.

A saved response names the request that it answers, its original request; without one, it is that of its item. Requests
match as on Postman's mock server: method and path decide, and neither letter case of the path nor a slash at its end
matters. A segment that is a variable without a value stands for any text. Beyond that, the query parameters of the
saved request must be there, and what is merely similar does not match: a test should learn of a mistake.

The saved responses for one method and path are kept together. The most specific query comes first. Bodies are compared
only where saved requests differ in nothing else; any other body gets the first response. With the headers of Postman's
mock server, a client can choose a response by its name, number or code, whatever its query and body are, and have
bodies compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote

from ...errors import UsageError
from ...expectations.expectation import Draft, Rank
from ...expectations.turns import Turn
from ...matching.description import RequestDescription
from ...matching.field import Field
from ...matching.named import QuerySubset
from ...message.head import TOKEN
from ...message.json_text import NotJson, parse_json
from ...message.media_types import URLENCODED
from ...message.response import first_value
from ...responses.responder import Responder
from ...visible import MASK, quote
from .documents import Document, Place, contents_of
from .loaded import Loaded, NotUnderstood, Surroundings
from .postman_requests import BodyIfAsked, Choice, Example, SavedPath, SavedResponses
from .recorded import (
    Answer,
    Pairs,
    RecordedBody,
    Upload,
    encoded,
    form_body,
    json_body,
    patterns,
    reason_of,
    recorded_body,
    recorded_method,
    sent_headers,
)

_VARIABLE: Final = re.compile(r"\{\{([^{}]*)\}\}")
_URL: Final = re.compile(r"(?:[^/?#]*://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?")
_NAMED_SEGMENT: Final = re.compile(r":([^/]+)")
# How a collection that was made of an API description writes a value that varies.
_KIND_OF_VALUE: Final = re.compile(r"<[A-Za-z][\w -]*>")
_UNQUOTED: Final = re.compile(rf'(?<![\w"*]){re.escape(MASK)}(?![\w"*])')
_MAX_NESTED: Final = 10
# One that names itself twice doubles with each step.
_MAX_FILLED: Final = 1024 * 1024
_TYPES: Final = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html; charset=utf-8",
    "javascript": "application/javascript",
    "text": "text/plain; charset=utf-8",
}
_RAW_TYPES: Final = {**_TYPES, "graphql": "application/json"}
_DYNAMIC: Final = {
    "$timestamp": "1767225600",
    "$randomInt": "500",
    "$randomLatitude": "52.5200",
    "$randomLongitude": "13.4050",
    "$randomPrice": "42.50",
    "$randomBoolean": "true",
    "$guid": "6f8b3f0a-2f5e-4a9d-9c3e-0d6f1b7a5c21",
    "$randomUUID": "6f8b3f0a-2f5e-4a9d-9c3e-0d6f1b7a5c21",
    "$isoTimestamp": "2026-01-01T00:00:00.000Z",
}
_CAPITALS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# What is said about what is not loaded.
_NO_RESPONSES: Final = "without a saved response, left out"
_NO_REQUESTS: Final = "without a request, left out"
_STAND_INS: Final = "with dynamic variables of Postman, which get values that are always the same"
_UNKNOWN_VARIABLES: Final = "with variables without a value in the body, sent as they are"


def load_postman(documents: Sequence[Document], surroundings: Surroundings) -> Loaded:
    """The expectations of collections of Postman. Raises `UsageError`."""
    loaded = Loaded()
    same: dict[Hashable, list[Example]] = {}
    for document in documents:
        collection = _Collection(document, surroundings.base_path)
        for example in collection.examples(loaded):
            same.setdefault((example.method.upper(), example.path.key), []).append(example)
        loaded.notes += collection.notes()
    for group in sorted(same.values(), key=lambda group: len(group[0].path.names)):
        loaded.drafts += _drafts(group)
    return loaded


def _drafts(group: list[Example]) -> Iterator[Draft]:
    """The expectations for one method and path."""
    by_query = _grouped(group, lambda example: example.query_key)
    for examples in sorted(by_query, key=lambda examples: -len(examples[0].query)):
        by_body = _grouped(examples, lambda example: example.body_key)
        if len(by_body) == 1:
            body = examples[0].body
            yield _draft(examples, BodyIfAsked({} if body is None else body.fields))
            continue
        for alike in by_body:
            if alike[0].body is not None:
                yield _draft(alike, *alike[0].body.fields.values())
        yield _draft(examples, BodyIfAsked(None))
    if len(by_query) > 1:
        yield _draft(group, with_query=False)


def _grouped(examples: list[Example], key: Callable[[Example], Hashable]) -> list[list[Example]]:
    groups: dict[Hashable, list[Example]] = {}
    for example in examples:
        groups.setdefault(key(example), []).append(example)
    return [*groups.values()]


def _draft(examples: list[Example], *bodies: Field, with_query: bool = True) -> Draft:
    first = examples[0]
    head: dict[str, Field] = {}
    if with_query and first.query:
        head["query_subset"] = QuerySubset({name: patterns(values) for name, values in first.query.items()})
    head["saved_response"] = Choice(examples, must=not with_query)
    description = RequestDescription.of_fields(
        first.path,
        recorded_method(first.method),
        head,
        {f"body_{index}" if index else "body": field for index, field in enumerate(bodies)},
    )
    is_fixed = len(examples) == 1 and not first.captured
    responder: Responder = first.answer.responder() if is_fixed else SavedResponses(examples)
    return Draft(description, [Turn(responder)], rank=Rank.LOADED, origin=str(first.place))


class _Variables:
    """The variables of a collection that have a value; others stand for any text."""

    def __init__(self, value: Any) -> None:
        self._values: dict[str, str] = {}
        for variable in value if isinstance(value, list) else ():
            if not isinstance(variable, Mapping) or variable.get("disabled") is True:
                continue
            name, text = variable.get("key", variable.get("id")), variable.get("value")
            if isinstance(name, str) and isinstance(text, (str, int, float)) and str(text):
                self._values[name.strip()] = str(text)

    def filled(self, text: str, unknown: Callable[[str], str]) -> str:
        """The text with the values of its variables; ``unknown`` says what stands for one that has none."""
        for _ in range(_MAX_NESTED):
            replaced = _VARIABLE.sub(lambda found: self._values.get(found[1].strip(), found[0]), text)
            if replaced == text or len(replaced) > _MAX_FILLED:
                break
            text = replaced
        return _VARIABLE.sub(lambda found: unknown(found[1].strip()), text)


def _as_written(name: str) -> str:
    return f"{{{{{name}}}}}"


class _Collection:
    """One collection; what it has found in it is in its notes."""

    def __init__(self, document: Document, base_path: str) -> None:
        value = document.value
        self._steps: tuple[str, ...] = ()
        if isinstance(value, Mapping) and isinstance(value.get("collection"), Mapping):
            # As Postman's API returns it.
            value, self._steps = value["collection"], ("collection",)
        if not isinstance(value, Mapping) or not isinstance(value.get("item"), list):
            raise UsageError(
                f"path: {document.name} is {contents_of(document.value)}, not a collection 2.1 of Postman, which has "
                "info and item."
            )
        self._document = document
        self._base_path = base_path
        self._items = value["item"]
        self._variables = _Variables(value.get("variable"))
        self._counts: Counter[tuple[str, str]] = Counter()
        self._prefixes: dict[str, None] = {}

    def notes(self) -> Iterator[str]:
        name = self._document.name
        for prefix in self._prefixes:
            yield f"{name}: the URLs begin with {quote(prefix)} by their variables, so the paths do, too."
        for (noun, what), count in self._counts.items():
            yield f"{name}: {count:,} {noun if count == 1 else f'{noun}s'} {what}."

    def examples(self, loaded: Loaded) -> Iterator[Example]:
        yield from self._below(self._items, self._document.at(*self._steps, "item"), loaded)

    def _below(self, items: Any, place: Place, loaded: Loaded) -> Iterator[Example]:
        for index, item in enumerate(items if isinstance(items, list) else ()):
            here = place.below(index)
            if not isinstance(item, Mapping):
                loaded.note_unsupported(here, f"an item is needed, not {contents_of(item)}")
                continue
            if isinstance(item.get("item"), list):
                yield from self._below(item["item"], here.below("item"), loaded)
                continue
            responses = item.get("response")
            if "request" not in item and not responses:
                self._counts["item", _NO_REQUESTS] += 1
            elif not isinstance(responses, list) or not responses:
                self._counts["request", _NO_RESPONSES] += 1
            else:
                for number, response in enumerate(responses):
                    example = None
                    there = here.below("response", number)
                    with loaded.collecting(there):
                        example = self._example(there, response, item)
                    if example is not None:
                        yield example

    def _example(self, place: Place, response: Any, item: Mapping[str, Any]) -> Example:
        """Raises `NotUnderstood`."""
        if not isinstance(response, Mapping):
            raise NotUnderstood(f"a response is needed, not {contents_of(response)}")
        original = response.get("originalRequest") or item.get("request")
        if isinstance(original, str):
            original = {"url": original}
        if not isinstance(original, Mapping):
            raise NotUnderstood("it has no request")
        method = original.get("method") or "GET"
        if not isinstance(method, str) or not TOKEN.fullmatch(method):
            raise NotUnderstood(f"a method is needed, not {contents_of(method)}", "originalRequest", "method")
        path, query = self._url(original.get("url"))
        answer, captured = self._answer(response, path)
        return Example(
            place,
            str(response.get("name") or ""),
            str(response.get("id") or ""),
            str(answer.status),
            method,
            path,
            query,
            self._body(original),
            answer,
            captured,
        )

    def _url(self, url: Any) -> tuple[SavedPath, dict[str, list[str]]]:
        """The path and the query of a URL, as text or taken apart."""
        if url is None or url == "":
            url = "/"
        named: Any = ()
        parameters: list[tuple[str, str]] | None = None
        if isinstance(url, Mapping):
            named = url.get("variable")
            raw = url.get("raw")
            if isinstance(url.get("query"), list):
                parameters = _enabled(url["query"])
            path = url.get("path")
            if path is None:
                url = raw if isinstance(raw, str) else "/"
            else:
                segments = [str(each.get("value") if isinstance(each, Mapping) else each) for each in _listed(path)]
                query = raw.partition("?")[2] if isinstance(raw, str) and parameters is None else ""
                url = f"{'.'.join(map(str, _listed(url.get('host'))))}/{'/'.join(segments).lstrip('/')}"
                url = f"{url}?{query}" if query else url
        if not isinstance(url, str):
            raise NotUnderstood(f"a URL is needed, not {contents_of(url)}", "originalRequest", "url")
        host, path, text = self._taken_apart(url)
        if parameters is None:
            pairs = (pair.partition("=") for pair in text.split("&") if pair)
            parameters = [(name, value) for name, _, value in pairs]
        return self._path(f"{host}{path}", named), self._query(parameters)

    def _taken_apart(self, url: str) -> tuple[str, str, str]:
        """The path that a variable puts after the host, the path, and the query."""
        host, path, query = _split(url)
        prefix = ""
        if "{{" in host:
            _, prefix, more = _split(self._variables.filled(host, lambda _: ""))
            prefix = prefix.rstrip("/")
            query = query or more
            if prefix:
                self._prefixes.setdefault(prefix)
        return prefix, path, query

    def _path(self, path: str, named: Any) -> SavedPath:
        values = {}
        for variable in named if isinstance(named, list) else ():
            if isinstance(variable, Mapping) and isinstance(variable.get("value"), (str, int)):
                values[str(variable.get("key", variable.get("id")))] = str(variable["value"])
        filled = self._variables.filled(path, _as_written)
        segments: list[list[str]] = [[unquote(segment)] for segment in self._base_path.split("/")[1:]]
        for segment in filled.split("/")[1:]:
            found = _NAMED_SEGMENT.fullmatch(segment)
            if found is not None:
                value = values.get(found[1], "")
                is_known = value and not _KIND_OF_VALUE.fullmatch(value)
                segment = self._variables.filled(value, _as_written) if is_known else _as_written(found[1])
            parts = _VARIABLE.split(segment)
            # An encoded slash stays inside its segment, as a NUL.
            segments.append(
                [part if index % 2 else unquote(part).replace("/", "\0") for index, part in enumerate(parts)]
            )
        return SavedPath(segments)

    def _query(self, parameters: list[tuple[str, str]]) -> dict[str, list[str]]:
        query: dict[str, list[str]] = {}
        for name, value in parameters:
            # A plus sign stands for itself.
            if not _KIND_OF_VALUE.search(unquote(value)):
                name, value = (unquote(self._masked(text)) for text in (name, value))
                query.setdefault(name, []).append(value)
        return {name: values for name, values in query.items() if MASK not in name}

    def _body(self, request: Mapping[str, Any]) -> RecordedBody | None:
        body = request.get("body")
        if not isinstance(body, Mapping) or body.get("disabled") is True:
            return None
        mode = body.get("mode")
        if mode == "raw" and isinstance(body.get("raw"), str):
            return self._raw_body(body, request)
        if mode == "graphql" and isinstance(body.get("graphql"), Mapping):
            return self._graphql(body["graphql"])
        if mode in ("urlencoded", "formdata"):
            form: dict[str, list[str]] = {}
            files: dict[str, list[Upload]] = {}
            entries = body.get(mode)
            if isinstance(entries, str):
                return recorded_body(self._masked(entries), URLENCODED, whole_files=False)
            for entry in entries if isinstance(entries, list) else ():
                if not isinstance(entry, Mapping) or entry.get("disabled") is True or not entry.get("key"):
                    continue
                name = self._masked(str(entry["key"]))
                if entry.get("type") == "file":
                    sources = _listed(entry.get("src"))
                    files[name] = [Upload(re.split(r"[/\\]", str(source))[-1], "") for source in sources]
                else:
                    form.setdefault(name, []).append(self._masked(_text(entry.get("value"))))
            return form_body(form, {name: uploads for name, uploads in files.items() if uploads})
        return None

    def _raw_body(self, body: Mapping[str, Any], request: Mapping[str, Any]) -> RecordedBody | None:
        options = body.get("options")
        raw_options = options.get("raw") if isinstance(options, Mapping) else None
        language = raw_options.get("language") if isinstance(raw_options, Mapping) else None
        content_type = first_value(_headers(request.get("header")), "content-type") or _RAW_TYPES.get(str(language), "")
        text = self._masked(body["raw"])
        made = recorded_body(text, content_type, whole_files=False)
        if made is not None and "json" not in made.fields and MASK in text:
            # A variable without quotes is a number, or anything else.
            quoted = recorded_body(_UNQUOTED.sub(f'"{MASK}"', text), content_type, whole_files=False)
            return quoted if quoted is not None and "json" in quoted.fields else made
        return made

    def _graphql(self, graphql: Mapping[str, Any]) -> RecordedBody | None:
        sent: dict[str, Any] = {"query": self._masked(_text(graphql.get("query")))}
        if isinstance(graphql.get("operationName"), str):
            sent["operationName"] = graphql["operationName"]
        variables = self._masked(_text(graphql.get("variables")))
        with suppress(NotJson):
            sent["variables"] = parse_json(_UNQUOTED.sub(f'"{MASK}"', variables).encode("utf-8", "replace"))
        return json_body(sent)

    def _masked(self, text: str) -> str:
        """The text with its variables; those without a value stand for any text."""
        return self._variables.filled(text, lambda _: MASK)

    def _answer(self, response: Mapping[str, Any], path: SavedPath) -> tuple[Answer, tuple[str, ...]]:
        code = response.get("code")
        try:
            status = 200 if code is None or code == "" else int(code)
        except (TypeError, ValueError, OverflowError):
            raise NotUnderstood(f"a status code is needed, not {contents_of(code)}", "code") from None
        if not 200 <= status <= 599:
            raise NotUnderstood(f"{status} is not a final HTTP status code", "code")
        recorded = [
            (name, self._variables.filled(value, _as_written)) for name, value in _headers(response.get("header"))
        ]
        pairs = sent_headers(recorded)
        pairs += () if first_value(pairs, "set-cookie") is not None else _cookies(response.get("cookie"))
        text = response.get("body")
        text = text if isinstance(text, str) else ""
        names = {*_VARIABLE.findall(text)}
        captured: tuple[str, ...] = ()
        if names:
            params = {*path.names}
            text = self._variables.filled(text, lambda name: _as_written(name) if name in params else _stand_in(name))
            left = {*_VARIABLE.findall(text)}
            captured = tuple(sorted(left & params))
            if any(name.strip().startswith("$") for name in names):
                self._counts["response", _STAND_INS] += 1
            if left - params:
                self._counts["response", _UNKNOWN_VARIABLES] += 1
        if text and first_value(pairs, "content-type") is None:
            pairs = [("Content-Type", _type_of(response.get("_postman_previewlanguage"), text)), *pairs]
        body, pairs = encoded(text, pairs)
        answer = Answer(status, reason_of(status, response.get("status")), tuple(pairs), body)
        # Raises `UsageError` for one that cannot be sent.
        answer.responder()
        return answer, captured


def _split(url: str) -> tuple[str, str, str]:
    """The host, the path and the query of a URL."""
    found = _URL.match(url)
    # It matches any text.
    host, path, query = ("", "", "") if found is None else found.groups("")
    return host, path, query


def _stand_in(name: str) -> str:
    """What stands for a dynamic variable of Postman; other variables stay as they are."""
    if not name.startswith("$"):
        return _as_written(name)
    if name in _DYNAMIC:
        return _DYNAMIC[name]
    return " ".join(_CAPITALS.sub(" ", name.removeprefix("$").removeprefix("random")).split()).lower()


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return [*value] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _enabled(parameters: list[Any]) -> list[tuple[str, str]]:
    return [
        (_text(each.get("key")), _text(each.get("value")))
        for each in parameters
        if isinstance(each, Mapping) and each.get("disabled") is not True and each.get("key") is not None
    ]


def _headers(headers: Any) -> Pairs:
    """Headers as names and values: a list of objects or lines, or text."""
    if isinstance(headers, str):
        headers = headers.splitlines()
    pairs: Pairs = []
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, Mapping) and header.get("disabled") is not True:
            name, value = header.get("key"), header.get("value")
            if isinstance(name, str):
                pairs.append((name.strip(), _text(value)))
        elif isinstance(header, str) and ":" in header and not header.lstrip().startswith("//"):
            name, _, value = header.partition(":")
            pairs.append((name.strip(), value.strip()))
    return pairs


def _cookies(cookies: Any) -> Pairs:
    pairs: Pairs = []
    for cookie in cookies if isinstance(cookies, list) else ():
        if isinstance(cookie, Mapping) and isinstance(cookie.get("name", cookie.get("key")), str):
            name = cookie.get("name", cookie.get("key"))
            path = cookie.get("path")
            attributes = f"; Path={path}" if isinstance(path, str) and path else ""
            pairs += sent_headers([("Set-Cookie", f"{name}={_text(cookie.get('value'))}{attributes}")])
    return pairs


def _type_of(language: Any, text: str) -> str:
    """The Content-Type of a body whose header is not there."""
    named = _TYPES.get(str(language).lower())
    if named is not None:
        return named
    start = text.lstrip()[:1]
    return _TYPES["json"] if start in ("{", "[") else _TYPES["html"] if start == "<" else _TYPES["text"]
