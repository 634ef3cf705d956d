# SPDX-License-Identifier: BSD-3-Clause
"""
A vhost-user front end by hand: every message and every descriptor is the test's own.

Sources: vhost-user protocol (QEMU docs/interop/vhost-user.rst), virtio 1.2 sections 2.7 and 5.1.

One memory region holds the receive rings, the transmit rings and a buffer of BUFFER_BYTES for each
descriptor of all. The high-level calls (negotiate, set_up, send, receive) are those of an honest
driver; the low-level ones (message, the rings) do as they are told.
"""

import mmap
import os
import socket
import struct
import time

from splitring import DESC_NEXT, DESC_WRITE, PAGE, SplitRing, bytes_of

GET_FEATURES = 1
SET_FEATURES = 2
SET_OWNER = 3
RESET_OWNER = 4
SET_MEM_TABLE = 5
SET_LOG_BASE = 6
SET_VRING_NUM = 8
SET_VRING_ADDR = 9
SET_VRING_BASE = 10
GET_VRING_BASE = 11
SET_VRING_KICK = 12
SET_VRING_CALL = 13
GET_PROTOCOL_FEATURES = 15
SET_PROTOCOL_FEATURES = 16
GET_QUEUE_NUM = 17
SET_VRING_ENABLE = 18
SEND_RARP = 19
NET_SET_MTU = 20

VERSION = 1
REPLY = 1 << 2
NEED_REPLY = 1 << 3

F_MTU = 1 << 3
F_MRG_RXBUF = 1 << 15
F_MQ = 1 << 22
F_LOG_ALL = 1 << 26
F_INDIRECT_DESC = 1 << 28
F_EVENT_IDX = 1 << 29
F_PROTOCOL_FEATURES = 1 << 30
F_VERSION_1 = 1 << 32
F_RING_PACKED = 1 << 34
PROTOCOL_F_MQ = 1 << 0
PROTOCOL_F_LOG_SHMFD = 1 << 1
PROTOCOL_F_REPLY_ACK = 1 << 3
PROTOCOL_F_NET_MTU = 1 << 4

RX, TX = 0, 1  # virtqueues of the first pair, as the guest sees them; the second has 2 and 3

HEADER_BYTES = 12  # struct virtio_net_hdr with num_buffers
LEGACY_HEADER_BYTES = 10  # without: neither VERSION_1 nor MRG_RXBUF, virtio 1.2 section 5.1.6.1
BUFFER_BYTES = 4096
GUEST_BASE = 0x10000000  # where the region lies for the descriptors ...
USER_BASE = 0x7f0000000000  # ... and for the ring addresses
TIMEOUT_S = 5


def encode(request, payload=b"", flags=VERSION):
    return struct.pack("<III", request, flags, len(payload)) + payload


