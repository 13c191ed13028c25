"""Saves received requests in the format that the name of the file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ...errors import UsageError
from ...masking.secrets import Secrets
from ...records.exchange import Exchange
from ...visible import quote
from ...words import counted
from ..har import archive
from .files import write_file
from .mappings import MappingsWriter
from .resource import ResourceWriter, check_keyword

_SUFFIXES: Final = (".har", ".resource", ".json")
_MAX_LISTED: Final = 3


@dataclass
class Saved:
    """Where requests are, how many expectations they became, and what is left out, in words."""

    path: Path
    expectations: int | None = None
    left_out: list[str] = field(default_factory=list)


def save(
    file: object,
    exchanges: Sequence[Exchange],
    secrets: Secrets,
    *,
    keyword: object,
    bodies_over: int,
    version: str,
) -> Saved:
    """Writes requests to a file; an existing one is replaced. Raises `UsageError`, and then changes nothing."""
    target = Path(str(file)).absolute()
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(
            "file: a name that ends in .har (HTTP Archive), .resource (keywords of Robot Framework) or .json (mappings "
            f"of WireMock) is needed, not {quote(target.name)}."
        )
    name = check_keyword(keyword)
    if suffix == ".har":
        har = archive(exchanges, secrets, "HttpServerLibrary", version)
        write_file(target, lambda opened, _: opened.writelines(har))
        return Saved(target)
    if suffix == ".resource":
        writer: ResourceWriter | MappingsWriter = ResourceWriter(exchanges, secrets, name, target.stem, bodies_over)
        bodies_in = target.parent / target.stem
    else:
        writer = MappingsWriter(exchanges, secrets, target.stem, bodies_over)
        # WireMock looks for bodies beside the directory with mappings.
        root = target.parent.parent if target.parent.name == "mappings" else target.parent
        bodies_in = root / "__files" / target.stem
    plan = writer.plan
    left_out = [_left_out(reason, found, secrets) for reason, found in plan.left_out_by_reason().items()]
    if not exchanges:
        raise UsageError("There is no received request to save.")
    if not plan.expectations:
        why = f": {'; '.join(left_out)}" if left_out else ""
        raise UsageError(f"No received request can be saved as an expectation{why}.")
    if not plan.is_checked:
        left_out.append("the check whether each request gets its own response again, because there are too many")
    write_file(target, writer.write, bodies_in)
    return Saved(target, len(plan.expectations), left_out)


def _left_out(reason: str, exchanges: Sequence[Exchange], secrets: Secrets) -> str:
    names = [str(exchange) for exchange in exchanges[:_MAX_LISTED]]
    more = len(exchanges) - len(names)
    listed = ", ".join([*names, *([f"and {counted(more, 'other')}"] if more else [])])
    return secrets.hide(f"{listed}: {reason}")
