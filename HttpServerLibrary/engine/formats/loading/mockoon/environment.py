"""An environment of Mockoon: its routes in order, and what they share.

Files of all versions are read: what older ones lack has a default, and what they write in another way is read so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import RLock
from typing import Any, Final

from ....expectations.expectation import Draft, Rank
from ....expectations.turns import Turn
from ....matching.description import RequestDescription
from ....matching.field import Field
from ....matching.path import Below
from ....responses.delayed import Delayed
from ....responses.responder import Responder, ResponseFailed
from ....responses.static import Static
from ....visible import quote
from ..documents import Place, kind_of
from ..loaded import Loaded, NotUnderstood, Surroundings
from .answers import Answer, Shared
from .callbacks import Plan
from .header_fields import Headers
from .paths import CrudPath, RoutePath, path_of, route_path
from .preflight import Allowed, Anywhere, OfRoutes, Preflight
from .proxy import Proxy
from .reading import flag, number, objects, one_of, text
from .route import ALL, MODES, CrudMethod, Route, RouteMethod, RulesField
from .scene import Bucket, Memory, Scene, data_names, random_for
from .templates import Template, needs_request

LAST_MIGRATION: Final = 33
_METHOD: Final = re.compile(r"[a-z-]+")
# What may be a template in a response and in a callback.
_TEMPLATES: Final = ("body", "filePath", "uri")
_MILLISECONDS: Final = 1000
# Among what was loaded, behind all routes.
_PREFLIGHT: Final = 1
_PROXY: Final = 2


class Environment:
    """Makes drafts of one environment, and notes what is not understood."""

    def __init__(
        self, written: Mapping[str, Any], place: Place, directory: Path, surroundings: Surroundings, loaded: Loaded
    ) -> None:
        self._written = written
        self._place = place
        self._directory = directory
        self._surroundings = surroundings
        self._loaded = loaded
        self._lock = RLock()
        self._paths: list[tuple[RoutePath, Field | None]] = []

    def load(self) -> None:
        """Adds the drafts to what is loaded."""
        with self._loaded.collecting(self._place):
            self._note_version()
            self._note_tls()
        shared = self._read_shared()
        if shared is None:
            return
        with self._loaded.collecting(self._place):
            routes = objects(self._written, "routes")
            for index in self._order(routes):
                self._load_route(routes[index], self._place.below("routes", index), shared)
            self._load_rest(shared)

    def _note_version(self) -> None:
        version = number(self._written, "lastMigration")
        if version > LAST_MIGRATION:
            self._loaded.notes.append(
                f"{self._place} was written by a newer version of Mockoon than 9.3; it is read as 9.3 would read it."
            )

    def _note_tls(self) -> None:
        options = self._written.get("tlsOptions")
        if (isinstance(options, Mapping) and options.get("enabled")) or self._written.get("https") is True:
            self._loaded.notes.append(f"{self._place} asks for TLS; give tls=True to 'Start Http Server' for that.")

    def _read_shared(self) -> Shared | None:
        with self._loaded.collecting(self._place):
            written = self._written
            self._prefix = text(written, "endpointPrefix")
            base_path = re.sub("/{2,}", "/", f"{self._surroundings.base_path}/{self._prefix}").rstrip("/")
            memory = Memory(base_path=base_path, uses_tls=self._uses_tls())
            shared = Shared(
                headers=Headers(written),
                latency=number(written, "latency") / _MILLISECONDS,
                directory=self._directory,
                memory=memory,
                callbacks={},
                seed=text(written, "uuid") or text(written, "name"),
            )
            self._read_buckets(memory, shared.seed)
            shared.callbacks = self._callbacks(memory)
            return shared
        return None

    def _uses_tls(self) -> bool:
        options = self._written.get("tlsOptions")
        return isinstance(options, Mapping) and options.get("enabled") is True

    def _read_buckets(self, memory: Memory, seed: str) -> None:
        for index, written in enumerate(objects(self._written, "data")):
            with self._loaded.collecting(self._place.below("data", index, "value")):
                value = written.get("value")
                if value is not None and not isinstance(value, str):
                    # Older files.
                    value = json.dumps(value)
                template = Template(value or "")
                bucket = Bucket(text(written, "uuid"), text(written, "id"), text(written, "name"), value or "")
                memory.buckets.append(bucket)
                if needs_request(value or ""):
                    bucket.parsed = False
                    memory.templates[bucket.key] = template
                    continue
                scene = Scene(memory, random_for(seed, bucket.key))
                try:
                    bucket.fill(template.render(scene))
                except ResponseFailed as failed:
                    raise NotUnderstood(str(failed)) from None

    def _callbacks(self, memory: Memory) -> dict[str, Plan]:
        plans: dict[str, Plan] = {}
        for index, written in enumerate(objects(self._written, "callbacks")):
            with self._loaded.collecting(self._place.below("callbacks", index)):
                plans[text(written, "uuid")] = Plan(written, self._directory, memory)
        return plans

    def _order(self, routes: list[Mapping[str, Any]]) -> Iterator[int]:
        """The routes in their order, each as its index in the file: through folders, depth first.

        Those that no folder has come last.
        """
        by_identifier: dict[str, int] = {}
        for index, route in enumerate(routes):
            by_identifier.setdefault(str(route.get("uuid") or index), index)
        if self._written.get("rootChildren") is None:
            yield from range(len(routes))
            return
        folders = {str(folder.get("uuid")): folder for folder in objects(self._written, "folders")}
        inside = {str(child.get("uuid")) for folder in folders.values() for child in objects(folder, "children")}
        seen: set[str] = set()

        def walk(children: list[Mapping[str, Any]]) -> Iterator[int]:
            for child in children:
                identifier = str(child.get("uuid"))
                if identifier in seen:
                    continue
                seen.add(identifier)
                if identifier in folders and child.get("type") == "folder":
                    yield from walk(objects(folders[identifier], "children"))
                elif identifier in by_identifier:
                    yield by_identifier[identifier]

        yield from walk(objects(self._written, "rootChildren"))
        yield from walk([{"type": "folder", "uuid": identifier} for identifier in folders if identifier not in inside])
        yield from walk([{"type": "route", "uuid": identifier} for identifier in by_identifier])

    def _load_route(self, written: Mapping[str, Any], place: Place, shared: Shared) -> None:
        before = len(self._loaded.unsupported)
        with self._loaded.collecting(place):
            if not flag(written, "enabled", True):
                return
            kind = one_of(written, "type", ("http", "crud", "ws"), "http")
            if kind == "ws":
                raise NotUnderstood("WebSocket routes cannot be loaded", "type")
            path = self._path(written, is_crud=kind == "crud")
            method = CrudMethod(path) if isinstance(path, CrudPath) else self._method(written)
            answers = self._answers(written, place, shared)
            if len(self._loaded.unsupported) > before:
                # It would answer with something else.
                return
            if not answers:
                raise NotUnderstood("a route needs a response", "responses")
            self._note(answers, place)
            self._add(written, path, method, answers, shared, place)
            self._paths.append((path, method))

    def _path(self, written: Mapping[str, Any], *, is_crud: bool) -> RoutePath:
        path = path_of(self._prefix, text(written, "endpoint"), self._surroundings.base_path)
        try:
            return CrudPath(path) if is_crud else route_path(path)
        except NotUnderstood as found:
            raise NotUnderstood(found.what, "endpoint") from None

    def _method(self, written: Mapping[str, Any]) -> Field | None:
        method = text(written, "method", "get").lower()
        if not _METHOD.fullmatch(method):
            raise NotUnderstood(f"{kind_of(written.get('method'))} is not a method", "method")
        return None if method == ALL else RouteMethod(method.upper())

    def _answers(self, written: Mapping[str, Any], place: Place, shared: Shared) -> list[Answer]:
        answers = []
        for index, response in enumerate(_responses(written)):
            with self._loaded.collecting(place.below("responses", index)):
                answers.append(Answer(response, shared))
        return answers

    def _note(self, answers: list[Answer], place: Place) -> None:
        for index, answer in enumerate(answers):
            if answer.missing_file:
                file = place.below("responses", index, "filePath")
                self._loaded.notes.append(f"{file}: there is no file {quote(answer.missing_file)}.")
        for name in dict.fromkeys(name for answer in answers for name in answer.ignored_headers):
            self._loaded.notes.append(f"{place}: the header {name!r} is not sent, because that is not a header name.")

    def _add(
        self,
        written: Mapping[str, Any],
        path: RoutePath,
        method: Field | None,
        answers: list[Answer],
        shared: Shared,
        place: Place,
    ) -> None:
        identifier = text(written, "uuid") or str(place)
        route = Route(answers, _mode(written), path, shared, identifier, self._lock, self._data_names(written))
        rules = RulesField(route, path, method) if route.leaves_some else None
        fields: Mapping[str, Field] = {} if rules is None else {"rules": rules}
        changes = rules is not None and route.verdict_changes
        description = RequestDescription.of_fields(
            path,
            method,
            {} if changes or route.needs_body else fields,
            fields if route.needs_body and not changes else {},
            rules if changes else None,
            answers_head=False,
        )
        label = text(written, "documentation") or (answers[0].label if len(answers) == 1 else "")
        origin = f"{place} ({' '.join(label.split())[:60]})" if label.strip() else str(place)
        turn = Turn(route if route.fixed is None else Static(route.fixed))
        self._loaded.drafts.append(
            Draft(description, [turn], callbacks=route.callbacks, rank=Rank.LOADED, origin=origin)
        )

    def _data_names(self, written: Mapping[str, Any]) -> list[str]:
        """The names of data that a route needs: those in its templates, bodies and rules."""
        responses = _responses(written)
        used = {text(each, "uuid") for response in responses for each in objects(response, "callbacks")}
        callbacks = [each for each in objects(self._written, "callbacks") if each.get("uuid") in used]
        names: list[str] = []
        for owner in (self._written, *responses, *callbacks):
            for value in (*(each.get("value") for each in objects(owner, "headers")), *map(owner.get, _TEMPLATES)):
                names += data_names(value) if isinstance(value, str) else ()
            names.append(text(owner, "databucketID"))
        for rule in (rule for response in responses for rule in objects(response, "rules")):
            if rule.get("target") == "data_bucket":
                steps = text(rule, "modifier").split(".")
                names.append(steps[1] if steps[0].startswith("$") and len(steps) > 1 else steps[0])
                names += data_names(text(rule, "value"))
        return [*dict.fromkeys(filter(None, names))]

    def _load_rest(self, shared: Shared) -> None:
        below = Below(self._surroundings.base_path, "base_path") if self._surroundings.base_path else None
        upstream = text(self._written, "proxyHost") if flag(self._written, "proxyMode") else ""
        if flag(self._written, "cors", True):
            description = RequestDescription.of_fields(Anywhere(below), RouteMethod("OPTIONS"), answers_head=False)
            turn = _late(Preflight(shared), shared.latency)
            origin = f"{self._place.below('cors')} (preflight requests)"
            self._loaded.drafts.append(
                Draft(description, [turn], rank=Rank.LOADED, precedence=_PREFLIGHT, origin=origin)
            )
        elif self._paths and not upstream:
            paths = OfRoutes(self._paths)
            description = RequestDescription.of_fields(paths, RouteMethod("OPTIONS"), answers_head=False)
            turn = _late(Allowed(shared, paths), shared.latency)
            origin = f"{self._place.below('cors')} (methods of a path)"
            self._loaded.drafts.append(
                Draft(description, [turn], rank=Rank.LOADED, precedence=_PREFLIGHT, origin=origin)
            )
        if upstream:
            with self._loaded.collecting(self._place.below("proxyHost")):
                prefix = self._prefix.strip("/") if flag(self._written, "proxyRemovePrefix") else ""
                proxy = Proxy(upstream, prefix, self._written, shared, self._surroundings)
                origin = f"{self._place.below('proxyHost')} ({upstream})"
                description = RequestDescription.of_fields(below, answers_head=False)
                self._loaded.drafts.append(
                    Draft(
                        description,
                        [_late(proxy, shared.latency)],
                        rank=Rank.LOADED,
                        precedence=_PROXY,
                        origin=origin,
                    )
                )


def _mode(written: Mapping[str, Any]) -> str:
    if written.get("sequentialResponse") is True:
        return "SEQUENTIAL"
    if written.get("randomResponse") is True:
        return "RANDOM"
    return one_of(written, "responseMode", MODES, "")


def _responses(written: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The responses of a route; the oldest files have one, whose members are those of the route."""
    if written.get("responses") is not None:
        return objects(written, "responses")
    file = written.get("file")
    response = dict(written)
    if isinstance(file, Mapping):
        response |= {"filePath": file.get("path"), "sendFileAsBody": file.get("sendAsBody") is True}
    headers = objects(written, "customHeaders") or objects(written, "headers")
    kind = written.get("contentType")
    if isinstance(kind, str) and kind and not any(header.get("key") == "Content-Type" for header in headers):
        headers = [{"key": "Content-Type", "value": kind}, *headers]
    return [{**response, "headers": headers, "default": True}]


def _late(responder: Responder, latency: float) -> Turn:
    return Turn(Delayed(responder, latency) if latency else responder)
