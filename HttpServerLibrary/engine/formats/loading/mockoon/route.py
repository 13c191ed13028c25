"""A route: which of its responses a request gets.

A route that has a response for every request is an expectation of its method and path, and its responder chooses. One
that leaves some requests to the routes behind it has its rules in its description, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import RLock
from typing import Any, Final

from ....matching.difference import Difference, Where
from ....matching.field import Field
from ....matching.quick import LARGE, NEVER, SMALL
from ....matching.regexp import TookTooLong
from ....matching.suggestion import Suggestion
from ....message.reply import RecordingReply
from ....message.request import Request
from ....message.response import Response
from ....outbound.callback import Callback, Prepared
from ....phrase import Masking, Plain, joined
from ....responses.occasion import Occasion
from ....responses.responder import ResponseFailed
from .answers import Answer, LateResponse, Shared, scene_for
from .crud import METHODS
from .incoming import Incoming
from .paths import CrudPath, RoutePath
from .scene import Scene

ALL: Final = "all"
_MODES: Final = ("SEQUENTIAL", "RANDOM", "FALLBACK", "DISABLE_RULES")
MODES: Final = ("", *_MODES)


class RouteMethod(Field):
    """The method of a route; one for GET takes HEAD, too."""

    quick_up_to = LARGE

    def __init__(self, *methods: str) -> None:
        self._written = methods
        self._methods = {*methods, "HEAD"} if "GET" in methods else {*methods}

    def matches(self, request: Request) -> bool:
        return request.method in self._methods

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            yield Difference(Where("method"), Plain(str(self)), Plain(request.method))

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def shown(self, masking: Masking) -> str:
        return ",".join(self._written)


class CrudMethod(Field):
    """The methods of a CRUD route: others for all of its data than for one entry."""

    quick_up_to = SMALL

    def __init__(self, path: CrudPath) -> None:
        self._path = path

    def matches(self, request: Request) -> bool:
        actions = METHODS.get(request.method)
        return actions is not None and bool(actions[self._path.names_one(request)])

    def differences(self, request: Request) -> Iterator[Difference]:
        if not self.matches(request):
            names_one = self._path.names_one(request)
            known = [name for name, actions in METHODS.items() if actions[names_one] and name != "HEAD"]
            yield Difference(Where("method"), Plain(",".join(known)), Plain(request.method))

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def shown(self, masking: Masking) -> str:
        return ",".join(name for name in METHODS if name != "HEAD")


class Route:
    """The responder of a route. ``identifier`` is what makes its random values differ from those of others."""

    held_for = None
    is_faulty = False

    def __init__(
        self,
        answers: Sequence[Answer],
        mode: str,
        path: RoutePath,
        shared: Shared,
        identifier: str,
        lock: RLock,
        data_names: Sequence[str],
    ) -> None:
        self._answers = answers
        self._default = next((answer for answer in answers if answer.is_default), answers[0])
        self._mode = mode
        self._path = path
        self._shared = shared
        self._identifier = identifier
        self._lock = lock
        self._data_names = data_names
        self._taken = 0
        self._prepared: dict[tuple[int, int], Prepared | ResponseFailed] = {}
        self.delay = max(answer.seconds for answer in answers)
        self.fixed = self._fixed()
        needs_no_thought = all(answer.rules.are_quick and not answer.loops for answer in answers)
        self.takes_time = bool(self.delay) or not needs_no_thought

    def _fixed(self) -> Response | None:
        """The response, if it is always the same."""
        is_only = len(self._answers) == 1 or self._mode == "DISABLE_RULES"
        # Rules of a route that leaves some requests may ask how many it has taken.
        if (
            not is_only
            or self.leaves_some
            or self.delay
            or isinstance(self._path, CrudPath)
            or not self._default.is_fixed
        ):
            return None
        return self._default.make(self._scene(Incoming(Request("GET", "/"), 1, {})))

    def _scene(self, request: Incoming) -> Scene:
        return scene_for(self._shared, self._identifier, request)

    def _incoming(self, request: Request, number: int) -> Incoming:
        params = self._path.params(request)
        return Incoming(request, number, params, self._path.written)

    def choose(self, request: Incoming, scene: Scene) -> Answer | None:
        """The response for a request; None if the route leaves it to others. Raises `TookTooLong`, `ResponseFailed`."""
        answers = self._answers
        if self._mode in ("SEQUENTIAL", "RANDOM"):
            # One after the other is as good as any other order, and each run has the same.
            return answers[(request.number - 1) % len(answers)]
        if self._mode != "DISABLE_RULES":
            for answer in answers:
                if answer.rules.apply(request, scene):
                    return answer
        return None if self._mode == "FALLBACK" else self._default

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        # What an environment keeps changes with each request, one after the other.
        with self._lock:
            self._taken = max(self._taken, occasion.number)
            incoming = self._incoming(request, occasion.number)
            scene = self._scene(incoming)
            self._shared.memory.parse(self._data_names, scene)
            try:
                answer = self.choose(incoming, scene) or self._default
            except TookTooLong as error:
                raise ResponseFailed(joined("choosing a response: ", error.reason)) from None
            response = answer.make(scene, self._action(request))
            self._prepare(answer, occasion.number, scene)
        return response

    def _action(self, request: Request) -> str:
        """What a CRUD route does; empty for other routes."""
        path = self._path
        return METHODS[request.method][path.names_one(request)] if isinstance(path, CrudPath) else ""

    def _prepare(self, answer: Answer, number: int, scene: Scene) -> None:
        for index, (plan, _) in enumerate(answer.callbacks):
            made: Prepared | ResponseFailed
            try:
                made = plan.prepare(scene)
            except ResponseFailed as failed:
                made = failed
            self._prepared[number, self._position(answer, index)] = made

    def _position(self, answer: Answer, index: int) -> int:
        before = self._answers[: self._answers.index(answer)]
        return sum(len(other.callbacks) for other in before) + index

    @property
    def callbacks(self) -> tuple[Callback, ...]:
        """The callbacks of all responses; only those of the response that was chosen are sent."""
        return tuple(
            Callback.of(_Sent(self._prepared, self._position(answer, index)), delay, takes_time=plan.loops)
            for answer in self._answers
            for index, (plan, delay) in enumerate(answer.callbacks)
        )

    def send(self, response: Response, reply: RecordingReply) -> None:
        try:
            if isinstance(response, LateResponse):
                reply.wait(response.seconds)
            reply.send(response)
        finally:
            response.close()

    # For a route that leaves some requests to others.

    @property
    def leaves_some(self) -> bool:
        return self._mode == "FALLBACK"

    @property
    def needs_body(self) -> bool:
        return any(answer.rules.needs_body for answer in self._answers)

    @property
    def verdict_changes(self) -> bool:
        return any(answer.rules.change for answer in self._answers)

    @property
    def rules_are_quick(self) -> bool:
        return all(answer.rules.are_quick for answer in self._answers)

    def takes(self, request: Request) -> bool:
        """Whether the rules of one of its responses apply."""
        with self._lock:
            incoming = self._incoming(request, self._taken + 1)
            scene = self._scene(incoming)
            self._shared.memory.parse(self._data_names, scene)
            try:
                return self.choose(incoming, scene) is not None
            except ResponseFailed:
                return False

    def differences(self, request: Request) -> Iterator[Difference]:
        incoming = self._incoming(request, self._taken + 1)
        scene = self._scene(incoming)
        for answer in self._answers:
            yield from answer.rules.differences(incoming, scene)

    @property
    def rule_count(self) -> int:
        return sum(len(answer.rules.rules) for answer in self._answers)


class _Sent:
    """Prepares one callback: None where another response was chosen."""

    def __init__(self, prepared: dict[tuple[int, int], Prepared | ResponseFailed], position: int) -> None:
        self._prepared = prepared
        self._position = position

    def __call__(self, occasion: Any) -> Prepared | None:
        found = self._prepared.pop((occasion.number, self._position), None)
        if isinstance(found, ResponseFailed):
            raise found
        return found


class RulesField(Field):
    """The rules of a route that leaves the other requests to the routes behind it."""

    def __init__(self, route: Route, path: RoutePath, method: Field | None) -> None:
        self._route = route
        # As a state, it is asked before they are.
        self._first = [field for field in (method, path) if field is not None]
        self.quick_up_to = SMALL if route.rules_are_quick else NEVER

    def matches(self, request: Request) -> bool:
        return all(field.matches(request) for field in self._first) and self._route.takes(request)

    def differences(self, request: Request) -> Iterator[Difference]:
        if all(field.matches(request) for field in self._first) and not self._route.takes(request):
            yield from self._route.differences(request)

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def shown(self, masking: Masking) -> str:
        return f"rules={self._route.rule_count}"
