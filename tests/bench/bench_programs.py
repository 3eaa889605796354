"""The benches in C: planning, the filter, a refresh. Their times are those of the processor."""

import subprocess

from measure import ROOT, Report


def show(report, line):
    kind, key, name, *rest = line.split("\t")
    if kind == "row":
        value, unit, limit = rest
        report.row(key, name, float(value), unit, float(limit) or None)
    else:
        limit, ratios = rest
        report.ratio(key, name, [float(ratio) for ratio in ratios.split()], at_most=float(limit))


def main():
    titles = {"bench_plan": "Planning a sync", "bench_groups": "Planning a sync of 1,000,000 agents in 50 groups",
              "bench_filter": "A key in the filter of 100,000 rows",
              "bench_refresh": "A refresh of the console, 100,000 agents on SQLite"}
    for name, title in titles.items():
        report = Report(title)
        program = ROOT / "build" / "release" / "bench" / name
        done = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True)
        for line in done.stdout.splitlines():
            show(report, line)


if __name__ == "__main__":
    main()
