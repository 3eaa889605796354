"""A stand-in for Amazon Connect: its directory of users, as far as extpool reads it.

Requests and answers are both held against botocore's model. Pages are as awkward as the real ones
may be: tokens hold + / and =, a page may be short or empty while more follow.

    connect = ConnectStandin()
    centre = connect.add_instance(alias="centre")
    centre.set_users(["alice", User("bob", hierarchy="UK/Leeds", tags={"site": "leeds"})])

Every instance has users, profiles and a hierarchy of its own; a call of `add_instance` makes another
one.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from urllib.parse import unquote

from . import models
from .connect_instance import EPOCH_S, Instance, Paging, User
from .service import Context, Service, random_text, random_uuid
from .wire import Headers, Request, Response

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _matching(users: list[User], criteria: dict) -> list[User] | None:
    """Those whom the criteria find; None: criteria that extpool has no use for. Connect's search of
    an exact name does not look at the case.
    """
    if not criteria:
        return users
    condition = criteria.get("StringCondition", {})
    if criteria.keys() != {"StringCondition"} or (
        condition.get("FieldName"), condition.get("ComparisonType")
    ) != ("Username", "EXACT"):
        return None
    wanted = condition.get("Value", "").casefold()
    return [user for user in users if user.username.casefold() == wanted]


#: What Amazon's reference for policies calls dependent actions: without them the call may be refused.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonconnect.html
_DEPENDENT = {
    "SearchUsers": (("connect:DescribeUser", "agent"), ("connect:ListUserProficiencies", "agent")),
    "SearchUserHierarchyGroups": (("connect:DescribeUserHierarchyGroup", "agent-group"),),
}


class ConnectStandin(Service):
    name = signing_name = "connect"

    def __init__(self):
        self.instances: dict[str, Instance] = {}
        #: id of a contact flow -> its state
        self.flows: dict[str, str] = {}
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple] = {}

    def add_instance(
        self, alias: str = "centre", instance_id: str | None = None, **kwargs
    ) -> Instance:
        instance = Instance(instance_id or random_uuid(), alias, **kwargs)
        self.instances[instance.id] = instance
        return instance

    # -- what was asked ----------------------------------------------------------------------------

    def operation(self, request: Request):
        name, labels = models.match_route("connect", request.method, request.path)
        return name or "?", {key: unquote(value) for key, value in labels.items()}

    def regions(self, ctx: Context) -> set[str]:
        return {ctx.gate.region} | {instance.region for instance in self.instances.values()}

    def problems(self, ctx: Context) -> list[str]:
        if ctx.operation not in _ANSWERS:
            return [f"no operation of this stand-in: {ctx.request.method} {ctx.request.target}"]
        op = models.operation("connect", ctx.operation)
        found = list(models.rest_problems(op, ctx.labels, ctx.request.query))
        if ctx.request.method == "GET":
            if ctx.request.body:
                found.append("body: GET has none")
            return found
        if not (ctx.request.headers.get("content-type") or "").startswith("application/json"):
            found.append("Content-Type is not application/json")
        try:
            found += models.problems(op.input_shape, ctx.json)
        except ValueError as problem:
            found.append(f"body: not JSON: {problem}")
        return found

    def invalid(self, problems: list[str]) -> Response:
        return self.error("InvalidRequestException", "; ".join(problems))

    def permissions(self, ctx: Context):
        action = "connect:" + ctx.operation
        if ctx.operation == "ListInstances":
            return [(action, "*"), ("ds:DescribeDirectories", "*")]
        instance_id = ctx.labels.get("InstanceId") or ctx.json.get("InstanceId", "")
        arn = f"arn:aws:connect:{ctx.region}:{ctx.identity.account}:instance/{instance_id}"
        if ctx.operation == "DescribeUser":
            arn += f"/agent/{ctx.labels['UserId']}"
        if ctx.operation == "DescribeContactFlow":
            arn += f"/contact-flow/{ctx.labels['ContactFlowId']}"
        dependent = _DEPENDENT.get(ctx.operation, ())
        return [(action, arn), *((name, f"{arn}/{kind}/*") for name, kind in dependent)]

    # -- the answers -------------------------------------------------------------------------------

    def handle(self, ctx: Context) -> Response:
        return _ANSWERS[ctx.operation](self, ctx)

    def _instance(self, ctx: Context, instance_id: str) -> Instance | Response:
        if not _UUID.fullmatch(instance_id):
            return self.error("InvalidRequestException", "Invalid input for field InstanceId")
        instance = self.instances.get(instance_id)
        if (
            instance is None
            or instance.region != ctx.region
            or instance.account != ctx.identity.account
        ):
            return self.error("ResourceNotFoundException", "Instance not found")
        return instance

    def _page(
        self, kind: str, instance_id: str, token: str | None, size: int, paging: Paging, rows: list
    ) -> tuple[list, str | None] | None:
        """Rows of one page and the token of the next; None for a token that was never given out."""
        offset, number = 0, 1
        if token:
            with self._lock:
                known = self._tokens.get(token)
            if known is None or known[:2] != (kind, instance_id):
                return None
            offset, number = known[2:]
        size = 0 if number in paging.empty_pages else min(size, paging.most or size)
        page = rows[offset : offset + size]
        if offset + size >= len(rows):
            return page, None
        return page, self._token(kind, instance_id, offset + size, number + 1)

    def _listed(
        self, ctx: Context, kind: str, instance: Instance, rows: list
    ) -> tuple[list, str | None] | None:
        """The page of an instance's rows that the query of a listing asks for, as `_page` gives it."""
        query = ctx.request.query
        size = int(query.get("maxResults", 100))
        return self._page(kind, instance.id, query.get("nextToken"), size, instance.paging, rows)

    def _token(self, *state) -> str:
        noise = random_text(24, "abcdefghijklmnopqrstuvwxyz0123456789")
        text = "+/" + base64.b64encode(f"{noise}\xff\xfe?".encode("latin-1")).decode() + "/+=="
        with self._lock:
            self._tokens[text] = state
        return text

    def _bad_token(self) -> Response:
        return self.error("InvalidParameterException", "Invalid NextToken")

    def _list_users(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.labels["InstanceId"])
        if isinstance(instance, Response):
            return instance
        page = self._listed(ctx, "ListUsers", instance, instance.users)
        if page is None:
            return self._bad_token()
        users, token = page
        return self._reply(
            ctx,
            {
                "UserSummaryList": [
                    {
                        "Id": user.id,
                        "Arn": f"{instance.arn}/agent/{user.id}",
                        "Username": user.username,
                        "LastModifiedTime": EPOCH_S + 0.125,
                        "LastModifiedRegion": instance.region,
                    }
                    for user in users
                ]
            },
            token,
        )

    def _search_users(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.json["InstanceId"])
        if isinstance(instance, Response):
            return instance
        known = [user for user in instance.users if user.username not in instance.not_indexed]
        users = _matching(known, ctx.json.get("SearchCriteria", {}))
        if users is None or "SearchFilter" in ctx.json:
            return self.error(
                "InvalidParameterException", "this stand-in searches by an exact Username"
            )
        page = self._page(
            "SearchUsers",
            instance.id,
            ctx.json.get("NextToken"),
            ctx.json.get("MaxResults", 100),
            instance.paging,
            users,
        )
        if page is None:
            return self._bad_token()
        total = len(users)
        users, token = page
        return self._reply(
            ctx,
            {
                "Users": [
                    {
                        "Id": user.id,
                        "Arn": f"{instance.arn}/agent/{user.id}",
                        "Username": user.username,
                        "IdentityInfo": user.names,
                        "PhoneConfig": {
                            "PhoneType": "SOFT_PHONE",
                            "AutoAccept": False,
                            "AfterContactWorkTimeLimit": 0,
                        },
                        "RoutingProfileId": instance.routing_profile_id(user.routing_profile),
                        "SecurityProfileIds": [instance.routing_profile_id("Agent")],
                    }
                    | instance.attributes_of(user)
                    for user in users
                ],
                "ApproximateTotalCount": total,
            },
            token,
        )

    def _search_hierarchy_groups(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.json["InstanceId"])
        if isinstance(instance, Response):
            return instance
        groups = instance.hierarchy_groups()
        criteria = ctx.json.get("SearchCriteria", {})
        if criteria:
            condition = criteria.get("StringCondition", {})
            if (condition.get("FieldName"), condition.get("ComparisonType")) != (
                "resourceID",
                "EXACT",
            ):
                return self.error(
                    "InvalidParameterException", "this stand-in searches by an exact resourceID"
                )
            groups = [g for g in groups if instance.hierarchy_id(g) == condition["Value"]]
        page = self._page(
            "SearchUserHierarchyGroups",
            instance.id,
            ctx.json.get("NextToken"),
            ctx.json.get("MaxResults", 100),
            instance.paging,
            groups,
        )
        if page is None:
            return self._bad_token()
        total = len(groups)
        groups, token = page
        return self._reply(
            ctx,
            {
                "UserHierarchyGroups": [instance.hierarchy_group(levels) for levels in groups],
                "ApproximateTotalCount": total,
            },
            token,
        )

    def _list_routing_profiles(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.labels["InstanceId"])
        if isinstance(instance, Response):
            return instance
        page = self._listed(
            ctx,
            "ListRoutingProfiles",
            instance,
            sorted({user.routing_profile for user in instance.users} - instance.not_listed),
        )
        if page is None:
            return self._bad_token()
        names, token = page
        return self._reply(
            ctx,
            {
                "RoutingProfileSummaryList": [
                    {
                        "Id": (profile_id := instance.routing_profile_id(name)),
                        "Arn": f"{instance.arn}/routing-profile/{profile_id}",
                        "Name": name,
                    }
                    for name in names
                ]
            },
            token,
        )

    def _list_queues(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.labels["InstanceId"])
        if isinstance(instance, Response):
            return instance
        own = [] if ctx.request.query.get("queueTypes") == "STANDARD" else sorted(instance.logins())
        page = self._listed(
            ctx,
            "ListQueues",
            instance,
            [*((name, "STANDARD") for name in instance.queues), *((name, "AGENT") for name in own)],
        )
        if page is None:
            return self._bad_token()
        rows, token = page
        return self._reply(
            ctx,
            {
                "QueueSummaryList": [
                    {
                        "Id": (queue_id := instance.queue_id(name)),
                        "Arn": f"{instance.arn}/queue/{queue_id}",
                        "Name": name,
                        "QueueType": kind,
                    }
                    for name, kind in rows
                ]
            },
            token,
        )

    def _get_current_user_data(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.labels["InstanceId"])
        if isinstance(instance, Response):
            return instance
        if ctx.json["Filters"].keys() != {"Agents"}:
            return self.error("InvalidParameterException", "this stand-in takes one filter: Agents")
        ids = set(ctx.json["Filters"]["Agents"])
        page = self._page(
            "GetCurrentUserData",
            instance.id,
            ctx.json.get("NextToken"),
            ctx.json.get("MaxResults", 100),
            instance.paging,
            [user for user in instance.users if user.id in ids and user.username in instance.doing],
        )
        if page is None:
            return self._bad_token()
        users, token = page
        return self._reply(
            ctx, {"UserDataList": [_user_data(instance, user) for user in users]}, token
        )

    def _describe_user(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.labels["InstanceId"])
        if isinstance(instance, Response):
            return instance
        user = next((u for u in instance.users if u.id == ctx.labels["UserId"]), None)
        if user is None:
            return self.error("ResourceNotFoundException", "User not found")
        return self._reply(
            ctx,
            {
                "User": {
                    "Id": user.id,
                    "Arn": f"{instance.arn}/agent/{user.id}",
                    "Username": user.username,
                    "IdentityInfo": {"FirstName": user.first_name, "LastName": user.last_name},
                    "PhoneConfig": {"PhoneType": "SOFT_PHONE"},
                    "RoutingProfileId": instance.routing_profile_id(user.routing_profile),
                    "SecurityProfileIds": [instance.routing_profile_id("Agent")],
                }
                | instance.attributes_of(user)
            },
        )

    def _list_instances(self, ctx: Context) -> Response:
        mine = [
            i
            for i in self.instances.values()
            if i.region == ctx.region and i.account == ctx.identity.account
        ]
        query = ctx.request.query
        page = self._page(
            "ListInstances",
            "",
            query.get("nextToken"),
            int(query.get("maxResults", 10)),
            Paging(),
            mine,
        )
        if page is None:
            return self._bad_token()
        instances, token = page
        return self._reply(ctx, {"InstanceSummaryList": [_summary(i) for i in instances]}, token)

    def _describe_contact_flow(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.labels["InstanceId"])
        if isinstance(instance, Response):
            return instance
        state = self.flows.get(ctx.labels["ContactFlowId"])
        if state is None:
            return self.error("ResourceNotFoundException", "Contact flow not found")
        return self._reply(ctx, {"ContactFlow": {"Id": ctx.labels["ContactFlowId"], "State": state}})

    def _describe_instance(self, ctx: Context) -> Response:
        instance = self._instance(ctx, ctx.labels["InstanceId"])
        if isinstance(instance, Response):
            return instance
        return self._reply(ctx, {"Instance": _summary(instance)})

    def _reply(self, ctx: Context, body: dict, token: str | None = None) -> Response:
        if token:
            body["NextToken"] = token
        shape = models.operation("connect", ctx.operation).output_shape
        wrong = list(models.problems(shape, body))
        if wrong:
            raise AssertionError(f"the stand-in's own {ctx.operation} answer is wrong: {wrong[:3]}")
        return Response(
            200, json.dumps(body).encode(), Headers([("Content-Type", "application/json")])
        )

    def finish(self, ctx: Context, response: Response) -> None:
        response.headers.set("x-amzn-RequestId", random_uuid())
        response.headers.set(
            "x-amz-apigw-id", random_text(15, "abcdefghijklmnopqrstuvwxyzABCDEFGH")
        )


