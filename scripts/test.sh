#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Build the tree in every way that counts and run its tests, from a bare clone.
#
#	scripts/test.sh			under 12 minutes on two cores
#	scripts/test.sh --long		also soak, fuzz, mutants and DPDK 24.11: an hour and a half
#
# Builds and logs go to build/. The last line is "N passed, M failed"; the exit status is 0 only if
# no test failed, every part ran at least one test, and no tool was missing.
set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
python=/usr/bin/python3
long=
case ${1-} in
'') ;;
--long) long=yes ;;
*)
	echo "test.sh: unknown option $1; options: --long" >&2
	exit 2
	;;
esac

export PYTHONDONTWRITEBYTECODE=1
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export CMOCKA_MESSAGE_OUTPUT=STDOUT

logs=build/log
passed=0
failed=0

say()
{
	printf '[%4d s] %s\n' "$SECONDS" "$*"
}

finish()
{
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
	exit
}

# A part that could not do its work counts as one failed test.
broken()
{
	say "FAIL $1: $2"
	[ ! -s "${3-}" ] || tail -n 40 "$3" | sed 's/^/    /'
	failed=$((failed + 1))
}

# part NAME LOG RC PASSED FAILED SKIPPED: enter the counts of one part into the total.
part()
{
	local name=$1 log=$2 rc=$3 ok=$4 bad=$5 skipped=$6 note=

	passed=$((passed + ok))
	failed=$((failed + bad))
	[ "$skipped" -eq 0 ] || note=", $skipped skipped"
	if [ $((ok + bad)) -eq 0 ]; then
		broken "$name" "no test ran" "$log"
	elif [ "$bad" -gt 0 ]; then
		say "FAIL $name: $ok passed, $bad failed$note"
		tail -n 60 "$log" | sed 's/^/    /'
	elif [ "$rc" -ne 0 ]; then
		broken "$name" "exit status $rc" "$log"
	else
		say "ok   $name: $ok passed$note"
	fi
}

# build NAME COMPILER MESON-OPTION...: configure build/NAME, anew if its options changed, and build.
build()
{
	local name=$1 dir=build/$1 log=$logs/build-$1.log options=$*
	shift

	if [ "$(cat "$dir/options" 2>/dev/null)" != "$options" ]; then
		rm -rf "$dir"
		if ! CC=$1 meson setup "$dir" "${@:2}" >"$log" 2>&1; then
			broken "build ($name)" "meson setup" "$log"
			return 1
		fi
		echo "$options" >"$dir/options"
	fi
	if ! ninja -C "$dir" >"$log" 2>&1; then
		broken "build ($name)" "compile" "$log"
		return 1
	fi
	say "ok   build ($name)"
}

# suite BUILD SUITE: run one meson suite of a build.
suite()
{
	local name="$2 ($1)" log=$logs/$2-$1.log counts rc=0

	rm -f "build/$1/meson-logs/testlog-$2.json"
	meson test -C "build/$1" --no-rebuild --suite "$2" --logbase "testlog-$2" \
		--print-errorlogs >"$log" 2>&1 </dev/null || rc=$?
	counts=$("$python" scripts/count-tests meson "build/$1/meson-logs/testlog-$2.json")
	# shellcheck disable=SC2086 # three numbers
	part "$name" "$log" "$rc" $counts
}

# processes func|vm|bench BUILD MARKERS LIMIT: run the tests of one directory of test/ with the
# programs of a build. The virtio-user guests are always those of release, so that they keep up.
processes()
{
	local name="$1 ($2, $3)" counts rc=0
	local log="$logs/$1-$2-${3// /-}.log" xml="$logs/$1-$2-${3// /-}.xml"

	say "     $name ..."
	rm -f "$xml"
	VSW_BUILD=$PWD/build/$2 VSW_GUEST_BUILD=$PWD/build/release timeout -k 10 "$4" \
		"$python" -m pytest -q -p no:cacheprovider -m "$3" --junitxml="$xml" "test/$1" \
		>"$log" 2>&1 </dev/null || rc=$?
	counts=$("$python" scripts/count-tests junit "$xml")
	# shellcheck disable=SC2086 # three numbers
	part "$name" "$log" "$rc" $counts
}

fuzz()
{
	local log=$logs/fuzz.log rc=0 counts

	say "     fuzz ..."
	scripts/fuzz.sh --long >"$log" 2>&1 </dev/null || rc=$?
	counts=$(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2 0/p' "$log")
	# shellcheck disable=SC2086 # three numbers
	part fuzz "$log" "$rc" ${counts:-0 0 0}
}

mutants()
{
	local log=$logs/mutants.log rc=0 counts

	say "     mutants ..."
	scripts/mutants >"$log" 2>&1 </dev/null || rc=$?
	counts=$(sed -nE '$s/^([0-9]+) killed, ([0-9]+) survived(, .*)?$/\1 \2 0/p' "$log")
	# shellcheck disable=SC2086 # three numbers
	part mutants "$log" "$rc" ${counts:-0 0 0}
}

dpdk_2411()
{
	local log=$logs/dpdk-2411.log rc=0 counts

	say "     DPDK 24.11 ..."
	scripts/dpdk-2411 >"$log" 2>&1 </dev/null || rc=$?
	counts=$(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2 0/p' "$log")
	# shellcheck disable=SC2086 # three numbers
	part "DPDK 24.11" "$log" "$rc" ${counts:-0 0 0}
}

mkdir -p "$logs"
if ! scripts/deps --vm --bench ${long:+--long}; then
	broken deps "packages are missing"
	finish
fi
for tool in gcc clang meson ninja pkg-config "$python" timeout; do
	command -v "$tool" >/dev/null || broken tools "no $tool"
done
for module in pytest scapy jinja2 matplotlib jsonschema; do
	"$python" -c "import $module" 2>/dev/null || broken tools "no $module for $python"
done
[ "$failed" -eq 0 ] || finish
say "ok   tools"
scripts/hugepages

build release gcc --buildtype=release && release=yes
build asan gcc --buildtype=debug -Doptimization=1 -Db_sanitize=address,undefined && asan=yes
build clang clang --buildtype=debug

for name in ${release:+release} ${asan:+asan}; do
	suite "$name" unit
	suite "$name" eal
done
[ -z "${asan-}" ] || [ -z "${release-}" ] || processes func asan "not long" 480
[ -z "${release-}" ] || processes func release "not long and not once" 360
[ -z "${release-}" ] || processes vm release "not long" 360
[ -z "${release-}" ] || processes bench release "not long" 240

if [ -n "$long" ]; then
	[ -z "${asan-}" ] || suite asan long
	[ -z "${release-}" ] || processes func release "once and not long" 360
	[ -z "${release-}" ] || processes func release long 1800
	[ -z "${release-}" ] || processes vm release long 1800
	[ -z "${release-}" ] || processes bench release long 2400
	fuzz
	mutants
	dpdk_2411
fi
finish
