"""What README promises: the policy is enough, the exit codes and topics are those of the program."""

import json
import re

from support.iam import Policy
from support.people import made_up
from support.program import ROOT, Desk, program

README = (ROOT / "README.md").read_text(encoding="utf-8")


def policy_of(cloud, leave_out=()):
    """README's IAM policy for the places of this cloud."""
    text = re.search(r"```json\n(.*?)```", README, re.DOTALL).group(1)
    for name, value in (("REGION", cloud.region), ("ACCOUNT", "123456789012"),
                        ("INSTANCE", cloud.instance.id), ("TABLE", cloud.table),
                        ("BUCKET", cloud.bucket)):
        text = text.replace(name, value)
    document = json.loads(text)
    document["Statement"] = [s for s in document["Statement"] if s["Sid"] not in leave_out]
    return Policy(document)


def desk_on(cloud, tmp_path, leave_out=()):
    cloud.operator.policy = policy_of(cloud, leave_out)
    desk = Desk(tmp_path, cloud.env())
    desk.places = lambda: []  # the environment of the old program names them
    return desk


def test_the_whole_policy_is_enough_for_everything(cloud, tmp_path):
    people = made_up(3)
    cloud.instance.set_users(people)
    alice, bob, _ = sorted(user.username for user in people)
    desk = desk_on(cloud, tmp_path)
    desk.rules("[policy]\nwidth = 2\nranges = 10-29\nblocked =\n")
    assert desk.json("--init")["applied"] == 20
    assert desk.json("--sync")["plan"]["assign"] == 3
    assert {row["agent"] for row in desk.json("--list", "agents")} == {user.username for user in people}
    assert desk.json("--reassign", f"{alice}=20")["applied"] == 1
    assert desk.json("--pin", f"{bob}=front desk")["applied"] == 1
    assert desk.json("--reserve", "25=lift")["applied"] == 1
    assert desk.json("--undo")["applied"] == 1
    assert desk.json("--export")["export"]["rows"] == 3
    assert desk.json("--doctor")["problems"] == []
    assert len(desk.json("--history")) == 6
    assert desk.json("--status")["extensions"]["assigned"] == 3


def test_without_init_and_names_a_sync_still_works(cloud, tmp_path):
    cloud.create_table()
    cloud.instance.set_users(made_up(2))
    desk = desk_on(cloud, tmp_path, leave_out=("Init", "Names", "Hints"))
    desk.rules("[policy]\nwidth = 2\nranges = 10-29\nblocked =\n")
    assert desk.json("--sync")["plan"]["assign"] == 2
    assert desk.json("--sync")["changes"] == []
    assert len(desk.json("--list", "agents")) == 2
    assert desk.json("--doctor")["problems"] == []


def test_wrong_names_are_answered_with_those_that_there_are(cloud, tmp_path):
    cloud.create_table()
    cloud.instance.set_users(made_up(1))
    wrong = {"AWS_TABLE": "nonesuch",
             "AWS_CONNECT_INSTANCEID": "11111111-2222-3333-4444-555555555555"}
    right = {"AWS_TABLE": cloud.table, "AWS_CONNECT_INSTANCEID": cloud.instance.id}
    for leave_out, named in ((("Hints",), False), ((), True)):
        desk = desk_on(cloud, tmp_path, leave_out)
        desk.rules("[policy]\nwidth = 2\nranges = 10-29\nblocked =\n")
        for name, value in wrong.items():
            result = desk.run("--sync", environment={name: value})
            assert result.status == 1 and value in result.err, result
            assert (right[name] in result.err) is named, (name, result)


def test_the_exit_codes_are_those_of_the_help(tmp_path):
    table = re.search(r"### Exit codes\n(.*?)###", README, re.DOTALL).group(1)
    codes = re.findall(r"^\| (\d+)(?: \+ signal)? \|", table, re.MULTILINE)
    shown = Desk(tmp_path).run("--help", "exit", places=False).out
    assert codes == re.findall(r"^ +(\d+)  ", shown, re.MULTILINE)


def test_every_topic_of_the_help_is_there(tmp_path):
    line = re.search(r"`extpool --help TOPIC` has one screen on each of (.*?)\.\n", README, re.DOTALL)
    for topic in re.split(r",\s+", line.group(1).replace("\n", " ")):
        assert Desk(tmp_path).run("--help", topic, places=False).status == 0, topic
    assert program()


def json_members():
    """Every member that the program can write, from the source of its documents."""
    folder = ROOT / "core/headless"
    paths = [*folder.glob("report_json*.c"), folder / "check_config.c"]
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    members = set(re.findall(r'(?:json_object_set(?:_new)?|set_text)\(\w+, "(\w+)"', source))
    kinds = (ROOT / "core/plan/plan.h").read_text(encoding="utf-8")
    return members | set(re.findall(r'X\(CHANGE_\w+, "(\w+)"', kinds))


def test_readme_has_every_member_of_the_json_documents():
    section = README[README.index("### JSON"):README.index("## The rules")]
    members = json_members()
    assert len(members) > 60
    assert {member for member in members if not re.search(rf'["`]{member}["`]', section)} == set()


def test_readme_has_every_key_of_the_configuration():
    source = (ROOT / "core/settings/options.h").read_text(encoding="utf-8")
    pattern = r"X\(OPT_\w+,\s*(?:0|'.'),\s*(?:NULL|\"[^\"]*\"),\s*\"(\w+)\""
    keys = set(re.findall(pattern, source)) - {"theme"}  # `name` in its section
    assert len(keys) > 25
    chapter = README[README.index("## Configuration"):README.index("## Amazon\n")]
    table = set(re.findall(r"`(\w+)`", chapter[chapter.index("Every key."):]))
    assert not keys - table


def test_readme_has_every_key_of_the_console():
    source = (ROOT / "tui/widget/command.h").read_text(encoding="utf-8")
    bound = re.findall(r'X\(CMD_\w+, "[\w-]+", "((?:[^"\\]|\\.)+)"', source)
    assert len(bound) > 60
    tables = README[README.index("| key | does |"):README.index("The footer names the keys")]
    named = set(re.findall(r"`([^` ]+)`", tables)) | set(re.findall(r"[\w-]+", tables))
    named |= {"'", '"'} if "`'x`" in tables and '`"x`' in tables else set()
    for keys in bound:
        key = keys.split()[0].replace('\\"', '"')
        key = re.sub("^C-(.)$", lambda match: "Ctrl-" + match.group(1).upper(), key)
        key = {"S-Tab": "Shift-Tab", "Left": "arrows", "Right": "arrows", "Up": "arrows",
               "Down": "arrows"}.get(key, key)
        assert key in named, keys
