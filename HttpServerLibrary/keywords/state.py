"""Keywords for the states of a server."""

from __future__ import annotations

from robot.api.deco import keyword

from ..engine.arguments import state_name
from ..engine.visible import MASK
from .base import KeywordBase, reveal
from .secret import Secret


class StateKeywords(KeywordBase):
    @keyword
    def set_state(self, name: str, value: object, *, server: str | None = None) -> None:
        """Sets a state of the server until the end of the suite or test.

        ``state`` of the ``Expect ...`` keywords compares it, and ``set_state`` of a response changes it; see `State`.

        Args:
            name: Name of the state, in any characters but ``=`` and ``;``.
            value: Any value; ``${None}`` unsets the state, even if an outer suite has set it.
            server: Alias of the server; the current one when left out.

        Fails when the name is empty or contains ``=`` or ``;``.

        Example:
        | Set State    order    paid
        | Expect Request    /orders/7    state=order=paid
        | Respond With Json    {"status": "paid"}
        """
        http_server = self._server(server)
        book = http_server.book
        book.set_state(state_name(name, "name"), reveal(value, "value", http_server.secrets, book.innermost()))

    @keyword
    def get_state(self, name: str, *, server: str | None = None) -> object:
        """Returns a state of the server.

        Args:
            name: Name of the state.
            server: Alias of the server; the current one when left out.

        Returns:
            The value as it was set; ``${None}`` when the state is not set.

        Fails when the name is empty or contains ``=`` or ``;``.

        Example:
        | Set State    order    paid
        | ${order} =    Get State    order
        | Should Be Equal    ${order}    paid
        """
        http_server = self._server(server)
        value = http_server.book.states.get(state_name(name, "name"))
        # Robot Framework logs what a keyword returns.
        is_secret = isinstance(value, str) and http_server.hide(value) == MASK
        return Secret(value) if is_secret else value
