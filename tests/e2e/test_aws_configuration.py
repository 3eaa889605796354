"""The shared configuration is read as the SDKs read it: for some 250 home folders and environments
the program asks the same hosts with the same keys, and STS the same questions, as botocore.

botocore's answers are recorded, by a version that knows everything the cases need. The version that
is installed is asked anew: a newer one for all, an older one for what it agreed about when the
record was made. To write the record anew: EXTPOOL_BOTOCORE=write, with a newer one in PATH.
"""

import json
import os

import pytest

from support.aws_configurations import all_cases
from support.aws_differential import RECORD, Place, ask_program, newest_botocore, write_record
from support.aws_on_purpose import ON_PURPOSE
from support.every_host import EveryHost

CASES = {case.name: case for case in all_cases()}


@pytest.fixture(scope="module")
def record():
    return json.loads(RECORD.read_text())


@pytest.fixture(scope="module")
def hosts(authority):
    with EveryHost(authority) as made:
        yield made


@pytest.mark.parametrize("name", CASES)
def test_as_botocore_does(name, record, hosts, tmp_path):
    answer, result = ask_program(Place(CASES[name], hosts, tmp_path))
    botocore = record["answers"][name]
    if name in ON_PURPOSE:
        assert botocore != ON_PURPOSE[name].answer, "no difference any more"
        assert answer == ON_PURPOSE[name].answer, (ON_PURPOSE[name].reason, result)
    else:
        assert answer == botocore, result
    for secret in ("=secret", "web-token", "sso-access"):
        assert secret not in result.out + result.err


def test_the_list_is_of_these_cases(record):
    assert set(ON_PURPOSE) <= set(CASES)
    assert set(record["answers"]) == set(CASES)
    assert len(CASES) >= 150


def test_what_is_installed_says_the_same(hosts, tmp_path):
    botocore = newest_botocore()
    if not botocore:
        pytest.skip("no Python with botocore")
    answers = {}
    for number, (name, case) in enumerate(CASES.items()):
        home = tmp_path / str(number)
        home.mkdir()
        answers[name] = botocore.ask(Place(case, hosts, home))
    botocore.close()
    if os.environ.get("EXTPOOL_BOTOCORE") == "write":
        write_record(botocore.version, answers)
    record = json.loads(RECORD.read_text())
    recorded = tuple(map(int, record["botocore"].split(".")))
    known = set(CASES) - (set(record["too_new"]) if botocore.number < recorded else set())
    assert {n: answers[n] for n in known} == {n: record["answers"][n] for n in known}
