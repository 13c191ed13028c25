"""Jinja2 with what templates for responses may do.

Jinja's sandbox is the ground; on it, the world of a template is closed. Values are plain: a request is known by a table
of its members, and nothing else of the server can be reached. An attribute is a member of a dictionary or one of the
names in a table, never a method. A method is called by a filter of its own, into which each ``value.name(...)`` of a
template is rewritten, and that filter has a table, too. Loops, macros, lists and concatenations are rewritten so
that they are counted.

To name the expression that failed, the number of its ``{{ ... }}`` or ``{% ... %}`` is put into the line numbers that
Jinja carries from the source to the compiled code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import TracebackType
from typing import Any, Final, NamedTuple

from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing
from jinja2.visitor import NodeTransformer

from ..message.json_text import NotJson
from ..visible import quote
from .occasion import Occasion
from .template_bounds import (
    ATTRIBUTES,
    CONCATENATED,
    CONDITION,
    FILTERS,
    FUNCTIONS,
    MADE,
    METHOD,
    NO_ELSE,
    ROUND,
    Budget,
    CannotBeUsed,
    Limits,
    TemplateContext,
    check_operator,
    fail_if_missing,
    finalize,
    kind_of,
    moment,
)

RESULT: Final = "result"
_LINE_BITS: Final = 20
_LINE: Final = (1 << _LINE_BITS) - 1
_BEGINS: Final = {"variable_begin": "variable_end", "block_begin": "block_end"}
# Jinja makes line feeds of all line ends. These are white space to it, so one of them can stand for a carriage return.
_STAND_INS: Final = "\x1c\x1d\x1e\x1f"
_STATEMENTS: Final = (
    *(nodes.Template, nodes.Output, nodes.For, nodes.If, nodes.Assign, nodes.AssignBlock, nodes.FilterBlock),
    *(nodes.With, nodes.Macro),
)
_REQUEST_MEMBERS: Final = frozenset(
    "auth body_size client client_subject cookies data files form headers json method path path_params query "
    "query_string text time url".split()
)


class NoneHasNone(UndefinedError):
    """Something was looked for in None."""


class States(dict[str, object]):
    """The states of the server."""


class RequestValue:
    """The request of a template: a fixed set of members, each made when it is first asked for."""

    __slots__ = ("_made", "_occasion", "not_json")

    def __init__(self, occasion: Occasion) -> None:
        self._occasion = occasion
        self._made: dict[str, Any] = {}
        self.not_json = ""

    def member(self, name: str) -> Any:
        made = self._made
        if name not in made:
            made[name] = self._make(name)
        return made[name]

    def _make(self, name: str) -> Any:
        if name == "json":
            try:
                # Shared with the matching: a template cannot change it.
                return self._occasion.request.json
            except NotJson as error:
                self.not_json = str(error) if self._occasion.request.body else "it is empty"
                return None
        value = getattr(self._occasion.view(), name)
        if name == "files":
            return {key: _files(entry) for key, entry in value.items()}
        if name == "auth" and value is not None:
            return {key: getattr(value, key) for key in ("scheme", "username", "password", "token")}
        return moment(value) if name == "time" else value


def _files(files: Any) -> Any:
    if isinstance(files, list):
        return [*map(_files, files)]
    return {key: getattr(files, key) for key in ("filename", "content_type", "size", "text")}


class _Missing(StrictUndefined):
    """What is not there; any use of it is an error."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = UndefinedError
    ) -> None:
        super().__init__(f'there is no "{name}"' if hint is None else hint, obj, name, exc)


class _Numbering(Extension):
    """Puts the number of each tag into the line numbers."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        number = 0
        for token in stream:
            number += token.type in _BEGINS
            yield Token((number << _LINE_BITS) | min(token.lineno, _LINE), token.type, token.value)


_CALLABLE: Final = tuple(FUNCTIONS.values())


class _Environment(ImmutableSandboxedEnvironment):
    context_class = TemplateContext
    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self) -> None:
        super().__init__(
            undefined=_Missing,
            autoescape=False,
            keep_trailing_newline=True,
            finalize=finalize,
            extensions=[_Numbering],
            cache_size=0,
        )
        self.filters = dict(FILTERS)
        self.globals = dict(FUNCTIONS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = obj.__class__
        if kind is RequestValue:
            if attribute in _REQUEST_MEMBERS:
                return obj.member(attribute)
        elif isinstance(obj, Mapping):
            try:
                return obj[attribute]
            except KeyError:
                pass
        elif kind is Namespace:
            if not attribute.startswith("_"):
                try:
                    return getattr(obj, attribute)
                except AttributeError:
                    pass
        else:
            fail_if_missing(obj)
            for kinds, names in ATTRIBUTES:
                if isinstance(obj, kinds) and attribute in names and hasattr(obj, attribute):
                    return getattr(obj, attribute)
        return self._missing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            return obj[argument]
        except (TypeError, LookupError):
            return self.getattr(obj, argument) if isinstance(argument, str) else self._missing(obj, argument)

    def _missing(self, obj: Any, name: Any) -> Any:
        shown = quote(name) if isinstance(name, str) else name
        if isinstance(obj, States):
            hint = f"the state {shown} is not set"
        elif isinstance(obj, RequestValue):
            hint = f"a request has no {shown} for templates"
        else:
            hint = f"{kind_of(obj)} has no {shown}"
        return self.undefined(hint, obj, name, NoneHasNone if obj is None else UndefinedError)

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Macro) or any(obj is function for function in _CALLABLE)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        fail_if_missing(__obj)
        if not __self.is_safe_callable(__obj):
            raise CannotBeUsed(f"{kind_of(__obj)} cannot be called in a template")
        return __context.call(__obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator != "+" or left.__class__ is not int:
            check_operator(context.budget, operator, left, right)
        return self.binop_table[operator](left, right)


@cache
def environment() -> Environment:
    return _Environment()


class _Rewriting(NodeTransformer):
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


class SyntaxFault(Exception):
    """A template that cannot be compiled: the line, and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class Compiled(NamedTuple):
    """A template that is ready. ``tags`` are its ``{{ ... }}`` and ``{% ... %}`` in order."""

    template: Template
    tags: list[str]
    is_expression: bool
    """Whether it is one whole expression, whose value has a type of its own."""

    is_made: bool
    """Whether that value may be larger than the request."""

    loops: bool

    def tag_of(self, error: BaseException) -> str:
        """The source of the expression that raised an error; the whole template's where it is not known."""
        trace: TracebackType | None = error.__traceback__
        number = 0
        while trace is not None:
            if trace.tb_frame.f_globals.get("__jinja_template__") is self.template:
                number = self.template.get_corresponding_lineno(trace.tb_lineno) >> _LINE_BITS
            trace = trace.tb_next
        return self.tags[number - 1] if number or len(self.tags) == 1 else ""


