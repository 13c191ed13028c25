"""Expectations, and the book that says which one takes a request."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from operator import attrgetter
from typing import Final

from ..errors import UsageError
from ..masking.secrets import Secrets
from ..matching.description import RequestDescription
from ..message.request import Request
from ..records.received import ProblemKind
from ..responses.responder import Responder
from ..responses.unexpected import UnexpectedResponse
from ..scope import Scope
from ..visible import visible

_MOST_TEXT: Final = 500

# Expectations that ended or were removed, kept to explain requests that come too late.
_FORMER_KEPT: Final = 100

# Expectations of another server that are asked whether they would take a request.
_MOST_ASKED: Final = 50


class Kind(Enum):
    ORDERED = "ordered"
    ONESHOT = "oneshot"
    PERMANENT = "permanent"


class Expectation:
    """What a request must look like, and the response to give.

    An expectation is returned by the ``Expect ...`` keywords, and is given to ``to=`` of the ``Respond With ...``
    keywords and to *Remove Expectation*. Its attributes are ``kind`` (``permanent``, ``oneshot`` or ``ordered``),
    ``times`` (how many requests it takes, ``None`` for any number) and ``used`` (how many it has taken).
    """

    __slots__ = (
        "description",
        "family",
        "number",
        "removed",
        "responder",
        "scope",
        "secrets",
        "sent",
        "times",
        "used",
    )

    def __init__(
        self,
        kind: Kind,
        description: RequestDescription,
        times: int | None,
        scope: Scope,
        number: int,
        secrets: Secrets,
    ) -> None:
        self.family = kind
        self.secrets = secrets
        self.description = description
        self.times = times
        self.scope = scope
        self.number = number
        self.responder: Responder | None = None
        self.used = 0
        self.sent = 0
        self.removed = False

    @property
    def kind(self) -> str:
        return self.family.value

    @property
    def used_up(self) -> bool:
        return self.times is not None and self.used >= self.times

    @property
    def closed(self) -> str:
        """Why it cannot be used any more; empty while it can."""
        if self.removed:
            return "was removed"
        if self.scope.closed:
            return f"ended with {self.scope.name}"
        return "is used up" if self.used_up else ""

    @property
    def usage(self) -> str:
        times = "" if self.times is None else f" of {self.times}"
        return f"used {self.used}{times}"

    def __str__(self) -> str:
        return visible(self.secrets.hide(f"{self.kind} {self.description}"), _MOST_TEXT)

    def __repr__(self) -> str:
        return f"<Expectation {self}>"


class Refusal:
    """Why no expectation takes a request; ``head`` is the ordered one due, ``by`` what broke the order before."""

    __slots__ = ("by", "head", "kind")

    def __init__(self, kind: ProblemKind, head: Expectation | None = None, by: Request | None = None) -> None:
        self.kind = kind
        self.head = head
        self.by = by


class _Shelf:
    """Expectations of one kind and scope, found by path where they have a literal one."""

    def __init__(self) -> None:
        self._by_path: dict[str, list[Expectation]] = {}
        self._patterns: list[Expectation] = []

    def _place(self, expectation: Expectation) -> list[Expectation]:
        path = expectation.description.literal_path
        return self._patterns if path is None else self._by_path.setdefault(path, [])

    def add(self, expectation: Expectation) -> None:
        self._place(expectation).append(expectation)

    def remove(self, expectation: Expectation) -> None:
        place = self._place(expectation)
        if expectation in place:
            place.remove(expectation)
        if not place and place is not self._patterns:
            del self._by_path[expectation.description.literal_path or ""]

    def candidates(self, path: str, raw_path: str) -> list[Expectation]:
        """Those that may fit, in the order of registration. Not a copy where it can be avoided."""
        found = self._by_path.get(path)
        if raw_path == path:
            if found is None:
                return self._patterns
            if not self._patterns:
                return found
        found = [*(found or ()), *(self._by_path.get(raw_path, ()) if raw_path != path else ()), *self._patterns]
        found.sort(key=attrgetter("number"))
        return found


class _Layer:
    """The expectations of one scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.all: list[Expectation] = []
        self.ordered: deque[Expectation] = deque()
        self.oneshots = _Shelf()
        self.permanents = _Shelf()
        self.broken: Refusal | None = None
        self.unexpected: UnexpectedResponse | None = None

    def add(self, expectation: Expectation) -> None:
        self.all.append(expectation)
        if expectation.family is Kind.ORDERED:
            self.ordered.append(expectation)
        else:
            self._shelf(expectation).add(expectation)

    def _shelf(self, expectation: Expectation) -> _Shelf:
        return self.oneshots if expectation.family is Kind.ONESHOT else self.permanents

    def retire(self, expectation: Expectation) -> None:
        """Takes it out of those that can be used."""
        if expectation.family is not Kind.ORDERED:
            self._shelf(expectation).remove(expectation)
        elif expectation in self.ordered:
            self.ordered.remove(expectation)


