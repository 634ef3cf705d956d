# SPDX-License-Identifier: BSD-3-Clause
"""
Promise: the frames of a flow reach one of a guest's queue pairs, in order, and the flows all of
those that the guest has switched on.

    sender ---- v0 [switch] v1 ---- three queue pairs
"""

import struct

import pytest

from frames import BROADCAST, flow_frame
from rawfront import F_MQ, F_PROTOCOL_FEATURES, F_VERSION_1

BASE = F_VERSION_1 | F_PROTOCOL_FEATURES
N_PAIRS = 3
N_FLOWS = 60
ROUNDS = 4
SEQUENCE = struct.Struct("!HH")  # flow, number in it


class Bench:
    def __init__(self, rig, n_lcores):
        self.switch = rig.switch(ports=2, n_lcores=n_lcores)
        self.sender = rig.front(self.switch.socket_path(0), features=BASE)
        self.front = rig.front(self.switch.socket_path(1), features=BASE | F_MQ, n_pairs=N_PAIRS)
        self.switch.wait_state("vhost0", "vhost1")

    def enable(self, *pairs):
        for pair in range(N_PAIRS):
            for queue in (2 * pair, 2 * pair + 1):
                self.front.enable(queue, pair in pairs)
        self.front.sync()

    def send_flows(self):
        """Send frames of all flows in turn. Returns the pair of each flow; all frames arrive."""
        self.sender.send_all([flow_frame(BROADCAST, 1000 + flow, SEQUENCE.pack(flow, number))
                              for number in range(ROUNDS) for flow in range(N_FLOWS)])
        self.switch.wait_quiet()
        pair_of = {}
        for pair in range(N_PAIRS):
            seen = {}
            for frame in self.front.receive(2 * pair):
                flow, number = SEQUENCE.unpack_from(frame, 42)
                assert number == seen.get(flow, -1) + 1
                seen[flow] = number
            assert set(seen.values()) <= {ROUNDS - 1}
            assert not set(seen) & set(pair_of), "a flow came on two pairs"
            pair_of.update(dict.fromkeys(seen, pair))
        assert len(pair_of) == N_FLOWS
        return pair_of


@pytest.mark.parametrize("n_lcores", [1, 2])
def test_flows_spread_over_what_is_on(rig, n_lcores):
    bench = Bench(rig, n_lcores)
    for pairs in ((0, 1, 2), (0,), (0, 2), (1,), (0, 1, 2)):
        bench.enable(*pairs)
        used = set(bench.send_flows().values())
        # One lcore has the frames; with two of them the pairs are shared out.
        assert used == set(pairs) if n_lcores == 1 else used <= set(pairs)


def test_full_pair_holds_up_no_other(rig):
    bench = Bench(rig, 1)
    pair_of = bench.send_flows()
    full = next(flow for flow, pair in pair_of.items() if pair == 0)
    other = next(flow for flow, pair in pair_of.items() if pair == 1)
    room = bench.front.rings[0].size
    frames = [flow_frame(BROADCAST, 1000 + full, bytes(4))] * room
    bench.sender.send_all(frames)
    bench.sender.send_all([flow_frame(BROADCAST, 1000 + flow, bytes(4))
                           for flow in (full, other) * 10])
    bench.switch.wait_quiet()
    assert len(bench.front.receive(2)) == 10
    assert bench.switch.drops("vhost1") == {"ring_full": 10}


def test_pair_that_comes_late(rig):
    """A second pair is set up while the first one works, and shown."""
    switch = rig.switch(ports=2)
    sender = rig.front(switch.socket_path(0), features=BASE)
    front = rig.front(switch.socket_path(1), features=BASE | F_MQ, n_pairs=2, start=False)
    front.negotiate()
    front.set_memory()
    for pair in (0, 1):
        for queue in (2 * pair, 2 * pair + 1):
            front.set_ring(queue)
            front.enable(queue)
        front.post_receive_buffers(2 * pair)
        front.sync()
        switch.wait_state("vhost0", "vhost1")
        queues = switch.ctl("show vhost vhost1")["ports"][0]["queues"]
        assert [queue["enabled"] for queue in queues] == [True] * 2 * (pair + 1)
    front.rings[3].write_descriptor(0, front.buffer_address(3, 0), 12 + 60)
    front.rings[3].offer(0)
    switch.wait_quiet()
    assert front.rings[3].used_index() == 1, "the second pair is polled"
    assert sender.receive() == [] and switch.drops("vhost1") == {"src_zero": 1}
