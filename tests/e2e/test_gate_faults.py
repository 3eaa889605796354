"""Each fault that the gate can make really occurs, as a client without retries sees it."""

import concurrent.futures
import datetime

import botocore.exceptions
import pytest

from support import faults
from support.cloud import Cloud, Servers
from support.connect_instance import User
from support.gate import wait_until
from support.iam import Policy
from support.index_lag import lagging_index
from support.tls import Authority

FREE = {"pk": {"S": "0042"}, "sk": {"S": "nu"}, "sk_value": {"S": "0042"}}
KEY = {"pk": FREE["pk"], "sk": FREE["sk"]}


def error_of(call, **kwargs):
    """The parsed answer of a call that fails."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**kwargs)
    return caught.value.response


def code_of(call, **kwargs):
    return error_of(call, **kwargs)["Error"]["Code"]


@pytest.fixture
def db(cloud):
    cloud.create_table()
    return cloud.client("dynamodb")


@pytest.fixture
def held(cloud):
    """Looks past the gate: is the item there?"""

    def look(key=KEY):
        return "Item" in cloud.past_gate("dynamodb").get_item(TableName=cloud.table, Key=key)

    return look


# -- errors ----------------------------------------------------------------------------------------


def test_an_error_on_the_second_page(cloud):
    cloud.instance.set_users([f"agent{n}" for n in range(7)])
    cloud.gate.inject(faults.error("InternalServiceException"), on="connect.ListUsers", nth=2)
    pages = (
        cloud.client("connect")
        .get_paginator("list_users")
        .paginate(InstanceId=cloud.instance.id, PaginationConfig={"PageSize": 3})
    )
    seen = []
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for page in pages:
            seen += page["UserSummaryList"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(seen) == 3


@pytest.mark.parametrize(
    "service, call, kwargs, code, status",
    [
        ("dynamodb", "list_tables", {}, "ThrottlingException", 400),
        ("connect", "list_instances", {}, "ThrottlingException", 429),
        ("s3", "list_buckets", {}, "SlowDown", 503),
        ("sts", "get_caller_identity", {}, "Throttling", 400),
    ],
)
def test_throttling_as_each_service_says_it(cloud, service, call, kwargs, code, status):
    cloud.gate.inject(faults.throttled(service, retry_after_ms=250), on=service, first=1)
    client = cloud.client(service)
    answer = error_of(getattr(client, call), **kwargs)
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-retry-after"] == "250"
    getattr(client, call)(**kwargs)


def test_capacity_exceeded_names_its_reason(cloud, db):
    cloud.gate.inject(faults.capacity_exceeded(), on="dynamodb.PutItem")
    assert (
        code_of(db.put_item, TableName=cloud.table, Item=FREE)
        == "ProvisionedThroughputExceededException"
    )


def test_a_bare_status(cloud):
    cloud.gate.inject(faults.status(503, b"<html>busy</html>"), on="connect", first=1)
    answer = error_of(cloud.client("connect").list_instances)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_the_documented_throttle_of_connect(cloud):
    now = [0.0]
    cloud.gate.inject(faults.throttle(2, 5, clock=lambda: now[0]), on="connect")
    connect = cloud.client("connect")
    for _ in range(5):
        connect.list_users(InstanceId=cloud.instance.id)
    assert code_of(connect.list_users, InstanceId=cloud.instance.id) == "ThrottlingException"
    connect.list_instances()  # a bucket of its own
    now[0] += 0.5
    connect.list_users(InstanceId=cloud.instance.id)
    assert cloud.gate.log.count("connect", status=429) == 1


def test_chance_repeats_itself(cloud, db):
    rule = cloud.gate.inject(
        faults.error("ThrottlingException"), on="dynamodb.GetItem", probability=0.5
    )

    def run():
        outcomes = []
        for _ in range(30):
            try:
                db.get_item(TableName=cloud.table, Key=KEY)
                outcomes.append(True)
            except botocore.exceptions.ClientError:
                outcomes.append(False)
        return outcomes

    first = run()
    rule.remove()
    cloud.gate.inject(faults.error("ThrottlingException"), on="dynamodb.GetItem", probability=0.5)
    assert run() == first
    assert 5 < first.count(True) < 25


# -- the connection --------------------------------------------------------------------------------


def test_reset_before_the_request_was_taken(cloud, db, held):
    cloud.gate.inject(faults.reset_before(), on="dynamodb.PutItem")
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        db.put_item(TableName=cloud.table, Item=FREE)
    assert not held()


def test_reset_after_the_request_was_taken(cloud, db, held):
    cloud.gate.inject(faults.reset_after(), on="dynamodb.PutItem")
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        db.put_item(TableName=cloud.table, Item=FREE)
    assert held()
    assert cloud.gate.log.select("dynamodb", "PutItem")[0].status == 0


def test_an_answer_cut_in_the_middle(cloud):
    s3 = cloud.client("s3")
    s3.put_object(Bucket=cloud.bucket, Key="k", Body=b"0123456789")
    cloud.gate.inject(faults.cut(0.5), on="s3.GetObject")
    answer = s3.get_object(Bucket=cloud.bucket, Key="k")
    assert answer["ContentLength"] == 10
    with pytest.raises(
        (botocore.exceptions.IncompleteReadError, botocore.exceptions.ResponseStreamingError)
    ):
        answer["Body"].read()


@pytest.mark.parametrize("taken", [False, True])
def test_a_hang_ends_with_a_reset(cloud, db, held, taken):
    cloud.gate.inject(faults.hang(0.05, taken), on="dynamodb.PutItem")
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        db.put_item(TableName=cloud.table, Item=FREE)
    assert held() == taken


def test_requests_overlap(cloud, db):
    held = faults.hold()
    cloud.gate.inject(held, on="dynamodb")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: db.get_item(TableName=cloud.table, Key=KEY), range(8))
        held.wait(4)
        held.release()
        assert len(list(answers)) == 8
    assert cloud.gate.log.max_in_flight("dynamodb") == 4
    assert cloud.gate.log.connections("dynamodb") <= 4


# -- answers that lie ------------------------------------------------------------------------------


def test_garbled_json(cloud, db):
    db.put_item(TableName=cloud.table, Item=FREE)
    cloud.gate.inject(faults.garbled(), on="dynamodb.GetItem")
    # botocore takes what is no JSON for an answer without members, and has compared the checksum
    # before
    assert "Item" not in db.get_item(TableName=cloud.table, Key=KEY)


def test_checksum_is_right_unless_it_shall_not_be(cloud, db):
    cloud.gate.inject(faults.bad_checksum(), on="dynamodb.DescribeTable")
    db.get_item(TableName=cloud.table, Key=KEY)  # botocore compares
    # botocore retries a bad checksum; with a single attempt it raises
    with pytest.raises(botocore.exceptions.ChecksumError):
        cloud.client("dynamodb", retries={"mode": "legacy", "max_attempts": 1}).describe_table(
            TableName=cloud.table
        )


def test_a_date_that_is_off(cloud):
    cloud.gate.inject(faults.date_skew(3600), on="sts")
    date = cloud.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["date"]
    assert date != cloud.gate.http_date()


# -- DynamoDB's own --------------------------------------------------------------------------------


def test_unprocessed_items_come_back(cloud, db, held):
    other = {name: {"S": "0043" if name != "sk" else "nu"} for name in FREE}
    cloud.gate.inject(faults.unprocessed(0.5), on="dynamodb.BatchWriteItem")
    left = db.batch_write_item(
        RequestItems={
            cloud.table: [{"PutRequest": {"Item": FREE}}, {"PutRequest": {"Item": other}}]
        }
    )["UnprocessedItems"]
    assert left == {cloud.table: [{"PutRequest": {"Item": other}}]}
    assert held() and not held({"pk": other["pk"], "sk": other["sk"]})


def test_half_of_all_transactions_are_cancelled(cloud, db, held):
    rule = cloud.gate.inject(
        faults.cancel("TransactionConflict"), on="dynamodb.TransactWriteItems", every=2
    )
    for number in range(4):
        put = {"Put": {"TableName": cloud.table, "Item": FREE}}
        check = {
            "ConditionCheck": {
                "TableName": cloud.table,
                "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}},
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        if number % 2:
            answer = error_of(db.transact_write_items, TransactItems=[put, check])
            codes = [reason["Code"] for reason in answer["CancellationReasons"]]
            assert sorted(codes) == ["None", "TransactionConflict"]
        else:
            db.transact_write_items(TransactItems=[put, check])
    assert rule.fired == 2


def query(db, cloud):
    return db.query(
        TableName=cloud.table,
        IndexName="skIndex",
        KeyConditionExpression="sk = :s",
        ExpressionAttributeValues={":s": {"S": "nu"}},
    )["Items"]


def test_an_index_that_stands_still(cloud, db, held):
    db.put_item(TableName=cloud.table, Item=FREE)
    with lagging_index(cloud.dynamodb, None) as index:
        db.transact_write_items(TransactItems=[{"Delete": {"TableName": cloud.table, "Key": KEY}}])
        assert not held()
        assert query(db, cloud) == [FREE]
        index.catch_up()
        assert query(db, cloud) == []
    assert query(db, cloud) == []


def test_an_index_that_lags(cloud, db):
    with lagging_index(cloud.dynamodb, 0.2):
        db.batch_write_item(RequestItems={cloud.table: [{"PutRequest": {"Item": FREE}}]})
        assert query(db, cloud) == []
        wait_until(lambda: query(db, cloud) == [FREE], "the index has caught up")


def test_a_table_that_takes_its_time(cloud, db):
    def creating(answer):
        answer["Table"]["TableStatus"] = "CREATING"

    cloud.gate.inject(faults.rewrite(creating), on="dynamodb.DescribeTable", first=1)
    states = [db.describe_table(TableName=cloud.table)["Table"]["TableStatus"] for _ in range(2)]
    assert states == ["CREATING", "ACTIVE"]


def test_point_in_time_recovery(cloud, db):
    db.update_continuous_backups(
        TableName=cloud.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    state = db.describe_continuous_backups(TableName=cloud.table)["ContinuousBackupsDescription"]
    assert state["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    cloud.dynamodb.knows_backups = False
    assert (
        code_of(db.describe_continuous_backups, TableName=cloud.table)
        == "UnknownOperationException"
    )


# -- S3's own --------------------------------------------------------------------------------------


def test_a_wrong_checksum(cloud):
    put = cloud.client("s3").put_object
    wrong = "A" * 43 + "="
    assert (
        code_of(put, Bucket=cloud.bucket, Key="k", Body=b"x", ChecksumSHA256=wrong) == "BadDigest"
    )


def test_writes_on_a_condition(cloud):
    cloud.client("s3").put_object(Bucket=cloud.bucket, Key="k", Body=b"x")
    s3 = cloud.client("s3")
    condition = {"If-None-Match": "*"}
    s3.meta.events.register(
        "before-sign",
        lambda request, **_: [
            request.headers.add_header(name, value) for name, value in condition.items()
        ],
    )
    assert code_of(s3.put_object, Bucket=cloud.bucket, Key="k", Body=b"y") == "PreconditionFailed"
    s3.put_object(Bucket=cloud.bucket, Key="new", Body=b"y")
    condition = {"If-Match": '"no such version"'}
    assert code_of(s3.put_object, Bucket=cloud.bucket, Key="k", Body=b"y") == "PreconditionFailed"


@pytest.mark.parametrize(
    "status, code",
    [(301, "PermanentRedirect"), (307, "TemporaryRedirect"), (400, "AuthorizationHeaderMalformed")],
)
def test_a_bucket_of_another_region(cloud, status, code):
    cloud.s3.bucket_region[cloud.bucket] = "eu-west-1"
    cloud.s3.redirect_status[cloud.bucket] = status
    cloud.client("s3").put_object(
        Bucket=cloud.bucket, Key="k", Body=b"x"
    )  # botocore follows by itself
    first, *_, last = cloud.gate.log.select("s3")
    assert (first.status, first.code) == (status, code)
    assert last.operation == "PutObject" and last.status == 200


def test_a_bucket_that_is_new(cloud):
    cloud.gate.inject(faults.redirect(cloud.gate.url_for("s3")), on="s3.PutObject", nth=1)
    cloud.client("s3").put_object(
        Bucket=cloud.bucket, Key="k", Body=b"x"
    )  # botocore follows by itself
    first, *_, last = cloud.gate.log.select("s3")
    assert (first.status, first.code) == (307, "TemporaryRedirect")
    assert (last.operation, last.status) == ("PutObject", 200)


def test_another_bucket_owner(cloud):
    cloud.s3.bucket_owner[cloud.bucket] = "999999999999"
    head = cloud.client("s3").head_bucket
    assert code_of(head, Bucket=cloud.bucket, ExpectedBucketOwner="123456789012") == "403"
    head(Bucket=cloud.bucket, ExpectedBucketOwner="999999999999")


def test_encryption_is_recorded_and_comes_back(cloud):
    s3 = cloud.client("s3")
    s3.put_object(
        Bucket=cloud.bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId="abc"
    )
    assert (
        cloud.gate.log.select("s3", "PutObject")[0].header("x-amz-server-side-encryption")
        == "aws:kms"
    )
    assert s3.head_object(Bucket=cloud.bucket, Key="k")["SSEKMSKeyId"] == "abc"


# -- permissions -----------------------------------------------------------------------------------


def test_a_missing_permission_is_named(cloud, db):
    cloud.operator.policy = Policy.all_but(
        "dynamodb:DeleteItem", "connect:SearchUsers", "s3:PutObject"
    )
    answer = error_of(
        db.transact_write_items, TransactItems=[{"Delete": {"TableName": cloud.table, "Key": KEY}}]
    )
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert answer["Error"]["Message"].startswith(
        f"User: {cloud.operator.arn} is not authorized to perform: dynamodb:DeleteItem on "
        "resource: "
        f"arn:aws:dynamodb:us-east-1:123456789012:table/{cloud.table}"
    )
    connect, s3 = cloud.client("connect"), cloud.client("s3")
    assert code_of(connect.search_users, InstanceId=cloud.instance.id) == "AccessDeniedException"
    assert code_of(s3.put_object, Bucket=cloud.bucket, Key="k", Body=b"x") == "AccessDenied"
    connect.list_users(InstanceId=cloud.instance.id)


def test_a_policy_on_resources(cloud, db):
    table = f"arn:aws:dynamodb:*:*:table/{cloud.table}"
    cloud.operator.policy = Policy.allow(["dynamodb:Query", "dynamodb:Get*"], [table])
    db.get_item(TableName=cloud.table, Key=KEY)
    assert code_of(query, db=db, cloud=cloud) == "AccessDeniedException"
    cloud.operator.policy = Policy.allow(["dynamodb:Query"], [table + "/index/skIndex"])
    query(db, cloud)


# -- Connect's own ---------------------------------------------------------------------------------


def test_pages_short_and_empty_and_tokens_awkward(cloud):
    logins = [f"agent{n:04}" for n in range(25)]
    cloud.instance.set_users(logins)
    cloud.instance.paging.most = 10
    cloud.instance.paging.empty_pages = frozenset({1, 3})
    connect = cloud.client("connect")
    pages = list(connect.get_paginator("list_users").paginate(InstanceId=cloud.instance.id))
    assert [len(page["UserSummaryList"]) for page in pages] == [0, 10, 0, 10, 5]
    assert [user["Username"] for page in pages for user in page["UserSummaryList"]] == logins
    assert set("+/=") <= set(pages[0]["NextToken"])
    searched = connect.search_users(InstanceId=cloud.instance.id, MaxResults=500)
    assert searched["ApproximateTotalCount"] == 25
    assert (
        code_of(connect.list_users, InstanceId=cloud.instance.id, NextToken="made up")
        == "InvalidParameterException"
    )


def test_a_search_tells_what_a_user_has(cloud):
    other = cloud.connect.add_instance(alias="leeds")
    other.set_users(["carol"])
    cloud.instance.set_users(
        [User("alice", hierarchy="UK/Leeds", tags={"site": "leeds"}), User("bob"), User("dave")]
    )
    cloud.instance.not_indexed = {"dave"}
    connect = cloud.client("connect")
    alice, bob = connect.search_users(InstanceId=cloud.instance.id)["Users"]
    assert alice["Tags"] == {"site": "leeds"} and "Tags" not in bob
    assert alice["HierarchyGroupId"] == cloud.instance.hierarchy_id(("UK", "Leeds"))
    assert "HierarchyGroupId" not in bob
    listed = connect.list_users(InstanceId=other.id)["UserSummaryList"]
    assert [user["Username"] for user in listed] == ["carol"]


def test_a_search_needs_what_it_depends_on(cloud):
    connect = cloud.client("connect")
    cloud.operator.policy = Policy.allow(["connect:SearchUsers", "connect:ListUserProficiencies"])
    refused = error_of(connect.search_users, InstanceId=cloud.instance.id)
    assert "not authorized to perform: connect:DescribeUser" in refused["Error"]["Message"]


def test_instances_known_and_unknown(cloud):
    connect = cloud.client("connect")
    assert [i["Id"] for i in connect.list_instances()["InstanceSummaryList"]] == [cloud.instance.id]
    assert (
        connect.describe_instance(InstanceId=cloud.instance.id)["Instance"]["InstanceAlias"]
        == "centre"
    )
    other = cloud.instance.id[:-1] + ("0" if cloud.instance.id[-1] != "0" else "1")
    assert code_of(connect.list_users, InstanceId=other) == "ResourceNotFoundException"
    assert code_of(connect.list_users, InstanceId=cloud.instance.arn) == "InvalidRequestException"


# -- TLS -------------------------------------------------------------------------------------------


def test_tls_with_a_certificate_that_fits(tls_cloud):
    sts = tls_cloud.client("sts")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    tls_cloud.gate.inject(faults.reset_after(), on="sts")
    with pytest.raises(botocore.exceptions.HTTPClientError):
        sts.get_caller_identity()


def test_tls_of_an_authority_that_nobody_knows(tls_cloud, tmp_path):
    stranger = Authority(tmp_path)
    with pytest.raises(botocore.exceptions.SSLError):
        tls_cloud.client("sts", verify=str(stranger.bundle)).get_caller_identity()
    assert tls_cloud.gate.log.count() == 0


@pytest.mark.parametrize(
    "wrong", [{"names": ["dynamodb.example.com"]}, {"valid_for": datetime.timedelta(days=-1)}]
)
def test_tls_with_a_certificate_that_does_not_fit(dynoxide, s3server, authority, wrong):
    with Cloud(
        Servers(dynoxide, s3server),
        tls=authority.server_context(**wrong),
        ca_bundle=str(authority.bundle),
    ) as cloud:
        with pytest.raises(botocore.exceptions.SSLError):
            cloud.client("sts").get_caller_identity()
        assert cloud.gate.log.count() == 0
