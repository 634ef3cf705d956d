# SPDX-License-Identifier: BSD-3-Clause
"""The switches by name: ours, the peers that we know, those that the command line adds."""

from .command_peer import CommandPeer
from .digest import OURS
from .fault import Fault
from .ours import Ours
from .ovs import Ovs
from .testpmd import Testpmd

KNOWN = {
    "testpmd-io": lambda cycles: Testpmd("io", cycles),
    "testpmd-mac": lambda cycles: Testpmd("mac", cycles),
    "ovs": lambda cycles: Ovs(),
}


def make(names, templates, build, cycles=False):
    """Ours first, then those of `names` and `templates`, each once and looked at."""
    added = {peer.name: peer for peer in map(CommandPeer, templates)}
    clash = set(added) & {OURS, *KNOWN}
    if clash:
        raise Fault(f"--peer {clash.pop()}: there is a peer of this name already; choose another")
    peers = [Ours(build)]
    for name in dict.fromkeys([*names, *added]):
        if name in added:
            peers.append(added[name])
        elif name in KNOWN:
            peers.append(KNOWN[name](cycles))
        elif name != OURS:
            known = ", ".join([*KNOWN, *added])
            raise Fault(f"no peer \"{name}\": there are {known}, and --peer adds others")
    for peer in peers:
        peer.check()
    return peers
