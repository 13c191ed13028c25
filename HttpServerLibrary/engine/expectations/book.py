"""The book of expectations, which decides which one takes a request.

Taking is optimistic. Matching may parse a large body or call a user's matcher, so no lock is held during it:

1. Note the version of the book, then the candidates: for each scope, from the innermost out, the next ordered
   expectation, or else the oneshot and permanent ones that the path does not exclude.
2. Find the first candidate that matches. Verdicts are kept, so nothing is matched twice.
3. Under the lock, use the expectation and return it if the version is unchanged. Otherwise something happened that
   could change the choice, so start again with the current candidates.

Every change that can alter a choice raises the version, under the lock and as the last thing it does: registering,
removing, using up, a scope that opens or closes, a broken order, a state. What a state says holds for one version only,
so only the verdict on the request itself is kept. Two requests can never both get the last use of one expectation,
under any concurrency.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Final

from ..errors import UsageError
from ..interrupts import InterruptSafeLock, locked
from ..masking.secrets import Secrets
from ..matching.description import RequestDescription
from ..matching.matcher import MatcherFailed
from ..message.request import Request
from ..outbound.callback import Callback
from ..responses.added import AddedHeaders, DefaultHeaders
from ..responses.cors import Cors
from ..responses.responder import Responder
from ..responses.unexpected import UnexpectedResponse
from ..scope import Scope
from .expectation import Draft, Expectation, Kind, Rank
from .shelf import Layer, NoMatch, Taken
from .turns import HeldRequest, Turn

# How many expectations that ended or were removed are kept, to explain requests that arrive too late.
_MAX_ARCHIVED: Final = 100

# How many candidates are compared before another thread takes over the other requests.
_MAX_COMPARED: Final = 100

# The same for candidates that take a few milliseconds each.
_MAX_WAITED: Final = 8

# How many expectations of another server are checked for a request.
_MAX_ASKED: Final = 50


def _is_of_document(expectation: Expectation) -> bool:
    return expectation.rank is Rank.DOCUMENT


class ExpectationBook:
    """All expectations of a server, in layers: the innermost scope first, kinds second.

    With ``allows_all_origins``, pages of all origins may call the server where no scope has set anything else.
    """

    def __init__(
        self, lock: InterruptSafeLock, secrets: Secrets, scope: Scope, *, allows_all_origins: bool = False
    ) -> None:
        self._lock = lock
        self._secrets = secrets
        self._layers = [Layer(scope)]
        self._version = 0
        self._registered = 0
        self._archived: deque[Expectation] = deque(maxlen=_MAX_ARCHIVED)
        self._states: Mapping[str, object] = {}
        # The same as requests keep it: a tuple of plain values, which the garbage collector does not visit. It begins
        # with what no other server has.
        self._origin = object()
        self._noted: tuple[Any, ...] = (self._origin,)
        self._cors = Cors() if allows_all_origins else None
        self.added: AddedHeaders | None = None
        """What is added to every response; None while nothing is."""
        self._note_added()

    def innermost(self) -> Scope:
        """The innermost scope."""
        return self._layers[-1].scope

    @locked
    def open_scope(self, scope: Scope) -> None:
        self._layers.append(Layer(scope))
        self._version += 1

    def close_scope(self) -> Scope:
        """Drops the innermost scope with everything in it. The lock must be held."""
        layer = self._layers.pop()
        layer.scope.closed = True
        self._archive(layer.all)
        self._secrets.end_scope(layer.scope)
        self._note_states()
        if layer.default_headers is not None or layer.cors:
            self._note_added()
        return layer.scope

    def _archive(self, expectations: list[Expectation]) -> None:
        """Keeps expectations for explanations, without their responses, which may be large. The lock must be held."""
        for expectation in expectations:
            expectation.turns.end()
            if self._secrets.masks_anything:
                # What is masked now may not be masked later.
                expectation.keep_text()
        self._archived += expectations

    def register(self, kind: Kind, description: RequestDescription, times: int | None = None) -> Expectation:
        """Registers an expectation without a response. Raises `UsageError`."""
        if kind is not Kind.PERMANENT:
            times = 1
        elif times is not None and times < 1:
            raise UsageError(f"times: a number of 1 or more is needed, not {times}.")
        [expectation] = self.register_all([Draft(description, kind=kind, times=times)])
        return expectation

    @locked
    def register_all(self, drafts: Sequence[Draft]) -> list[Expectation]:
        """Registers expectations with their responses: all at once, for every request."""
        layer = self._layers[-1]
        made = []
        for draft in drafts:
            self._registered += 1
            expectation = Expectation(draft, layer.scope, self._registered, self._secrets)
            for turn in draft.turns:
                expectation.turns.give(turn, is_closed=False)
            made.append(expectation)
        for expectation in made:
            layer.add(expectation)
        self._version += 1
        return made

    def made(self, expectation: Expectation) -> bool:
        """Whether it was registered here, even if it is no longer here."""
        return expectation.secrets is self._secrets

    @locked
    def remove(self, expectation: Expectation) -> None:
        """Removes an expectation; does nothing if it is not in this book."""
        for layer in self._layers:
            if expectation in layer.all:
                layer.retire(expectation)
                layer.all.remove(expectation)
                expectation.removed = True
                self._archive([expectation])
                self._version += 1

    @locked
    def clear(self) -> None:
        """Removes all expectations; a broken order stays broken."""
        before = self._layers
        self._empty()
        for old, new in zip(before, self._layers, strict=True):
            new.broken, new.unexpected, new.states = old.broken, old.unexpected, old.states
            new.forwarding, new.default_headers, new.cors = old.forwarding, old.default_headers, old.cors
            self._archive(old.all)
        self._version += 1

    @locked
    def reset(self) -> None:
        """Removes all expectations and states, the refusal after a broken order, and what unexpected requests get.

        Also what is added to responses.
        """
        self._empty()
        self._archived.clear()
        self._note_states()
        self._note_added()

    def _empty(self) -> None:
        for expectation in (expectation for layer in self._layers for expectation in layer.all):
            expectation.removed = True
        self._layers = [Layer(layer.scope) for layer in self._layers]
        self._version += 1

    @locked
    def expectations(self) -> list[Expectation]:
        """All expectations, including those used up: outer scopes first, in the order of registration."""
        return [expectation for layer in self._layers for expectation in layer.all]

    @locked
    def archived(self) -> list[Expectation]:
        """The most recent expectations that ended or were removed, newest last."""
        return [*self._archived]

    def would_take(self, request: Request) -> Expectation | None:
        """The expectation that would take this request, ignoring those with a matcher, which must not be called."""
        with self._lock:
            if any(layer.broken for layer in self._layers):
                return None
            candidates, _ = self._candidates(*request.paths())
            candidates = candidates[:_MAX_ASKED]
        asked = (entry for entry in candidates if entry.description.matcher is None)
        try:
            return next((entry for entry in asked if entry.description.matches(request)), None)
        except MatcherFailed:
            return None

    def unmet(self) -> list[Expectation]:
        """Those that still need requests."""
        return [expectation for expectation in self.expectations() if expectation.times and not expectation.used_up]

    def all_sent(self) -> bool:
        """Whether all are met, the responses of all that count are sent, and no callback is left."""
        return not self.unsent()

    def unsent(self) -> int:
        """How many responses must still be sent, and how many callbacks must end, until all are met."""
        return sum((entry.times - entry.sent if entry.times else 0) + entry.calling for entry in self.expectations())

    @locked
    def call(self, expectation: Expectation, callback: Callback) -> None:
        """Adds a request that is sent after each response. Raises `UsageError`."""
        if expectation.closed:
            raise UsageError(f"The expectation {expectation.closed}, so it cannot get a callback: {expectation}.")
        expectation.callbacks += (callback,)

    @property
    @locked
    def unexpected(self) -> UnexpectedResponse | None:
        """The response to unexpected requests that the innermost scope has set."""
        return next((layer.unexpected for layer in reversed(self._layers) if layer.unexpected), None)

    @unexpected.setter
    @locked
    def unexpected(self, response: UnexpectedResponse) -> None:
        self._layers[-1].unexpected = response

    @property
    @locked
    def forwarding(self) -> Responder | None:
        """What forwards unexpected requests, as the innermost scope that has set it says."""
        return next((layer.forwarding[0] for layer in reversed(self._layers) if layer.forwarding), None)

    @forwarding.setter
    @locked
    def forwarding(self, responder: Responder | None) -> None:
        self._layers[-1].forwarding = (responder,)

    @locked
    def set_default_headers(self, headers: DefaultHeaders) -> None:
        """Sets what the innermost scope adds to responses; no headers end what outer scopes have set."""
        self._layers[-1].default_headers = headers
        self._note_added()

    @locked
    def set_cors(self, cors: Cors | None) -> None:
        """Sets which pages may call the server, until the innermost scope ends."""
        self._layers[-1].cors = (cors,)
        self._note_added()

    def _note_added(self) -> None:
        """Notes what is added to responses now. The lock must be held."""
        headers: DefaultHeaders = {}
        cors = self._cors
        for layer in self._layers:
            if layer.default_headers is not None:
                headers = {**headers, **layer.default_headers} if layer.default_headers else {}
            if layer.cors:
                [cors] = layer.cors
        self.added = AddedHeaders(headers, cors) if headers or cors is not None else None

    def take(self, request: Request, step_aside: Callable[[], None], is_preflight: bool = False) -> Taken | NoMatch:
        """The expectation that takes this request, which counts as a use. Raises `MatcherFailed`.

        A HEAD that none takes gets the response to GET, if one is due, without using up anything (RFC 9110, 9.3.2).
        Only an expectation that names the method takes a preflight, and a preflight breaks no order. ``step_aside`` is
        called before what may take long.
        """
        verdicts: dict[Expectation, bool] = {}
        path, raw_path = request.paths()
        while True:
            version = self._version
            request.states = self._noted
            for layer in self._layers:
                if layer.broken is not None:
                    return NoMatch("UNEXPECTED REQUEST") if is_preflight else layer.broken
            candidates, ordered_layer = self._candidates(path, raw_path)
            if is_preflight:
                candidates = [entry for entry in candidates if entry.description.method is not None]
                ordered_layer = None
            taker = self._first_match(candidates, request, path, verdicts, step_aside)
            getter = None
            if taker is None and request.method == "HEAD":
                lending = [entry for entry in candidates if entry.description.answers_head]
                getter = self._first_match(lending, request.as_get(), path, {}, step_aside)
            # By its methods, which takes half as long as `with`; the main thread takes no requests.
            self._lock.acquire()
            try:
                if version != self._version:
                    continue
                if taker is not None:
                    return self._use(taker)
                if getter is not None and (due := getter.turns.due) and due.responder.held_for is None:
                    due.has_answered = True
                    return getter, due, getter.used + 1, self._states, None, False
                if ordered_layer is None or getter is not None or request.is_for_favicon:
                    # Browsers request an icon at any time, so it does not break an order.
                    return NoMatch("UNEXPECTED REQUEST")
                ordered_layer.broken = NoMatch("REFUSED", ordered_layer.ordered[0], request)
                self._version += 1
                return NoMatch("OUT OF ORDER", ordered_layer.ordered[0])
            finally:
                self._lock.release()

    def _candidates(self, path: str, raw_path: str) -> tuple[list[Expectation], Layer | None]:
        """Those that may take a request, in order; and the layer whose order breaks if none does."""
        candidates: list[Expectation] = []
        for layer in reversed(self._layers):
            if layer.ordered:
                # Without the lock, the last one may be used up meanwhile.
                with suppress(IndexError):
                    candidates.append(layer.ordered[0])
                return candidates, layer
            candidates += layer.unordered.candidates(path, raw_path)
        if any(layer.has_documents for layer in self._layers):
            # What is written by hand comes first, also that of outer scopes.
            candidates.sort(key=_is_of_document)
        return candidates, None

    @staticmethod
    def _first_match(
        candidates: list[Expectation],
        request: Request,
        path: str,
        verdicts: dict[Expectation, bool],
        step_aside: Callable[[], None],
    ) -> Expectation | None:
        size = request.size
        # How often the others may have waited a few milliseconds.
        waited = 0.0
        for number, expectation in enumerate(candidates):
            verdict = verdicts.get(expectation)
            description = expectation.description
            state = description.state
            if verdict is None or state is not None:
                most = description.quick_up_to
                waited += size / most if size <= most and number < _MAX_COMPARED else _MAX_WAITED
                if waited >= _MAX_WAITED:
                    step_aside()
                if state is not None and not description.state_matches(request):
                    continue
            if verdict is None:
                verdict = verdicts[expectation] = description.request_matches(request, path)
            if verdict:
                return expectation
        return None

    def _use(self, expectation: Expectation) -> Taken:
        expectation.used += 1
        turns = expectation.turns
        turn = turns.use()
        held = None
        # Before the state changes.
        states = self._states
        if turn is not None:
            if turn.changes:
                self._set_states(turn.changes)
            if turn.responder.held_for is not None:
                held = HeldRequest(expectation.used, states)
                turns.held.append(held)
        # One without a number goes on for ever.
        is_bounded = turn is None or turn.left is not None or turns.room is not None
        if is_bounded and turns.left == 0:
            layer = next(layer for layer in self._layers if layer.scope is expectation.scope)
            layer.retire(expectation)
            self._version += 1
        return expectation, turn, expectation.used, states, held, True

    @locked
    def give(self, expectation: Expectation, turn: Turn) -> tuple[Turn | None, list[HeldRequest]]:
        """Gives an expectation a response; returns the one it replaces unused, and the held requests that it answers.

        Raises `UsageError`, and then changes nothing.
        """
        closed = expectation.closed
        # A request that is held can be answered even when its expectation takes no more.
        if closed and not expectation.turns.held:
            raise UsageError(f"The expectation {closed}, so it cannot get a response: {expectation}.")
        replaced, answered = expectation.turns.give(turn, is_closed=bool(closed))
        if answered and turn.changes:
            self._set_states(turn.changes)
        return replaced, answered

    @locked
    def answer(self, expectation: Expectation, held: HeldRequest, turn: Turn) -> bool:
        """Takes a request that is held for its answer; returns whether it was still held."""
        if held not in expectation.turns.held:
            return False
        expectation.turns.held.remove(held)
        turn.has_answered = True
        if turn.changes:
            self._set_states(turn.changes)
        return True

    @locked
    def withdraw(self, expectation: Expectation, held: HeldRequest) -> bool:
        """Lets a request wait for the test no longer; returns whether it was still held."""
        if held not in expectation.turns.held:
            return False
        expectation.turns.held.remove(held)
        return True

    @locked
    def set_state(self, name: str, value: object) -> None:
        """Sets a state until the end of the innermost scope; None is no state."""
        self._set_states({name: value})

    def _set_states(self, changes: Mapping[str, object]) -> None:
        states = self._layers[-1].states
        if all(name in states and states[name] is value for name, value in changes.items()):
            # So that a response that always sets the same state does not hold up other requests.
            return
        states.update(changes)
        self._note_states()

    def _note_states(self) -> None:
        """Notes what the states are now: those of the inner scopes come first. The lock must be held."""
        states = {name: value for layer in self._layers for name, value in layer.states.items()}
        # A new object, because requests keep the states of their time.
        self._states = {name: value for name, value in states.items() if value is not None}
        self._noted = (self._origin, *self._states.items())
        self._version += 1

    @property
    def states(self) -> Mapping[str, object]:
        """All states as they are now."""
        return self._states

    def states_of(self, request: Request) -> Mapping[str, object]:
        """The states when it was decided who takes a request; the present ones if that was not decided here."""
        noted = request.states
        return self._states if noted is None or noted[0] is not self._origin else dict(noted[1:])

    def by_kind(self) -> Iterator[tuple[str, list[Expectation]]]:
        """Each kind with its expectations, including those used up, in the order in which they are compared."""
        expectations = self._inner_first()
        for kind in Kind:
            yield kind.value, [expectation for expectation in expectations if expectation.kind is kind]

    @locked
    def _inner_first(self) -> list[Expectation]:
        return [entry for layer in reversed(self._layers) for entry in sorted(layer.all, key=attrgetter("place"))]
