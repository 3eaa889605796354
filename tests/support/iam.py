"""Just enough of IAM to ask: would this policy let that request through?

Give an Identity the policy document that README recommends, run the program, and a permission
that is missing shows as the same AccessDenied a customer would see.
"""

from __future__ import annotations

import fnmatch
from typing import Iterable


class Policy:
    """An identity policy document. Statements with conditions or exclusions are not understood,
    loudly.
    """

    def __init__(self, document: dict):
        self.statements = document["Statement"]
        if isinstance(self.statements, dict):
            self.statements = [self.statements]
        for statement in self.statements:
            unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource"}
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

    def allows(self, action: str, resource: str) -> bool:
        effects = {
            s["Effect"]
            for s in self.statements
            if _any(s["Action"], action, fold=True) and _any(s["Resource"], resource, fold=False)
        }
        return effects == {"Allow"}


def _any(patterns, text: str, fold: bool) -> bool:
    if isinstance(patterns, str):
        patterns = [patterns]
    if fold:
        text = text.lower()
        patterns = [pattern.lower() for pattern in patterns]
    return any(fnmatch.fnmatchcase(text, pattern.replace("[", "[[]")) for pattern in patterns)
