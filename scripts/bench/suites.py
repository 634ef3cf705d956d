# SPDX-License-Identifier: BSD-3-Clause
"""
The suites, by the names that CSIT uses: <ports>-<encap>-<function>[-<feature>...].

    vs-2vu-eth-l2bdscale10kmaclrn-64b-1c-mrr    a cell: a suite with frame size, cores and test type

Ports: "vu" are vhost-user ports whose front end is the generator (virtio-user), "up" are uplinks.
Functions: l2xcbase connects two ports, l2bdbasemaclrn is a learning bridge, l2bdscale10kmaclrn one
with 10000 addresses, those of all ports together. Features: vr256 are rings of 256 entries; 64idle
are so many more guests that are connected and do nothing; split or packed with mrg, inorder, ... is
the path through the virtio driver.
"""

import dataclasses

from .fault import Fault

SIZES = ("64", "128", "256", "512", "1024", "1280", "1518", "9000", "imix")
FEW_SIZES = ("64", "imix", "1518", "9000")  # what is varied unless asked otherwise

# Mode of vsw-bench -> test type, the last part of a cell's name.
TYPES = {"mrr": "mrr", "search": "ndrpdr", "latency": "latency", "soak": "soak",
         "losscurve": "losscurve", "backtoback": "b2b", "caching": "caching",
         "learning": "learning", "hol": "hol", "reconf": "reconf", "tcp": "tcp"}

BRIDGE_MODES = ("mrr", "search", "latency")
# What RFC 2544 and 2889 ask of a switch; once, for one suite, is enough. Those about addresses need
# a port that would hear frames for unknown ones.
RFC_MODES = ("losscurve", "backtoback")
ADDRESS_MODES = ("caching", "learning")
# Behind each port: more than the switches take without being told, and a fair number of guests.
ADDRESSES = {"caching": 100000, "learning": 10000}

IDLE_GUESTS = 64

NOT_A_BRIDGE = "it forwards between pairs of ports, whatever the address or the tag"
OURS_ONLY = "the suite is about commands and guests of this switch"
TESTPMDS = ("testpmd-io", "testpmd-mac")


def skip(names, reason):
    return tuple((name, reason) for name in names)


# By mode, beside what a suite says itself.
SKIPPED = {**dict.fromkeys(ADDRESS_MODES, skip(["*"], "nobody here tells it to forget addresses")),
           "hol": skip(TESTPMDS, NOT_A_BRIDGE)}


