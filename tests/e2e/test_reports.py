"""Reports: their rows in every form, the page of HTML as Chromium shows it, and the history that is kept elsewhere."""

import csv
import json
import os
import re
import shutil
import struct
import subprocess
import zlib

import pytest

from support.program import Desk

RULES = "[policy]\nwidth = 3\nranges = 100-149, 200-209\nblocked =\n"
HOSTILE = "<script>alert(1)</script>&'"


@pytest.fixture
def desk(tmp_path):
    """forty agents; one has left, one is new, and one reservation has a hostile note."""
    desk = Desk(tmp_path)
    desk.rules(RULES)
    people = [f"agent{number:02}" for number in range(40)]
    desk.people(*people)
    desk.json("--sync", environment={"SUDO_USER": "kim"})
    desk.json("--reserve", f"205={HOSTILE}", environment={"SUDO_USER": "lee"})
    desk.people(*people[1:], "newcomer")
    return desk


def report(desk, kind, *arguments):
    return desk.json("--report", kind, *arguments)


# ---- rows ------------------------------------------------------------------------------------------


def test_utilisation(desk):
    first, second, everything = report(desk, "utilisation")
    assert (first["range"], first["total"], first["assigned"], first["free"]) == ("100-149", 50, 40, 10)
    assert (second["range"], second["assigned"], second["reserved"], second["free"]) == ("200-209", 0, 1, 9)
    assert everything["range"] == "all" and everything["total"] == 60 and everything["used_percent"] == 66.7
    before = report(desk, "utilisation", "--at", "1d")[-1]
    assert before["assigned"] == before["reserved"] == 0


def test_changes(desk):
    newest, oldest = report(desk, "changes")
    assert newest["user"].startswith("lee@") and newest["action"] == "reserve" and newest["reserved"] == 1
    assert oldest["user"].startswith("kim@") and (oldest["actions"], oldest["assigned"]) == (1, 40)
    begun = desk.json("--history", "--limit", "1")[0]["at"]
    assert report(desk, "changes", "--since", begun) == [newest]
    assert report(desk, "changes", "--until", "1d", "--since", "2d") == []


def test_phonebook(desk):
    desk.agents.write_text("username,first name,last name\nagent02,Zoë,Zhang\nagent01,ada,Ångström\nagent03,Bo,Abel\n")
    names = [(row["name"], row["agent"]) for row in report(desk, "phonebook") if row["name"]]
    assert sorted(names, key=lambda row: row[0].lower()) == names and len(names) == 3
    assert len(report(desk, "phonebook", "--at", "1s")) in (0, 40)


def test_conflicts(desk):
    rows = {row["kind"]: row for row in report(desk, "conflicts")}
    assert rows["unassigned"]["agent"] == "newcomer" and rows["unassigned"]["extension"] is None
    assert (rows["stale"]["agent"], rows["stale"]["extension"]) == ("agent00", "100")
    assert "the next sync takes it back" in rows["stale"]["detail"]
    desk.json("--sync", "--max-release", "1")
    assert report(desk, "conflicts") == []


@pytest.mark.parametrize("kind", ["utilisation", "changes", "phonebook", "conflicts"])
def test_every_form_has_the_same_rows(desk, kind):
    told = [{name: "" if value is None else str(value) for name, value in row.items()} for row in report(desk, kind)]
    for form, separator in (("csv", ","), ("tsv", "\t")):
        said = desk.run("--report", kind, "--format", form)
        assert list(csv.DictReader(said.out.splitlines(), delimiter=separator)) == told and said.err == ""
    text = desk.run("--report", kind).out.splitlines()
    assert len(text) == len(told) + 1 and text[0].split()[0] == next(iter(told[0])).upper().split("_")[0]
    page = desk.run("--report", kind, "--format", "html").out
    cells = [re.sub("<[^>]*>", "\t", row).split("\t") for row in page.split("<tbody>")[1].split("</tr>")[:-1]]
    assert [[cell for cell in row if cell.strip()] for row in cells] == \
        [[value for value in row.values() if value] for row in told]
    columns = list(told[0])[:2]
    said = desk.run("--report", kind, "--format", "csv", "--columns", ",".join(reversed(columns)))
    assert said.out.splitlines()[0] == ",".join(reversed(columns))


def test_a_column_or_a_time_that_does_not_fit(desk):
    assert desk.run("--report", "changes", "--columns", "usr").status == 64
    assert desk.run("--report", "changes", "--at", "1d").status == 64
    assert desk.run("--report", "phonebook", "--since", "1d").status == 64
    assert desk.run("--list", "free", "--format", "html").status == 64


# ---- the page --------------------------------------------------------------------------------------


