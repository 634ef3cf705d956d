#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Run the fuzz targets of test/fuzz from the committed corpus on, one on each CPU at a time.
#
#	scripts/fuzz.sh [--long] [TARGET...]	for a minute each; --long: 10 minutes
#	scripts/fuzz.sh --merge [TARGET...]	put what adds coverage into the committed corpus
#
# Finds stay in build/corpus/fuzz_TARGET. What failed is build/corpus/fuzz_TARGET.crash-* (leak-*,
# timeout-*): with its fix it goes into test/fuzz/corpus/fuzz_TARGET, which the unit tests replay.
# The last line is "N passed, M failed".
set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
seconds=60
merge=
targets=()
for arg; do
	case $arg in
	--long) seconds=600 ;;
	--merge) merge=yes ;;
	-*)
		echo "fuzz.sh: unknown option $arg; options: --long, --merge" >&2
		exit 2
		;;
	*) targets+=("$arg") ;;
	esac
done

export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
build=build/fuzz
logs=build/log
longest_bytes=512

# The build directory is that of its options, or it is made anew.
build()
{
	local options="-Dfuzz=true -Db_lundef=false -Db_sanitize=address,undefined"
	options+=" --buildtype=debugoptimized"

	if [ "$(cat $build/options 2>/dev/null)" != "$options" ]; then
		rm -rf $build
		# shellcheck disable=SC2086 # several options
		CC=clang meson setup $build $options || return
		echo "$options" >$build/options
	fi
	ninja -C $build "${@/#/test/fuzz/fuzz_}"
}

find_more()
{
	local name=fuzz_$1

	"$build/test/fuzz/$name" -max_total_time=$seconds -timeout=10 \
		-artifact_prefix="build/corpus/$name." "build/corpus/$name" \
		"test/fuzz/corpus/$name" >"$logs/$name.log" 2>&1 </dev/null
}

# Short inputs that together reach what all of them reach.
merge()
{
	local name=fuzz_$1 new=build/corpus/merged_$1

	rm -rf "$new"
	mkdir -p "$new"
	"$build/test/fuzz/$name" -merge=1 -max_len=$longest_bytes -use_counters=0 "$new" \
		"test/fuzz/corpus/$name" "build/corpus/$name" >"$logs/$name.log" 2>&1 </dev/null ||
		return
	cp "$new"/* "test/fuzz/corpus/$name/"
	rm -rf "$new"
}

work()
{
	mkdir -p "build/corpus/fuzz_$1" "test/fuzz/corpus/fuzz_$1"
	if [ -n "$merge" ]; then
		merge "$1"
	else
		find_more "$1"
	fi
}

if [ ${#targets[@]} -eq 0 ]; then
	for source in test/fuzz/corpus/fuzz_*; do
		targets+=("${source##*/fuzz_}")
	done
fi
mkdir -p $logs
if ! build "${targets[@]}" >$logs/build-fuzz.log 2>&1; then
	tail -n 20 $logs/build-fuzz.log
	echo "0 passed, ${#targets[@]} failed"
	exit 1
fi

passed=0
failed=0
running=()
# The first that was started is waited for first: all take the same time.
collect()
{
	local name=${running[0]%:*}

	if wait "${running[0]#*:}"; then
		echo "ok   $name"
		passed=$((passed + 1))
	else
		echo "FAIL $name: $logs/fuzz_$name.log"
		tail -n 30 "$logs/fuzz_$name.log" | sed 's/^/    /'
		failed=$((failed + 1))
	fi
	running=("${running[@]:1}")
}

for target in "${targets[@]}"; do
	[ ${#running[@]} -lt "$(nproc)" ] || collect
	work "$target" &
	running+=("$target:$!")
done
while [ ${#running[@]} -gt 0 ]; do
	collect
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
