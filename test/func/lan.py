# SPDX-License-Identifier: BSD-3-Clause
"""A switch and one guest process that has a front end on each of its ports."""

from child import wait_until
from guest import Guest, device, mac_of


class Lan:
    """Port n of the guest is on port vhost<n> of the switch, with mac_of(n)."""

    def __init__(self, switch, n_ports, options=None, memory_mb=256, name="lan"):
        self.switch = switch
        self.n_ports = n_ports
        self.ports = [f"vhost{number}" for number in range(n_ports)]
        self.guest = Guest(switch.directory, name,
                           [device(switch.socket_path(number), mac_of(number),
                                   **(options[number] if options else {}))
                            for number in range(n_ports)], memory_mb)
        switch.wait_state(*self.ports)

    def _behind(self, switch_before, guest_before):
        """True while frames are between the switch's counters and the guest."""
        now = self.switch.port_stats()
        return any(
            self.guest.received(number) - guest_before[number] <
            now[port]["tx_frames"] - switch_before[port]["tx_frames"]
            for number, port in enumerate(self.ports))

    def outcome(self, send, count):
        """
        Call send(), which makes the switch receive `count` frames, and return what then comes out:
        a list of frames for each port. All have come when it returns: the counters of both sides
        agree.
        """
        switch_before = self.switch.port_stats()
        guest_before = [self.guest.received(number) for number in range(self.n_ports)]
        rx_before = sum(entry["rx_frames"] for entry in switch_before.values())
        send()
        wait_until(lambda: sum(entry["rx_frames"] for entry in self.switch.port_stats().values())
                   >= rx_before + count, 5, "the switch has taken all frames")
        self.switch.wait_quiet()
        wait_until(lambda: not self._behind(switch_before, guest_before), 5,
                   "the guest has taken all frames")
        return [self.guest.receive(number) for number in range(self.n_ports)]

    def exchange(self, *sendings, count=1):
        """Send (port number, frame) pairs, in order, each `count` times; returns as outcome()."""
        def send():
            for number, frame in sendings:
                self.guest.send(frame, number, count)
        return self.outcome(send, count * len(sendings))

    def reach(self, sending_port, frame):
        """The numbers of the ports that one frame came out of; each must have it once."""
        out = self.exchange((sending_port, frame))
        assert all(len(frames) <= 1 for frames in out), f"more than once: {out}"
        return {number for number, frames in enumerate(out) if frames}
