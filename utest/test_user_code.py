"""Exceptions of user code as text, whatever they are."""

from __future__ import annotations

import re
from typing import Any

import pytest

from HttpServerLibrary.engine.masking.secrets import Secrets
from HttpServerLibrary.engine.phrase import UNMASKED, text
from HttpServerLibrary.engine.user_code import raised, traceback_of


class TextThatFails(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


class NoText(Exception):
    def __str__(self) -> str:
        return None  # type: ignore[return-value]


class NotesThatFail(Exception):
    @property
    def __notes__(self) -> list[str]:
        raise ValueError("no notes")


class CauseOfItself(Exception):
    def __init__(self) -> None:
        self.__cause__ = self


class NotesOfAnyKind(Exception):
    __notes__ = (1, None, "\ud83d")


@pytest.mark.parametrize("kind", [TextThatFails, NoText, NotesThatFail, CauseOfItself, NotesOfAnyKind])
def test_every_exception_has_a_line_and_a_traceback(kind: type[Exception]) -> None:
    line = str(text(raised(kind())))
    assert kind.__name__ in line
    assert "\n" not in line
    assert kind.__name__ in traceback_of(kind(), UNMASKED)


def test_the_name_of_a_file_is_escaped() -> None:
    names: dict[str, Any] = {}
    # A name whose bytes are not UTF-8.
    exec(compile("def fail(): raise ValueError('boo')", "\udcff\x1b.py", "exec"), names)
    with pytest.raises(ValueError, match="boo") as caught:
        names["fail"]()
    error = caught.value.with_traceback(caught.value.__traceback__.tb_next if caught.value.__traceback__ else None)
    assert text(raised(error)) == r"ValueError: boo (\udcff\x1b.py, line 1)"


def test_the_line_is_that_of_the_user_and_not_of_a_framework_that_calls_it() -> None:
    framework: dict[str, Any] = {}
    exec(compile("def call(view):\n    view()", "/venv/site-packages/framework/app.py", "exec"), framework)
    shop: dict[str, Any] = {}
    exec(compile("\n\ndef fail(): raise ValueError('boo')", "/suites/shop.py", "exec"), shop)
    with pytest.raises(ValueError, match="boo") as caught:
        framework["call"](shop["fail"])
    error = caught.value.with_traceback(caught.value.__traceback__.tb_next if caught.value.__traceback__ else None)
    assert text(raised(error)) == "ValueError: boo (shop.py, line 3)"


def test_a_long_traceback_is_cut_in_the_middle() -> None:
    shown = traceback_of(ValueError(f"first{'x' * 1_000_000}last"), UNMASKED)
    assert len(shown) < 21_000
    assert shown.startswith("ValueError: first")
    assert shown.endswith("last\n")
    assert "\n... (1,000,022 characters)\n" in shown


def test_no_part_of_a_secret_is_left_where_a_traceback_is_cut() -> None:
    secret = "".join(f"{number:03d}-" for number in range(100))
    secrets = Secrets()
    secrets.add(secret)
    for before in range(9_500, 10_100, 50):
        error = ValueError(f"{'x' * before}{secret}{'y' * 100_000}{secret}{'z' * before}")
        assert not re.search(r"\d{3}-", traceback_of(error, secrets)), before