def _user_data(instance: Instance, user: User) -> dict:
    doing = instance.doing[user.username]
    profile_id = instance.routing_profile_id(user.routing_profile)
    used = sum(channel == "VOICE" for _, channel, _ in doing.contacts)
    return {
        "User": {"Id": user.id, "Arn": f"{instance.arn}/agent/{user.id}"},
        "RoutingProfile": {
            "Id": profile_id,
            "Arn": f"{instance.arn}/routing-profile/{profile_id}",
        },
        "Status": {
            "StatusStartTimestamp": doing.since,
            "StatusArn": f"{instance.arn}/agent-state/{instance.routing_profile_id(doing.status)}",
            "StatusName": doing.status,
        },
        "AvailableSlotsByChannel": {"VOICE": doing.slots - used},
        "MaxSlotsByChannel": {"VOICE": doing.slots},
        "ActiveSlotsByChannel": {"VOICE": used},
        "Contacts": [
            {
                "ContactId": random_uuid(),
                "Channel": channel,
                "InitiationMethod": "INBOUND",
                "AgentContactState": state,
                "StateStartTimestamp": doing.since + 60,
                "ConnectedToAgentTimestamp": doing.since + 60,
                "Queue": {
                    "Id": (queue_id := instance.queue_id(queue)),
                    "Arn": f"{instance.arn}/queue/{queue_id}",
                },
            }
            for state, channel, queue in doing.contacts
        ],
    }


