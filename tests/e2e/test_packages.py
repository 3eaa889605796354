"""What packages hold: the same as `make install`, and nothing of an administrator's is overwritten."""

import hashlib
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from support.program import ROOT, Desk, make

DIST = ROOT / "core/dist"
VERSION = re.search(r"^VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The paths that `make install` makes with a package's prefix."""
    stage = tmp_path_factory.mktemp("stage")
    make("install", f"DESTDIR={stage}", "PREFIX=/usr")
    return {"/" + str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file()}


def test_the_specification_of_the_rpm_lists_what_is_installed(installed):
    spec = (DIST / "extpool.spec").read_text()
    macros = {"_bindir": "/usr/bin", "_mandir": "/usr/share/man", "_datadir": "/usr/share",
              "_unitdir": "/usr/lib/systemd/system", "_sysconfdir": "/etc"}  # fmt: skip
    listed = [
        re.sub(r"%\{(\w+)\}", lambda name: macros[name[1]], line.split()[-1]).rstrip("*")
        for line in spec[spec.index("%files"):].splitlines()[1:]
        if not line.startswith(("%license", "%doc", "%dir"))
    ]
    assert {path for path in installed if not any(path.startswith(each) for each in listed)} == set()
    settings = {"/etc/extpool/config", "/etc/default/extpool"}
    assert set(re.findall(r"^%config\(noreplace\) (.*)$", spec, re.MULTILINE)) == {
        path.replace("/etc", "%{_sysconfdir}") for path in settings}
    kept = [each for each in listed if not any(path.startswith(each) for path in installed)]
    assert set(kept) == settings


def test_the_packages_need_what_the_tests_install():
    wanted = re.search(r'^build="([^"]*)"', (ROOT / "tests/setup.sh").read_text(), re.MULTILINE)[1]
    libraries = {name for name in wanted.split() if name.startswith("lib")}
    control = (DIST / "debian/control").read_text()
    assert libraries == set(re.findall(r"^\s+(lib[\w.-]+-dev)", control, re.MULTILINE))
    assert libraries == set(re.findall(r"lib[\w.-]+-dev", (DIST / "Containerfile").read_text()))


def test_the_configuration_of_the_package_is_one_that_the_program_reads(tmp_path):
    """As it comes it says nothing; with its lines switched on it is right."""
    desk = Desk(tmp_path)
    text = (DIST / "extpool.config").read_text()
    for shown in (text, re.sub(r"^#(?=\[|\w+ *=)", "", text, flags=re.MULTILINE)):
        (tmp_path / "config").write_text(shown)
        done = desk.run("--config", str(tmp_path / "config"), "--completion", "bash", places=False)
        assert done.status == 0, done
    done = desk.run("--config", str(tmp_path / "config"), "--status", places=False)
    assert done.status != 64, done  # its places are not there, but nothing in it is a mistake


def test_the_variables_of_the_package_are_those_that_the_program_knows():
    known = (ROOT / "core/settings/options.h").read_text()
    for name in re.findall(r"^#(\w+)=", (DIST / "extpool.default").read_text(), re.MULTILINE):
        assert f'"{name}"' in known, name


def test_no_script_of_the_package_touches_the_data():
    for script in (DIST / "debian").glob("extpool.p*"):
        lines = [line for line in script.read_text().splitlines() if not line.startswith("#")]
        assert not [line for line in lines if "/var/lib" in line or "DynamicUser" in line], script
        subprocess.run(["sh", "-n", script], check=True)


# ---- the tarball ---------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path):
    """A clone, in which nothing is built."""
    subprocess.run(["git", "clone", "-q", ROOT, tmp_path / "tree"], check=True)
    return tmp_path / "tree"


def test_the_tarball_is_the_same_whoever_makes_it(repository, tmp_path):
    sums = []
    for folder in (repository, tmp_path / "another"):
        if folder != repository:
            subprocess.run(["git", "clone", "-q", repository, folder], check=True)
        make("-C", folder, "dist")
        tarball = folder / f"build/dist/extpool-{VERSION}.tar.gz"
        sums.append(hashlib.sha256(tarball.read_bytes()).hexdigest())
        assert sums[-1] in Path(f"{tarball}.sha256").read_text()
    assert sums[0] == sums[1]
    with tarfile.open(tarball) as content:
        names = content.getnames()
    assert f"extpool-{VERSION}/Makefile" in names
    assert all(name.split("/")[0] == f"extpool-{VERSION}" for name in names)
