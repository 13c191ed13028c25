"""Jinja's sandbox, closed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, UndefinedError
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing

from ...visible import quote
from ..occasion import Occasion
from .budget import Budget, CannotBeUsed, Limits, TemplateContext, fail_if_missing
from .filters import FILTERS
from .functions import FUNCTIONS
from .methods import ATTRIBUTES
from .operators import check_operator
from .rewriting import Numbering
from .values import (
    REQUEST_MEMBERS,
    NoHeader,
    NoneHasNone,
    RequestHeaders,
    RequestValue,
    States,
    finalize,
    kind_of,
)


class _Missing(StrictUndefined):
    """What is not there; any use of it is an error."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, exc: Any = UndefinedError
    ) -> None:
        super().__init__(f'there is no "{name}"' if hint is None else hint, obj, name, exc)


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
            extensions=[Numbering],
            cache_size=0,
        )
        self.filters = dict(FILTERS)
        self.globals = dict(FUNCTIONS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = obj.__class__
        if kind is RequestValue:
            if attribute in REQUEST_MEMBERS:
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
        if isinstance(obj, RequestHeaders):
            return self.undefined(f"the request has no header {shown}", obj, name, NoHeader)
        if isinstance(obj, States):
            hint = f"the state {shown} is not set"
        elif isinstance(obj, RequestValue):
            instead = "; use text or json" if name == "body" else ""
            hint = f"a request has no {shown} for templates{instead}"
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
