"""botocore's service models, and requests and answers held against them.

A server of a test may be more lenient than Amazon; the model is not. `problems()` lists what is
wrong with a JSON value for a shape: unknown members, wrong types, missing required members,
lengths, ranges, enums.

Debian's botocore is older than the services. The few members it does not know yet or not as they
are now, and that the program uses or the services send, are stated here.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from typing import Any, Iterator

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

_STRING, _BOOLEAN, _TIMESTAMP = {"type": "string"}, {"type": "boolean"}, {"type": "timestamp"}
_LONG = {"type": "long"}
_CHECK_FAILURE = {"type": "string", "enum": ["ALL_OLD", "NONE"]}

# service -> structure -> member -> shape of the member
_NEWER_MEMBERS: dict[str, dict[str, dict[str, dict]]] = {
    "dynamodb": {
        "CreateTableInput": {"DeletionProtectionEnabled": _BOOLEAN},
        "UpdateTableInput": {"DeletionProtectionEnabled": _BOOLEAN},
        "PointInTimeRecoverySpecification": {
            "RecoveryPeriodInDays": {"type": "integer", "min": 1, "max": 35}
        },
        "PutItemInput": {"ReturnValuesOnConditionCheckFailure": _CHECK_FAILURE},
        "DeleteItemInput": {"ReturnValuesOnConditionCheckFailure": _CHECK_FAILURE},
        "UpdateItemInput": {"ReturnValuesOnConditionCheckFailure": _CHECK_FAILURE},
    },
    "connect": {
        "SearchUsersRequest": {"MaxResults": {"type": "integer", "min": 1, "max": 500}},
        "UserSummary": {"LastModifiedTime": _TIMESTAMP, "LastModifiedRegion": _STRING},
        "User": {"LastModifiedTime": _TIMESTAMP, "LastModifiedRegion": _STRING},
        "InstanceSummary": {"InstanceAccessUrl": _STRING},
        "Instance": {"InstanceAccessUrl": _STRING},
        "HierarchyGroup": {"LastModifiedTime": _TIMESTAMP, "LastModifiedRegion": _STRING},
        "AgentStatusReference": {"StatusName": {"type": "string", "min": 1, "max": 127}},
        "UserDataFilters": {
            "Agents": {"type": "list", "member": {"shape": "UserId"}, "min": 1, "max": 100}
        },
    },
}

# service -> operation -> method, path, and the members of its request and of its answer; a request
# needs the first of its members. {"shape": NAME} is a shape of the model.
_NEWER_OPERATIONS: dict[str, dict[str, tuple[str, str, dict, dict]]] = {
    "connect": {
        "SearchUserHierarchyGroups": (
            "POST",
            "/search-user-hierarchy-groups",
            {
                "InstanceId": {"shape": "InstanceId"},
                "NextToken": {"shape": "NextToken2500"},
                "MaxResults": {"shape": "MaxResult100"},
                "SearchFilter": {"shape": "HierarchyGroupSearchFilterNewer"},
                "SearchCriteria": {"shape": "HierarchyGroupSearchCriteriaNewer"},
            },
            {
                "UserHierarchyGroups": {"shape": "HierarchyGroupListNewer"},
                "NextToken": {"shape": "NextToken2500"},
                "ApproximateTotalCount": {"shape": "LongNewer"},
            },
        )
    }
}
_NEWER_SHAPES: dict[str, dict[str, dict]] = {
    "connect": {
        "HierarchyGroupListNewer": {"type": "list", "member": {"shape": "HierarchyGroup"}},
        "HierarchyGroupSearchFilterNewer": {
            "type": "structure",
            "members": {"AttributeFilter": {"shape": "ControlPlaneTagFilter"}},
        },
        "HierarchyGroupSearchCriteriaNewer": {
            "type": "structure",
            "members": {"StringCondition": {"shape": "StringCondition"}},
        },
        "LongNewer": _LONG,
    }
}


def _add_operation(raw: dict, name: str, method: str, path: str, members: dict, answer: dict):
    raw["shapes"][name + "Request"] = {
        "type": "structure",
        "required": list(members)[:1],
        "members": members,
    }
    raw["shapes"][name + "Response"] = {"type": "structure", "members": answer}
    raw["operations"][name] = {
        "name": name,
        "http": {"method": method, "requestUri": path},
        "input": {"shape": name + "Request"},
        "output": {"shape": name + "Response"},
    }


@functools.lru_cache(maxsize=None)
def service(name: str) -> ServiceModel:
    """The model of `name` as botocore names it: dynamodb, connect, s3, sts."""
    raw = Loader().load_service_model(name, "service-2")
    shapes = raw["shapes"]
    shapes.update(_NEWER_SHAPES.get(name, {}))
    for operation_name, what in _NEWER_OPERATIONS.get(name, {}).items():
        if operation_name not in raw["operations"]:
            _add_operation(raw, operation_name, *what)
    for structure, members in _NEWER_MEMBERS.get(name, {}).items():
        for member, shape in members.items():
            shape_name = f"{structure}{member}Newer"
            shapes[shape_name] = shape
            shapes[structure]["members"][member] = {"shape": shape_name}
    return ServiceModel(raw, name)


@functools.lru_cache(maxsize=None)
def operation(name: str, operation_name: str) -> OperationModel:
    return service(name).operation_model(operation_name)


def wire_name(name: str, shape: Shape) -> str:
    return shape.serialization.get("name", name)


def problems(shape: Shape, value: Any, where: str = "") -> Iterator[str]:
    """What is wrong with a JSON value for a shape, a line each."""
    check = _CHECKS.get(shape.type_name)
    if check is None:
        yield f"{where or 'value'}: a {shape.type_name} is nothing that JSON holds"
    else:
        yield from check(shape, value, where)


def _structure(shape, value, where):
    if not isinstance(value, dict):
        yield f"{where or 'body'}: not an object"
        return
    members = {
        wire_name(name, member): member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    required = {
        wire_name(name, shape.members[name])
        for name in shape.required_members
        if "location" not in shape.members[name].serialization
    }
    prefix = where + "." if where else ""
    for name in sorted(required - value.keys()):
        yield f"{prefix}{name}: required, but absent"
    for name, item in value.items():
        if name not in members:
            yield f"{prefix}{name}: unknown member of {shape.name}"
        elif item is None:
            yield f"{prefix}{name}: null"
        else:
            yield from problems(members[name], item, prefix + name)


def _list(shape, value, where):
    if not isinstance(value, list):
        yield f"{where}: not a list"
        return
    yield from _range(shape, len(value), where, "entries")
    for index, item in enumerate(value):
        yield from problems(shape.member, item, f"{where}[{index}]")


def _map(shape, value, where):
    if not isinstance(value, dict):
        yield f"{where}: not an object"
        return
    yield from _range(shape, len(value), where, "entries")
    for name, item in value.items():
        yield from problems(shape.key, name, f"{where} key {name!r}")
        yield from problems(shape.value, item, f"{where}.{name}")


def _string(shape, value, where):
    if not isinstance(value, str):
        yield f"{where}: not a string: {value!r}"
        return
    yield from _range(shape, len(value), where, "characters")
    if shape.enum and value not in shape.enum:
        yield f"{where}: {value!r} is none of {', '.join(shape.enum)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield f"{where}: {value!r} does not match {pattern}"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # patterns are written for Java
        return True


def _integer(shape, value, where):
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{where}: not a whole number: {value!r}"
    else:
        yield from _range(shape, value, where, "")


def _number(shape, value, where):
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        yield f"{where}: not a number: {value!r}"


def _boolean(shape, value, where):
    if not isinstance(value, bool):
        yield f"{where}: neither true nor false: {value!r}"


def _blob(shape, value, where):
    try:
        base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        yield f"{where}: not base64"


def _range(shape, size, where, unit):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield f"{where}: {size} {unit}".rstrip() + f", at least {low} wanted"
    if high is not None and size > high:
        yield f"{where}: {size} {unit}".rstrip() + f", at most {high} allowed"


_CHECKS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "character": _string,
    "integer": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "timestamp": _number,
    "boolean": _boolean,
    "blob": _blob,
}


# -- rest-json: which operation a request is, and what of it lies outside the body -----------------


@functools.lru_cache(maxsize=None)
def _routes(name: str) -> list[tuple[str, re.Pattern, str]]:
    routes = []
    model = service(name)
    for operation_name in model.operation_names:
        http = model.operation_model(operation_name).http
        path = http["requestUri"].partition("?")[0]
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
        routes.append((http["method"], re.compile(pattern + "/?"), operation_name))
    return routes


def match_route(name: str, method: str, path: str) -> tuple[str | None, dict[str, str]]:
    """The operation of a rest-json service and the labels (still percent-encoded) in its path."""
    for route_method, pattern, operation_name in _routes(name):
        match = pattern.fullmatch(path)
        if match and route_method == method:
            return operation_name, match.groupdict()
    return None, {}


def rest_problems(
    op: OperationModel, labels: dict[str, str], query: dict[str, str]
) -> Iterator[str]:
    """What is wrong with the labels and the query of a rest-json request."""
    known = set()
    shape = op.input_shape
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        if location == "uri":
            yield from problems(member, labels[wire_name(name, member)], f"path {name}")
        elif location == "querystring":
            query_name = wire_name(name, member)
            known.add(query_name)
            if query_name in query:
                yield from problems(
                    member, _typed(member, query[query_name]), f"query {query_name}"
                )
            elif name in shape.required_members:
                yield f"query {query_name}: required, but absent"
    for name in query.keys() - known:
        yield f"query {name}: unknown parameter of {op.name}"


def _typed(shape: Shape, text: str):
    if shape.type_name in ("integer", "long"):
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if shape.type_name == "list":
        return [text]
    return text
