"""Requests that follow a response: webhooks of mappings become callbacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ....errors import UsageError
from ....outbound.callback import Callback, Prepared, prepared
from ....phrase import Plain
from ....responses.occasion import Occasion
from ....responses.responder import ResponseFailed
from ..loaded import NotUnderstood
from .answers import encoded
from .delays import read_distribution
from .fields import decoded
from .members import Members
from .templating.model import request_model
from .templating.template import Template, template_at
from .urls import UrlField

_LISTENER: Final = frozenset({"name", "parameters", "requestPhases"})
_OWN: Final = frozenset({"method", "url", "headers", "body", "base64Body", "delay"})


class Webhook:
    """Makes the request for each occasion."""

    def __init__(
        self,
        method: str,
        url: Template,
        headers: list[tuple[str, Template]],
        body: Template | bytes | None,
        parameters: Mapping[str, Any],
        pattern: UrlField | None,
    ) -> None:
        self._method = method
        self._url = url
        self._headers = headers
        self._body = body
        self._parameters = parameters
        self._pattern = pattern

    def __call__(self, occasion: Occasion) -> Prepared:
        """Raises `ResponseFailed`."""
        model = {
            "originalRequest": request_model(occasion.request, self._pattern),
            "parameters": self._parameters,
        }
        headers = [(name, value.render(model)) for name, value in self._headers]
        body = self._body if isinstance(self._body, (bytes, type(None))) else encoded(self._body.render(model))
        try:
            return prepared(self._method, self._url.render(model), data=body, headers=headers)
        except UsageError as error:
            raise ResponseFailed(Plain(str(error).rstrip("."), limit=500), error, "TEMPLATE ERROR") from error


def read_webhooks(mapping: Members, url: UrlField | None) -> Iterator[Callback]:
    """The callbacks of a mapping. Raises `NotUnderstood`."""
    for item, steps in mapping.items("serveEventListeners"):
        yield from _listener(Members(item, *steps), url)
    actions = mapping.any("postServeActions")
    if isinstance(actions, Mapping):
        inner = Members(actions, *mapping.steps, "postServeActions")
        for name, value, steps in inner.named():
            yield _webhook(name, Members(value, *steps), url)
        return
    for item, steps in mapping.items("postServeActions"):
        yield from _listener(Members(item, *steps), url)


def _listener(members: Members, url: UrlField | None) -> Iterator[Callback]:
    members.only(_LISTENER, "a listener")
    parameters = members.object("parameters")
    if parameters is None:
        raise members.wrong("parameters", "an object")
    yield _webhook(members.needed_text("name"), parameters, url)


def _webhook(name: str, members: Members, url: UrlField | None) -> Callback:
    if name != "webhook":
        raise NotUnderstood(f"the action {name} is not known; only webhook is", *members.steps)
    headers = members.object("headers")
    pairs = (
        []
        if headers is None
        else [(key, template_at(headers.needed_text(key), *headers.steps, key)) for key in headers]
    )
    text, data = members.text("body"), members.text("base64Body")
    distribution = members.object("delay")
    try:
        body = (
            template_at(text, *members.steps, "body")
            if text is not None
            else decoded(data, "base64Body")
            if data is not None
            else None
        )
        extra = {key: value for key, value, _ in members.named() if key not in _OWN}
        method, target = members.text("method") or "GET", template_at(members.needed_text("url"), *members.steps, "url")
        if target.fixed is not None:
            prepared(method, target.fixed)
        webhook = Webhook(method, target, pairs, body, extra, url)
        delay = 0.0 if distribution is None else read_distribution(distribution)()
        return Callback.of(webhook, delay)
    except UsageError as error:
        raise NotUnderstood(str(error).rstrip("."), *members.steps) from None
