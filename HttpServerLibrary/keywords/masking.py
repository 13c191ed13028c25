"""Masking secret values."""

from __future__ import annotations

from robot.api.deco import keyword

from ..engine.masking.names import field_names, header_names
from .base import KeywordBase


class MaskingKeywords(KeywordBase):
    @keyword
    def set_masked_headers(self, *names: str, server: str | None = None) -> None:
        """Masks the values of these headers in the log, in messages, in saved requests and in explanations.

        Only this server masks them; with several servers, call it for each one. They are masked until the end of the
        suite or test, in addition to names masked before. Authorization, Proxy-Authorization, Cookie and Set-Cookie are
        always masked. See `Secrets`.

        Args:
            names: Names of headers, in any case.
            server: Alias of the server; the current one when left out.

        Fails when no name is given, or when one is not a valid header name.

        Example:
        | Set Masked Headers    X-Api-Key    X-Signature
        """
        http_server = self._server(server)
        http_server.secrets.mask_headers(header_names(names), http_server.book.innermost())

    @keyword
    def set_masked_fields(self, *names: str, server: str | None = None) -> None:
        """Masks the values of these fields in the log, in messages, in saved requests and in explanations.

        Fields are members of JSON objects at any depth (with everything inside them), form fields, query parameters,
        and elements and attributes of XML. Only this server masks them; with several servers, call it for each one.
        They are masked until the end of the suite or test, in addition to names masked before. See `Secrets`.

        Args:
            names: Names of fields, in any case; names in XML without a prefix. ``password`` also stands for
                ``user[password]``, ``password[]`` and ``user.password``.
            server: Alias of the server; the current one when left out.

        Fails when no name is given, or when one is empty, contains ``=``, or is a path such as ``$.user.password`` or
        ``//password``.

        Example:
        | Set Masked Fields    password    card_number
        """
        http_server = self._server(server)
        http_server.secrets.mask_fields(field_names(names), http_server.book.innermost())
