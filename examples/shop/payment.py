"""The service that takes the money."""

from __future__ import annotations

import time
import uuid
from typing import Any

from shop.callback import Callback
from shop.service import ServiceError, call, call_again_when_busy

POLL_PAUSE = 0.01


class PaymentService:
    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    def pay(self, item: str, quantity: int, amount: int) -> dict[str, Any]:
        """Asks for a payment and waits until it is settled."""
        # The same key in every attempt, so that the customer pays only once even if a response gets lost.
        headers = {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        order = {"item": item, "quantity": quantity, "amount": amount}
        payment = call_again_when_busy("POST", f"{self._url}/payments", order, headers)
        if payment is None:
            raise ServiceError("There is no payment service.")
        while payment["state"] == "pending":
            time.sleep(POLL_PAUSE)
            payment = self._look_up(payment["id"])
        if payment["state"] != "settled":
            raise ServiceError(f"The payment was {payment['state']}.")
        return {**payment, "amount": amount}

    def pay_later(self, item: str, quantity: int, amount: int) -> dict[str, Any]:
        """Asks for a payment and waits until the service calls back."""
        callback = Callback()
        try:
            order = {"item": item, "quantity": quantity, "amount": amount, "callback": callback.url}
            call("POST", f"{self._url}/payments", order, self._headers)
            payment = callback.wait()
        finally:
            callback.close()
        if payment["state"] != "settled":
            raise ServiceError(f"The payment was {payment['state']}.")
        return {**payment, "amount": amount}

    def _look_up(self, number: object) -> dict[str, Any]:
        payment: dict[str, Any] | None = call("GET", f"{self._url}/payments/{number}", headers=self._headers)
        if payment is None:
            raise ServiceError(f"Payment {number} got lost.")
        return payment
