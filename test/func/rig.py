# SPDX-License-Identifier: BSD-3-Clause
"""What all functional tests share: a directory, switches and guests that are cleaned up."""

import contextlib
import os
import shutil
import tempfile

import pytest

from child import OTHERS_CPU, TEST_NICE, raise_priority
from guest import Guest
from lan import Lan
from rawfront import RawFront
from switch import Switch

LOG_TAIL_LINES = 40


def pytest_sessionstart():
    os.sched_setaffinity(0, {OTHERS_CPU})
    raise_priority(TEST_NICE)


@pytest.fixture
def workdir(request):
    """A directory of the test's own, with a short path: socket paths end at 107 bytes."""
    request.node.workdir = request.node.log_directory = tempfile.mkdtemp(prefix="vsw-")
    return request.node.workdir


def log_tails(directory):
    for entry in sorted(os.listdir(directory)):
        if entry.endswith(".log"):
            with open(os.path.join(directory, entry), errors="replace") as log:
                yield entry, "".join(log.readlines()[-LOG_TAIL_LINES:])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Show the ends of all logs with a failure; the directory lives until the last of them."""
    report = (yield).get_result()
    # That of a shared rig has gone when the last test of a file is torn down.
    if report.failed and os.path.isdir(getattr(item, "log_directory", "")):
        report.sections.extend(log_tails(item.log_directory))
    if call.when == "teardown" and hasattr(item, "workdir"):
        shutil.rmtree(item.workdir)


class Rig:
    """Starts what a test needs, and at the end holds the switch to its promises."""

    def __init__(self, directory, switch_options=()):
        self.directory = directory
        self.switch_options = switch_options
        self.switches = []
        self.guests = []
        self.fronts = []

    def switch(self, ports=(), options=(), **others):
        """`ports`: their number, or a list of suffixes of --socket-file."""
        suffixes = [""] * ports if isinstance(ports, int) else ports
        switch = Switch(self.directory, suffixes, [*self.switch_options, *options], **others)
        self.switches.append(switch)
        return switch.start()

    def guest(self, name, *devices, **options):
        guest = Guest(self.directory, name, devices, **options)
        self.guests.append(guest)
        return guest

    def lan(self, switch, n_ports, **options):
        lan = Lan(switch, n_ports, **options)
        self.guests.append(lan.guest)
        return lan

    def front(self, path, **options):
        front = RawFront(path, **options)
        self.fronts.append(front)
        return front

    def finish(self):
        """In order: the traffic, the books, the switch, the rest."""
        for guest in self.guests:
            if guest.child.alive:
                guest.command("stop")
        for switch in self.switches:
            if switch.child is not None and switch.child.alive:
                switch.check_books()
                switch.check_frames()
                switch.finish()
        for guest in self.guests:
            guest.quit()

    def kill(self):
        for front in self.fronts:
            front.close()
        for owner in self.switches + self.guests:
            if owner.child is not None:
                owner.child.kill()


@contextlib.contextmanager
def open_rig(directory, switch_options=()):
    rig = Rig(directory, switch_options)
    try:
        yield rig
        rig.finish()
    finally:
        rig.kill()


@pytest.fixture(scope="session")
def switch_options():
    """What all switches of these tests are started with."""
    return []


@pytest.fixture
def rig(workdir, switch_options):
    with open_rig(workdir, switch_options) as rig:
        yield rig


@pytest.fixture(scope="module")
def shared_rig(switch_options):
    """One rig for all tests of a file; they leave it as they have found it."""
    directory = tempfile.mkdtemp(prefix="vsw-")
    with open_rig(directory, switch_options) as rig:
        yield rig
    shutil.rmtree(directory)
