"""The command line of the shop.

    python -m shop order ITEM QUANTITY          pay for something that is in stock
    python -m shop order ITEM QUANTITY later    the same; the payment service calls back when it is paid
    python -m shop list                         what there is to buy

The environment says where the services are: SHOP_STOCK_URL, SHOP_PAYMENT_URL, SHOP_TOKEN (for the payment service)
and SHOP_TIMEOUT (seconds to wait for an answer).
"""

from __future__ import annotations

import os
import sys

from shop.payment import PaymentService
from shop.service import ServiceError
from shop.stock import StockService


def order(item: str, quantity: int, *, later: bool = False) -> str:
    stock = StockService(os.environ["SHOP_STOCK_URL"])
    payments = PaymentService(os.environ["SHOP_PAYMENT_URL"], os.environ.get("SHOP_TOKEN", ""))
    found = stock.find(item)
    if found is None:
        raise ServiceError(f"We do not sell '{item}'.")
    if found["available"] < quantity:
        raise ServiceError(f"Only {found['available']} of '{item}' left.")
    pay = payments.pay_later if later else payments.pay
    payment = pay(item, quantity, found["price"] * quantity)
    return f"Paid {payment['amount']} for {quantity} x {item}, payment {payment['id']}."


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["order", item, quantity]:
                print(order(item, int(quantity)))
            case ["order", item, quantity, "later"]:
                print(order(item, int(quantity), later=True))
            case ["list"]:
                print("\n".join(StockService(os.environ["SHOP_STOCK_URL"]).names()))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
