"""Just enough of IAM to ask: would this policy let that request through?

Give an Identity the policy document that README recommends, run the program, and a permission
that is missing shows as the same AccessDenied a customer would see.
"""

from __future__ import annotations

import fnmatch
from typing import Iterable


class Policy:
    """An identity policy document. Statements with exclusions, or with other conditions than those of
    `_OPERATORS`, are not understood, loudly.
    """

    def __init__(self, document: dict):
        self.statements = document["Statement"]
        if isinstance(self.statements, dict):
            self.statements = [self.statements]
        for statement in self.statements:
            unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}
            unknown |= statement.get("Condition", {}).keys() - _OPERATORS.keys()
            if unknown:
                raise ValueError(f"policy elements this checker does not know: {sorted(unknown)}")

    @classmethod
    def allow(cls, actions: Iterable[str], resources: Iterable[str] = ("*",)) -> "Policy":
        return cls(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
                ],
            }
        )

    @classmethod
    def all_but(cls, *denied: str) -> "Policy":
        """Everything is allowed except `denied` actions."""
        return cls(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"},
                    {"Effect": "Deny", "Action": list(denied), "Resource": "*"},
                ],
            }
        )

    def allows(
        self, action: str, resource: str, context: dict[str, list[str]] | None = None
    ) -> bool:
        """`context` has the values of the request's condition keys; a key that is not in it, the
        request does not have.
        """
        effects = {
            s["Effect"]
            for s in self.statements
            if _any(s["Action"], action, fold=True)
            and _any(s["Resource"], resource, fold=False)
            and _holds(s.get("Condition", {}), context or {})
        }
        return effects == {"Allow"}


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html


def _all_like(values: list[str] | None, patterns) -> bool:
    """True also if the request does not have the key."""
    return all(_any(patterns, value, fold=False) for value in values or [])


def _null(values: list[str] | None, wanted) -> bool:
    return (values is None) == (wanted in ("true", True, ["true"]))


_OPERATORS = {"ForAllValues:StringLike": _all_like, "Null": _null}


def _holds(condition: dict, context: dict[str, list[str]]) -> bool:
    """Everything in a condition has to hold."""
    return all(
        _OPERATORS[operator](context.get(key), wanted)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _any(patterns, text: str, fold: bool) -> bool:
    if isinstance(patterns, str):
        patterns = [patterns]
    if fold:
        text = text.lower()
        patterns = [pattern.lower() for pattern in patterns]
    return any(fnmatch.fnmatchcase(text, pattern.replace("[", "[[]")) for pattern in patterns)
