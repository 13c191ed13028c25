"""The functions of a template."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from typing import Any, Final
from uuid import uuid4

from jinja2.utils import Namespace, pass_context

from .budget import CannotBeUsed, TemplateContext
from .values import Moment, moment


@pass_context
def _range(context: TemplateContext, *args: int) -> range:
    found = range(*args)
    try:
        too_long = len(found) > context.budget.limits.rounds
    except OverflowError:
        too_long = True
    if too_long:
        raise context.budget.too_many_rounds()
    return found


@pass_context
def _dict(context: TemplateContext, *args: Any, **named: Any) -> dict[Any, Any]:
    made = dict(*args, **named)
    context.budget.charge_for(made)
    return made


# Python names these in its errors about arguments, so they have the names that templates know.


def random_int(low: int, high: int) -> int:
    if not (isinstance(low, int) and isinstance(high, int)):
        raise CannotBeUsed("random_int(low, high) needs two whole numbers; | int makes one of text")
    if low > high:
        raise CannotBeUsed(f"random_int(low, high) needs a low that is not above high, not {low} and {high}")
    return random.randint(low, high)


def now() -> Moment:
    return moment(datetime.now(timezone.utc))


def uuid() -> str:
    return str(uuid4())


FUNCTIONS: Final[dict[str, Any]] = {
    "dict": _dict,
    "namespace": Namespace,
    "now": now,
    "random_int": random_int,
    "range": _range,
    "uuid": uuid,
}
