"""What must hold of a store at every instant, whoever writes and whatever crashes.

The rules know nothing of DynamoDB or SQLite: `State` is what a reader made of either, `broken()`
lists what is wrong with it. `read_dynamodb()` makes a State of a whole table; `claims` and
`index` are None for a store that has no such thing.

    assert_holds(read_dynamodb(table), numbers(4))
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Iterable

from boto3.dynamodb.conditions import Key


@dataclass
class State:
    """Who holds what. Lists, not dictionaries: a broken store holds things twice."""

    #: (extension, agent)
    assigned: list[tuple[str, str]] = field(default_factory=list)
    free: list[str] = field(default_factory=list)
    reserved: list[str] = field(default_factory=list)
    #: (agent, extension)
    claims: list[tuple[str, str]] | None = None
    #: free and reserved numbers and (extension, agent) pairs as an index shows them
    index: set | None = None
    audit: list[dict] = field(default_factory=list)
    #: items that are none of the above
    unknown: list = field(default_factory=list)

    def extension_of(self, agent: str) -> str | None:
        return next((extension for extension, who in self.assigned if who == agent), None)

    def agents(self) -> set[str]:
        return {agent for _, agent in self.assigned}


def numbers(width: int = 4, first: int = 0, last: int | None = None) -> list[str]:
    """All extensions of a range, with their leading zeros."""
    last = 10**width - 1 if last is None else last
    return [f"{number:0{width}}" for number in range(first, last + 1)]


def broken(state: State, pool: Iterable[str]) -> list[str]:
    """Every rule that the store breaks, a line each. Numbers outside the pool may be assigned or
    reserved (the ranges may have been narrowed), not free.
    """
    pool = set(pool)
    found = []
    held = Counter(extension for extension, _ in state.assigned)
    found += [f"extension {e} is assigned {n} times" for e, n in held.items() if n > 1]
    found += [
        f"agent {a} has {n} extensions"
        for a, n in Counter(agent for _, agent in state.assigned).items()
        if n > 1
    ]
    places = Counter(state.free) + Counter(state.reserved) + Counter(set(held))
    found += [f"extension {e} is in {n} states at once" for e, n in places.items() if n > 1]
    found += [f"extension {e} is lost" for e in sorted(pool - places.keys())]
    found += [
        f"extension {e} is free and no number of the pool" for e in sorted(set(state.free) - pool)
    ]
    found += [f"an item that is nothing: {item}" for item in state.unknown]
    found += _broken_claims(state) + _broken_index(state)
    return found


def _broken_claims(state: State) -> list[str]:
    if state.claims is None:
        return []
    found = [
        f"agent {a} claims {n} times"
        for a, n in Counter(agent for agent, _ in state.claims).items()
        if n > 1
    ]
    holds = {(agent, extension) for extension, agent in state.assigned}
    claims = set(state.claims)
    found += [f"agent {a} has {e} without a claim" for a, e in sorted(holds - claims)]
    found += [f"agent {a} claims {e} without having it" for a, e in sorted(claims - holds)]
    return found


def _broken_index(state: State) -> list[str]:
    if state.index is None:
        return []
    items = (
        {("free", e) for e in state.free}
        | {("reserved", e) for e in state.reserved}
        | {("assigned", *pair) for pair in state.assigned}
    )
    return [f"the index does not show {item}" for item in sorted(items - state.index)] + [
        f"the index shows {item}, which is not there" for item in sorted(state.index - items)
    ]


def assert_holds(state: State, pool: Iterable[str]) -> None:
    found = broken(state, pool)
    assert not found, f"{len(found)} rules broken:\n" + "\n".join(found[:40])


# -- DynamoDB --------------------------------------------------------------------------------------


def scan(table) -> list[dict]:
    """Every item of a boto3 Table, with strong consistency."""
    items: list[dict] = []
    more: dict = {}
    while True:
        page = table.scan(ConsistentRead=True, **more)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def read_dynamodb(table, claims: bool = True, index: bool = True) -> State:
    """The State of a boto3 Table. `claims` False where only the old program has written."""
    state = State(claims=[] if claims else None)
    for item in scan(table):
        pk, sk = item["pk"], item["sk"]
        if pk == "export":
            continue  # a note of what was published: nothing of the pool
        if pk.startswith("audit#"):
            state.audit.append(item)
        elif sk == "claim" and pk.startswith("agent#") and "sk_value" not in item:
            if claims:
                state.claims.append((pk[len("agent#") :], item["ext"]))
        elif sk == "agentID" and "sk_value" in item:
            state.assigned.append((pk, item["sk_value"]))
        elif sk == "nu" and item.get("sk_value", pk) == pk:
            state.free.append(pk)
        elif sk == "held" and item.get("sk_value") == pk:
            state.reserved.append(pk)
        else:
            state.unknown.append(item)
    if index:
        state.index = _read_index(table)
    return state


def _read_index(table) -> set:
    shown = set()
    for kind, sk in (("free", "nu"), ("reserved", "held"), ("assigned", "agentID")):
        more: dict = {}
        while True:
            page = table.query(IndexName="skIndex", KeyConditionExpression=Key("sk").eq(sk), **more)
            shown.update(
                (kind, i["pk"], i["sk_value"]) if kind == "assigned" else (kind, i["pk"])
                for i in page["Items"]
            )
            if "LastEvaluatedKey" not in page:
                break
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    return shown


def audited_changes(state: State) -> int:
    """How many changes the audit trail tells of; its items hold them as JSON text."""
    return sum(len(json.loads(item["changes"])) for item in state.audit)
