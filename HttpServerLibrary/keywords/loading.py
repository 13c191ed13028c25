"""Keywords that load what other tools wrote."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from robot.api.deco import keyword

from ..engine.arguments import member
from ..engine.errors import UsageError
from ..engine.expectations.expectation import Expectation
from ..engine.explaining.layout import limit
from ..engine.formats.loading.load import Format, load
from ..engine.formats.loading.loaded import Loaded, Surroundings
from ..engine.masking.secrets import Secrets
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

        They match and answer as that tool does, and belong to the scope in which they are loaded. Within it, the
        expectations of ``Expect ...`` keywords come first, even those registered later. See `Expectations from files`.

        Args:
            path: A file, or a directory whose files are loaded in sorted order, including those in its subdirectories.
            format: The tool that the files come from.
            unsupported: What happens when a file has something that cannot be loaded.
            base_path: Put before the path of each expectation, such as ``/api``.
            server: Alias of the server; the current one when left out.

        Returns:
            A list of the expectations.

        Fails when there is no such file, a file is not JSON or not of that format, or, with ``unsupported=FAIL``, has
        something that cannot be loaded. Then nothing is registered.

        Example:
        | Load Expectations    ${CURDIR}/orders.har
        | GET    ${HTTP_SERVER_URL}/orders    expected_status=200
        | Load Expectations    ${CURDIR}/shop.postman_collection.json    format=POSTMAN    base_path=/v1
        | POST    ${HTTP_SERVER_URL}/v1/orders    expected_status=201
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
        secrets = http_server.secrets
        with hiding(secrets):
            loaded = load(path, kind, surroundings)
            if loaded.unsupported:
                self._tell_unsupported(loaded, path, reaction, secrets)
        expectations = http_server.book.register_all(loaded.drafts)
        lines = [f"Loaded {counted(len(expectations), 'expectation')} from {path}.", *loaded.notes]
        # Nothing to answer with is hardly what a suite wants.
        write(secrets.hide("\n".join(lines)), LogLevel.INFO if expectations else LogLevel.WARN)
        return expectations

    def _tell_unsupported(self, loaded: Loaded, path: object, reaction: Unsupported, secrets: Secrets) -> None:
        title = f"{counted(len(loaded.unsupported), 'thing')} in {path} cannot be loaded"
        lines = loaded.listed()
        if reaction is Unsupported.WARN:
            write(secrets.hide("\n".join([f"{title}:", *lines])), LogLevel.WARN)
            return
        lines = [f"{title}. To load the rest, use unsupported=WARN.", *lines]
        shown = limit(lines)
        if len(shown.split("\n")) < len(lines):
            write(secrets.hide("\n".join(lines)))
        raise UsageError(shown)
