"""A contact centre as tests make it: users, what they do, profiles, queues, the agent hierarchy.

connect_standin.py answers for it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from .keyring import ACCOUNT

EPOCH_S = 1_700_000_000
_LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")


@dataclass
class User:
    """One user of an instance; what is not given is derived from the login."""

    username: str
    first_name: str = ""
    last_name: str = ""
    routing_profile: str = "basic"
    id: str = ""
    #: "UK/Leeds/Team 4", or the names of the levels if one of them has a slash; "": in no group
    hierarchy: str | tuple[str, ...] = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """As the search tells them: an empty one is not there."""
        given = {"FirstName": self.first_name, "LastName": self.last_name}
        return {kind: name for kind, name in given.items() if name}

    def __post_init__(self):
        self.id = self.id or str(uuid.uuid5(uuid.NAMESPACE_OID, self.username))

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of the hierarchy's levels, the highest first."""
        if isinstance(self.hierarchy, str):
            return tuple(self.hierarchy.split("/")) if self.hierarchy else ()
        return self.hierarchy


@dataclass
class Doing:
    """What a user who is signed in does. Nobody is told of who is offline."""

    status: str = "Available"
    since: float = EPOCH_S
    #: (state, channel, name of the queue) of each contact, as Connect spells them
    contacts: tuple[tuple[str, str, str], ...] = ()
    slots: int = 1


@dataclass
class Paging:
    """How pages are dealt out, beyond what the client asked for."""

    #: no page holds more than so many users, whatever was asked for
    most: int | None = None
    #: pages (counted from 1 in each reading) that are empty though more follow
    empty_pages: frozenset[int] = frozenset()


@dataclass
class Instance:
    """A contact centre."""

    id: str
    alias: str
    region: str = "us-east-1"
    account: str = ACCOUNT
    users: list[User] = field(default_factory=list)
    paging: Paging = field(default_factory=Paging)
    #: login -> what they do now
    doing: dict[str, Doing] = field(default_factory=dict)
    queues: tuple[str, ...] = ("Sales", "Support")
    #: logins whom the search does not know yet: it lags behind the list
    not_indexed: set[str] = field(default_factory=set)
    #: names of routing profiles, and hierarchy groups by their levels, that nothing lists yet
    not_listed: set = field(default_factory=set)

    @property
    def arn(self) -> str:
        return f"arn:aws:connect:{self.region}:{self.account}:instance/{self.id}"

    def set_users(self, users) -> None:
        """Replaces the users; a list of logins or of User."""
        self.users = [user if isinstance(user, User) else User(user) for user in users]

    def add(self, *logins: str) -> None:
        self.users = self.users + [User(login) for login in logins]

    def remove(self, *logins: str) -> None:
        self.users = [user for user in self.users if user.username not in logins]

    def logins(self) -> set[str]:
        return {user.username for user in self.users}

    def queue_id(self, name: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self.id + "/queue/" + name))

    def routing_profile_id(self, name: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self.id + name))

    def hierarchy_id(self, levels: tuple[str, ...]) -> str:
        """Of the group at the end of these levels."""
        name = "\0".join((self.id, "hierarchy", *levels))
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    def hierarchy_groups(self) -> list[tuple[str, ...]]:
        """Every group that a user is in or below, as its levels; first () for the root."""
        paths = {user.levels[:n] for user in self.users for n in range(1, len(user.levels) + 1)}
        return [(), *sorted(paths - self.not_listed)]

    def hierarchy_group(self, levels: tuple[str, ...]) -> dict:
        """As the service describes it: its path ends with itself."""
        path = {
            _LEVELS[depth]: self._hierarchy_summary(levels[: depth + 1])
            for depth in range(len(levels))
        }
        return (
            self._hierarchy_summary(levels)
            | {"LevelId": str(len(levels)), "LastModifiedTime": EPOCH_S + 0.5}
            | ({"HierarchyPath": path} if path else {})
        )

    def _hierarchy_summary(self, levels: tuple[str, ...]) -> dict:
        group_id = self.hierarchy_id(levels)
        return {
            "Id": group_id,
            "Arn": f"{self.arn}/agent-group/{group_id}",
            "Name": levels[-1] if levels else "ROOT",
        }

    def attributes_of(self, user: User) -> dict:
        """What is only there if the user has it."""
        group = {"HierarchyGroupId": self.hierarchy_id(user.levels)} if user.levels else {}
        return group | ({"Tags": user.tags} if user.tags else {})
