"""Makes names and countries of an order uniform: "ann  SMITH" becomes "Ann Smith", "de" becomes "DE".

The mesh names the class as `clean.Clean`. The part before the dot must be the name of this file: a worker
that fetches the package by its URL stores it under that name.
"""
from pulsar import Function


class Clean(Function):
    """User config: `defaultCountry` (ZZ) for orders without a country."""

    def process(self, input, context):
        # Without a declared schema the input comes as bytes or as text, depending on the runtime's version.
        order = input.decode("utf-8") if isinstance(input, bytes) else str(input)
        seq, customer, country, item, quantity, price = order.split(",")
        customer = " ".join(customer.split()).title()
        country = country.upper() or context.get_user_config_value("defaultCountry") or "ZZ"
        return ",".join((seq, customer, country, item.lower(), quantity, price))
