# SPDX-License-Identifier: BSD-3-Clause
"""Promise: suites and cells have the names of CSIT, and each asks for what its name says."""

import re

import pytest

from bench import suites
from bench.fault import Fault

ALL = list(suites.SUITES.values())
# The minimum, as csit.md lists it.
WANTED = """2vu-eth-l2xcbase 2vu-eth-l2bdbasemaclrn 2vu-dot1q-l2bdbasemaclrn
2vu-eth-l2bdscale1kmaclrn 2vu-eth-l2bdscale10kmaclrn 2vu-eth-l2bdscale100kmaclrn
2vu-eth-l2bdscale1mmaclrn 2vu-eth-l2bdscale20kmaclrn 2vu-eth-l2bdscale200kmaclrn
2vu-eth-l2bdbasemaclrn-64idle 4vu-eth-l2bdbasemaclrn 4vu-eth-l2bdbasemaclrn-mesh
1up1vu-eth-l2bdbasemaclrn 2up2vu-eth-l2bdbasemaclrn-vmfwd 2vu-eth-l2bdbasemaclrn-vr256
2vu-eth-l2bdbasemaclrn-vr1024 2vm-tcp-gso-csum 2vm-tcp-gso-tso reconf-port-add
reconf-vlan-change reconf-fdb-flush soak-2vu-eth-l2bd""".split()


def test_all_are_there():
    assert set(WANTED) <= set(suites.SUITES)
    paths = {suite.path for suite in ALL if suite.name.endswith("-" + suite.path)}
    assert paths == {f"{ring}-{kind}" for ring in ("split", "packed")
                     for kind in ("mrg", "nomrg", "inordermrg", "inorder", "vec")}


def test_every_mode_has_a_suite():
    assert {mode for suite in ALL for mode in suite.modes} == set(suites.TYPES)


@pytest.mark.parametrize("suite", ALL, ids=lambda suite: suite.name)
def test_is_what_its_name_says(suite):
    options = dict(zip(*[iter(suite.generator_options("64", suite.modes[0]))] * 2))
    ports = re.match(r"(?:(\d)up)?(\d)v[um]", suite.name)
    if ports and suite.wiring == "vhost":
        assert suite.n_ports == int(ports[2])
    scale = re.search(r"l2bdscale(\d+)([km])", suite.name)
    if scale:
        wanted = int(scale[1]) * {"k": 1000, "m": 1000000}[scale[2]]
        assert suite.n_macs == wanted == int(options["--macs"]) * suite.n_ports
    idle = re.search(r"-(\d+)idle$", suite.name)
    assert suite.idle_guests == (int(idle[1]) if idle else 0)
    ring = re.search(r"-vr(\d+)$", suite.name)
    assert options["--ring-size"] == (ring[1] if ring else "1024")
    assert ("--vlan" in options) == ("dot1q" in suite.name)
    assert options["--pattern"] == ("mesh" if suite.name.endswith("mesh") else "pairs")
    assert set(suite.sizes) <= set(suites.SIZES) and set(suite.modes) <= set(suites.TYPES)
    assert re.fullmatch(r"vs-[a-z0-9]+(-[a-z0-9]+)+",
                        suites.cell_name(suite, "64", "1c", suite.modes[0]))


def test_who_takes_part():
    base = suites.SUITES["2vu-eth-l2bdbasemaclrn"]
    mesh = suites.SUITES["4vu-eth-l2bdbasemaclrn"]
    assert base.why_not("testpmd-io", "mrr") is None
    assert "forget" in mesh.why_not("ovs", "learning")
    assert "pairs of ports" in mesh.why_not("testpmd-mac", "hol")
    assert mesh.why_not("ovs", "hol") is None
    assert all(suite.why_not("vsw", mode) is None for suite in ALL for mode in suite.modes)


def test_names_of_cells():
    suite = suites.SUITES["2vu-eth-l2xcbase"]
    assert suites.cell_name(suite, "64", "1c", "search") == "vs-2vu-eth-l2xcbase-64b-1c-ndrpdr"
    assert suites.cell_name(suite, "imix", "2c", "mrr") == "vs-2vu-eth-l2xcbase-imix-2c-mrr"


def test_find():
    assert suites.find("all") == ALL
    assert {suite.name for suite in suites.find("reconf-*")} == {
        name for name in WANTED if name.startswith("reconf-")}
    assert [suite.name for suite in suites.find("soak-*,2vu-eth-l2xcbase,soak-2vu-eth-l2bd")] == [
        "soak-2vu-eth-l2bd", "2vu-eth-l2xcbase"]
    for name in ("2vu-eth-l2bd", "nothing*", "", "all,nothing"):
        with pytest.raises(Fault, match="no suite .*bench.sh list"):
            suites.find(name)
