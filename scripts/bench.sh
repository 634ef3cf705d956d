#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Benchmarks by CSIT's names, ours and other switches in one run, from a bare clone: installs what
# is missing, builds, runs, prints medians with their spread and ratios, and writes a report.
#
#	scripts/bench.sh list
#	scripts/bench.sh 2vu-eth-l2bdbasemaclrn --vs testpmd-io,ovs [--profile ci]
#	scripts/bench.sh all --profile nightly --keep-going
#	scripts/bench.sh lockstep --gate
#	scripts/bench.sh --help
#
# Results go to build/bench/TIME: run.json (scripts/bench/schema/run.json), report.html, calls/.
# VSW_BUILD names a build to take instead of build/release, which then is neither made nor updated.
# Exit status: 0, or 1 with one sentence that says why not; what was measured until then is kept.
set -euo pipefail

tree=$(realpath "$(dirname "$0")/..")
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tree/scripts"

fail()
{
	[ ! -s "$log" ] || tail -n 20 "$log" >&2
	echo "bench: $1" >&2
	exit 1
}

build()
{
	local dir=$tree/build/release

	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	"$tree/scripts/deps" --bench || fail "packages are missing"
	[ -f "$dir/build.ninja" ] || meson setup --buildtype=release "$dir" "$tree" >"$log" 2>&1 ||
		fail "meson setup failed"
	ninja -C "$dir" >"$log" 2>&1 || fail "the build failed"
	rm -f "$log"
}

case ${1-} in
list | -h | --help) ;;
*) [ -n "${VSW_BUILD-}" ] || build ;;
esac
exec /usr/bin/python3 -m bench "$@"
