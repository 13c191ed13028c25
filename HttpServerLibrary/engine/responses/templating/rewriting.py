"""What is changed in a template between its source and its code.

To name the expression that failed, the number of its ``{{ ... }}`` or ``{% ... %}`` is put into the line numbers that
Jinja carries from the source to the compiled code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.visitor import NodeTransformer

from .filters import CONCATENATED, CONDITION, MADE, METHOD, NO_ELSE, ROUND

LINE_BITS: Final = 20
LINE: Final = (1 << LINE_BITS) - 1
BEGINS: Final = {"variable_begin": "variable_end", "block_begin": "block_end"}


class Numbering(Extension):
    """Puts the number of each tag into the line numbers."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        number = 0
        for token in stream:
            number += token.type in BEGINS
            yield Token((number << LINE_BITS) | min(token.lineno, LINE), token.type, token.value)


class Rewriting(NodeTransformer):
    """Rewrites what must be counted."""

    def _counted(self, node: Any) -> nodes.Node:
        size = sum(len(data.data) for data in node.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_filter(node, nodes.Const(size), ROUND), lineno=node.lineno))
        return node  # type: ignore[no-any-return]

    def visit_For(self, node: Any) -> nodes.Node:  # noqa: N802
        self._counted(node)
        if node.test is not None:
            node.test = _filter(node, node.test, CONDITION)
        return node  # type: ignore[no-any-return]

    visit_Macro = _counted  # noqa: N815

    def _made(self, node: Any) -> nodes.Node:
        self.generic_visit(node)
        is_stored = getattr(node, "ctx", "load") != "load"
        return node if is_stored else _filter(node, node, MADE)

    visit_List = _made  # noqa: N815
    visit_Dict = _made  # noqa: N815
    visit_Tuple = _made  # noqa: N815

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filter(node, node.nodes[0], CONCATENATED, node.nodes[1:])

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if node.expr2 is None:
            node.expr2 = _filter(node, nodes.Const(None), NO_ELSE)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        method = node.node
        if not isinstance(method, nodes.Getattr):
            return node
        args = [nodes.Const(method.attr), *node.args]
        return _filter(node, method.node, METHOD, args, node.kwargs, node.dyn_args, node.dyn_kwargs)


def _filter(
    place: nodes.Node,
    value: nodes.Expr,
    name: str,
    args: Iterable[nodes.Expr] = (),
    kwargs: Iterable[Any] = (),
    dyn_args: Any = None,
    dyn_kwargs: Any = None,
) -> nodes.Filter:
    return nodes.Filter(value, name, [*args], [*kwargs], dyn_args, dyn_kwargs, lineno=place.lineno)
