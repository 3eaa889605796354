"""What extpool itself does before it has anything to do: from main() on, without the loader."""

from measure import PLAIN, PROGRAM, Report, count

LIMIT = 500_000


def main():
    report = Report("Own work of a command that needs nothing")
    for key, command in (("version", ["--version"]), ("help", ["--help"]),
                         ("topic", ["--help", "console"]), ("bash", ["--completion", "bash"]), ("zsh", ["--completion", "zsh"])):
        done = count([PROGRAM, *command], PLAIN)
        report.row(f"start.{key}", " ".join(command), done.instructions, "instructions", LIMIT)


if __name__ == "__main__":
    main()
