"""The functions of a template."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timezone
from typing import Any, Final

from jinja2.utils import Namespace, pass_context

from .budget import TemplateContext
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


def _random_int(low: int, high: int) -> int:
    return random.randint(low, high)


def _now() -> Moment:
    return moment(datetime.now(timezone.utc))


def _uuid() -> str:
    return str(uuid.uuid4())


FUNCTIONS: Final[dict[str, Any]] = {
    "dict": _dict,
    "namespace": Namespace,
    "now": _now,
    "random_int": _random_int,
    "range": _range,
    "uuid": _uuid,
}
