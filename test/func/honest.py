# SPDX-License-Identifier: BSD-3-Clause
"""A pair of guests that exchanges traffic while a test does something to other ports."""

from child import wait_until
from guest import assert_flawless, mac_of

PPS = 20000


class HonestPair:
    """Ports `first` and `second` of a guest process send to each other until finish()."""

    def __init__(self, guest, first=0, second=1, macs=None):
        self.guest = guest
        self.ends = (first, second)
        self.macs = macs or (mac_of(first), mac_of(second))
        # One frame each way, so that the streams are unicast from their first frame on.
        for end in (0, 1):
            guest.stream(self.ends[end], 200 + end, self.macs[1 - end], self.macs[end], 1)
        guest.wait_sent(5)
        for end in (0, 1):
            guest.wait_received(self.ends[1 - end], 200 + end, 1)

    def start(self, pps=PPS, length=60):
        for end in (0, 1):
            self.guest.stream(self.ends[end], 210 + end, self.macs[1 - end], self.macs[end], 0,
                              pps, length)
        return self

    def _sent(self):
        streams = {stream["id"]: stream["sent"] for stream in self.guest.report()["streams"]}
        return [streams[210 + end] for end in (0, 1)]

    def finish(self, at_least=1):
        """Let each end send `at_least` frames in all, stop, and demand that nothing was lost."""
        wait_until(lambda: min(self._sent()) >= at_least, 20, f"{at_least} frames sent")
        self.guest.command("stop")
        for end, count in zip((0, 1), self._sent()):
            verdict = self.guest.wait_received(self.ends[1 - end], 210 + end, count)
            assert_flawless(verdict, count)