class RawFront:
    """A connection to the server socket `path`, with rings of `size` descriptors."""

    def __init__(self, path, size=256, features=F_VERSION_1 | F_PROTOCOL_FEATURES | F_MRG_RXBUF,
                 receive_bytes=BUFFER_BYTES, start=True, n_pairs=1):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect(path)
        self.features = features
        self.receive_bytes = receive_bytes  # length of a receive buffer
        self.protocol_features = 0
        self._map_memory(size, 2 * n_pairs)
        if start:
            self.negotiate()
            self.set_up()

    def _map_memory(self, size, n_rings):
        rings = bytes_of(size)
        self.region_bytes = n_rings * (rings + size * BUFFER_BYTES)
        self.memory_fd = os.memfd_create("rawfront")
        os.ftruncate(self.memory_fd, self.region_bytes)
        self.mapping = mmap.mmap(self.memory_fd, self.region_bytes)
        self.memory = memoryview(self.mapping)
        self.rings = [SplitRing(self.memory, number * rings, size) for number in range(n_rings)]
        self.buffers_offset = n_rings * rings
        self.kick_fds = [os.eventfd(0, os.EFD_NONBLOCK) for _ in self.rings]
        self.call_fds = [os.eventfd(0, os.EFD_NONBLOCK) for _ in self.rings]

    def close(self):
        if self.memory_fd < 0:
            return
        self.socket.close()
        for ring in self.rings:
            ring.release()
        self.memory.release()
        self.mapping.close()
        for descriptor in [self.memory_fd, *self.kick_fds, *self.call_fds]:
            os.close(descriptor)
        self.memory_fd = -1

    # Messages

    def message(self, request, payload=b"", fds=(), flags=VERSION):
        socket.send_fds(self.socket, [encode(request, payload, flags)], list(fds))

    def _read(self, length):
        data = b""
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            assert part, "the switch has closed the connection"
            data += part
        return data

    def reply(self, request):
        """Read the answer to a request. Returns its payload."""
        answered, flags, length = struct.unpack("<III", self._read(12))
        assert (answered, flags & REPLY) == (request, REPLY), (answered, flags)
        return self._read(length)

    def ask(self, request):
        self.message(request)
        return struct.unpack("<Q", self.reply(request))[0]

    def ask_ack(self, request, payload=b"", fds=()):
        """Send with NEED_REPLY. Returns 0 if the message was accepted."""
        self.message(request, payload, fds, VERSION | NEED_REPLY)
        return struct.unpack("<Q", self.reply(request))[0]

    def sync(self):
        """Return when all messages sent so far have been handled."""
        self.ask(GET_FEATURES)

    # Set-up, as an honest driver does it

    def negotiate(self):
        self.features &= self.ask(GET_FEATURES)
        self.message(SET_OWNER)
        if self.features & F_PROTOCOL_FEATURES:
            self.protocol_features = (self.ask(GET_PROTOCOL_FEATURES) &
                                      (PROTOCOL_F_MQ | PROTOCOL_F_LOG_SHMFD |
                                       PROTOCOL_F_REPLY_ACK | PROTOCOL_F_NET_MTU))
            self.message(SET_PROTOCOL_FEATURES, struct.pack("<Q", self.protocol_features))
        self.message(SET_FEATURES, struct.pack("<Q", self.features))

    def set_memory(self):
        region = struct.pack("<QQQQ", GUEST_BASE, self.region_bytes, USER_BASE, 0)
        self.message(SET_MEM_TABLE, struct.pack("<II", 1, 0) + region, [self.memory_fd])

    def set_ring(self, queue, base=0):
        ring = self.rings[queue]
        self.message(SET_VRING_NUM, struct.pack("<II", queue, ring.size))
        self.message(SET_VRING_BASE, struct.pack("<II", queue, base))
        self.message(SET_VRING_ADDR, struct.pack(
            "<IIQQQQ", queue, 0, USER_BASE + ring.desc_offset, USER_BASE + ring.used_offset,
            USER_BASE + ring.avail_offset, 0))
        self.message(SET_VRING_CALL, struct.pack("<Q", queue), [self.call_fds[queue]])
        self.message(SET_VRING_KICK, struct.pack("<Q", queue), [self.kick_fds[queue]])

    def enable(self, queue, on=True):
        self.message(SET_VRING_ENABLE, struct.pack("<II", queue, on))

    def stop_ring(self, queue):
        """Returns where it is to start again; the switch no longer touches the ring."""
        self.message(GET_VRING_BASE, struct.pack("<II", queue, 0))
        index, base = struct.unpack("<II", self.reply(GET_VRING_BASE))
        assert index == queue
        return base

    def set_up(self):
        self.set_memory()
        for queue in range(len(self.rings)):
            self.set_ring(queue)
            if queue % 2 == RX:
                self.post_receive_buffers(queue)
        for queue in range(len(self.rings)):
            self.enable(queue)
        self.sync()

    def start_log(self):
        """From now on the switch logs the pages that it writes. Returns the log, to be closed."""
        length = -(-(GUEST_BASE + self.region_bytes) // (8 * PAGE))
        descriptor = os.memfd_create("log")
        os.ftruncate(descriptor, length)
        self.message(SET_LOG_BASE, struct.pack("<QQ", length, 0), [descriptor])
        self.reply(SET_LOG_BASE)
        self.message(SET_FEATURES, struct.pack("<Q", self.features | F_LOG_ALL))
        self.sync()
        log = mmap.mmap(descriptor, length)
        os.close(descriptor)
        return log

    def take_log(self, log):
        """The numbers of the pages in the log, counted from the region's start; clears it."""
        pages = {8 * at + bit - GUEST_BASE // PAGE
                 for at, byte in enumerate(bytes(log)) if byte
                 for bit in range(8) if byte >> bit & 1}
        log[:] = bytes(len(log))
        return pages

    def stop_log(self):
        self.message(SET_FEATURES, struct.pack("<Q", self.features))
        self.sync()

    @property
    def header_bytes(self):
        long = self.features & (F_VERSION_1 | F_MRG_RXBUF)
        return HEADER_BYTES if long else LEGACY_HEADER_BYTES

    def called(self, queue):
        """True if the switch has notified the queue since the last look."""
        try:
            return os.eventfd_read(self.call_fds[queue]) > 0
        except BlockingIOError:
            return False

    # Buffers

    def buffer_offset(self, queue, index):
        ring = self.rings[queue]
        return self.buffers_offset + (queue * ring.size + index % ring.size) * BUFFER_BYTES

    def buffer_address(self, queue, index):
        return GUEST_BASE + self.buffer_offset(queue, index)

    def post_receive_buffers(self, queue=RX):
        ring = self.rings[queue]
        for index in range(ring.size):
            ring.write_descriptor(index, self.buffer_address(queue, index), self.receive_bytes,
                                  DESC_WRITE)
        ring.offer(*range(ring.size))

    def receive(self, queue=RX):
        """The frames that have come, without their virtio headers; their buffers are re-posted."""
        return [data[self.header_bytes:] for data in self.receive_raw(queue)]

    def receive_raw(self, queue=RX):
        """As receive(), with the headers."""
        ring = self.rings[queue]
        frames = []
        parts = 0
        for head, length in ring.take_used():
            offset = self.buffer_offset(queue, head)
            data = bytes(self.memory[offset:offset + length])
            if parts == 0:
                if self.header_bytes == HEADER_BYTES:
                    parts = max(1, struct.unpack_from("<H", data, 10)[0])
                else:
                    parts = 1
                frames.append(data)
            else:
                frames[-1] += data
            parts -= 1
            ring.offer(head)
        return frames

    # Sending

    def write_chain(self, head, data):
        """Lay `data` (header and frame) out in as many descriptors as it needs, from `head` on."""
        ring = self.rings[TX]
        parts = [data[at:at + BUFFER_BYTES] for at in range(0, len(data), BUFFER_BYTES)] or [b""]
        for number, part in enumerate(parts):
            index = (head + number) % ring.size
            offset = self.buffer_offset(TX, index)
            self.memory[offset:offset + len(part)] = part
            last = number == len(parts) - 1
            ring.write_descriptor(index, self.buffer_address(TX, index), len(part),
                                  0 if last else DESC_NEXT, (index + 1) % ring.size)
        return len(parts)

    def send(self, frame, header=None):
        """One frame; returns when the switch has given its buffers back."""
        self.offer_frame(frame, header)
        self.wait_taken()

    def send_all(self, frames):
        """As send(), but as many at a time as there are descriptors; each frame takes one."""
        size = self.rings[TX].size
        for begin in range(0, len(frames), size):
            heads = range(len(frames[begin:begin + size]))
            for head in heads:
                self.write_chain(head, bytes(self.header_bytes) + frames[begin + head])
            self.rings[TX].offer(*heads)
            self.wait_taken()

    def offer_frame(self, frame, header=None, head=0):
        self.write_chain(head, (bytes(self.header_bytes) if header is None else header) + frame)
        self.rings[TX].offer(head)

    def wait_taken(self, timeout_s=TIMEOUT_S):
        """Wait until the switch has given back all that was offered to it."""
        deadline = time.monotonic() + timeout_s
        while self.rings[TX].pending() > 0:
            assert time.monotonic() < deadline, "the transmit ring stands still"
            time.sleep(0.0005)
