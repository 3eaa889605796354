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
