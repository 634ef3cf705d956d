# SPDX-License-Identifier: BSD-3-Clause
"""Frames for the tests, by scapy."""

import logging
import struct

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)

# pylint: disable=wrong-import-position
from scapy.layers.inet import IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.l2 import Dot1Q, Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402
from scapy.utils import checksum  # noqa: E402

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


class Partial:
    """A TCP frame as a sender with checksum offload leaves it: the field has the pseudo header."""

    def __init__(self, version, vlans, payload_bytes):
        frame = tcp_frame(version, vlans, payload_bytes)
        data = bytearray(bytes(frame))
        self.payload = tcp_payload(bytes(data))
        self.csum_start = len(data) - len(frame[TCP])
        self.header_bytes = len(data) - len(self.payload)
        if version == 4:
            pseudo = data[self.csum_start - 8:self.csum_start]
        else:
            pseudo = data[self.csum_start - 32:self.csum_start]
        pseudo += struct.pack("!HH", 6, len(data) - self.csum_start)
        # scapy's checksum() is the complement, which is what goes into a finished field.
        struct.pack_into("!H", data, self.csum_start + 16, ~checksum(bytes(pseudo)) & 0xffff)
        self.data = bytes(data)


def tcp_frame(version, vlans, payload_bytes):
    """A complete TCP frame of IPv4 or IPv6, with these tags, for everybody."""
    frame = Ether(src="02:00:00:00:00:00", dst=BROADCAST)
    for vid in vlans:
        frame /= Dot1Q(vlan=vid)
    frame /= (IP(src="10.0.0.1", dst="10.0.0.2", id=77) if version == 4
              else IPv6(src="fd00::1", dst="fd00::2"))
    payload = bytes(number * 7 % 251 for number in range(payload_bytes))
    return frame / TCP(sport=1, dport=2, seq=1 << 31, flags="PA") / Raw(payload)


def tcp_payload(data):
    packet = Ether(data)
    length = packet[IP].len - packet[IP].ihl * 4 if IP in packet else packet[IPv6].plen
    return bytes(packet[TCP].payload)[:length - packet[TCP].dataofs * 4]


def checksums_are_right(data):
    """What scapy makes of the frame without its checksums is the same."""
    packet = Ether(data)
    if IP in packet:
        del packet[IP].chksum
    del packet[TCP].chksum
    return bytes(packet) == data


def flow_frame(dst, port, payload):
    """A UDP frame whose flow is told apart by its source port; the payload is at byte 42."""
    return bytes(Ether(src="02:00:00:00:00:00", dst=dst) / IP(src="10.0.0.1", dst="10.0.0.2") /
                 UDP(sport=port, dport=9) / Raw(payload.ljust(18, b"\0")))
