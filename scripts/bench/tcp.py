# SPDX-License-Identifier: BSD-3-Clause
"""
TCP between two real guests (QEMU without KVM), by iperf3: what checksums and segmentation that are
left to the switch are worth. The guests are those of test/vm.

    tcp.measure(site, generator, profile, result_path)      # result by schema/call.json
"""

import contextlib
import datetime
import functools
import json
import os
import subprocess
import sys

from . import schema
from .fault import Fault
from .packages import TREE

SECONDS = {"smoke": 2, "ci": 5, "nightly": 10, "report": 30, "rfc2544": 30}
FACTS_TIMEOUT_S = 60
MAC = "02:00:00:00:00:{:02x}"
ADDRESS = "10.0.0.{}"
NO_TSO = {"host_tso4": "off", "guest_tso4": "off", "host_tso6": "off", "guest_tso6": "off"}
# By the end of the suite's name: properties of QEMU's virtio-net-pci, whether TSO is in force then.
OFFLOADS = {"csum": (NO_TSO, False), "tso": ({}, True)}


@functools.lru_cache(maxsize=None)
def prepare():
    """The images and the modules of test/vm."""
    for command in (["scripts/deps", "--vm"], ["scripts/vm-images"]):
        done = subprocess.run(command, cwd=TREE, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            words = done.stdout.strip().splitlines()[-1:] or ["it said nothing"]
            raise Fault(f"guests cannot be made here: {words[0]}")
    for name in ("func", "vm"):
        sys.path.append(os.path.join(TREE, "test", name))
    import transfer
    import vm
    return vm, transfer


def host(generator, site, switch):
    """What vsw-bench says of the machine."""
    path = os.path.join(site.directory, "facts.json")
    command = [generator, "-l", str(site.wires.cpu), "-m", "64",
               "--file-prefix", f"bench-facts-{os.getpid()}", "--",
               "--mode", "facts", "--jitter-s", "0.2", "--switch-cpu", str(site.switch_cpu),
               "--switch-pid", str(switch.child.pid), "--result", path]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=FACTS_TIMEOUT_S,
                          env={**os.environ, "RUNTIME_DIRECTORY": site.directory})
    if done.returncode != 0:
        words = done.stdout.strip().splitlines()[-1:] or ["vsw-bench: it said nothing"]
        raise Fault(words[0])
    with open(path, encoding="utf-8") as file:
        return json.load(file)["host"]


def check_offloads(switch, tso):
    """That the guests have taken what the suite is named after."""
    for port in ("vhost0", "vhost1"):
        done = switch.run_ctl("-j", "show", "vhost", port)
        names = json.loads(done.stdout)["ports"][0]["feature_names"] if done.returncode == 0 else []
        found = {name.split("(")[0] for name in names}
        if "CSUM" not in found or ("HOST_TSO4" in found) != tso:
            raise Fault(f"the guest at {port} has not negotiated what the suite is about: it has "
                        f"{' '.join(names) or 'no features'}")


def transfer_between(site, switch, seconds):
    vm, transfer = prepare()
    properties, tso = OFFLOADS[site.suite.name.rpartition("-")[2]]
    with contextlib.ExitStack() as stack:
        guests = []
        for number, path in enumerate(site.sockets):
            nic = vm.Nic(path, MAC.format(number), **properties)
            guests.append(vm.Guest(site.directory, f"guest{number}", [nic], wait_up=False))
            stack.callback(guests[-1].kill)
        for number, guest in enumerate(guests):
            guest.wait_up()
            guest.configure("eth0", ADDRESS.format(number) + "/24")
        check_offloads(switch, tso)
        sender, _ = (transfer.Station(guest) for guest in guests)
        sender.linux.ping(ADDRESS.format(1))
        return sender.measure(ADDRESS.format(1), f"-t {seconds}", timeout_s=60 + 2 * seconds)


def measure(site, switch, generator, profile, path):
    started = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    facts = host(generator, site, switch)
    try:
        received = transfer_between(site, switch, SECONDS[profile])
    except (AssertionError, OSError, ValueError, KeyError) as error:
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise Fault(f"iperf3 between two guests: {words[0][:300]}") from None
    schema.write(path, "call", {
        "schema": "vsw-bench-1", "complete": True, "error": None, "started": started,
        "mode": "tcp", "profile": profile,
        "config": {"size": site.size, "ports": site.suite.n_ports,
                   "ring_size": site.suite.ring_size},
        "host": facts, "selftest": None, "generator_bound": False, "trials": [],
        "results": {"tcp": {"bits_per_second": received["bits_per_second"],
                            "seconds": received["seconds"]}}})
