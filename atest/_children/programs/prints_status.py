"""Run by lifecycle.robot: a listener that sees how tests end."""

from robot import result, running

ROBOT_LISTENER_API_VERSION = 3


def end_test(data: running.TestCase, result: result.TestCase) -> None:
    print(f"<{data.name}: {result.status}, {result.message[:9]}>")
