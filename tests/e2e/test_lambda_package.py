"""The package that is deployed: one file that needs nothing of the machine. It is unpacked into an empty
folder and run there, with a resolver, two devices and one bundle of authorities, against TLS.

`make lambda` and `make lambda ARCH=arm64` build what is tested here; the stage of `make test-all` that
runs this file builds them first.
"""

import contextlib
import os
import platform
import shutil
import signal
import stat
import subprocess
import zipfile

import pytest

from support.cloud import Cloud, Servers
from support.dns_stub import DnsStub
from support.lambda_runtime import SCHEDULE, LambdaRuntime, flow_event
from support.program import ROOT

NAME = "amazon.test"
BUNDLES = [
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/ssl/certs/ca-certificates.crt",
    "etc/ssl/ca-bundle.pem",
    "etc/ssl/cert.pem",
]
EMULATORS = {"arm64": "qemu-aarch64-static", "x86_64": "qemu-x86_64-static"}
HOST = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def package(arch):
    path = ROOT / f"build/lambda-{arch}/extpool.zip"
    if not path.exists():
        if "EXTPOOL_LAMBDA" in os.environ:
            pytest.fail(f"{path} is not built")
        pytest.skip(f"no package: make lambda ARCH={arch} builds it")
    return path


@pytest.fixture(params=["x86_64", "arm64"])
def arch(request):
    package(request.param)
    return request.param


@pytest.fixture
def needs_root():
    if os.geteuid() != 0:
        pytest.skip("chroot and port 53 need root")


def test_one_small_file_that_needs_no_library(arch, tmp_path):
    path = package(arch)
    assert path.stat().st_size < 4.5 * 1024 * 1024
    with zipfile.ZipFile(path) as packed:
        (entry,) = packed.infolist()
        assert entry.filename == "bootstrap" and (entry.external_attr >> 16) & 0o777 == 0o755
        packed.extractall(tmp_path)
    told = subprocess.run(["readelf", "-d", str(tmp_path / "bootstrap")], capture_output=True, text=True, check=True)
    assert "NEEDED" not in told.stdout
    header = subprocess.run(["readelf", "-h", str(tmp_path / "bootstrap")], capture_output=True, text=True, check=True)
    assert {"x86_64": "X86-64", "arm64": "AArch64"}[arch] in header.stdout and "DYN" in header.stdout


def test_two_builds_from_two_folders_are_equal(tmp_path):
    path = package("x86_64")
    shutil.copytree(ROOT, tmp_path / "elsewhere", symlinks=True,
                    ignore=shutil.ignore_patterns("build", ".git", "node_modules", "extpool", "__pycache__"))
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "build").mkdir()
    (elsewhere / "build/lambda").symlink_to(ROOT / "build/lambda")
    subprocess.run(["make", "-s", f"-j{os.cpu_count()}", "build/lambda-x86_64/extpool.zip"], cwd=elsewhere,
                   env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"}, check=True, stdout=subprocess.DEVNULL)
    assert (elsewhere / "build/lambda-x86_64/extpool.zip").read_bytes() == path.read_bytes()


def test_a_configuration_goes_into_the_package(tmp_path):
    path = package("x86_64")
    own = tmp_path / "build"
    own.mkdir()
    (tmp_path / "rules").write_text("[policy]\ncooldown = soon\n")
    (own / "bootstrap").write_bytes(zipfile.ZipFile(path).read("bootstrap"))
    # The program is taken as it is: only what goes into the package is new.
    subprocess.run(["make", "-s", f"L={own}", f"L_LAST={own}/last.zip", "L_OBJ=", "-o", str(own / "bootstrap"), f"{own}/extpool.zip",
                    f"CONFIG={tmp_path}/rules"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    task = tmp_path / "task"
    with zipfile.ZipFile(own / "extpool.zip") as packed:
        assert sorted(entry.filename for entry in packed.infolist()) == ["bootstrap", "config"]
        packed.extractall(task)
    assert (task / "config").read_text() == (tmp_path / "rules").read_text()
    (task / "bootstrap").chmod(0o755)
    with LambdaRuntime() as runtime:
        env = runtime.env({"AWS_TABLE": "extensions", "AWS_REGION": "us-east-1"}, LAMBDA_TASK_ROOT=str(task))
        done = subprocess.run([task / "bootstrap"], env=env, cwd="/", capture_output=True, timeout=60)
        assert done.returncode == 64
        assert "config:2" in runtime.init_error.json()["errorMessage"]


def build_root(root, arch, dns, authority, bundle):
    """An empty machine with the package in it."""
    task = root / "var/task"
    task.mkdir(parents=True)
    with zipfile.ZipFile(package(arch)) as packed:
        packed.extractall(task)
    (task / "bootstrap").chmod(0o755)
    (root / "dev").mkdir()
    for name, minor in (("null", 3), ("urandom", 9)):
        os.mknod(root / "dev" / name, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
        (root / "dev" / name).chmod(0o666)
    (root / "etc").mkdir()
    (root / "etc/resolv.conf").write_text(f"nameserver {dns.address}\noptions timeout:1\n")
    (root / bundle).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(authority.bundle, root / bundle)
    (root / bundle).chmod(0o644)
    command = ["/var/task/bootstrap"]
    if arch != HOST:
        shutil.copy(shutil.which(EMULATORS[arch]), root / "emulator")
        (root / "emulator").chmod(0o755)
        command.insert(0, "/emulator")
    root.chmod(0o755)
    return ["chroot", "--userspec=65534:65534", str(root), *command]


@contextlib.contextmanager
def machine(dynoxide, s3server, authority, root, arch, bundle):
    """The package at work in a root of its own, against a cloud that only TLS and DNS lead to."""
    context = authority.server_context([NAME, "127.0.0.1"])
    with Cloud(Servers(dynoxide, s3server), tls=context) as cloud, DnsStub(NAME) as dns, \
            LambdaRuntime() as runtime:
        env = {key: value.replace("127.0.0.1", NAME) for key, value in cloud.env().items()}
        for name in ("HOME", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "PATH"):
            env.pop(name, None)
        env = runtime.env(env, EXTPOOL_RANGES="0000-0039")
        command = build_root(root, arch, dns, authority, bundle)
        process = subprocess.Popen(command, env={"PATH": os.environ["PATH"], **env}, cwd="/",
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            yield cloud, runtime, dns
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


def serve(dynoxide, s3server, authority, root, arch, bundle):
    with machine(dynoxide, s3server, authority, root, arch, bundle) as (cloud, runtime, dns):
        cloud.create_table()
        cloud.instance.set_users(["alice"])
        answer = runtime.invoke(SCHEDULE)
        assert answer.ok, answer
        assert answer.json()["plan"]["assign"] == 1 and answer.json()["export"]["rows"] == 1
        said = runtime.invoke(flow_event(agent="alice"), timeout=8).json()
        assert said["found"] == "true" and said["agent_arn"]
        assert NAME in dns.asked
        cloud.gate.assert_clean()


@pytest.mark.parametrize("bundle", BUNDLES)
def test_alone_in_an_empty_root(needs_root, dynoxide, s3server, authority, tmp_path, bundle):
    serve(dynoxide, s3server, authority, tmp_path / "root", HOST, bundle)


def test_the_other_processor_too(needs_root, dynoxide, s3server, authority, tmp_path):
    other = "arm64" if HOST == "x86_64" else "x86_64"
    package(other)
    if not shutil.which(EMULATORS[other]):
        pytest.fail(f"{EMULATORS[other]} is not installed")
    serve(dynoxide, s3server, authority, tmp_path / "root", other, BUNDLES[0])
