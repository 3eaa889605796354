"""DynamoDB as the gate shows it: dynoxide, made as strict and as talkative as the real one.

Requests are held against botocore's model. Point-in-time recovery, which dynoxide does not know,
is kept here (`knows_backups = False` gives the bare server, to see how a client copes). ARNs in
answers get the account and region of the caller.
"""

from __future__ import annotations

import json
import re
import threading
import zlib

from . import models
from .service import Context, Service, Upstream, random_text
from .wire import Headers, Request, Response

_TARGET = re.compile(r"DynamoDB_20120810\.(\w+)")
JSON_1_0 = "application/x-amz-json-1.0"

# Operations that change items, for the index replica.
WRITES = {"PutItem", "DeleteItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"}
_TRANSACT_ACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}


# What a policy's condition sees of a request: the partition keys of its items, in a transaction those of
# each of its actions, which are checked as the operations that they stand for. A Scan has none.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html


def _leading(keys) -> dict[str, list[str]]:
    keys = list(keys)
    return {"dynamodb:LeadingKeys": keys} if keys else {}


def _keys_of(actions) -> list[str]:
    """The partition keys of what has an Item or a Key; every table of the tests has it in `pk`."""
    items = (action.get("Item") or action.get("Key") or {} for action in actions)
    return [item["pk"]["S"] for item in items if "pk" in item]


def _queried_key(body: dict) -> str:
    """That of the index, if one is asked."""
    hashed = "sk" if "IndexName" in body else "pk"
    names = body.get("ExpressionAttributeNames", {})
    for name, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", body["KeyConditionExpression"]):
        if names.get(name, name) == hashed:
            return body["ExpressionAttributeValues"][value]["S"]
    raise ValueError(f"a Query without its partition key: {body['KeyConditionExpression']}")


def reply(value: dict, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode(), Headers([("Content-Type", JSON_1_0)]))


