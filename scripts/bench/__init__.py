# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks by name, side by side with other switches: see scripts/bench.sh."""
