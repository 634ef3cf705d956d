# SPDX-License-Identifier: BSD-3-Clause
"""
Open vSwitch with DPDK, of Debian's packages: unpacked into build/peers, with its database, sockets
and logs in the window's directory. Nothing of it is installed, no service starts.
"""

import os
import re
import subprocess

from . import packages, unixctl
from .fault import Fault
from .peers import Peer, Switch
from .process import Child, wait_until

PACKAGES = ("openvswitch-switch-dpdk", "openvswitch-switch", "openvswitch-common")
MAC_TABLE_SIZE = 1000000  # the most that it takes
FLOW_LIMIT = 1000000
MANY_FLOWS = 8192  # entries of its exact match cache
COMMAND_TIMEOUT_S = 20
READING_TIMEOUT_S = 1
START_TIMEOUT_S = 30


class OvsSwitch(Switch):
    listens = False  # dpdkvhostuserclient: the other kind is deprecated

    @property
    def environment(self):
        directory = self.site.directory
        root = self.peer.root
        return {"OVS_RUNDIR": directory, "OVS_LOGDIR": directory, "OVS_DBDIR": directory,
                "OVS_SYSCONFDIR": directory, "RUNTIME_DIRECTORY": directory,
                "OVS_PKGDATADIR": os.path.join(root, "usr/share/openvswitch")}

    def program(self, path):
        return os.path.join(self.peer.root, "usr", path)

    def path(self, name):
        return os.path.join(self.site.directory, name)

    def ask(self, program, *words):
        """Run a short-lived program of its own; returns its output."""
        command = [self.program(program), *words]
        try:
            done = subprocess.run(command, env={**os.environ, **self.environment}, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=COMMAND_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise Fault(f"ovs: {os.path.basename(program)} {words[-1]} did not end within "
                        f"{COMMAND_TIMEOUT_S} s") from None
        if done.returncode != 0:
            raise Fault(f"ovs: {os.path.basename(program)} {' '.join(words)}: "
                        f"{done.stdout.strip()[-300:]}")
        return done.stdout

    def vsctl(self, *words):
        return self.ask("bin/ovs-vsctl", f"--db=unix:{self.path('db')}",
                        f"--timeout={COMMAND_TIMEOUT_S}", *words)

    def appctl(self, *words, timeout_s=COMMAND_TIMEOUT_S):
        return unixctl.ask(self.path("vswitchd.ctl"), *words, timeout_s=timeout_s)

    def start_database(self):
        database = self.path("conf.db")
        self.ask("bin/ovsdb-tool", "create", database,
                 self.program("share/openvswitch/vswitch.ovsschema"))
        child = Child("ovsdb-server", [
            self.program("sbin/ovsdb-server"), database, "--no-chdir",
            f"--remote=punix:{self.path('db')}", f"--unixctl={self.path('ovsdb.ctl')}",
            f"--pidfile={self.path('ovsdb.pid')}"], self.site.log("ovsdb-server"),
            environment=self.environment)
        self.children.append(child)
        if not wait_until(lambda: os.path.exists(self.path("db")) or not child.alive,
                          START_TIMEOUT_S) or not child.alive:
            raise Fault(f"ovs: ovsdb-server has not started: {child.last_words()}")

    def settings(self):
        n_macs = self.site.suite.n_macs
        found = {"dpdk-init": "true", "dpdk-socket-mem": "1024",
                 "dpdk-extra": f"--no-pci --in-memory --file-prefix=bench-ovs-{os.getpid()}",
                 "pmd-cpu-mask": hex(1 << self.site.switch_cpu),
                 "n-handler-threads": "1", "n-revalidator-threads": "1",
                 "flow-limit": str(FLOW_LIMIT), "userspace-tso-enable": "false"}
        if n_macs > MANY_FLOWS:
            found.update({"smc-enable": "true", "emc-insert-inv-prob": "0"})
        return [f"other_config:{key}=\"{value}\"" for key, value in found.items()]

    def start_daemon(self):
        self.vsctl("--no-wait", "init")
        self.vsctl("--no-wait", "set", "Open_vSwitch", ".", *self.settings())
        # A namespace of its own: a bridge has an interface, which is nothing to the machine. Its
        # main thread and its helpers run where the kernel puts them, the poll thread on its CPU.
        self.child = self.run("ovs-vswitchd", [
            "unshare", "--net",
            self.program("lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk"),
            f"unix:{self.path('db')}", "--no-chdir", f"--unixctl={self.path('vswitchd.ctl')}",
            f"--pidfile={self.path('vswitchd.pid')}"], cpus=None, environment=self.environment)
        self.wait_ready(lambda: os.path.exists(self.path("vswitchd.ctl")),
                        "its control socket was there")

    def add_ports(self):
        suite = self.site.suite
        self.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev",
                   f"other_config:mac-table-size={MAC_TABLE_SIZE}", "fail_mode=secure")
        for number, path in enumerate(self.site.all_sockets):
            words = ["add-port", "br0", f"p{number}"]
            vlan = suite.vlans[number] if suite.vlans else None
            if vlan:
                words.append(f"tag={vlan[1]}" if vlan[0] == "access" else f"trunks={vlan[1]}")
            words += ["--", "set", "Interface", f"p{number}", "type=dpdkvhostuserclient",
                      f"ofport_request={number + 1}", f"options:vhost-server-path={path}"]
            if self.site.is_jumbo:
                words.append("mtu_request=9000")
            self.vsctl(*words)
        flows = ["in_port=1,actions=output:2", "in_port=2,actions=output:1"] if suite.cross else \
            ["actions=NORMAL"]
        for flow in flows:
            self.ask("bin/ovs-ofctl", "add-flow", self.path("br0.mgmt"), flow)

    def begin(self):
        self.start_database()
        self.start_daemon()
        self.add_ports()
        errors = self.vsctl("--bare", "--columns=error", "list", "Interface").split("\n")
        if any(line.strip() for line in errors):
            raise Fault(f"ovs: a port has not started: {' '.join(errors).strip()}")
        self.appctl("dpif-netdev/pmd-stats-clear")

    def pmd_stats(self, **options):
        """Those of its poll thread, as text."""
        text = self.appctl("dpif-netdev/pmd-stats-show", **options)
        return text[text.find("pmd thread"):].split("main thread")[0]

    def cycles(self):
        try:
            found = CYCLES.search(self.pmd_stats(timeout_s=READING_TIMEOUT_S))
        except Fault:
            return None
        return (int(found[1]), int(found[2])) if found else None

    def counters(self):
        pmd = self.pmd_stats()
        found = {}
        for name, pattern in COUNTERS.items():
            match = re.search(pattern, pmd)
            if match:
                found[name] = float(match[1])
        return found


