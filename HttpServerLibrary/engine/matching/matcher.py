"""A Python callable that decides whether a request matches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..message.request import BodyCut, Request
from ..phrase import Phrase, joined, text
from ..user_code import raised, resolve


class MatcherFailed(Exception):
    """A matcher could not decide; ``cause`` is what it raised, if it was called."""

    def __init__(self, reason: Phrase, cause: BaseException | None = None) -> None:
        super().__init__(text(reason))
        self.reason = reason
        self.cause = cause


class Matcher:
    """A callable that gets a werkzeug Request and says whether it matches."""

    def __init__(self, value: object, directory: Path | None = None) -> None:
        self.name, self._call = resolve(value, "matcher", directory)
        self.is_by_name = isinstance(value, str)

    def matches(self, request: Request, path_params: Mapping[str, str]) -> bool:
        try:
            return bool(self._call(request.to_werkzeug(path_params)))
        except BodyCut as error:
            raise MatcherFailed(f"matcher {self.name} was not called: {error}") from None
        except BaseException as error:  # all that user code raises belongs in the journal
            raise MatcherFailed(joined(f"matcher {self.name} raised ", raised(error)), error) from error

    def __str__(self) -> str:
        return f"matcher={self.name}"
