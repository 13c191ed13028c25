"""Saying which requests are expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from robot.api.deco import keyword

from ..engine.arguments import UNSET
from ..engine.expectations.expectation import Expectation, Kind
from ..engine.matching.description import ANY
from .base import Body, Credentials, Function, KeywordBase, Methods, Named, Schema, Text, Token


class ExpectationKeywords(KeywordBase):
    @keyword
    def expect_request(
        self,
        path: str = ANY,
        *,
        method: Methods = ANY,
        query: Named = None,
        query_subset: Named = None,
        headers: Named = None,
        cookies: Named = None,
        basic_auth: Credentials = None,
        bearer_token: Token = None,
        text: Text = None,
        data: Body = None,
        json: object = UNSET,
        json_subset: object = UNSET,
        json_ignore_order: bool = False,
        json_path: Named = None,
        json_schema: Schema = None,
        xml: Body = None,
        xpath: Named = None,
        form: Named = None,
        files: Named = None,
        matcher: Function | None = None,
        times: int | None = None,
        server: str | None = None,
    ) -> Expectation:
        """Expects any number of requests that look like this, or exactly ``times`` of them.

        The expectation is permanent: it answers every request that matches, until its scope ends. With ``times``
        it is used up after that many; later requests get status 500, and *Expectations Should Be Met* wants all of
        them.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            times: How many requests it takes; any number when left out. 1 or more.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for ``to=`` of the ``Respond With ...`` keywords and for `Remove Expectation`.

        Fails when a field cannot be understood, for example ``method: "POTS" is not a method this library knows``.
        Nothing is registered then.

        Example:
        | Expect Request    /health
        | Respond With Data    OK
        | Expect Request    /orders/{id}    method=GET,HEAD    times=2
        | Respond With Json    {"id": 7}
        """
        return self._expect(Kind.PERMANENT, locals())

    @keyword
    def expect_oneshot_request(
        self,
        path: str = ANY,
        *,
        method: Methods = ANY,
        query: Named = None,
        query_subset: Named = None,
        headers: Named = None,
        cookies: Named = None,
        basic_auth: Credentials = None,
        bearer_token: Token = None,
        text: Text = None,
        data: Body = None,
        json: object = UNSET,
        json_subset: object = UNSET,
        json_ignore_order: bool = False,
        json_path: Named = None,
        json_schema: Schema = None,
        xml: Body = None,
        xpath: Named = None,
        form: Named = None,
        files: Named = None,
        matcher: Function | None = None,
        server: str | None = None,
    ) -> Expectation:
        """Expects one request that looks like this; then the expectation is gone.

        Oneshot expectations are considered before permanent ones, the one registered first before later ones.
        So two for the same path give two answers, one after the other.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for ``to=`` of the ``Respond With ...`` keywords and for `Remove Expectation`.

        Fails when a field cannot be understood or the server is stopped; nothing is registered then.

        Example:
        | Expect Oneshot Request    /orders    method=POST    json={"item": "book"}
        | Respond With Json    {"id": 7}    status=201
        """
        return self._expect(Kind.ONESHOT, locals())

    @keyword
    def expect_ordered_request(
        self,
        path: str = ANY,
        *,
        method: Methods = ANY,
        query: Named = None,
        query_subset: Named = None,
        headers: Named = None,
        cookies: Named = None,
        basic_auth: Credentials = None,
        bearer_token: Token = None,
        text: Text = None,
        data: Body = None,
        json: object = UNSET,
        json_subset: object = UNSET,
        json_ignore_order: bool = False,
        json_path: Named = None,
        json_schema: Schema = None,
        xml: Body = None,
        xpath: Named = None,
        form: Named = None,
        files: Named = None,
        matcher: Function | None = None,
        server: str | None = None,
    ) -> Expectation:
        """Expects one request that looks like this, in the order of registration among the ordered ones.

        While ordered expectations are left, a request that is not the next one breaks the order: it and every later
        request is refused with status 500, until `Reset Http Server` or the end of the scope.

        Args:
            path: Path without the query; see `Request description` for this and all other fields.
            server: Alias of the server; the current one when left out.

        Returns:
            The expectation, for ``to=`` of the ``Respond With ...`` keywords and for `Remove Expectation`.

        Fails when a field cannot be understood or the server is stopped; nothing is registered then.

        Example:
        | Expect Ordered Request    /login    method=POST
        | Respond With Data
        | Expect Ordered Request    /orders    method=GET
        | Respond With Json    []
        """
        return self._expect(Kind.ORDERED, locals())

    def _expect(self, kind: Kind, arguments: Mapping[str, Any]) -> Expectation:
        server = self._server(arguments["server"])
        server.require_running()
        description = self._described(server, arguments)
        expectation = server.book.register(kind, description, arguments.get("times"))
        self._scopes.innermost.latest = expectation
        return expectation

    @keyword
    def remove_expectation(self, expectation: Expectation) -> None:
        """Removes an expectation: it takes no more requests, and nobody waits for it.

        Removing one that is used up, removed already or ended with its scope does nothing.

        Args:
            expectation: What an ``Expect ...`` keyword returned.

        Example:
        | ${expectation} =    Expect Request    /health
        | Respond With Data    OK
        | Remove Expectation    ${expectation}
        """
        self._enter()
        for server in self._scopes.servers():
            server.book.remove(expectation)

    @keyword
    def clear_expectations(self, *, server: str | None = None) -> None:
        """Removes all expectations of a server, also those of the suite.

        Received requests and problems stay; after a broken order requests stay refused (see `Reset Http Server`).

        Args:
            server: Alias of the server; the current one when left out.

        Example:
        | Clear Expectations
        """
        self._server(server).book.clear()
