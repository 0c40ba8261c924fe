"""Adds the total to an order: {"item": "apple", "quantity": 3, "price": 0.5} gets "total": 1.5 and a currency."""
import json

from pulsar import Function


class Price(Function):
    """User config: `currency` of the totals."""

    def process(self, input, context):
        # The source writes lines as bytes; without a declared schema they may come as text.
        line = input.decode("utf-8") if isinstance(input, bytes) else str(input)
        try:
            order = json.loads(line)
            order["total"] = round(order["quantity"] * order["price"], 2)
        except (ValueError, KeyError, TypeError) as problem:
            context.get_logger().warning("no order: %s (%s)", line, problem)
            return None
        order["currency"] = context.get_user_config_value("currency")
        return json.dumps(order)