class ExpectationBook:
    """All expectations of a server, in layers: the innermost scope first, kinds second.

    Matching runs outside the lock, as it may parse bodies and call user code. Taking happens under it, and only
    when nothing that could change the choice happened meanwhile; otherwise it is looked at again.
    """

    def __init__(self, lock: threading.Lock, secrets: Secrets, scope: Scope) -> None:
        self._lock = lock
        self._secrets = secrets
        self._layers = [_Layer(scope)]
        self._version = 0
        self._registered = 0
        self._former: deque[Expectation] = deque(maxlen=_FORMER_KEPT)

    def innermost(self) -> Scope:
        """The innermost scope."""
        return self._layers[-1].scope

    def open_scope(self, scope: Scope) -> None:
        with self._lock:
            self._layers.append(_Layer(scope))
            self._version += 1

    def close_scope(self) -> Scope:
        """Drops the innermost scope with all that is in it. The lock must be held."""
        layer = self._layers.pop()
        layer.scope.closed = True
        self._bury(layer.all)
        self._version += 1
        return layer.scope

    def _bury(self, expectations: list[Expectation]) -> None:
        """Keeps them to explain what fits no more, without the responses, which may be large. The lock must be held."""
        for expectation in expectations:
            expectation.responder = None
        self._former += expectations

    def register(self, kind: Kind, description: RequestDescription, times: int | None = None) -> Expectation:
        if kind is not Kind.PERMANENT:
            times = 1
        elif times is not None and times < 1:
            raise UsageError(f"times: 1 or more is needed, but {times} was given.")
        with self._lock:
            layer = self._layers[-1]
            self._registered += 1
            expectation = Expectation(kind, description, times, layer.scope, self._registered, self._secrets)
            layer.add(expectation)
            self._version += 1
            return expectation

    def made(self, expectation: Expectation) -> bool:
        """Whether it was registered here, also when it is not here any more."""
        return expectation.secrets is self._secrets

    def remove(self, expectation: Expectation) -> None:
        """Removes an expectation; does nothing when it is not of this book."""
        with self._lock:
            for layer in self._layers:
                if expectation in layer.all:
                    layer.retire(expectation)
                    layer.all.remove(expectation)
                    expectation.removed = True
                    self._bury([expectation])
                    self._version += 1

    def clear(self) -> None:
        """Removes all expectations; a broken order stays broken."""
        with self._lock:
            before = self._layers
            self._empty()
            for old, new in zip(before, self._layers, strict=True):
                new.broken, new.unexpected = old.broken, old.unexpected
                self._bury(old.all)

    def reset(self) -> None:
        """Removes all expectations, the refusal after a broken order and the response to unexpected requests."""
        with self._lock:
            self._empty()
            self._former.clear()

    def _empty(self) -> None:
        for expectation in (expectation for layer in self._layers for expectation in layer.all):
            expectation.removed = True
        self._layers = [_Layer(layer.scope) for layer in self._layers]
        self._version += 1

    def expectations(self) -> list[Expectation]:
        """All expectations, also those used up: outer scopes first, in the order of registration."""
        with self._lock:
            return [expectation for layer in self._layers for expectation in layer.all]

    def former(self) -> list[Expectation]:
        """The newest of those that ended or were removed, the newest last."""
        with self._lock:
            return [*self._former]

    def would_take(self, request: Request) -> Expectation | None:
        """The expectation that would take this request; a matcher is not asked, as nobody sent it the request."""
        with self._lock:
            if any(layer.broken for layer in self._layers):
                return None
            candidates, _ = self._candidates(*request.paths())
            candidates = candidates[:_MOST_ASKED]
        return next(
            (entry for entry in candidates if entry.description.matcher is None and entry.description.fits(request)),
            None,
        )

    def unmet(self) -> list[Expectation]:
        """Those that wait for requests that did not come."""
        return [expectation for expectation in self.expectations() if expectation.times and not expectation.used_up]

    def all_sent(self) -> bool:
        """Whether none is unmet, and the responses of all that count are on their way."""
        return all(entry.used_up and entry.sent >= entry.used for entry in self.expectations() if entry.times)

    @property
    def unexpected(self) -> UnexpectedResponse | None:
        """The response to unexpected requests that the innermost scope has set."""
        with self._lock:
            return next((layer.unexpected for layer in reversed(self._layers) if layer.unexpected), None)

    @unexpected.setter
    def unexpected(self, response: UnexpectedResponse) -> None:
        with self._lock:
            self._layers[-1].unexpected = response

    def take(self, request: Request, step_aside: Callable[[], None]) -> Expectation | Refusal:
        """The expectation that takes this request, used up by it. Raises `MatcherFailed`.

        ``step_aside`` is called before a matcher, which may take long.
        """
        verdicts: dict[Expectation, bool] = {}
        path, raw_path = request.paths()
        while True:
            with self._lock:
                for layer in self._layers:
                    if layer.broken is not None:
                        return layer.broken
                version = self._version
                candidates, due = self._candidates(path, raw_path)
            chosen = self._first_fit(candidates, request, verdicts, step_aside)
            with self._lock:
                if version != self._version:
                    continue
                if chosen is not None:
                    self._use(chosen)
                    return chosen
                if due is None:
                    return Refusal("UNEXPECTED REQUEST")
                due.broken = Refusal("REFUSED", due.ordered[0], request)
                self._version += 1
                return Refusal("OUT OF ORDER", due.ordered[0])

    def _candidates(self, path: str, raw_path: str) -> tuple[list[Expectation], _Layer | None]:
        """Those that may take a request, first come first; and the layer whose order it breaks when none does."""
        candidates: list[Expectation] = []
        for layer in reversed(self._layers):
            if layer.ordered:
                candidates.append(layer.ordered[0])
                return candidates, layer
            candidates += layer.oneshots.candidates(path, raw_path)
            candidates += layer.permanents.candidates(path, raw_path)
        return candidates, None

    @staticmethod
    def _first_fit(
        candidates: list[Expectation],
        request: Request,
        verdicts: dict[Expectation, bool],
        step_aside: Callable[[], None],
    ) -> Expectation | None:
        for expectation in candidates:
            verdict = verdicts.get(expectation)
            if verdict is None:
                description = expectation.description
                if description.matcher is not None:
                    step_aside()
                verdict = verdicts[expectation] = description.fits(request)
            if verdict:
                return expectation
        return None

    def _use(self, expectation: Expectation) -> None:
        expectation.used += 1
        if expectation.times is not None and expectation.used_up:
            layer = next(layer for layer in self._layers if layer.scope is expectation.scope)
            layer.retire(expectation)
            self._version += 1

    def by_kind(self) -> Iterator[tuple[str, list[Expectation]]]:
        """Each kind with its expectations, also those used up; those of inner scopes first."""
        with self._lock:
            layers = [[*layer.all] for layer in reversed(self._layers)]
        for kind in Kind:
            yield (
                kind.value,
                [expectation for layer in layers for expectation in layer if expectation.family is kind],
            )
