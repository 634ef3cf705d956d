# SPDX-License-Identifier: BSD-3-Clause
"""
The driver's side of a split virtqueue, written by hand. Source: virtio 1.2 section 2.7.

Nothing is checked here: what a test writes is what the device reads.
"""

import struct

DESC_NEXT = 1
DESC_WRITE = 2
DESC_INDIRECT = 4

NO_INTERRUPT = 1  # virtq_avail.flags

PAGE = 4096


def _pages(size):
    return -(-size // PAGE) * PAGE


def bytes_of(size):
    """The memory that a ring of `size` descriptors takes."""
    return _pages(16 * size) + _pages(6 + 2 * size) + _pages(6 + 8 * size)


class SplitRing:
    """
    A ring of `size` descriptors at `offset` of a writable memoryview.

    The two indices are read and written as whole 16-bit words; struct would do so byte by byte,
    and the device reads at any time.
    """

    def __init__(self, memory, offset, size):
        self.memory = memory
        self.words = memory.cast("H")
        self.size = size
        self.desc_offset = offset
        self.avail_offset = offset + _pages(16 * size)
        self.used_offset = self.avail_offset + _pages(6 + 2 * size)
        self.avail_index = 0
        self.used_seen = 0

    def write_descriptor(self, index, address, length, flags=0, following=0):
        struct.pack_into("<QIHH", self.memory, self.desc_offset + 16 * (index % self.size),
                         address, length, flags, following)

    def set_avail_index(self, index):
        """Publish: the device may take all entries before `index`."""
        self.avail_index = index & 0xffff
        self.words[self.avail_offset // 2 + 1] = self.avail_index

    def offer(self, *heads):
        """Give the chains that begin at these descriptors to the device."""
        for number, head in enumerate(heads):
            slot = (self.avail_index + number) % self.size
            struct.pack_into("<H", self.memory, self.avail_offset + 4 + 2 * slot, head)
        self.set_avail_index(self.avail_index + len(heads))

    def set_avail_flags(self, flags):
        """NO_INTERRUPT or 0; without EVENT_IDX."""
        self.words[self.avail_offset // 2] = flags

    def set_used_event(self, index):
        """With EVENT_IDX: notify me when the used index passes this one."""
        self.words[self.avail_offset // 2 + 2 + self.size] = index & 0xffff

    def release(self):
        self.words.release()

    def used_index(self):
        return self.words[self.used_offset // 2 + 1]

    def pending(self):
        """The number of chains offered and not yet given back."""
        return (self.avail_index - self.used_index()) & 0xffff

    def take_used(self):
        """The (head, length) pairs the device has given back since the last call."""
        pairs = []
        while self.used_seen != self.used_index():
            offset = self.used_offset + 4 + 8 * (self.used_seen % self.size)
            pairs.append(struct.unpack_from("<II", self.memory, offset))
            self.used_seen = (self.used_seen + 1) & 0xffff
        return pairs
