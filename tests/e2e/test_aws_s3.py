"""The exporter s3://BUCKET/KEY, through the gate."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import botocore.exceptions
import pytest

from support import faults
from support.iam import Policy
from support.program import Desk


@pytest.fixture
def desk(cloud, tmp_path):
    """A local pool with three agents, to be exported."""
    made = Desk(tmp_path, cloud.env())
    made.people("alice", "bob", "carol")
    assert made.run("--sync", "--no-export").status == 0
    return made


def export(desk, to, *arguments, **options):
    return desk.run("--export", to, *arguments, **options)


def stored(cloud, key="agent_extensions.csv"):
    return cloud.past_gate("s3").get_object(Bucket=cloud.bucket, Key=key)


CSV = b"user,extension\r\nalice,0010\r\nbob,0011\r\ncarol,0012\r\n"


def test_put(cloud, desk):
    result = export(desk, f"s3://{cloud.bucket}", "--json")
    assert result.status == 0, result
    there = stored(cloud)
    body = there["Body"].read()
    assert body.replace(b"\r\n", b"\n") == CSV.replace(b"\r\n", b"\n")
    assert there["ContentType"].startswith("text/csv")
    (record,) = cloud.gate.log.select("s3", "PutObject")
    assert (record.operation, record.status) == ("PutObject", 200)
    sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert record.header("x-amz-checksum-sha256") == sha256
    assert record.header("content-length") == str(len(body))


@pytest.mark.parametrize("key", ["daily/ext.csv", "a b+c=&.csv", "ü/漢.csv", "x/y~-_.z.csv"])
def test_keys(cloud, desk, key):
    result = export(desk, f"s3://{cloud.bucket}/{key}")
    assert result.status == 0, result
    (record,) = cloud.gate.log.select("s3", "PutObject")
    assert record.status == 200


def test_options(cloud, desk):
    desk.rules(
        "[defaults]\nstorage_class = STANDARD_IA\nexpected_bucket_owner = 123456789012\n"
        "kms_key = alias/exports\n"
    )
    result = export(desk, f"s3://{cloud.bucket}/k.csv")
    assert result.status == 0, result
    (record,) = cloud.gate.log.select("s3", "PutObject")
    assert record.header("x-amz-storage-class") == "STANDARD_IA"
    assert record.header("x-amz-expected-bucket-owner") == "123456789012"
    assert record.header("x-amz-server-side-encryption") == "aws:kms"
    assert record.header("x-amz-server-side-encryption-aws-kms-key-id") == "alias/exports"


def test_somebody_elses_bucket(cloud, desk):
    cloud.s3.bucket_owner[cloud.bucket] = "999999999999"
    desk.rules("[defaults]\nexpected_bucket_owner = 123456789012\n")
    result = export(desk, f"s3://{cloud.bucket}")
    assert result.status == 1
    assert "AccessDenied" in result.err and "request id " in result.err


@pytest.mark.parametrize("status", [301, 307, 400])
def test_bucket_in_another_region(cloud, desk, status):
    cloud.s3.bucket_region[cloud.bucket] = "eu-west-2"
    cloud.s3.redirect_status[cloud.bucket] = status
    result = export(desk, f"s3://{cloud.bucket}")
    assert result.status == 0, result
    statuses = [record.status for record in cloud.gate.log.select("s3")]
    assert statuses == [status, 404, 200]  # the first look is sent elsewhere, and the place remembered
    stored(cloud)


@pytest.mark.parametrize(
    "fault",
    [
        faults.error("InternalError"),
        faults.error("SlowDown"),
        faults.status(502),
        faults.reset_before(),
        faults.reset_after(),
        faults.error("RequestTimeout"),
    ],
    ids=lambda fault: fault.name,
)
def test_trouble_that_passes(cloud, desk, fault):
    rule = cloud.gate.inject(fault, on="s3.PutObject", first=2)
    result = export(desk, f"s3://{cloud.bucket}")
    assert result.status == 0, result
    assert rule.fired == 2
    stored(cloud)


def test_every_answer_lost(cloud, desk):
    """It was written, and nobody said so: a look at the object settles it."""
    cloud.gate.inject(faults.reset_after(), on="s3.PutObject")
    result = export(desk, f"s3://{cloud.bucket}")
    assert result.status == 0, result
    assert cloud.gate.log.count("s3", "HeadObject") == 1


def test_never_taken(cloud, desk):
    cloud.gate.inject(faults.reset_before(), on="s3.PutObject")
    result = export(desk, f"s3://{cloud.bucket}")
    assert result.status == 1
    assert "connection broke" in result.err
    with pytest.raises(botocore.exceptions.ClientError):
        stored(cloud)


def test_another_object_is_there(cloud, desk):
    cloud.past_gate("s3").put_object(
        Bucket=cloud.bucket, Key="agent_extensions.csv", Body=b"user,extension\r\nold,0099\r\n"
    )
    cloud.gate.inject(faults.reset_before(), on="s3.PutObject")
    assert export(desk, f"s3://{cloud.bucket}").status == 1


def test_no_such_bucket(cloud, desk):
    result = export(desk, "s3://no-such-bucket-of-ours")
    assert result.status == 1
    assert "NoSuchBucket" in result.err and "buckets of this account: exports-" in result.err
    cloud.operator.policy = Policy.all_but("s3:ListAllMyBuckets")
    assert "s3:ListAllMyBuckets" in export(desk, "s3://no-such-bucket-of-ours").err


def test_may_not_write(cloud, desk):
    cloud.operator.policy = Policy.all_but("s3:PutObject")
    result = export(desk, f"s3://{cloud.bucket}")
    assert result.status == 1
    assert "the permission s3:PutObject is missing" in result.err


def test_may_not_encrypt(cloud, desk):
    cloud.operator.policy = Policy.all_but("kms:GenerateDataKey")
    desk.rules("[defaults]\nkms_key = 1234abcd\n")
    result = export(desk, f"s3://{cloud.bucket}")
    assert "the permission kms:GenerateDataKey is missing" in result.err


@pytest.mark.parametrize("offset_s", [-1200, 1200])
def test_clock_twenty_minutes_off(cloud, desk, offset_s):
    cloud.gate.clock_offset_s = offset_s
    result = export(desk, f"s3://{cloud.bucket}")
    assert result.status == 0, result


@pytest.mark.parametrize("to", ["s3://", "s3://a", "s3:bucket", "s3://Bad bucket/x"])
def test_not_a_place(cloud, desk, to):
    assert export(desk, to).status == 64
    assert cloud.gate.log.count("s3") == 0


# ---- what lies there is read first -----------------------------------------------------------------


OLD = b"user,extension\r\nalice,0777\r\n"


def put(cloud, body, key="agent_extensions.csv"):
    cloud.past_gate("s3").put_object(Bucket=cloud.bucket, Key=key, Body=body)


def test_a_key_that_is_missing_is_403_without_list_bucket(cloud, desk):
    """Nobody may be told that nothing is there: then it is put on the condition that it is new."""
    cloud.operator.policy = Policy.all_but("s3:ListBucket")
    for _ in range(2):
        result = export(desk, f"s3://{cloud.bucket}")
        assert result.status == 0 and result.err == "", result
    assert [r.status for r in cloud.gate.log.select("s3", "GetObject")] == [403, 200]
    first, second = cloud.gate.log.select("s3", "PutObject")
    assert first.header("if-none-match") == "*" and second.header("if-none-match") is None


@pytest.mark.parametrize("store", ["there before", "made by the run"])
def test_a_list_that_may_not_be_read(cloud, desk, store):
    put(cloud, OLD)
    cloud.operator.policy = Policy.all_but("s3:GetObject")
    if store == "there before":
        result = export(desk, f"s3://{cloud.bucket}", "--json")
        assert result.status == 0 and "s3:GetObject" in result.json["export"]["warning"], result
        assert stored(cloud)["Body"].read() != OLD
        result = export(desk, f"s3://{cloud.bucket}")
        assert result.status == 0 and result.err.count("warning: ") == 1, result
    else:
        result = desk.run("--store", "sqlite:fresh.db", "--export-to", f"s3://{cloud.bucket}", "--sync")
        assert result.status == 4 and "this run made the store" in result.err, result
        assert stored(cloud)["Body"].read() == OLD


def test_a_wrong_store_does_not_replace_the_list(cloud, desk):
    rows = "".join(f"agent{i:02},{i + 700:04}\r\n" for i in range(30))
    put(cloud, b"user,extension\r\n" + rows.encode())
    desk.people(*[f"agent{i:02}" for i in range(30)])
    to = f"s3://{cloud.bucket}/agent_extensions.csv"
    refused = desk.json("--store", "sqlite:other.db", "--export-to", to, "--sync", status=4)
    (refusal,) = refused["refused"]
    assert (refusal["guard"], refusal["count"], refusal["limit"]) == ("publish", 30, 5)
    assert "does not know 30 of them" in refused["error"]["message"]
    assert refused["applied"] == 0 and not (desk.folder / "other.db").exists()
    assert stored(cloud)["Body"].read().count(b"\r\n") == 31


def test_s3_out_of_reach_stops_no_sync(cloud, desk):
    to = f"s3://{cloud.bucket}"
    cloud.gate.inject(faults.reset_before(), on="s3")
    desk.people("alice", "bob", "carol", "dave")
    done = desk.json("--export-to", to, "--sync", status=3)
    assert done["applied"] == 1 and done["export"]["error"]["code"] == "offline"
    assert done["export"]["to"].startswith(to)
    cloud.gate.clear_faults()
    idle = desk.json("--export-to", to, "--sync")
    assert idle["applied"] == 0 and idle["export"]["rows"] == 4
    assert b"dave" in stored(cloud)["Body"].read()


# -- somebody else publishes meanwhile -------------------------------------------------------------


def export_while(desk, cloud, publishes):
    """An export that is held when it is about to write, until `publishes` was carried out."""
    hold = faults.hold()
    rule = cloud.gate.inject(hold, on="s3.PutObject")
    with ThreadPoolExecutor() as pool:
        export_done = pool.submit(export, desk, f"s3://{cloud.bucket}", "--json")
        hold.wait()
        publishes()
        rule.remove()
        return export_done.result()


def crowd(offset):
    """The list of a pool of twenty people."""
    return "user,extension\n" + "".join(f"agent{i:02},{i + offset:04}\n" for i in range(20))


@pytest.fixture
def full_desk(cloud, tmp_path):
    desk = Desk(tmp_path, cloud.env())
    desk.people(*(f"agent{i:02}" for i in range(20)))
    assert desk.run("--sync", "--no-export").status == 0
    return desk


def test_a_list_that_came_meanwhile_is_judged_too(cloud, full_desk):
    """It has other numbers for everybody: that is another pool's."""
    result = export_while(full_desk, cloud, lambda: put(cloud, crowd(500).encode()))
    assert result.status == 4, result
    assert result.json["refused"][0]["guard"] == "publish"
    assert stored(cloud)["Body"].read().decode() == crowd(500)


def test_a_list_that_came_meanwhile_and_does_no_harm_is_replaced(cloud, full_desk):
    result = export_while(full_desk, cloud, lambda: put(cloud, b"user,extension\nagent00,0010\n"))
    assert result.status == 0, result
    assert stored(cloud)["Body"].read().decode().count("agent") == 20
    assert cloud.gate.log.count("s3", "PutObject") == 2
