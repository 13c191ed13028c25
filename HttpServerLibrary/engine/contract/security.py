"""The credentials that an operation needs: whether they are there, not whether they are right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ..matching.difference import Difference, Where
from ..message.request import Request
from ..phrase import Phrase, Plain, joined
from .place import Place
from .tree import Node, Tree

_KEYS_IN: Final = ("header", "query", "cookie")


class Scheme(NamedTuple):
    """A kind of credentials: a key with a ``name`` in a header, the query or a cookie, or an authorization scheme.

    ``kind`` is ``header``, ``query``, ``cookie`` or ``authorization``; with the last, ``name`` is the scheme.
    """

    kind: str
    name: str

    def is_in(self, request: Request) -> bool:
        if self.kind == "query":
            return any(request.query.get(self.name, ()))
        if self.kind == "cookie":
            return any(request.cookies.get(self.name, ()))
        if self.kind == "header":
            return bool(request.header(self.name))
        scheme, _, credentials = (request.header("authorization") or "").partition(" ")
        return scheme.lower() == self.name.lower() and bool(credentials.strip())

    @property
    def phrase(self) -> Phrase:
        if self.kind == "authorization":
            return joined('the header "Authorization: ', Plain(self.name), ' ..."')
        return joined(f"the {'query parameter' if self.kind == 'query' else self.kind} ", Plain(self.name))


class Requirements(NamedTuple):
    """Alternatives, each of several kinds of credentials."""

    alternatives: tuple[tuple[Scheme, ...], ...]
    place: Place

    def differences(self, request: Request) -> Iterator[tuple[Difference, Place]]:
        """What is missing; nothing if one alternative is there."""
        if not self.alternatives or any(
            all(scheme.is_in(request) for scheme in schemes) for schemes in self.alternatives
        ):
            return
        expected: Phrase = ""
        for schemes in dict.fromkeys(self.alternatives):
            both: Phrase = ""
            for scheme in schemes:
                both = joined(both, " and ", scheme.phrase) if both else scheme.phrase
            expected = joined(expected, " or ", both) if expected else both
        yield Difference(Where("security"), expected, self._received(request), is_credential=True), self.place

    def _received(self, request: Request) -> Phrase:
        """What there is of credentials, by name."""
        authorization = request.header("authorization")
        if authorization is None:
            return "nothing"
        scheme = authorization.partition(" ")
        # Without a space, the credentials themselves may stand there.
        return (
            joined('"Authorization: ', Plain(scheme[0]), ' ..."')
            if scheme[1]
            else "an Authorization without a scheme or credentials"
        )


def requirements_of(tree: Tree, root: Node, operation: Node) -> Requirements:
    owner = operation if operation.value.get("security") is not None else root
    known = _schemes(tree, root)
    alternatives: list[tuple[Scheme, ...]] = []
    place = owner.place
    for item in tree.items(owner, "security"):
        place = place._replace(steps=item.steps[:-1])
        # What cannot be seen in a request, or is not described, counts as there.
        alternatives.append(tuple(scheme for name in item.value if (scheme := known.get(name)) is not None))
    if not all(alternatives):
        alternatives = []
    return Requirements(tuple(alternatives), place)


def _schemes(tree: Tree, root: Node) -> dict[str, Scheme]:
    components = tree.member(root, "components")
    found: dict[str, Scheme] = {}
    for name, node in () if components is None else tree.members(components, "securitySchemes"):
        scheme = _scheme(node)
        if scheme is not None:
            found[name] = scheme
    return found


def _scheme(node: Node) -> Scheme | None:
    value = node.value
    if not isinstance(value, dict):
        return None
    kind, name, place, http = (value.get(key) for key in ("type", "name", "in", "scheme"))
    if kind == "apiKey" and isinstance(name, str) and place in _KEYS_IN:
        return Scheme(place, name)
    if kind == "http" and isinstance(http, str):
        return Scheme("authorization", http.capitalize())
    return Scheme("authorization", "Bearer") if kind in ("oauth2", "openIdConnect") else None
