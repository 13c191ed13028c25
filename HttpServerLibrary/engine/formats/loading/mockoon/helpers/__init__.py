"""The helpers that templates of Mockoon call, one file a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...handlebars import Helper
from .blocks import BLOCKS
from .dates import DATES
from .lists import LISTS
from .numbers import NUMBERS
from .random_values import RANDOM_VALUES
from .requests import REQUESTS
from .stored import STORED
from .texts import TEXTS

HELPERS: Final[Mapping[str, Helper]] = {
    **BLOCKS,
    **DATES,
    **LISTS,
    **NUMBERS,
    **RANDOM_VALUES,
    **REQUESTS,
    **STORED,
    **TEXTS,
}
