"""A chat client: prints the answer to a question word by word, as the service sends it.

    python chat_client.py QUESTION

The environment says where the service is: CHAT_URL. When the service is busy (429), the client waits as long as it
says. When the answer breaks off, it asks for the rest of it.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ATTEMPTS = 3


class ChatError(Exception):
    """The message for the user."""


class Chat:
    """One question and its answer."""

    def __init__(self, url: str, question: str) -> None:
        self._url = f"{url}/chat"
        self._question = json.dumps({"question": question}).encode()
        self._last_id = ""

    def answer(self) -> Iterator[str]:
        """The words of the answer, each as soon as it comes."""
        for _ in range(ATTEMPTS):
            try:
                yield from self._words()
                return
            except HTTPError as error:
                if error.code != 429:
                    raise ChatError(f"The service answered {error.code}.") from error
                time.sleep(float(error.headers.get("Retry-After", "1")))
            except (http.client.HTTPException, URLError, ConnectionError):
                # The next attempt goes on after the last word that came.
                pass
        raise ChatError("The service gives no complete answer.")

    def _words(self) -> Iterator[str]:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._last_id:
            headers["Last-Event-ID"] = self._last_id
        with urlopen(Request(self._url, self._question, headers), timeout=30) as response:
            for line in response:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "id":
                    self._last_id = value
                elif name == "data" and value == "[DONE]":
                    return
                elif name == "data":
                    yield value
        raise http.client.IncompleteRead(b"")


def main(arguments: list[str]) -> int:
    try:
        for word in Chat(os.environ["CHAT_URL"], " ".join(arguments)).answer():
            sys.stdout.write(f"{word} ")
            sys.stdout.flush()
    except ChatError as error:
        sys.stderr.write(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