def compiled(text: str) -> Compiled:
    """Raises `SyntaxFault`."""
    engine = environment()
    stand_in = next((character for character in _STAND_INS if character not in text), "\r")
    try:
        source = text.replace("\r", stand_in)
        tags = [tag.replace(stand_in, "\r") for tag in _tags(engine, source)]
        tree = engine.parse(source)
        for data in tree.find_all(nodes.TemplateData):
            data.data = data.data.replace(stand_in, "\r")
        for constant in tree.find_all(nodes.Const):
            if isinstance(constant.value, str):
                constant.value = constant.value.replace(stand_in, "\r")
        _check(tree)
        body = tree.body
        expression = None
        if len(body) == 1 and isinstance(body[0], nodes.Output) and len(body[0].nodes) == 1:
            only = body[0].nodes[0]
            expression = None if isinstance(only, nodes.TemplateData) else only
        is_made = any(not isinstance(node, _TAKEN) for node in _all(expression)) if expression else False
        loops = any(tree.find(kind) for kind in (nodes.For, nodes.Macro))
        if expression is not None:
            tree.body = [nodes.Assign(nodes.Name(RESULT, "store"), expression, lineno=expression.lineno)]
        tree = _Rewriting().visit(tree)
        tree.set_environment(engine)
        return Compiled(engine.from_string(tree), tags, expression is not None, is_made, loops)
    except TemplateSyntaxError as error:
        raise SyntaxFault(error.lineno & _LINE, (error.message or "").rstrip(".")) from None
    except RecursionError:
        raise SyntaxFault(1, "it is nested too deeply") from None
    except (SyntaxError, MemoryError) as error:
        raise SyntaxFault(1, getattr(error, "msg", "it is nested too deeply")) from None
    except ValueError:
        raise SyntaxFault(1, "a number has too many digits") from None


# What only takes a value from where it is.
_TAKEN: Final = (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const)


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    yield from node.find_all(nodes.Node)


def _tags(engine: Environment, text: str) -> Iterator[str]:
    """The source of each tag."""
    end = ""
    source = ""
    for _, kind, value in engine.lex(text):
        if kind in _BEGINS:
            end, source = _BEGINS[kind], ""
        source += value
        if kind == end:
            # Jinja takes the white space after a block for a part of its end.
            yield source.strip()


def _check(tree: nodes.Template) -> None:
    """Rejects what templates for responses do not have, and names that do not exist."""
    engine = environment()
    for node in tree.find_all(nodes.Node):
        line = node.lineno
        if isinstance(node, nodes.Stmt) and not isinstance(node, _STATEMENTS):
            word = type(node).__name__.lower()
            raise TemplateSyntaxError(f"'{word}' is not available in templates", line)
        if isinstance(node, nodes.For) and node.recursive:
            raise TemplateSyntaxError("'recursive' is not available in templates", line)
        if isinstance(node, nodes.Name) and node.name in ("varargs", "kwargs", "self", "super"):
            raise TemplateSyntaxError(f"'{node.name}' is not available in templates", line)
        for kind, known, noun in ((nodes.Filter, engine.filters, "filter"), (nodes.Test, engine.tests, "test")):
            if isinstance(node, kind) and node.name not in known:
                raise TemplateSyntaxError(f"there is no {noun} '{node.name}'", line)


class Names:
    """What templates know about one occasion. Several templates of one response share it, and the budget."""

    __slots__ = ("_values", "budget", "request")

    def __init__(self, occasion: Occasion, limits: Limits) -> None:
        self.budget = Budget(limits)
        self.request = RequestValue(occasion)
        self._values = {
            **FUNCTIONS,
            "request": self.request,
            "number": occasion.number,
            "state": States(occasion.states),
        }

    def context(self) -> TemplateContext:
        """For one template: what it sets, others do not see."""
        # Template.new_context() takes five times as long.
        context = TemplateContext(environment(), self._values, None, {})
        context.budget = self.budget
        return context
