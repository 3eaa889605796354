"""The program that extpool takes over from, as it behaves, defects included.

Tables made by it are in production, and it may still run beside extpool. So tests make tables
with it, damaged ones too, and the benchmark runs it as the yardstick. It was written anew for
that, from what the old program does; where it does something wrong, the comment says DEFECT and
the number in design's list:

  1 a number taken back is written without sk_value, so the index never shows it again
  2 leavers are removed from the dictionary that is being walked: it stops after the first
  3 leavers are looked for only when the index shows more agents than the directory has
  4 with no free number left, all ten thousand are written as free again
  5 a delete and a put are two calls: a stop between them loses the number
  6 the put has no condition: two runs hand one number to two people
  7 a second page of assigned agents raises
  8 ten users a call
  9 an empty directory is believed

    origin = Origin(connect, table, s3, instance_id=..., bucket=...)
    origin.sync()
"""

from __future__ import annotations

import csv
import io
import random

from boto3.dynamodb.conditions import Key

PAGE_OF_USERS = 10
EXPORT_KEY = "agent_extensions.csv"


class Origin:
    """One run of the old program: what it read stays in it, as it did in the globals of a warm
    Lambda.
    """

    def __init__(
        self, connect, table, s3=None, *, instance_id: str, bucket: str | None = None, seed: int = 1
    ):
        self.connect, self.table, self.s3 = connect, table, s3
        self.instance_id, self.bucket = instance_id, bucket
        self.unused: list[str] = []
        self.db_users: dict[str, str] = {}
        self._random = random.Random(seed)

    # -- reading -----------------------------------------------------------------------------------

    def read_users(self) -> set[str]:
        """The directory, ten users a call (DEFECT 8)."""
        users: set[str] = set()
        more = {}
        while True:
            page = self.connect.list_users(
                InstanceId=self.instance_id, MaxResults=PAGE_OF_USERS, **more
            )
            users.update(user["Username"] for user in page["UserSummaryList"])
            if "NextToken" not in page:
                return users
            more = {"NextToken": page["NextToken"]}

    def read_unused(self) -> None:
        """Free numbers, from the index without any promise of being up to date (DEFECT 6)."""
        self.unused = []
        more = {}
        while True:
            page = self.table.query(
                IndexName="skIndex", KeyConditionExpression=Key("sk").eq("nu"), **more
            )
            self.unused += [item["sk_value"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def read_db_users(self, survive_defect_7: bool = False) -> None:
        """Who has a number. More than one page is more than it can take (DEFECT 7)."""
        self.db_users = {}
        more = {}
        while True:
            page = self.table.query(
                IndexName="skIndex", KeyConditionExpression=Key("sk").eq("agentID"), **more
            )
            self.db_users.update((item["sk_value"], item["pk"]) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            if not survive_defect_7:
                raise NameError("name 'reponse' is not defined")
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def has_extension(self, agent: str) -> bool:
        found = self.table.query(
            IndexName="skIndex",
            KeyConditionExpression=Key("sk").eq("agentID") & Key("sk_value").eq(agent),
        )
        return found["Count"] > 0

    # -- writing -----------------------------------------------------------------------------------

    def fill_table(self) -> None:
        """All ten thousand numbers as free, whatever is there (DEFECT 4 when called again)."""
        with self.table.batch_writer() as writer:
            for number in range(10_000):
                extension = f"{number:04}"
                writer.put_item(Item={"pk": extension, "sk": "nu", "sk_value": extension})

    def set_extension(self, agent: str, stop_half_way: bool = False) -> str | None:
        """Gives the agent a number unless they have one: delete, then put (DEFECTS 5 and 6)."""
        if self.has_extension(agent):
            return None
        extension = self.unused.pop(0)
        self.table.delete_item(Key={"pk": extension, "sk": "nu"})
        if not stop_half_way:
            self.table.put_item(Item={"pk": extension, "sk": "agentID", "sk_value": agent})
        return extension

    def remove_user(self, extension: str, stop_half_way: bool = False) -> None:
        """Takes a number back, without the attribute that the index needs (DEFECTS 1 and 5)."""
        self.table.delete_item(Key={"pk": extension, "sk": "agentID"})
        if not stop_half_way:
            self.table.put_item(Item={"pk": extension, "sk": "nu"})

    def export(self) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["user", "extension"])
        writer.writerows(self.db_users.items())
        self.s3.put_object(Bucket=self.bucket, Key=EXPORT_KEY, Body=text.getvalue().encode())

    # -- the whole ---------------------------------------------------------------------------------

    def sync(self, survive_defect_7: bool = False) -> None:
        """One run. Raises what it raised; `survive_defect_7` lets it read large tables, to be
        measured.
        """
        users = self.read_users()  # DEFECT 9: nothing asks whether it is all
        self.read_unused()
        if not self.unused and users:
            self.fill_table()  # DEFECT 4
            self.read_unused()
        for agent in sorted(users):
            self.set_extension(agent)
        self.read_db_users(survive_defect_7)
        if len(self.db_users) > len(users):  # DEFECT 3
            for agent in self.db_users:  # DEFECT 2
                if agent not in users:
                    self.remove_user(self.db_users[agent])
                    self.db_users.pop(agent)
        if self.bucket:
            self.export()


# -- the damage it leaves, to order ----------------------------------------------------------------


def leak(origin: Origin, agent: str) -> str:
    """DEFECT 1: the agent's number is given back so that no index shows it. Returns the number."""
    extension = _extension_of(origin, agent)
    origin.remove_user(extension)
    return extension


def lose(origin: Origin, agent: str) -> str:
    """DEFECT 5: stopped between delete and put, the number is in the table no more."""
    extension = _extension_of(origin, agent)
    origin.remove_user(extension, stop_half_way=True)
    return extension


def refill(origin: Origin) -> None:
    """DEFECT 4: all numbers are free, those that are assigned included."""
    origin.fill_table()


def give_second(origin: Origin, agent: str) -> str:
    """DEFECTS 5 and 6: two runs at once gave the agent a number each. Returns the second."""
    origin.read_unused()
    extension = origin.unused.pop()
    origin.table.delete_item(Key={"pk": extension, "sk": "nu"})
    origin.table.put_item(Item={"pk": extension, "sk": "agentID", "sk_value": agent})
    return extension


def _extension_of(origin: Origin, agent: str) -> str:
    found = origin.table.query(
        IndexName="skIndex",
        KeyConditionExpression=Key("sk").eq("agentID") & Key("sk_value").eq(agent),
    )
    return found["Items"][0]["pk"]
