"""What a template of Mockoon is rendered for: a request, and what the environment keeps between requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, Final, Protocol

from ....message.json_text import NotJson, parse_json
from .incoming import Incoming

_DATA: Final = re.compile(r"""data(?:Raw)? +['"]([^'"]*)""")
_KEY: Final = "\0scene"
"""Where the helpers find the scene; no template can write that name."""


@dataclass
class Bucket:
    """Data of an environment: a JSON value, or text. Until it is ``parsed``, it is a template for a request."""

    uuid: str
    id: str
    name: str
    value: Any
    parsed: bool = True

    @property
    def key(self) -> str:
        """What no other data has."""
        return self.uuid or self.id or self.name

    def fill(self, text: str) -> None:
        """Makes a text its value: parsed, if it is JSON."""
        try:
            self.value = parse_json(text.encode("utf-8", "surrogatepass"))
        except NotJson:
            self.value = text
        self.parsed = True


def data_names(text: str) -> list[str]:
    """The names of data in a template."""
    return _DATA.findall(text)


class Renderer(Protocol):
    """A template."""

    def render(self, scene: Scene) -> str: ...


@dataclass
class Memory:
    """What an environment keeps between requests."""

    buckets: list[Bucket] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    uses_tls: bool = False
    base_path: str = ""
    templates: dict[str, Renderer] = field(default_factory=dict)
    """By its key, the data that needs a request: it is made for the first one whose route names it."""

    def parse(self, names: Iterable[str], scene: Scene) -> None:
        """Makes data that these names mean, if that needs a request. Raises `ResponseFailed`."""
        if not self.templates:
            return
        for name in names:
            bucket = self.named(name) or self.of_id(name)
            if bucket is None or bucket.key not in self.templates:
                continue
            # Before the data in it, which may name it in turn.
            template = self.templates.pop(bucket.key)
            try:
                self.parse(data_names(bucket.value), scene)
                bucket.fill(template.render(scene))
            except BaseException:
                self.templates[bucket.key] = template
                raise

    def named(self, name: str) -> Bucket | None:
        """The bucket that a helper names: by its id, or by a part of its name."""
        lower = name.lower()
        return next((bucket for bucket in self.buckets if bucket.id == name or lower in bucket.name.lower()), None)

    def of_id(self, identifier: str) -> Bucket | None:
        return next((bucket for bucket in self.buckets if identifier in (bucket.id, bucket.uuid)), None)


@dataclass
class Scene:
    """One rendering. ``random`` gives the same values for the same request of a route; ``status`` is what was set."""

    memory: Memory
    random: Random
    request: Incoming | None = None
    status: int | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """What templates read as ``@name``, with the scene among it."""
        return {_KEY: self}


def scene_of(options: Any) -> Scene:
    """The scene in which a helper is called."""
    scene = options.data[_KEY]
    assert isinstance(scene, Scene)
    return scene


def random_for(*parts: object) -> Random:
    """What gives the same values for the same parts."""
    return Random("/".join(map(str, parts)).encode("utf-8", "surrogatepass"))


def plain(value: Any) -> Any:
    """A text as plain text, also where it was marked as one that is not escaped."""
    return str(value) if isinstance(value, str) else value


def safe(text: str) -> str:
    """A text that a template does not escape."""
    return _safe_class()(text)


@cache
def _safe_class() -> type[str]:
    # From an extra; whoever renders a template has it.
    from dotpromptz_handlebars import SafeString

    class Safe(SafeString):
        """One that counts as true in ``if``, also if it is empty: it is an object there."""

        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            return bool(self) and str(self) == other

    return Safe


Make = Callable[[Random, list[Any], Mapping[str, Any]], Any]
"""Makes a stand-in: gets positional and named arguments."""