@dataclasses.dataclass(frozen=True)
class Suite:
    """`skipped`: peers that cannot do it, and why; a name ending in "*" stands for all others."""

    name: str
    sibling: str  # of CSIT, or of DTS
    n_ports: int = 2
    wiring: str = "vhost"  # vhost, uplink, vmfwd, tcp: see wiring.py
    cross: bool = False  # ports 0 and 1 are connected, nothing is learnt
    vlans: tuple = ()  # for each port None, ("access", VID) or ("trunk", VID)
    pattern: str = "pairs"
    n_macs: int = 2  # of all ports together
    ring_size: int = 1024
    driver: str = "own"
    packed: bool = False
    mergeable: bool = False
    in_order: bool = False
    vectorized: bool = False
    sizes: tuple = FEW_SIZES
    modes: tuple = BRIDGE_MODES
    skipped: tuple = ()
    change: str = ""  # the command that mode reconf times, in the middle of its trial
    undo: str = ""
    spare_ports: int = 0  # vhost ports of ours that nobody connects to
    idle_guests: int = 0  # more vhost ports, whose guests neither send nor receive
    note: str = ""

    @property
    def path(self):
        """Of the virtio driver."""
        ring = "packed" if self.packed else "split"
        kind = ("vec" if self.vectorized else
                ("inorder" if self.in_order else "") + ("mrg" if self.mergeable else "") or "nomrg")
        return f"{ring}-{kind}"

    @property
    def n_sockets(self):
        """vhost-user ports of the switch."""
        return {"uplink": 1, "vmfwd": 2}.get(self.wiring, self.n_ports)

    @property
    def macs_per_port(self):
        return self.n_macs // self.n_ports

    def why_not(self, peer, mode):
        """Why a peer cannot take part, or None."""
        for name, reason in (*self.skipped, *SKIPPED.get(mode, ())):
            if name == peer or (name == "*" and peer != "vsw"):
                return reason
        return None

    def sizes_of(self, wanted):
        """Those that are measured, of those asked for if any are."""
        if not wanted:
            return self.sizes
        # A suite of one size does not vary it; one without 9000 cannot do it.
        return self.sizes if len(self.sizes) == 1 else [
            size for size in wanted if size != "9000" or size in self.sizes]

    def config(self):
        """For the run's file."""
        return {"ports": self.n_ports, "macs": self.n_macs, "ring_size": self.ring_size,
                "pattern": self.pattern, "driver": f"{self.driver} {self.path}"}

    def generator_options(self, size, mode):
        """Of vsw-bench; without its ports."""
        options = ["--mode", mode, "--size", size, "--driver", self.driver,
                   "--packed", self.packed, "--mergeable", self.mergeable,
                   "--in-order", self.in_order, "--ring-size", self.ring_size,
                   "--macs", ADDRESSES.get(mode, self.macs_per_port), "--pattern", self.pattern]
        if self.driver == "pmd":
            options += ["--vectorized", self.vectorized]
        for port, vlan in enumerate(self.vlans):
            if vlan and vlan[0] == "trunk":
                options += ["--vlan", f"{port}:{vlan[1]}"]
        if mode == "reconf":
            options += ["--change", self.change, *(["--undo", self.undo] if self.undo else [])]
        # true and false are 1 and 0 there
        return [str(int(option)) if isinstance(option, bool) else str(option)
                for option in options]


def _scales():
    # 20k and 200k are 10000 and 100000 behind each port. Their rates, and those of a million, are
    # rates of the lookup: the size of frames is nothing to it.
    for text, n_macs, is_short in (("1k", 1000, False), ("10k", 10000, False),
                                   ("100k", 100000, False), ("20k", 20000, True),
                                   ("200k", 200000, True), ("1m", 1000000, True)):
        yield Suite(f"2vu-eth-l2bdscale{text}maclrn", f"eth-l2bdscale{text}maclrn", n_macs=n_macs,
                    sizes=("64",) if is_short else FEW_SIZES,
                    modes=("mrr",) if is_short else BRIDGE_MODES,
                    skipped=skip(["testpmd-mac"], "it writes one address for each port"),
                    note="testpmd-io looks up nothing: it shows what the generator can do")


def _paths():
    """Every path of the virtio driver, as DTS tests them: the vectorized one is in order for packed
    rings, and for no others."""
    for packed in (False, True):
        for in_order, mergeable, vectorized in (
                (False, True, False), (False, False, False), (True, True, False),
                (True, False, False), (packed, False, True)):
            suite = Suite("", "DTS virtio-user loopback paths", packed=packed, in_order=in_order,
                          mergeable=mergeable, vectorized=vectorized,
                          driver="pmd" if vectorized else "own", modes=("mrr",))
            note = "the vectorized path is net_virtio_user's own" if vectorized else ""
            yield dataclasses.replace(suite, name=f"2vu-eth-l2bdbasemaclrn-{suite.path}",
                                      note=note)


def _reconfs():
    skipped = skip(["*"], OURS_ONLY)
    for text, change, undo, spare_ports in (
            ("port-add", "port add vhost extra path {directory}/extra", "port del extra", 0),
            ("vlan-change", "port set vhost2 vlan access 30", "port set vhost2 vlan access 1", 1),
            ("fdb-flush", "fdb flush", "", 0)):
        yield Suite(f"reconf-{text}", "reconf", modes=("reconf",), sizes=("64",), change=change,
                    undo=undo, spare_ports=spare_ports, skipped=skipped)