def test_the_page_is_closed_in_itself_and_escapes_all(desk):
    desk.json("--release", "agent05")
    desk.json("--assign", "newcomer")
    desk.agents.write_text(f"username,first name,last name\nagent01,{HOSTILE},x\n")
    page = desk.run("--report", "phonebook", "--format", "html").out
    assert "<script" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;" in page
    assert not re.search(r"https?://|url\(|src=|href=|@import", page)
    assert page.startswith("<!doctype html>") and "default-src 'none'" in page and '<html lang="en">' in page


def browser():
    found = shutil.which("chromium")
    if not found:
        pytest.fail("chromium is missing: sh tests/setup.sh test")
    return found


def chromium(folder, *arguments):
    subprocess.run(
        [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         f"--user-data-dir={folder / 'profile'}", "--window-size=700,500", *arguments,
         (folder / "page.html").as_uri()],
        check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(folder)})


def pixels(path):
    """Rows of (red, green, blue) of a PNG of eight bits (https://www.w3.org/TR/png-3/)."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        packed += body if kind == b"IDAT" else b""
        at += length + 12
    size = {2: 3, 6: 4}[colour]
    raw, stride, before, rows = zlib.decompress(packed), width * size, bytearray(width * size), []
    assert depth == 8
    for row in range(height):
        how, line = raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1:(row + 1) * (stride + 1)])
        for i in range(stride):
            left, up = line[i - size] if i >= size else 0, before[i]
            corner = before[i - size] if i >= size else 0
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda value: abs(guess - value))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, paeth)[how]) & 255
        rows.append([tuple(line[i:i + 3]) for i in range(0, stride, size)])
        before = line
    return rows


@pytest.fixture
def page(desk):
    (desk.folder / "page.html").write_text(desk.run("--report", "phonebook", "--format", "html").out)
    return desk.folder


@pytest.mark.parametrize("scheme, paper, ink", [(1, (255, 255, 255), (26, 26, 26)), (0, (22, 24, 28), (230, 230, 230))])
def test_light_and_dark_in_chromium(page, scheme, paper, ink):
    chromium(page, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={page / 'shot.png'}")
    rows = pixels(page / "shot.png")
    assert rows[2][2] == paper == rows[-3][2]
    seen = {pixel for row in rows for pixel in row}
    assert ink in seen  # text is drawn in it


def test_on_paper_in_chromium(page):
    chromium(page, "--blink-settings=preferredColorScheme=0", "--no-pdf-header-footer",
             f"--print-to-pdf={page / 'page.pdf'}")
    paper = (page / "page.pdf").read_bytes()
    assert paper.startswith(b"%PDF-")
    assert int(re.search(rb"/Type\s*/Pages[^>]*/Count\s+(\d+)", paper, re.S).group(1)) >= 1
    streams = [zlib.decompress(body) for body in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.S)
               if body[:1] == b"x"]
    drawn = b"".join(streams)
    assert b".0862745" not in drawn  # the dark page's 22/255 is not printed
    assert drawn


# ---- the history, kept elsewhere ---------------------------------------------------------------------


def test_the_history_is_kept_as_lines(desk):
    place = desk.folder / "trail.jsonl"
    said = desk.run("--history", "--to", place)
    assert said.status == 0 and "2 actions" in said.out
    assert [json.loads(line) for line in place.read_text().splitlines()] == desk.json("--history")
    assert desk.run("--history", "--to", place, "--quiet", "--actor", "lee").out == ""
    assert len(place.read_text().splitlines()) == 1  # an older one is replaced
    assert desk.run("--history", "--to", "-").out == desk.run("--history", "--format", "jsonl").out


def test_what_is_no_history_is_not_replaced(desk):
    desk.json("--export")
    before = desk.export.read_text()
    other = desk.folder / "other.txt"
    other.write_text("mine\n")
    for place, why in ((desk.export, "the list of extensions is published there"),
                       (other, "is not an export of the history")):
        said = desk.run("--history", "--to", place)
        assert said.status == 4 and why in said.err and said.out == "", said
    assert desk.export.read_text() == before and other.read_text() == "mine\n"
    empty = desk.folder / "empty"
    empty.write_text("")
    assert desk.run("--history", "--to", empty).status == 0 and empty.stat().st_size > 0
    assert desk.run("--history", "--to", desk.folder / "none" / "trail.jsonl").status == 1


def test_the_history_goes_to_s3(desk, cloud):
    wanted = ["--history", "--to", f"s3://{cloud.bucket}/trail.jsonl"]
    environment = cloud.gate.env(cloud.operator)
    store = cloud.past_gate("s3")
    for _ in range(2):
        said = desk.run(*wanted, environment=environment)
        assert said.status == 0, said
    body = store.get_object(Bucket=cloud.bucket, Key="trail.jsonl")["Body"].read().decode()
    assert [json.loads(line) for line in body.splitlines()] == desk.json("--history")
    store.put_object(Bucket=cloud.bucket, Key="trail.jsonl", Body=b"user,extension\n")
    said = desk.run(*wanted, environment=environment)
    assert said.status == 4 and "is not an export of the history" in said.err
