"""The gate itself: it lets in what Amazon would, refuses what Amazon would, and its faults really
occur.
"""

import base64
import hashlib

import boto3
import botocore.exceptions
import pytest


def code_of(call, **kwargs):
    """The error code that `call` is answered with."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**kwargs)
    return caught.value.response["Error"]["Code"]


# -- what is let in --------------------------------------------------------------------------------


def test_signed_requests_pass_for_every_service(cloud):
    cloud.instance.set_users(["alice", "bob"])
    users = cloud.client("connect").list_users(InstanceId=cloud.instance.id)["UserSummaryList"]
    assert [user["Username"] for user in users] == ["alice", "bob"]

    cloud.create_table()
    db = cloud.client("dynamodb")
    db.put_item(TableName=cloud.table, Item={"pk": {"S": "0042"}, "sk": {"S": "nu"}})
    found = db.get_item(TableName=cloud.table, Key={"pk": {"S": "0042"}, "sk": {"S": "nu"}})
    assert found["Item"]["pk"] == {"S": "0042"}
    assert cloud.region in db.describe_table(TableName=cloud.table)["Table"]["TableArn"]

    s3 = cloud.client("s3")
    body = b"user,extension\n"
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    answer = s3.put_object(
        Bucket=cloud.bucket, Key="a folder/é~*.csv", Body=body, ChecksumSHA256=digest
    )
    assert answer["ChecksumSHA256"] == digest
    assert s3.get_object(Bucket=cloud.bucket, Key="a folder/é~*.csv")["Body"].read() == body

    assert cloud.client("sts").get_caller_identity()["Arn"] == cloud.operator.arn
    assert cloud.gate.log.count() == 7


# -- what is refused -------------------------------------------------------------------------------


def tampering(client, change):
    """`change(request)` alters each request after it was signed."""
    client.meta.events.register("before-send", lambda request, **_: change(request))
    return client


def flip_body(request):
    request.body = request.body.replace(b"agentID", b"agentIX")


def add_header(request):
    request.headers["X-Amz-Extra"] = "1"


def drop_token(request):
    del request.headers["X-Amz-Security-Token"]


def change_path(request):
    request.url = request.url.replace("/exports-", "/export-")


QUERY = dict(
    IndexName="skIndex",
    KeyConditionExpression="sk = :s",
    ExpressionAttributeValues={":s": {"S": "agentID"}},
)


@pytest.mark.parametrize(
    "change, code",
    [
        (flip_body, "InvalidSignatureException"),
        (add_header, "InvalidSignatureException"),
        (drop_token, "UnrecognizedClientException"),
    ],
)
def test_a_tampered_dynamodb_request_is_refused(lenient_cloud, change, code):
    db = tampering(lenient_cloud.client("dynamodb"), change)
    assert code_of(db.query, TableName=lenient_cloud.table, **QUERY) == code
    (record,) = lenient_cloud.gate.log.refused()
    assert not record.forwarded
    with pytest.raises(AssertionError):
        lenient_cloud.gate.assert_clean()


def test_the_log_shows_the_canonical_request_that_was_expected(lenient_cloud):
    db = tampering(lenient_cloud.client("dynamodb"), flip_body)
    code_of(db.query, TableName=lenient_cloud.table, **QUERY)
    refused = lenient_cloud.gate.log.refused()[0].refused
    assert "The Canonical String for this request should have been" in refused
    assert "x-amz-target:DynamoDB_20120810.Query" in refused


def test_a_tampered_s3_request_is_refused(lenient_cloud):
    s3 = tampering(lenient_cloud.client("s3"), change_path)
    assert (
        code_of(s3.put_object, Bucket=lenient_cloud.bucket, Key="k", Body=b"x")
        == "SignatureDoesNotMatch"
    )


def test_a_changed_s3_body_is_refused(lenient_cloud):
    def change(request):
        request.body = b"y"

    s3 = tampering(lenient_cloud.client("s3"), change)
    code = code_of(s3.put_object, Bucket=lenient_cloud.bucket, Key="k", Body=b"x")
    assert code == "XAmzContentSHA256Mismatch"


def test_unknown_keys_and_expired_tokens(lenient_cloud):
    cloud = lenient_cloud
    stranger = cloud.gate.keyring.user("stranger")
    cloud.gate.keyring.revoke(stranger)
    cloud.operator.expired = True
    table = {"TableName": cloud.table}
    instance = {"InstanceId": cloud.instance.id}
    assert (
        code_of(cloud.client("dynamodb", stranger).describe_table, **table)
        == "UnrecognizedClientException"
    )
    assert code_of(cloud.client("dynamodb").describe_table, **table) == "ExpiredTokenException"
    assert code_of(cloud.client("connect").list_users, **instance) == "ExpiredTokenException"
    assert code_of(cloud.client("s3").list_buckets) == "ExpiredToken"
    assert code_of(cloud.client("sts", stranger).get_caller_identity) == "InvalidClientTokenId"
    # neither is the client's fault
    cloud.gate.assert_clean()


@pytest.mark.parametrize("offset_s, word", [(1200, "expired"), (-1200, "not yet current")])
def test_a_clock_that_is_off(cloud, offset_s, word):
    cloud.gate.clock_offset_s = offset_s
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        cloud.client("dynamodb").describe_table(TableName=cloud.table)
    assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"
    assert f"Signature {word}" in caught.value.response["Error"]["Message"]
    assert code_of(cloud.client("s3").list_buckets) == "RequestTimeTooSkewed"
    cloud.gate.clock_offset_s = 240
    cloud.client("s3").list_buckets()


def test_a_port_for_one_service_refuses_another(lenient_cloud):
    client = boto3.client(
        "connect",
        endpoint_url=lenient_cloud.gate.url_for("dynamodb"),
        region_name="us-east-1",
        **lenient_cloud.operator.boto3(),
    )
    assert code_of(client.list_instances) == "InvalidSignatureException"


def test_another_region_is_refused(lenient_cloud):
    client = boto3.client(
        "dynamodb",
        endpoint_url=lenient_cloud.gate.url,
        region_name="eu-west-1",
        **lenient_cloud.operator.boto3(),
    )
    assert code_of(client.list_tables) == "InvalidSignatureException"
    assert len(lenient_cloud.gate.log.refused()) == 1


def test_what_the_model_does_not_know_is_refused(lenient_cloud):
    db = lenient_cloud.client("dynamodb", parameter_validation=False)
    db.meta.events.register(
        "before-sign",
        lambda request, **_: setattr(
            request, "data", request.data.replace(b"IndexName", b"IndexNome")
        ),
    )
    code_of(db.query, TableName=lenient_cloud.table, **QUERY)
    assert "IndexNome: unknown member" in lenient_cloud.gate.log.refused()[0].refused

    connect = lenient_cloud.client("connect", parameter_validation=False)
    assert (
        code_of(connect.list_users, InstanceId=lenient_cloud.instance.id, MaxResults=1001)
        == "InvalidRequestException"
    )
    assert (
        code_of(connect.search_users, InstanceId=lenient_cloud.instance.id, MaxResults=501)
        == "InvalidRequestException"
    )
