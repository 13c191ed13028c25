"""The two ways a keyword fails: it was used wrongly, or what was expected did not happen."""


class UsageError(ValueError):
    """A keyword was given something it cannot work with; nothing was changed."""

    ROBOT_SUPPRESS_NAME = True


class ExpectationFailed(AssertionError):
    """What the test expected of the system under test did not happen."""

    ROBOT_SUPPRESS_NAME = True
