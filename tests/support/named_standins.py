"""Stand-ins for what the settings name by its ARN: a Lambda function and a KMS key. Each answers one question."""

from __future__ import annotations

import json
from urllib.parse import unquote

from . import models
from .service import Context, Service, random_uuid
from .wire import Headers, Request, Response


def _reply(ctx: Context, body: dict, content_type: str) -> Response:
    wrong = list(models.problems(models.operation(ctx.service.name, ctx.operation).output_shape, body))
    if wrong:
        raise AssertionError(f"the stand-in's own {ctx.operation} answer is wrong: {wrong[:3]}")
    return Response(200, json.dumps(body).encode(), Headers([("Content-Type", content_type)]))


class LambdaStandin(Service):
    name = signing_name = "lambda"

    def __init__(self):
        #: ARN of a function -> what GetFunctionConfiguration says of it
        self.functions: dict[str, dict] = {}

    def operation(self, request: Request):
        name, labels = models.match_route("lambda", request.method, request.path)
        return name or "?", {key: unquote(value) for key, value in labels.items()}

    def problems(self, ctx: Context) -> list[str]:
        if ctx.operation != "GetFunctionConfiguration":
            return [f"no operation of this stand-in: {ctx.request.method} {ctx.request.target}"]
        return list(models.rest_problems(models.operation("lambda", ctx.operation), ctx.labels, ctx.request.query))

    def permissions(self, ctx: Context):
        return [("lambda:" + ctx.operation, ctx.labels["FunctionName"])]

    def handle(self, ctx: Context) -> Response:
        arn = ctx.labels["FunctionName"]
        if arn not in self.functions:
            return self.error("ResourceNotFoundException", f"Function not found: {arn}", Type="User")
        return _reply(ctx, {"FunctionArn": arn, **self.functions[arn]}, "application/json")

    def finish(self, ctx: Context, response: Response) -> None:
        response.headers.set("x-amzn-RequestId", random_uuid())


class KmsStandin(Service):
    name = signing_name = "kms"

    def __init__(self):
        #: id or ARN of a key -> its state
        self.keys: dict[str, str] = {}

    def operation(self, request: Request):
        target = request.headers.get("x-amz-target") or ""
        return (target.removeprefix("TrentService.") if target.startswith("TrentService.") else "?"), {}

    def problems(self, ctx: Context) -> list[str]:
        if ctx.operation != "DescribeKey":
            return [f"no operation of this stand-in: {ctx.operation}"]
        found = list(models.problems(models.operation("kms", ctx.operation).input_shape, ctx.json))
        if ctx.request.headers.get("content-type") != "application/x-amz-json-1.1":
            found.append("Content-Type is not application/x-amz-json-1.1")
        return found

    def permissions(self, ctx: Context):
        key = ctx.json["KeyId"]
        arn = key if key.startswith("arn:") else f"arn:aws:kms:{ctx.region}:{ctx.identity.account}:key/{key}"
        return [("kms:" + ctx.operation, arn)]

    def handle(self, ctx: Context) -> Response:
        key = ctx.json["KeyId"]
        if key not in self.keys:
            return self.error("NotFoundException", f"Key '{key}' does not exist")
        state = self.keys[key]
        metadata = {"KeyId": key, "KeyState": state, "Enabled": state == "Enabled"}
        return _reply(ctx, {"KeyMetadata": metadata}, "application/x-amz-json-1.1")

    def finish(self, ctx: Context, response: Response) -> None:
        response.headers.set("x-amzn-RequestId", random_uuid())
