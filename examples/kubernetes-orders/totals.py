"""Turns an order into its total: {"order": 7, "items": [{"quantity": 3, "price": 0.5}]} gives {"order": 7, "total": 1.5}."""
import json

from pulsar import Function


class Totals(Function):
    def process(self, input, context):
        try:
            order = json.loads(input)
            total = sum(item["quantity"] * item["price"] for item in order["items"])
            return json.dumps({"order": order["order"], "total": round(total, 2)})
        except (ValueError, KeyError, TypeError) as problem:
            context.get_logger().warning("no order: %s", problem)
            return None
