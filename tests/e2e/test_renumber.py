"""A whole range gets other numbers, on SQLite and on DynamoDB."""


def test_a_range_moves_and_comes_back(place):
    before = place.held()
    moving = {ext: agent for ext, agent in before.items() if "2000" <= ext <= "2009"}
    plan = place.json("--renumber", "2000-2009=2040-2049", "--max-release", "100%", "--dry-run")
    assert [note.split(":")[0] for note in plan["notes"]] == [
        "1 is pinned and not renumbered", "1 cannot be renumbered, since the new number is not free"]
    moved = {change["from"]: change["extension"] for change in plan["changes"] if change["change"] == "reassign"}
    assert moved and all(int(new) == int(old) + 40 for old, new in moved.items())
    assert len(moved) + 2 == len(moving)
    done = place.json("--renumber", "2000-2009=2040-2049", "--keep-old", "30d", "--max-release", "100%", "--yes")
    assert done["exit"] == 0 and done["applied"] == 2 * len(moved)
    after = place.held()
    assert {new: before[old] for old, new in moved.items()}.items() <= after.items()
    for old in moved:
        kept = place.json("--lookup", old)
        assert (kept["state"], kept["target"]) == ("reserved", f"agent:{before[old]}") and kept["until"]
    assert place.json("--renumber", "2000-2009=2040-2049", "--dry-run")["changes"] == []
    assert place.json("--undo", "--max-release", "100%", "--yes")["exit"] == 0
    assert place.held() == before
