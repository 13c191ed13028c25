"""Another machine, as far as the network is concerned: a network namespace of Linux with a cable to this one.

It needs root, ip and curl; elsewhere, the tests are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
import uuid
from random import SystemRandom

from robot.api import SkipExecution
from robot.api.deco import keyword, library

_ATTEMPTS = 20


@library(scope="TEST", auto_keywords=False)
class OtherMachine:
    def __init__(self) -> None:
        self._name = ""

    @keyword
    def connect_other_machine(self) -> str:
        """Returns the address under which the other machine reaches this one."""
        for program in ("ip", "curl"):
            if shutil.which(program) is None:
                raise SkipExecution(f"There is no {program}.")
        name = uuid.uuid4().hex[:10]
        made = _ip("netns", "add", name)
        if made.returncode:
            raise SkipExecution(f"No network namespace can be made: {made.stderr.strip()}")
        self._name = name
        try:
            return self._lay_cable()
        except BaseException:
            self.disconnect_other_machine()
            raise

    def _lay_cable(self) -> str:
        ours, theirs = f"o{self._name}", f"t{self._name}"
        made = _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", self._name)
        if made.returncode:
            raise SkipExecution(f"No virtual cable can be made: {made.stderr.strip()}")
        address, other = _free_addresses(ours)
        for command in (
            ("link", "set", ours, "up"),
            ("-n", self._name, "address", "add", f"{other}/30", "dev", theirs),
            ("-n", self._name, "link", "set", theirs, "up"),
            ("-n", self._name, "link", "set", "lo", "up"),
        ):
            done = _ip(*command)
            assert not done.returncode, done.stderr
        return address

    @keyword
    def disconnect_other_machine(self) -> None:
        """For teardowns."""
        if self._name:
            # With it goes its end of the cable, and so the other end.
            _ip("netns", "delete", self._name)
            self._name = ""

    @keyword
    def run_on_other_machine(self, *command: str) -> str:
        """Runs a command there, and returns what it prints. Fails if that fails."""
        done = subprocess.run(
            ["ip", "netns", "exec", self._name, *command], capture_output=True, text=True, timeout=60, check=False
        )
        assert not done.returncode, f"rc {done.returncode}: {done.stderr or done.stdout}"
        return done.stdout


def _free_addresses(device: str) -> tuple[str, str]:
    """Gives the device an address in a small network that no other device has; returns it, and the other one in it."""
    chance = SystemRandom()
    for _ in range(_ATTEMPTS):
        network = f"10.{chance.randrange(200, 256)}.{chance.randrange(256)}"
        if network not in _ip("address", "show").stdout:
            done = _ip("address", "add", f"{network}.1/30", "dev", device)
            assert not done.returncode, done.stderr
            return f"{network}.1", f"{network}.2"
    raise AssertionError("No free network was found.")


def _ip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, timeout=60, check=False)
