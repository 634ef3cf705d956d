# SPDX-License-Identifier: BSD-3-Clause
"""
The stages of the packet path, and what of a switch's time goes to each. By samples, or by a switch
that reads the clock between them.

Samples: the kernel looks 2000 times a second where the lcore is (perf's cpu-clock), and debug
information tells the function, also of inlined code. The switch is the one that is shipped.

    with stages.look(site, switch.child.pid, cpu) as perf:
        ... a trial ...
    shares = stages.shares(site, program, start_ns, end_ns)     # {stage: share of the time}
    ticks = stages.ticks(shares, lcore, elapsed_ticks)          # {stage: ticks of a frame}

The clock: test/perf/stage_clock.c. Its ticks include what the reading takes.
"""

import collections
import os
import shutil
import struct
import subprocess
import time

from .fault import Fault
from .ours import Ours, OurSwitch
from .process import Child

SAMPLES_HZ = 2000
SAMPLES_MIN = 300  # of a trial
STACK_BYTES = 1024  # of each sample: enough to see who called a leaf

# The first stage of which a function is among the callers of a sample, or is the sampled one.
STAGES = {
    "rx head": {"take_view", "take_buffer"},
    "rx ring": {"vhost_rx"},
    "admit": {"vsw_fwd_admit"},
    "learn": {"vsw_fwd_learn"},
    "lookup": {"vsw_fwd_dispatch"},
    "flood": {"vsw_fwd_flood"},
    "tx copy": {"vsw_frame_copy", "vsw_vring_write"},
    "tx ring": {"vhost_send", "put_burst", "put_in_views"},
    "egress": {"vsw_fwd_egress"},
    "release": {"vhost_release"},
    "loop": {"run_polling", "vsw_fwd_burst"},
}
COPY = {"rx ring": "rx head", "tx ring": "tx copy"}
KERNEL, OTHER = "kernel", "other"
ORDER = (*STAGES, KERNEL, OTHER)

# The words behind the first one in the file of test/perf/stage_clock.c; what they hold of STAGES.
CLOCK = {
    "rx": ("rx head", "rx ring"),
    "admit": ("admit",),
    "learn": ("learn",),
    "lookup": ("lookup",),
    "flood": ("flood",),
    "egress": ("tx copy", "tx ring", "egress"),
    "release": ("release",),
}


def _ask(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise Fault(f"{command[0]} ended with exit status {done.returncode}: {words[0]}")
    return done.stdout


def check(program):
    """Fault if its stages could not be told."""
    for tool, package in (("perf", "linux-perf"), ("addr2line", "binutils")):
        if shutil.which(tool) is None:
            raise Fault(f"there is no {tool}: install {package}, or run scripts/deps --bench")
    if ".debug_info" not in _ask("readelf", "-S", "-W", program):
        raise Fault(f"{program} has no debug information, which tells where it is: configure the "
                    "build with -Ddebug=true")


def _data(site):
    return os.path.join(site.directory, "perf.data")


def look(site, thread, cpu):
    """A process on that CPU which takes samples until it is stopped."""
    return Child("perf", ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(SAMPLES_HZ),
                          "-t", str(thread), "--call-graph", f"dwarf,{STACK_BYTES}",
                          "-k", "CLOCK_MONOTONIC", "-o", _data(site)], site.log("perf"), cpus={cpu})


def _chains(site, start_ns, end_ns):
    """[[(address, file) of the sampled instruction, of its caller, ...], ...] of that time."""
    span = ",".join(f"{ns // 10**9}.{ns % 10**9:09}" for ns in (start_ns, end_ns))
    text = _ask("perf", "script", "-i", _data(site), "--no-inline", "-F", "ip,dso", "--time", span)
    entries = (entry.strip().splitlines() for entry in text.split("\n\n"))
    # The address of a caller is that of the instruction after the call.
    return [[(int(address, 16) - (depth > 0), file.strip("()"))
             for depth, (address, file) in enumerate(line.split(None, 1) for line in lines)]
            for lines in entries if lines]


def _functions(program, addresses):
    """{address: the functions that it is in, the inlined ones first}"""
    addresses = sorted(addresses)
    text = _ask("addr2line", "-a", "-i", "-f", "-e", program, text="\n".join(map(hex, addresses)))
    return {address: entry.split("\n")[1:-1:2]
            for address, entry in zip(addresses, text.split("0x")[1:])}


def _stage(file, names):
    """Of a sample in that file, by the functions of the program that it is in."""
    if "kernel" in file:
        return KERNEL
    stage = next((stage for stage, known in STAGES.items() if not known.isdisjoint(names)), OTHER)
    # memcpy(): the last thing that its caller does, which need not be among the callers then.
    return COPY.get(stage, stage) if "/libc" in file else stage


def shares(site, program, start_ns, end_ns):
    """{stage: share of the samples} of that time by CLOCK_MONOTONIC; None: too few to tell."""
    chains = _chains(site, start_ns, end_ns)
    if len(chains) < SAMPLES_MIN:
        return None
    known = _functions(program, {address for chain in chains for address, file in chain
                                 if file == program})
    counts = collections.Counter(
        _stage(chain[0][1], [name for address, file in chain if file == program
                             for name in known[address]]) for chain in chains)
    return {stage: counts[stage] / len(chains) for stage in ORDER}


def ticks(shares, lcore, elapsed):
    """
    {stage: ticks of a frame}, without those of empty rounds. lcore: its counters of the trial, as
    in vsw-bench's result; elapsed: ticks that it ran. A round goes once through "loop", whether it
    is empty or not. The rest of what empty rounds take is looking at rings.
    """
    found = {stage: share * elapsed / lcore["frames"] for stage, share in shares.items()}
    idle = max(0, elapsed - lcore["busy_ticks"]) / lcore["frames"]
    loop = found["loop"] * lcore["busy_rounds"] / lcore["rounds"]
    found["rx ring"] = max(0, found["rx ring"] - max(0, idle - (found["loop"] - loop)))
    found["loop"] = loop
    return found


class ClockSwitch(OurSwitch):
    """One that reads the clock. Whoever runs a trial looks after it all the time: then it reads."""

    @property
    def path(self):
        return os.path.join(self.site.directory, "clock")

    def command(self):
        with open(self.path, "wb") as file:
            file.write(bytes(8 * (1 + len(CLOCK))))
        os.environ["VSW_STAGE_CLOCK"] = self.path
        self.marks = []
        return [clock_program(self.site.build), *super().command()[1:]]

    def check_alive(self, when="in the middle of a trial"):
        super().check_alive(when)
        with open(self.path, "rb") as file:
            words = struct.unpack(f"{1 + len(CLOCK)}Q", file.read())
        self.marks.append((time.monotonic_ns(), *words))

    def ticks(self, start_ns, end_ns):
        """{stage of CLOCK: ticks of a frame} in that time."""
        marks = [words for ns, *words in self.marks if start_ns <= ns <= end_ns]
        frames, *ticks = (b - a for a, b in zip(marks[0], marks[-1])) if marks else (0,)
        if frames == 0:
            raise Fault("the switch that reads the clock has counted no frames in a trial")
        return {name: n / frames for name, n in zip(CLOCK, ticks)}


def clock_program(build):
    return os.path.join(build, "test", "perf", "vhost-switch-clock")


class Clock(Ours):
    switch_class = ClockSwitch
