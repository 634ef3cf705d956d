# SPDX-License-Identifier: BSD-3-Clause
"""
Packages of Debian that are unpacked, not installed: no service starts, nothing of the machine
changes.

    root = packages.unpack("ovs", ["openvswitch-switch-dpdk", ...])     # build/peers/ovs
"""

import fcntl
import glob
import os
import shutil
import subprocess

from .fault import Fault

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
DIRECTORY = os.environ.get("VSW_PEERS_DIR", os.path.join(TREE, "build", "peers"))


def _run(command, directory):
    done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def _fetch(names, directory):
    options = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    command = ["apt-get", "-q", *options, "download", *names]
    try:
        code, output = _run(command, directory)
    except FileNotFoundError:
        raise Fault(f"no apt-get to fetch {names[0]} with: this peer is only to be had on Debian") \
            from None
    if code != 0:
        lines = [line for line in output.splitlines() if line.startswith("E:")]
        raise Fault(f"apt-get cannot fetch {' '.join(names)}: {(lines or ['no reason given'])[0]}; "
                    "\"apt-get update\" may help")


def unpack(name, names):
    """Returns the directory that the packages are unpacked in; quick when they are there."""
    root = os.path.join(DIRECTORY, name)
    os.makedirs(DIRECTORY, exist_ok=True)
    with open(os.path.join(DIRECTORY, name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(root):
            return root
        new = root + ".new"
        shutil.rmtree(new, ignore_errors=True)
        os.makedirs(os.path.join(new, "deb"))
        _fetch(names, os.path.join(new, "deb"))
        for package in glob.glob(os.path.join(new, "deb", "*.deb")):
            code, output = _run(["dpkg", "-x", package, new], new)
            if code != 0:
                raise Fault(f"{package} cannot be unpacked: {output.strip()}")
        shutil.rmtree(os.path.join(new, "deb"))
        os.rename(new, root)
    return root


def version(name):
    """Of the package that apt would fetch, or that is installed; None if neither is known."""
    try:
        code, output = _run(["apt-cache", "policy", name], "/")
    except FileNotFoundError:
        return None
    fields = dict(line.strip().split(": ", 1) for line in output.splitlines() if ": " in line)
    for key in ("Installed", "Candidate"):
        if code == 0 and fields.get(key, "(none)") != "(none)":
            return fields[key]
    return None
