# SPDX-License-Identifier: BSD-3-Clause
"""What tests with real guests share, on top of the fixtures of test/func."""

import contextlib
import os
import subprocess

import pytest

import vm

pytest_plugins = ["rig"]


@pytest.fixture(scope="session", autouse=True)
def images():
    subprocess.run([os.path.join(vm.TREE, "scripts", "vm-images")], check=True)


@pytest.fixture(scope="session")
def switch_options():
    """The CPU that the switch does not need is the guests': without KVM they need much."""
    return ["--idle-sleep", "100"]


class Guests(contextlib.ExitStack):
    """Boots guests, and switches all of them off at the end."""

    def __init__(self, rig):
        super().__init__()
        self.directory = rig.directory

    def boot(self, *guests):
        """Boot all at the same time: each is (name, nics) or (name, nics, options)."""
        started = []
        for name, nics, *options in guests:
            guest = vm.Guest(self.directory, name, nics, wait_up=False, **dict(*options))
            self.callback(guest.kill)
            started.append(guest)
        for guest in started:
            guest.wait_up()
        return started


@pytest.fixture
def guests(rig):
    """Ends before the rig, which then looks at the switch's books."""
    with Guests(rig) as guests:
        yield guests


@pytest.fixture(scope="module")
def shared_guests(shared_rig):
    with Guests(shared_rig) as guests:
        yield guests


@pytest.fixture(scope="module")
def shared_site(request, shared_rig, shared_guests):
    """What the tests of a file share: its class Site, booted once."""
    yield request.module.Site(shared_rig, shared_guests)
    shared_guests.close()
    shared_rig.finish()


@pytest.fixture
def site(shared_site, request):
    request.node.log_directory = shared_site.switch.directory
    yield shared_site
    shared_site.switch.check_books()
