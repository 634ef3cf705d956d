# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: a start that cannot succeed is refused in one sentence with a number, and that number
works; --preflight says so beforehand; and the switch needs neither hugepages nor root.
"""

import contextlib
import os
import re
import shutil
import subprocess

import pytest

from child import SWITCH_CPU
from guest import device, mac_of
from honest import HonestPair
from switch import SWITCH, ControlError, Switch

NOBODY = 65534
HERE = ["-l", str(SWITCH_CPU), "--no-pci"]
CPUSET = "/sys/fs/cgroup/cpuset"


def switch_with(directory, eal, options=(), ports=()):
    """A switch with these EAL options and no others."""
    switch = Switch(directory, ports, options)
    cut = switch.command.index("--")
    switch.command[1:cut] = [*eal, "--file-prefix", f"start{os.getpid()}"]
    return switch


def preflight(workdir, *words, **options):
    return subprocess.run([SWITCH, *words], env=dict(os.environ, RUNTIME_DIRECTORY=workdir),
                          timeout=20, capture_output=True, text=True, check=False, **options)


@contextlib.contextmanager
def running(rig, switch):
    rig.switches.append(switch)
    yield switch.start()


@pytest.mark.parametrize("eal, options", [
    (["--no-huge", "-m", "1"], []),
    (["--no-huge", "-m", "32"], []),
    (["--no-huge"], ["--fdb-size", "1000000"]),
    (["--no-huge", "-m", "40", "--lcores", f"(0-3)@{SWITCH_CPU}"], []),
    (["--no-huge", "-m", "99999999"], []),
    (["--in-memory", "-m", "99999999"], []),
    (["--in-memory", "--socket-mem", "0,64"], []),
], ids=lambda value: " ".join(value))
def test_number_of_the_refusal_works(rig, eal, options):
    eal = (["--no-pci"] if "--lcores" in eal else HERE) + eal
    switch = switch_with(rig.directory, eal, options)
    code, log = switch.start_refused()
    sentence = log.splitlines()[1:]
    assert code == 1 and len(sentence) == 1, log
    megabytes = re.search(r"-m (\d+)", sentence[0]).group(1)
    for option in ("-m", "--socket-mem"):
        if option in eal:
            del eal[eal.index(option):eal.index(option) + 2]
    switch = switch_with(rig.directory, [*eal, "-m", megabytes], options, ports=[""] * 2)
    rig.switches.append(switch)
    switch.start()
    rig.front(switch.socket_path(0))
    switch.wait_state("vhost0")


@pytest.mark.parametrize("words, code, expected", [
    ([*HERE, "--no-huge", "-m", "256"], 0, [r"memory +ok .* 256"]),
    ([*HERE, "--no-huge", "-m", "4"], 1, [r"memory +PROBLEM .* 4\n +-> start with -m \d+"]),
    (["-l", "999", "--no-huge"], 1, [r"CPUs +PROBLEM +lcore 999: .* CPUs, 0 to \d"]),
    (["-c", "0x10000000000000000000000000", "--no-huge"], 1, [r"PROBLEM +lcore 100:"]),
    (["-l", "x", "--no-huge"], 0, []),
    (["--lcores", "0@0,(1-2)@0", "--no-huge", "-m", "99"], 0, [r"shared CPUs +warning +lcores 0 "]),
    (["-l0", "--huge-dir=/proc"], 1, [r"hugetlbfs +PROBLEM +--huge-dir /proc"]),
    (["-l0", "--in-memory", "--socket-mem=0,7,0"], 1, [r"PROBLEM .* 7 MiB on NUMA node 1"]),
    (["-l0", "--in-memory", "-m", "9999999"], 1,
     [r"hugepages +PROBLEM .* of \d+ pages of 2 MiB", r"echo \d+ > /sys/kernel/mm/hugepages/"]),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_preflight(workdir, words, code, expected):
    done = preflight(workdir, *words, "--", "--preflight")
    assert done.returncode == code and done.stderr == "", done
    assert all(re.search(pattern, done.stdout) for pattern in expected), done.stdout


def test_warnings_are_logged(rig):
    eal = ["--no-pci", "--no-huge", "-m", "256", "--lcores", f"(0,1)@{SWITCH_CPU}"]
    with running(rig, switch_with(rig.directory, eal)) as switch:
        assert "warning: lcores 0 and 1 share a CPU" in switch.child.log()


@pytest.mark.skipif(not os.access(f"{CPUSET}/cpuset.cpus", os.W_OK) or os.cpu_count() < 2,
                    reason="no cpuset hierarchy to write to")
@pytest.mark.parametrize("options", [[], ["--preflight"]], ids=" ".join)
def test_cpu_outside_of_the_cpuset(workdir, options):
    group = f"{CPUSET}/vsw{os.getpid()}"
    os.mkdir(group)
    try:
        for name, value in (("mems", "0"), ("cpus", "0")):
            with open(f"{group}/cpuset.{name}", "w") as file:
                file.write(value)

        def enter():
            with open(f"{group}/tasks", "w") as tasks:
                tasks.write(str(os.getpid()))

        done = preflight(workdir, "-l", "0,1", "--no-pci", "--no-huge", "--", *options,
                         preexec_fn=enter)
    finally:
        os.rmdir(group)
    assert done.returncode == 1
    assert "CPU 1 is offline or not in the cpuset of this process: it may use 0" in \
        done.stdout + done.stderr


def as_nobody(rig, eal, ports=()):
    """The directory and the program are his; default places for everything else."""
    program = shutil.copy(SWITCH, rig.directory)
    os.chown(rig.directory, NOBODY, NOBODY)
    switch = switch_with(rig.directory, [*HERE, *eal], ports=ports)
    cut = switch.command.index("--ctl-socket")
    del switch.command[cut:cut + 2]
    switch.ctl_path = os.path.join(rig.directory, "vhost-switch.ctl")
    switch.command[:1] = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                          "env", "-u", "RUNTIME_DIRECTORY", f"XDG_RUNTIME_DIR={rig.directory}",
                          program]
    return switch


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("eal", [["--no-huge", "-m", "256"], ["--in-memory"]], ids=" ".join)
def test_unprivileged(rig, eal):
    with running(rig, as_nobody(rig, eal, ports=["", ""])) as switch:
        guests = rig.guest("pair", *[device(switch.socket_path(n), mac_of(n)) for n in (0, 1)])
        switch.wait_state("vhost0", "vhost1")
        assert os.stat(switch.socket_path(0)).st_uid == NOBODY
        HonestPair(guests).start().finish(at_least=10000)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_unprivileged_host_port(rig):
    """An interface of the host needs a right, which the refusal names."""
    with running(rig, as_nobody(rig, ["--no-huge", "-m", "256"])) as switch:
        with pytest.raises(ControlError, match="Operation not permitted; .* CAP_NET_ADMIN"):
            switch.ctl("port add host vswh0")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_unprivileged_without_hugetlbfs(rig):
    """Hugepages in files are root's: the remedy is named, and whose they are."""
    code, log = as_nobody(rig, []).start_refused()
    assert code == 1
    if "no hugetlbfs is mounted" not in log:
        assert re.search(r"hugetlbfs \S+ belongs to root and cannot be written by nobody; start "
                         r"with --in-memory, or run 'chown nobody \S+' as root", log), log