class DynamoDBFront(Service):
    name = signing_name = "dynamodb"

    def __init__(self, url: str):
        self.upstream = Upstream(url)
        self.knows_backups = True
        #: an index_lag.LaggingIndex while one is in force
        self.lagging = None
        self._lock = threading.Lock()
        self._backups: dict[str, dict] = {}

    def operation(self, request: Request):
        match = _TARGET.fullmatch(request.headers.get("x-amz-target") or "")
        return (match[1] if match else "?"), {}

    def problems(self, ctx: Context) -> list[str]:
        request = ctx.request
        found = []
        if request.method != "POST" or request.target != "/":
            found.append(f"{request.method} {request.target}: every operation is POST /")
        if request.headers.get("content-type") != JSON_1_0:
            found.append(f"Content-Type {request.headers.get('content-type')!r} is not {JSON_1_0}")
        if ctx.operation not in models.service("dynamodb").operation_names:
            return found + [f"no operation of DynamoDB: {request.headers.get('x-amz-target')!r}"]
        shape = models.operation("dynamodb", ctx.operation).input_shape
        try:
            body = ctx.json
        except ValueError as problem:
            return found + [f"body: not JSON: {problem}"]
        found += models.problems(shape, body)
        found += _limits(ctx.operation, body)
        return found

    def permissions(self, ctx: Context):
        prefix = f"arn:aws:dynamodb:{ctx.region}:{ctx.identity.account}:table/"

        def arn(table: str) -> str:
            return table if table.startswith("arn:") else prefix + table

        body, operation = ctx.json, ctx.operation
        if operation in ("TransactWriteItems", "TransactGetItems"):
            # One check for each action and table, with the keys of all their items.
            found: dict[tuple[str, str], set[str]] = {}
            for element in body["TransactItems"]:
                for kind, action in element.items():
                    needed = (_TRANSACT_ACTIONS[kind], arn(action["TableName"]))
                    found.setdefault(needed, set()).update(_keys_of([action]))
            return [(*needed, _leading(sorted(keys))) for needed, keys in sorted(found.items())]
        if operation == "BatchWriteItem":
            return [
                (
                    "dynamodb:" + operation,
                    arn(table),
                    _leading(_keys_of(one for entry in entries for one in entry.values())),
                )
                for table, entries in body["RequestItems"].items()
            ]
        if operation == "BatchGetItem":
            return [
                (
                    "dynamodb:" + operation,
                    arn(table),
                    _leading(_keys_of({"Key": key} for key in wanted["Keys"])),
                )
                for table, wanted in body["RequestItems"].items()
            ]
        if "TableName" not in body:
            return [("dynamodb:" + operation, "*")]
        resource = arn(body["TableName"])
        if "IndexName" in body:
            resource += "/index/" + body["IndexName"]
        keys = [_queried_key(body)] if operation == "Query" else _keys_of([body])
        return [("dynamodb:" + operation, resource, _leading(keys))]

    def handle(self, ctx: Context) -> Response:
        if self.knows_backups and ctx.operation in (
            "UpdateContinuousBackups",
            "DescribeContinuousBackups",
        ):
            return self._continuous_backups(ctx)
        lagging = self.lagging
        if lagging and ctx.operation == "Query" and "IndexName" in ctx.json:
            response = lagging.query(ctx)
        else:
            response = self.forward(ctx)
            if lagging and ctx.operation in WRITES and response.status == 200:
                lagging.written(ctx)
        if response.status != 200:
            response.code = error_code(response.body)
        return response

    def forward(self, ctx: Context) -> Response:
        ctx.record.forwarded = True
        response = self.upstream.forward("POST", "/", ctx.request.headers, ctx.request.body)
        owner = f"arn:aws:dynamodb:{ctx.region}:{ctx.identity.account}:".encode()
        response.body = response.body.replace(b"arn:aws:dynamodb:dynoxide:000000000000:", owner)
        return response

    def _continuous_backups(self, ctx: Context) -> Response:
        table = ctx.json["TableName"]
        try:
            call(self.upstream, "DescribeTable", {"TableName": table})
        except RuntimeError:
            return self.error("TableNotFoundException", f"Table not found: {table}")
        with self._lock:
            if ctx.operation == "UpdateContinuousBackups":
                self._backups[table] = ctx.json["PointInTimeRecoverySpecification"]
            enabled = self._backups.get(table, {}).get("PointInTimeRecoveryEnabled", False)
        state = "ENABLED" if enabled else "DISABLED"
        return reply(
            {
                "ContinuousBackupsDescription": {
                    "ContinuousBackupsStatus": "ENABLED",
                    "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": state},
                }
            }
        )

    def finish(self, ctx: Context, response: Response) -> None:
        response.headers.set(
            "x-amzn-RequestId", random_text(52, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        )
        response.headers.set("x-amz-crc32", str(zlib.crc32(response.body)))
        response.headers.set("Server", "Server")


def call(server: Upstream, operation: str, body: dict) -> dict:
    """One operation on the server itself, for what boto3 does not know yet or would be slow for."""
    response = server.forward(
        "POST",
        "/",
        Headers(
            [
                ("Content-Type", JSON_1_0),
                ("X-Amz-Target", f"DynamoDB_20120810.{operation}"),
                ("X-Amz-Date", "20200101T000000Z"),
                (
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=tests/20200101/us-east-1/dynamodb/aws4_request, "
                    "SignedHeaders=host, Signature=" + "0" * 64,
                ),
            ]
        ),
        json.dumps(body).encode(),
    )
    if response.status != 200:
        raise RuntimeError(f"{operation}: {response.status} {response.body[:300]!r}")
    return json.loads(response.body)


def error_code(body: bytes) -> str | None:
    try:
        return json.loads(body)["__type"].rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return None


def _limits(operation: str, body: dict) -> list[str]:
    """Rules of the service that its model does not hold."""
    found = []
    if operation == "TransactWriteItems":
        for index, element in enumerate(body.get("TransactItems") or []):
            if isinstance(element, dict) and len(element) != 1:
                found.append(
                    f"TransactItems[{index}]: exactly one action wanted, got {sorted(element)}"
                )
        if "ClientRequestToken" not in body:
            found.append(
                "ClientRequestToken: absent, so a retry after a lost answer is a second write"
            )
    if operation == "Query" and "IndexName" in body and body.get("ConsistentRead"):
        found.append("ConsistentRead: not supported on a global secondary index")
    if operation in ("Query", "Scan"):
        if ("Segment" in body) != ("TotalSegments" in body):
            found.append("Segment and TotalSegments: both or neither")
    found += _attribute_values(body, "")
    return found


def _attribute_values(value, where: str) -> list[str]:
    """An attribute value has exactly one type and a number is text."""
    found = []
    if isinstance(value, dict):
        for name, item in value.items():
            path = f"{where}.{name}" if where else name
            if name in (
                "Item",
                "Key",
                "ExpressionAttributeValues",
                "ExclusiveStartKey",
            ) and isinstance(item, dict):
                for attribute, typed in item.items():
                    found += _one_value(typed, f"{path}.{attribute}")
            else:
                found += _attribute_values(item, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += _attribute_values(item, f"{where}[{index}]")
    return found


def _one_value(typed, where: str) -> list[str]:
    if not isinstance(typed, dict) or len(typed) != 1:
        return [f"{where}: an attribute value has exactly one type"]
    kind, value = next(iter(typed.items()))
    if kind == "N" and not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", str(value)):
        return [f"{where}: {value!r} is no number"]
    return []
