"""A CloudFormation template, read and held against Amazon's own list of types and properties."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PSEUDO = {"AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::NoValue", "AWS::StackName", "AWS::URLSuffix"}


class _Loader(yaml.SafeLoader):
    pass


def _short_form(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


def load(path):
    return yaml.load(Path(path).read_text(), _Loader)


def types(names):
    done = subprocess.run(["node", str(ROOT / "tests/npm/cfn-types.js"), *sorted(names)],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _is_function(value):
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def _branches(value):
    """A value, or what each branch of an Fn::If gives; AWS::NoValue gives nothing."""
    if isinstance(value, dict) and set(value) == {"Fn::If"}:
        for branch in value["Fn::If"][1:]:
            yield from _branches(branch)
    elif value != {"Ref": "AWS::NoValue"}:
        yield value


def _value_faults(where, value, shape):
    for one in _branches(value):
        kind = shape["kind"]
        if _is_function(one) or kind in ("any", "json", "tag"):
            continue
        if kind == "union":
            if all(list(_value_faults(where, one, other)) for other in shape["of"]):
                yield f"{where}: fits none of its forms"
        elif kind == "object":
            yield from _object_faults(where, one, shape["properties"])
        elif kind == "list":
            for index, item in enumerate(one if isinstance(one, list) else []):
                yield from _value_faults(f"{where}[{index}]", item, shape["of"])
            if not isinstance(one, list):
                yield f"{where}: is not a list"
        elif kind == "map":
            for name, item in one.items():
                yield from _value_faults(f"{where}.{name}", item, shape["of"])
        elif isinstance(one, (dict, list)):
            yield f"{where}: is not a {kind}"
        elif kind in ("integer", "number") and not re.fullmatch(r"-?[0-9.]+", str(one)):
            yield f"{where}: {one} is not a number"
        elif kind == "boolean" and str(one).lower() not in ("true", "false"):
            yield f"{where}: {one} is not true or false"
        elif shape.get("allowed") and one not in shape["allowed"]:
            yield f"{where}: {one} is none of {shape['allowed']}"


def _object_faults(where, value, properties):
    if not isinstance(value, dict):
        yield f"{where}: is not an object"
        return
    for name, member in value.items():
        if name not in properties:
            yield f"{where}.{name}: Amazon knows no such property"
        else:
            yield from _value_faults(f"{where}.{name}", member, properties[name])
    for name, shape in properties.items():
        if shape["required"] and name not in value:
            yield f"{where}: lacks {name}"


def _functions(value):
    """Every {"Ref": ..} and {"Fn::X": ..} in a value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "Ref" or name.startswith("Fn::") or name == "Condition":
                yield name, inner
            yield from _functions(inner)
    elif isinstance(value, list):
        for item in value:
            yield from _functions(item)


def _reference_faults(template, known):
    parameters, resources = template["Parameters"], template["Resources"]
    names = set(parameters) | set(resources) | PSEUDO
    for name, inner in _functions({key: template[key] for key in ("Resources", "Outputs", "Conditions")}):
        if name == "Ref" and inner not in names:
            yield f"Ref {inner}: there is no such thing"
        if name == "Fn::GetAtt" and (inner[0] not in resources
                                     or inner[1] not in known[resources[inner[0]]["Type"]]["attributes"]):
            yield f"GetAtt {inner}: there is no such attribute"
        if name == "Fn::If" and inner[0] not in template["Conditions"]:
            yield f"If {inner[0]}: there is no such condition"
        if name == "Fn::FindInMap" and inner[0] not in template["Mappings"]:
            yield f"FindInMap {inner[0]}: there is no such map"
        if name == "Fn::Sub":
            text, given = (inner, {}) if isinstance(inner, str) else inner
            for found in re.findall(r"\$\{([^}!]+)\}", text):
                if found not in given and found.split(".")[0] not in names:
                    yield f"Sub ${{{found}}}: there is no such thing"


def faults(template):
    """What CloudFormation would refuse, a line each."""
    resources = template["Resources"]
    known = types({resource["Type"] for resource in resources.values()})
    for name, resource in resources.items():
        if known[resource["Type"]] is None:
            yield f"{name}: {resource['Type']} is no type"
            continue
        # `aws cloudformation package` turns a path into an object in S3.
        properties = {key: value for key, value in resource.get("Properties", {}).items()
                      if not (key == "Code" and isinstance(value, str))}
        shapes = dict(known[resource["Type"]]["properties"])
        if "Code" in resource.get("Properties", {}) and "Code" not in properties:
            shapes.pop("Code")
        yield from _object_faults(name, properties, shapes)
        for needed in [resource.get("DependsOn", [])]:
            for other in [needed] if isinstance(needed, str) else needed:
                if other not in resources:
                    yield f"{name}: depends on {other}, which is not there"
        if "Condition" in resource and resource["Condition"] not in template["Conditions"]:
            yield f"{name}: there is no condition {resource['Condition']}"
    yield from _reference_faults(template, known)


def policy(template, role, **values):
    """The policy document of a role, with Ref, Sub and If answered from `values`; conditions hold
    unless they are named with False.
    """
    def plain(value):
        if isinstance(value, list):
            return [item for item in map(plain, value) if item is not None]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Ref"}:
            return None if value["Ref"] == "AWS::NoValue" else values.get(value["Ref"], value["Ref"])
        if set(value) == {"Fn::If"}:
            condition, yes, no = value["Fn::If"]
            return plain(yes if values.get(condition, True) else no)
        if set(value) == {"Fn::GetAtt"}:
            return "arn:of:" + value["Fn::GetAtt"][0]
        if set(value) == {"Fn::Sub"}:
            text, given = (value["Fn::Sub"], {}) if isinstance(value["Fn::Sub"], str) else value["Fn::Sub"]
            given = {name: plain(inner) for name, inner in given.items()}
            return re.sub(r"\$\{([^}]+)\}", lambda m: str(given.get(m[1], values.get(m[1], m[1]))), text)
        return {name: plain(inner) for name, inner in value.items()}

    return plain(template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"])
