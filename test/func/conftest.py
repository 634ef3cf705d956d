# SPDX-License-Identifier: BSD-3-Clause
"""The fixtures of all functional tests are in rig.py, for test/vm as well."""

import pytest

pytest_plugins = ["rig"]

# Command line, life cycle, tables, rules: what these show is the same in every build.
ONCE = {"test_conformance.py", "test_control.py", "test_dirty_log.py", "test_guest_death.py",
        "test_guide.py", "test_idle.py", "test_judge.py", "test_lcores.py", "test_learning.py",
        "test_lifecycle.py", "test_options.py", "test_port_stop.py", "test_queues.py",
        "test_random_messages.py", "test_restart.py", "test_ring_enable.py", "test_slots.py",
        "test_start.py", "test_uplinks.py", "test_vlans.py", "test_streams_stay_in_order",
        "test_ring_sizes[queue32768]"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name in ONCE or item.name in ONCE:
            item.add_marker("once")