def _table():
    no_bridge = skip(TESTPMDS, NOT_A_BRIDGE)
    base = Suite("2vu-eth-l2bdbasemaclrn", "eth-l2bdbasemaclrn-eth-2vhostvr1024-1vm",
                 modes=BRIDGE_MODES + RFC_MODES)
    yield Suite("2vu-eth-l2xcbase", "eth-l2xcbase-eth-2vhostvr1024-1vm", cross=True)
    yield base
    yield Suite("2vu-dot1q-l2bdbasemaclrn", "dot1q-l2bdbasemaclrn-eth-2vhostvr1024-1vm",
                vlans=(("access", 100), ("trunk", 100)), skipped=no_bridge,
                note="port 0 is untagged, port 1 tagged: each frame gets a tag or loses it")
    yield from _scales()
    yield Suite("4vu-eth-l2bdbasemaclrn", "eth-l2bdbasemaclrn-eth-4vhostvr1024-2vm", n_ports=4,
                n_macs=4, modes=BRIDGE_MODES + ADDRESS_MODES + ("hol",))
    yield Suite("4vu-eth-l2bdbasemaclrn-mesh", "eth-l2bdbasemaclrn-eth-4vhostvr1024-2vm",
                n_ports=4, n_macs=4, pattern="mesh", skipped=no_bridge)
    yield Suite("1up1vu-eth-l2bdbasemaclrn", "eth-l2bdbasemaclrn, PVP with half a VM",
                wiring="uplink", sizes=("64", "imix", "1518"), modes=("mrr", "search"),
                skipped=skip(["*"], "uplinks are only wired for this switch"),
                note="the uplink is af_packet on a veth: the kernel is the limit")
    yield Suite("2up2vu-eth-l2bdbasemaclrn-vmfwd", "eth-l2bdbasemaclrn-eth-2vhostvr1024-1vm",
                wiring="vmfwd", sizes=("64", "imix", "1518"), modes=("mrr", "search"),
                skipped=skip(["*"], "uplinks are only wired for this switch"),
                note="the guest is testpmd on virtio-user, on the generator's CPU")
    for ring_size in (256, 1024):
        yield dataclasses.replace(base, name=f"{base.name}-vr{ring_size}", ring_size=ring_size,
                                  sibling=f"eth-l2bdbasemaclrn-eth-2vhostvr{ring_size}-1vm",
                                  modes=("mrr", "search"))
    yield Suite(f"{base.name}-{IDLE_GUESTS}idle", "eth-l2bdbasemaclrn-eth-2vhostvr1024-1vm",
                idle_guests=IDLE_GUESTS, sizes=("64",), modes=("mrr",),
                skipped=skip(TESTPMDS, "DPDK's devices are 32 at most"),
                note="what polling ports costs that have nothing to say")
    yield from _paths()
    for offload in ("csum", "tso"):
        yield Suite(f"2vm-tcp-gso-{offload}", "gso tests (iperf3)", wiring="tcp", modes=("tcp",),
                    sizes=("1518",), mergeable=True, skipped=skip(["*"], OURS_ONLY),
                    note="guests without KVM: the figure is good for comparing the two only")
    yield from _reconfs()
    yield Suite("soak-2vu-eth-l2bd", "soak", modes=("soak",), sizes=("64",))


SUITES = {suite.name: suite for suite in _table()}


def find(names):
    """The suites that are named, with commas between: each is one, all, or what begins "NAME*"."""
    found = [suite for name in names.split(",") for suite in find_name(name)]
    return list({suite.name: suite for suite in found}.values())


def find_name(name):
    if name == "all":
        return list(SUITES.values())
    if name.endswith("*"):
        found = [suite for suite in SUITES.values() if suite.name.startswith(name[:-1])]
    else:
        found = [SUITES[name]] if name in SUITES else []
    if not found:
        raise Fault(f"no suite \"{name}\": \"scripts/bench.sh list\" names them")
    return found


def cell_name(suite, size, cores, mode):
    text = size if size == "imix" else size + "b"
    return f"vs-{suite.name}-{text}-{cores}-{TYPES[mode]}"
