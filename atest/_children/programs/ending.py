"""What programs do at their end."""

import threading


def join_threads() -> None:
    """A thread that is held up a moment longer than a stop waits for it is not left: it ends."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(10)
