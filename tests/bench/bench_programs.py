"""The benches in C: planning, the filter, a refresh. Their times are those of the processor. What groups
cost a plan is counted too, because a time tells little on a busy machine."""

import subprocess

from measure import ROOT, Report, count

PROGRAMS = ROOT / "build" / "release" / "bench"


def show(report, line):
    kind, key, name, *rest = line.split("\t")
    if kind == "row":
        value, unit, limit = rest
        report.row(key, name, float(value), unit, float(limit) or None)
    else:
        limit, ratios = rest
        report.ratio(key, name, [float(ratio) for ratio in ratios.split()], at_most=float(limit))


def count_groups(report):
    """Each kind of sync, of fewer agents: in groups at most 1.5 times the instructions of one pool."""
    kinds = {"nothing": "nothing to do", "churn": "5 % leave, 5 % join", "first": "first sync, all free",
             "empty": "first sync, empty store"}
    for kind, name in kinds.items():
        plain, grouped = (count([PROGRAMS / "bench_groups", kind, pool], function="plan_once").instructions
                          for pool in ("plain", "grouped"))
        report.row(f"groups.{kind}.instructions", f"{name}, 100,000 agents", grouped, "instructions",
                   limit=plain * 3 // 2, note=f"one pool: {plain / 1e6:.0f}M")


def main():
    titles = {"bench_plan": "Planning a sync",
              "bench_groups": "Planning a sync of 1,000,000 agents in 50 groups, against one pool",
              "bench_filter": "A key in the filter of 100,000 rows",
              "bench_refresh": "A refresh of the console, 100,000 agents on SQLite"}
    for name, title in titles.items():
        report = Report(title)
        done = subprocess.run([PROGRAMS / name], check=True, stdout=subprocess.PIPE, text=True)
        for line in done.stdout.splitlines():
            show(report, line)
        if name == "bench_groups":
            count_groups(report)


if __name__ == "__main__":
    main()
