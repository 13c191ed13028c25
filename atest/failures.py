"""Prints the name and the message of each test that failed: ``python atest/failures.py OUTPUT.XML``."""

from __future__ import annotations

import sys

from robot.api import ExecutionResult, ResultVisitor
from robot.result import TestCase


class Failures(ResultVisitor):  # type: ignore[misc]
    def visit_test(self, test: TestCase) -> None:
        if test.failed:
            print(f"\n{test.full_name}\n{test.message}")


ExecutionResult(sys.argv[1]).visit(Failures())
