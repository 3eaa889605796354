"""Who may call: the access keys the gate knows, and to whom they belong.

Identities are made by a test (`keyring.user("alice")`), or by a stand-in that hands out temporary
credentials (`keyring.session(...)`). A test may expire or revoke one at any moment.
"""

from __future__ import annotations

import datetime
import random
import string
import threading
from dataclasses import dataclass, field

ACCOUNT = "123456789012"
_ALPHABET = string.ascii_uppercase + string.digits


def iso8601(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def utcnow() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


@dataclass
class Identity:
    """One set of credentials and the principal behind it."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None
    arn: str
    user_id: str
    account: str = ACCOUNT
    expires_at: datetime.datetime | None = None
    #: set by a test: from now on the token counts as expired
    expired: bool = False
    #: an iam.Policy, or None: may do everything
    policy: object | None = field(default=None, repr=False)

    def env(self) -> dict[str, str]:
        """What a program exports to use these credentials."""
        env = {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
        }
        if self.session_token:
            env["AWS_SESSION_TOKEN"] = self.session_token
        return env

    def boto3(self) -> dict[str, str]:
        """The same as keyword arguments of boto3.client()."""
        keys = {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
        }
        if self.session_token:
            keys["aws_session_token"] = self.session_token
        return keys


class Keyring:
    """All identities, by access key id. Deterministic for a seed; safe to use from any thread."""

    def __init__(self, seed: int = 1):
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._identities: dict[str, Identity] = {}

    def _text(self, length: int, alphabet: str = _ALPHABET) -> str:
        return "".join(self._random.choices(alphabet, k=length))

    def _add(
        self,
        prefix: str,
        token: str | None,
        arn: str,
        user_id: str,
        account: str,
        expires_at=None,
        policy=None,
    ) -> Identity:
        with self._lock:
            secret = self._text(40, string.ascii_letters + string.digits + "+/")
            identity = Identity(
                prefix + self._text(16),
                secret,
                token,
                arn,
                user_id,
                account,
                expires_at,
                policy=policy,
            )
            self._identities[identity.access_key_id] = identity
            return identity

    def user(self, name: str = "operator", account: str = ACCOUNT, policy=None) -> Identity:
        """A user with a long-lived key."""
        return self._add(
            "AKIA",
            None,
            f"arn:aws:iam::{account}:user/{name}",
            "AIDA" + self._text(17),
            account,
            policy=policy,
        )

    def session(
        self,
        role: str = "ExtpoolOperator",
        session: str = "session",
        account: str = ACCOUNT,
        lasts_s: float = 3600,
        policy=None,
    ) -> Identity:
        """Temporary credentials of a role. The token holds the characters that break careless
        clients.
        """
        with self._lock:
            token = (
                "FwoGZXIvYXdzE//+"
                + self._text(200, string.ascii_letters + string.digits + "+/")
                + "=="
            )
        expires_at = utcnow() + datetime.timedelta(seconds=lasts_s)
        return self._add(
            "ASIA",
            token,
            f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "AROA" + self._text(17) + ":" + session,
            account,
            expires_at,
            policy,
        )

    def get(self, access_key_id: str) -> Identity | None:
        with self._lock:
            return self._identities.get(access_key_id)

    def revoke(self, identity: Identity) -> None:
        with self._lock:
            self._identities.pop(identity.access_key_id, None)
