"""The program at work on a table behind the gate, and what the table holds afterwards.

    desk = TableDesk(tmp_path, cloud)      a pool of 40 numbers, 0000 to 0039
    desk.fill()                            as the old program's owner did
    cloud.instance.set_users(["alice"])
    desk.sync()
    desk.assert_sound()
"""

from __future__ import annotations

import functools

from . import lambda_origin
from .invariants import State, assert_holds, numbers, read_dynamodb
from .program import Desk

SIZE = 40
POOL = numbers(4)[:SIZE]
RULES = f"[policy]\nranges = 0000-{SIZE - 1:04}\nblocked =\ncooldown = 0\n"


class TableDesk(Desk):
    """Runs with the environment that the old program had; reads past the gate."""

    def __init__(self, folder, cloud, rules: str = RULES, pool: list[str] = POOL):
        super().__init__(folder, cloud.env())
        self.cloud, self.pool = cloud, pool
        self.rules(rules)

    def places(self):
        return []

    @functools.cached_property
    def table(self):
        return self.cloud.past_gate("dynamodb", "resource").Table(self.cloud.table)

    @functools.cached_property
    def origin(self) -> lambda_origin.Origin:
        """The old program on the same table, behind the gate as we are."""
        table = self.cloud.client("dynamodb", kind="resource").Table(self.cloud.table)
        return lambda_origin.Origin(
            self.cloud.client("connect"),
            table,
            self.cloud.client("s3"),
            instance_id=self.cloud.instance.id,
            bucket=self.cloud.bucket,
        )

    def create(self) -> None:
        """The table as the old program's owner made it, empty."""
        self.cloud.create_table()

    def fill(self) -> None:
        """All numbers of the pool as free, as the old program writes them."""
        with self.table.batch_writer() as writer:
            for extension in self.pool:
                writer.put_item(Item={"pk": extension, "sk": "nu", "sk_value": extension})

    def origin_assigns(self, *logins: str) -> None:
        """What the old program has written for them: a number each, the lowest first."""
        for extension, login in zip(self.pool, logins):
            self.table.delete_item(Key={"pk": extension, "sk": "nu"})
            self.table.put_item(Item={"pk": extension, "sk": "agentID", "sk_value": login})

    def sync(self, *arguments, status: int = 0) -> dict:
        return self.json("--sync", *arguments, status=status)

    def state(self) -> State:
        return read_dynamodb(self.table)

    def assert_sound(self) -> State:
        """Nothing lost, nothing double, every claim right."""
        state = self.state()
        assert_holds(state, self.pool)
        return state

    def count(self, operation: str) -> int:
        """Requests of that operation so far."""
        return self.cloud.gate.log.count("dynamodb", operation)


def results(document: dict) -> dict[str, int]:
    """How many changes had which result."""
    found: dict[str, int] = {}
    for change in document["changes"]:
        found[change["result"]] = found.get(change["result"], 0) + 1
    return found


def recorded(state: State) -> list[dict]:
    """Every change in the audit trail of the table."""
    import json

    return [change for record in state.audit for change in json.loads(record["changes"])]
