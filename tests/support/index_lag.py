"""A secondary index that lags behind its table.

Amazon updates an index after the write is answered. dynoxide updates it at once, so the gate
keeps a second server as the index: each item written is copied there later, or not before the
test says so, and Queries on an index are answered from there.

    with lagging_index(cloud.dynamodb, 2.0): ...             each write is seen two seconds late
    with lagging_index(cloud.dynamodb, None) as index:       no write is seen ...
        index.catch_up()                                     ... before this
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque

from . import servers
from .dynamodb_front import DynamoDBFront, call
from .service import Context, Upstream
from .wire import Response


class LaggingIndex:
    """The replica, and the queue of the keys whose items it has yet to copy."""

    def __init__(self, front: DynamoDBFront, replica_url: str, lag_s: float | None):
        self.replica, self.table = Upstream(replica_url), front.upstream
        self.lag_s = lag_s
        self._known: dict[str, list[str]] = {}
        self._queue: deque[tuple[float, str, dict]] = deque()
        self._wake = threading.Condition()
        self._copying = threading.Lock()
        self._stopped = False
        for name in call(self.table, "ListTables", {})["TableNames"]:
            self._copy_table(name)
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)
        self._thread.start()

    # -- for the front -----------------------------------------------------------------------------

    def query(self, ctx: Context) -> Response:
        self._know(ctx.json["TableName"])
        ctx.record.forwarded = True
        return self.replica.forward("POST", "/", ctx.request.headers, ctx.request.body)

    def written(self, ctx: Context) -> None:
        """A write was carried out: its items are to be copied when their time has come."""
        due = time.monotonic() + (self.lag_s or 0)
        keys = [(due, table, key) for table, key in self._keys(ctx)]
        with self._wake:
            self._queue.extend(keys)
            self._wake.notify()

    # -- for tests ---------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """From here on the index shows everything that was written so far."""
        with self._copying:
            while True:
                with self._wake:
                    if not self._queue:
                        return
                    _, table, key = self._queue.popleft()
                self._copy_item(table, key)

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join()

    # -- copying -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._stopped and not self._due():
                    self._wake.wait(
                        None
                        if not self._queue or self.lag_s is None
                        else max(0.0, self._queue[0][0] - time.monotonic())
                    )
                if self._stopped:
                    return
            with self._copying:
                with self._wake:
                    if not self._due():
                        continue
                    _, table, key = self._queue.popleft()
                self._copy_item(table, key)

    def _due(self) -> bool:
        return (
            self.lag_s is not None and bool(self._queue) and self._queue[0][0] <= time.monotonic()
        )

    def _know(self, table: str) -> list[str]:
        """The table's key attributes; a table made since the start is made in the replica too."""
        with self._wake:
            known = self._known.get(table)
        return known or self._copy_table(table, items=False)

    def _copy_table(self, name: str, items: bool = True) -> list[str]:
        described = call(self.table, "DescribeTable", {"TableName": name})["Table"]
        schema = {
            member: described[member]
            for member in ("TableName", "AttributeDefinitions", "KeySchema")
        }
        schema["BillingMode"] = "PAY_PER_REQUEST"
        indexes = [
            {member: index[member] for member in ("IndexName", "KeySchema", "Projection")}
            for index in described.get("GlobalSecondaryIndexes", [])
        ]
        if indexes:
            schema["GlobalSecondaryIndexes"] = indexes
        call(self.replica, "CreateTable", schema)
        start: dict = {}
        while items:
            page = call(self.table, "Scan", {"TableName": name, "ConsistentRead": True, **start})
            for item in page["Items"]:
                call(self.replica, "PutItem", {"TableName": name, "Item": item})
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        keys = [part["AttributeName"] for part in described["KeySchema"]]
        with self._wake:
            self._known[name] = keys
        return keys

    def _copy_item(self, table: str, key: dict) -> None:
        found = call(
            self.table, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True}
        )
        if "Item" in found:
            call(self.replica, "PutItem", {"TableName": table, "Item": found["Item"]})
        else:
            call(self.replica, "DeleteItem", {"TableName": table, "Key": key})

    def _keys(self, ctx: Context):
        body = ctx.json
        if ctx.operation == "TransactWriteItems":
            writes = [action for element in body["TransactItems"] for action in element.values()]
        elif ctx.operation == "BatchWriteItem":
            writes = [
                {"TableName": table, **action}
                for table, requests in body["RequestItems"].items()
                for request in requests
                for action in request.values()
            ]
        else:
            writes = [body]
        for write in writes:
            names = self._know(write["TableName"])
            values = write.get("Item") or write["Key"]
            yield write["TableName"], {name: values[name] for name in names}


@contextlib.contextmanager
def lagging_index(front: DynamoDBFront, lag_s: float | None):
    """Puts a lagging index in force; to be entered on the main thread, as it starts a server."""
    with servers.dynoxide() as server:
        index = LaggingIndex(front, server.url, lag_s)
        front.lagging = index
        try:
            yield index
        finally:
            front.lagging = None
            index.stop()
