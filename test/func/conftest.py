# SPDX-License-Identifier: BSD-3-Clause
"""The fixtures of all functional tests are in rig.py, for test/vm as well."""

pytest_plugins = ["rig"]
