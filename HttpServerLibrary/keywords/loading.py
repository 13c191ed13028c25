"""Keywords that load what other tools wrote."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from robot.api.deco import keyword

from ..engine.arguments import member
from ..engine.errors import UsageError
from ..engine.expectations.expectation import Expectation
from ..engine.formats.loading.load import Format, load
from ..engine.formats.loading.loaded import Surroundings
from ..engine.matching.path import Below
from ..engine.responses.forwarding import Own
from ..engine.wire.certificates import known_ca_file
from ..engine.words import counted
from ..log.messages import LogLevel, write
from .base import KeywordBase, hiding


class Unsupported(Enum):
    """What happens when a file has something that cannot be loaded.

    - ``FAIL``: the keyword fails, lists all of it, and registers nothing.
    - ``WARN``: the rest is loaded, with a warning.
    """

    FAIL = "FAIL"
    WARN = "WARN"


class LoadingKeywords(KeywordBase):
    @keyword
    def load_expectations(
        self,
        path: Path,
        *,
        format: Format = Format.AUTO,
        unsupported: Unsupported = Unsupported.FAIL,
        base_path: str | None = None,
        server: str | None = None,
    ) -> list[Expectation]:
        """Loads expectations with their responses from files of WireMock, Mockoon or Postman, or from an HTTP Archive.

        They match and answer as that tool does; see `Stubs from elsewhere`. They belong to the scope in which they are
        loaded, and the expectations of the suite itself come before them, whenever they are registered.

        Args:
            path: A file, or a directory whose files are loaded in sorted order, with those of its directories.
            format: Which tool the files are of.
            unsupported: What happens when a file has something that cannot be loaded.
            base_path: Put before the path of each expectation, such as ``/api``.
            server: Alias of the server; the current one when left out.

        Returns:
            A list of the expectations.

        Fails when there is no such file, a file is not JSON or not of that format, or, with ``unsupported=FAIL``, has
        something that cannot be loaded. Then nothing is registered.

        Example:
        | Load Expectations    ${CURDIR}/wiremock
        | Load Expectations    ${CURDIR}/orders.har    base_path=/v1
        """
        http_server = self._server(server)
        http_server.require_running()
        kind = member(Format, format, "format")
        reaction = member(Unsupported, unsupported, "unsupported")
        surroundings = Surroundings(
            http_server.book.states_of,
            Own(http_server.host, http_server.port),
            known_ca_file,
            "" if base_path is None else Below(base_path, "base_path").path,
        )
        with hiding(http_server.secrets):
            loaded = load(path, kind, surroundings)
            if loaded.unsupported:
                what = counted(len(loaded.unsupported), "thing")
                title = f"{what} in {path} cannot be loaded"
                if reaction is Unsupported.FAIL:
                    raise UsageError(f"{title}. With unsupported=WARN the rest is.\n{loaded.listed()}")
                write(f"{title}:\n{loaded.listed()}", LogLevel.WARN)
        expectations = http_server.book.register_all(loaded.drafts)
        notes = "".join(f"\n{note}" for note in loaded.notes)
        write(f"Loaded {counted(len(expectations), 'expectation')} from {path}.{notes}")
        return expectations
