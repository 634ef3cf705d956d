# SPDX-License-Identifier: BSD-3-Clause
"""Frames for the tests, by scapy."""

import logging

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)

# pylint: disable=wrong-import-position
from scapy.layers.l2 import Dot1Q, Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402

BROADCAST = "ff:ff:ff:ff:ff:ff"
MULTICAST = "01:00:5e:01:02:03"
LOCAL_EXPERIMENTAL = 0x88b5


def ether(src, dst, payload=b"vhost-switch", length=60):
    """An untagged frame, padded to `length` bytes."""
    head = bytes(Ether(src=src, dst=dst, type=LOCAL_EXPERIMENTAL) / Raw(payload))
    return head.ljust(length, b"\0")


def tagged(src, dst, vid, priority=0, payload=b"vhost-switch", length=64):
    """A frame with an 802.1Q tag, padded to `length` bytes."""
    head = bytes(Ether(src=src, dst=dst) /
                 Dot1Q(vlan=vid, prio=priority, type=LOCAL_EXPERIMENTAL) / Raw(payload))
    return head.ljust(length, b"\0")
