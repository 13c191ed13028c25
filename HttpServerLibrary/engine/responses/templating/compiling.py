"""From the source of a template to what renders it."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Final, NamedTuple

from jinja2 import Environment, Template, TemplateSyntaxError, nodes

from .environment import environment
from .filters import PER_ITEM
from .rewriting import BEGINS, LINE, LINE_BITS, Rewriting

RESULT: Final = "result"
# Jinja makes line feeds of all line ends. These are white space to it, so one of them can stand for a carriage return.
_STAND_INS: Final = "\x1c\x1d\x1e\x1f"
_STATEMENTS: Final = (
    *(nodes.Template, nodes.Output, nodes.For, nodes.If, nodes.Assign, nodes.AssignBlock, nodes.FilterBlock),
    *(nodes.With, nodes.Macro),
)


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
    """Whether it may take long."""

    def tag_of(self, error: BaseException) -> str:
        """The source of the expression that raised an error; the whole template's where it is not known."""
        trace: TracebackType | None = error.__traceback__
        number = 0
        while trace is not None:
            if trace.tb_frame.f_globals.get("__jinja_template__") is self.template:
                number = self.template.get_corresponding_lineno(trace.tb_lineno) >> LINE_BITS
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
        loops = any(
            isinstance(node, (nodes.For, nodes.Macro)) or (isinstance(node, nodes.Filter) and node.name in PER_ITEM)
            for node in tree.find_all(nodes.Node)
        )
        if expression is not None:
            tree.body = [nodes.Assign(nodes.Name(RESULT, "store"), expression, lineno=expression.lineno)]
        tree = Rewriting().visit(tree)
        tree.set_environment(engine)
        return Compiled(engine.from_string(tree), tags, expression is not None, is_made, loops)
    except TemplateSyntaxError as error:
        raise SyntaxFault(error.lineno & LINE, (error.message or "").rstrip(".")) from None
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
        if kind in BEGINS:
            end, source = BEGINS[kind], ""
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
