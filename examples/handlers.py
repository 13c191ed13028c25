"""Answers that depend on the request, for 'Respond With Handler'."""

from __future__ import annotations

from typing import Any

from werkzeug import Request, Response

CREDIT = 100


def take_payment(request: Request) -> dict[str, Any] | Response:
    """Settles payments within the credit of the customer and refuses the others."""
    order = request.get_json()
    if order["amount"] > CREDIT:
        return Response("over the limit", status=402)
    return {"id": f"{order['item']}-{order['quantity']}", "state": "settled"}
