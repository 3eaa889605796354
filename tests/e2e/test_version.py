"""--version says one line; with -v it names the libraries that the program really runs with."""

import subprocess

import pytest

from support.program import Desk

PACKAGES = {"ncurses": "ncursesw", "curl": "libcurl", "SQLite": "sqlite3", "jansson": "jansson", "OpenSSL": "libcrypto"}


def said(tmp_path, *arguments):
    return Desk(tmp_path).run(*arguments, places=False)


@pytest.mark.parametrize("arguments", [["--version"], ["-V"], ["version"]], ids=" ".join)
def test_the_version_alone_is_one_line(tmp_path, arguments):
    done = said(tmp_path, *arguments)
    assert done.status == 0 and done.err == ""
    assert done.out.startswith("extpool ") and done.out.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--version", "-v"], ["--verbose", "version"], ["-Vv"]], ids=" ".join)
def test_verbose_names_the_libraries(tmp_path, arguments):
    lines = said(tmp_path, *arguments).out.splitlines()
    names = dict(line.split(maxsplit=1) for line in lines[1:])
    for name, package in PACKAGES.items():
        version = subprocess.run(["pkg-config", "--modversion", package], capture_output=True, text=True, check=True)
        assert names[name].split()[0] == version.stdout.strip(), name
    assert names["compiler"].split()[0] in ("gcc", "clang")
    assert "-fstack-protector-strong" in names["flags"]
    assert "libc" in names


def test_the_same_as_json(tmp_path):
    assert list(said(tmp_path, "--version", "--json").json) == ["version"]
    document = said(tmp_path, "--version", "--json", "-v").json
    assert list(document) == ["version", "libraries", "compiler", "flags"]
    assert set(PACKAGES) <= set(document["libraries"])