def _summary(instance: Instance) -> dict:
    return {
        "Id": instance.id,
        "Arn": instance.arn,
        "IdentityManagementType": "CONNECT_MANAGED",
        "InstanceAlias": instance.alias,
        "CreatedTime": EPOCH_S,
        "ServiceRole": f"arn:aws:iam::{instance.account}:role/aws-service-role/"
        "connect.amazonaws.com/"
        "AWSServiceRoleForAmazonConnect",
        "InstanceStatus": "ACTIVE",
        "InboundCallsEnabled": True,
        "OutboundCallsEnabled": True,
        "InstanceAccessUrl": f"https://{instance.alias}.my.connect.aws",
    }


_ANSWERS = {
    "ListUsers": ConnectStandin._list_users,
    "SearchUsers": ConnectStandin._search_users,
    "SearchUserHierarchyGroups": ConnectStandin._search_hierarchy_groups,
    "ListRoutingProfiles": ConnectStandin._list_routing_profiles,
    "ListQueues": ConnectStandin._list_queues,
    "GetCurrentUserData": ConnectStandin._get_current_user_data,
    "DescribeUser": ConnectStandin._describe_user,
    "ListInstances": ConnectStandin._list_instances,
    "DescribeInstance": ConnectStandin._describe_instance,
    "DescribeContactFlow": ConnectStandin._describe_contact_flow,
}