CYCLES = re.compile(r"avg processing cycles per packet: [0-9.]+ \((\d+)/(\d+)\)")
COUNTERS = {
    "packets": r"packets received: (\d+)",
    "busy_percent": r"processing cycles: \d+ \(([0-9.]+)%\)",
    "emc_hits": r"emc hits: (\d+)",
    "smc_hits": r"smc hits: (\d+)",
    "megaflow_hits": r"megaflow hits: (\d+)",
    "upcalls": r"miss with success upcall: (\d+)",
    "batch": r"avg\. packets per output batch: ([0-9.]+)",
}


class Ovs(Peer):
    name = "ovs"
    title = "Open vSwitch, DPDK"
    settings = (
        "Debian's build; one pmd thread; one netdev bridge, action NORMAL (learning; for l2xcbase a "
        "flow from port to port); dpdkvhostuserclient ports; 1 GiB of hugepages; room for a million "
        "addresses and flows; mtu_request=9000 for frames above 1518 bytes; above 8192 addresses "
        "the signature match cache instead of the exact match cache, as its manual advises for "
        "many flows; one handler and one revalidator thread.")
    gives = ("pmd-stats-show, from when it was started: " + ", ".join(COUNTERS),
             "busy ticks (only with --cycles)")
    hugepages = 640
    switch_class = OvsSwitch
    root = None

    def check(self):
        self.root = packages.unpack("ovs", PACKAGES)
        program = os.path.join(self.root, "usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk")
        done = subprocess.run(["ldd", program], capture_output=True, text=True)
        missing = re.findall(r"(\S+) => not found", done.stdout)
        if done.returncode != 0 or missing:
            raise Fault(f"ovs lacks libraries ({' '.join(missing) or done.stderr.strip()}): run "
                        "scripts/deps --bench")

    def version(self):
        return packages.version(PACKAGES[0])
