"""The other reader of the table: the small Lambda that a contact flow calls with the digits
dialled.

A table that extpool wrote must still answer it, so tests ask it after every run.
"""

from __future__ import annotations

from boto3.dynamodb.conditions import Key


def agent_for(table, extension: str) -> str | None:
    """The login that the dialled extension leads to; None where nobody has it."""
    found = table.query(KeyConditionExpression=Key("pk").eq(extension) & Key("sk").eq("agentID"))
    return found["Items"][0]["sk_value"] if found["Items"] else None


def handed_on(table, extension: str) -> dict[str, str]:
    """The whole item, as the old reader returns it to the flow. The flow takes a flat map of strings
    and nothing else: a number (a Decimal) or a list ends the call.
    """
    found = table.query(KeyConditionExpression=Key("pk").eq(extension) & Key("sk").eq("agentID"))
    item = found["Items"][0]
    for name, value in item.items():
        if not isinstance(value, str):
            raise TypeError(f"the flow cannot take {name} of {extension}: {value!r}")
    return item
