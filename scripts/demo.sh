#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The switch with two guests, from nothing: install, build, start, and watch frames flow.
#
#	guest a --- vhost0 [ vhost-switch ] vhost1 --- guest b
#	(virtio-user)        one lcore                (virtio-user)
#
#	scripts/demo.sh [--vm] [SECONDS]	how long to watch; default 10
#
# With --vm the guests are virtual machines, with the kernel of Debian, and run iperf3.
#
# Needs root, or sudo, only to install packages and to reserve hugepages; without hugepages it runs
# on ordinary memory. Leaves nothing running, also when interrupted.
set -euo pipefail

cd "$(dirname "$0")/.."
vm=
if [ "${1-}" = --vm ]; then
	vm=yes
	shift
fi
seconds=${1:-10}
case $seconds in
'' | *[!0-9]*)
	echo "demo: \"$seconds\" is not a number of seconds" >&2
	exit 2
	;;
esac

say()
{
	printf '\n\033[1m[%3d s] %s\033[0m\n' "$SECONDS" "$*"
}

children=()
# Every process of ours ends with this script, however that ends; then its directory goes.
clean()
{
	local status=$? pid

	trap - EXIT INT TERM
	for pid in ${children[@]+"${children[@]}"}; do
		kill "$pid" 2>/dev/null || true
	done
	wait
	rm -rf ${dir:+"$dir"} ${log:+"$log"}
	exit "$status"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail()
{
	echo "demo: $1" >&2
	[ -z "${2-}" ] || tail -n 20 "$2" >&2
	exit 1
}

say "1/4 install what is missing"
scripts/deps ${vm:+--vm}
[ -z "$vm" ] || scripts/vm-images

say "2/4 build (build/release)"
build=build/release
log=$(mktemp)
[ -f "$build/build.ninja" ] || meson setup --buildtype=release "$build" >"$log" 2>&1 ||
	fail "meson setup failed" "$log"
ninja -C "$build" app/vhost-switch/vhost-switch app/vsw-ctl/vsw-ctl test/guest/vsw-guest 2>&1 |
	tee "$log" | sed -un 's/^\(\[[0-9]*\/[0-9]*\]\).*/\1/p' | tr '\n' '\r' ||
	fail "the build failed" "$log"
echo

say "3/4 memory"
memory=(--no-huge -m 256)
scripts/hugepages 512 || true
pool=/sys/kernel/mm/hugepages/hugepages-2048kB
if [ "$(cat "$pool/free_hugepages" 2>/dev/null || echo 0)" -ge 512 ]; then
	memory=(--in-memory -m 256)
else
	echo "Running with --no-huge: everything works, but slower. Reserve hugepages as root with"
	echo "'echo 1024 > /proc/sys/vm/nr_hugepages' and start again to see the difference."
fi

say "4/4 start the switch and two guests"
dir=$(mktemp -d /tmp/vhost-switch-demo.XXXXXX)
export RUNTIME_DIRECTORY=$dir # where EAL keeps its files: nothing is left in /var/run
mapfile -t cpus < <(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' |
	while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done)
switch_cpu=${cpus[0]}
guest_cpu=${cpus[-1]}
ctl()
{
	"$build/app/vsw-ctl/vsw-ctl" -s "$dir/ctl" "$@"
}

command=("$build/app/vhost-switch/vhost-switch" -l "$switch_cpu" --no-pci --file-prefix demo
	"${memory[@]}" -- --socket-file "$dir/a.sock" --socket-file "$dir/b.sock"
	--ctl-socket "$dir/ctl")
echo "${command[*]}"
"${command[@]}" >"$dir/switch.log" 2>&1 &
switch=$!
children+=("$switch")
for _ in $(seq 100); do
	[ -S "$dir/ctl" ] && ctl show version >/dev/null 2>&1 && break
	kill -0 "$switch" 2>/dev/null || fail "the switch has not started" "$dir/switch.log"
	sleep 0.1
done

if [ -n "$vm" ]; then
	echo "Two virtual machines boot, without KVM: QEMU works everywhere so, but not fast."
	scripts/demo-guests "$dir" "$switch_cpu" "$seconds" "$SECONDS" &
	children+=($!)
	wait $! || fail "the guests have failed" "$dir/switch.log"
	say "done: the switch and its guests are stopped"
	exit
fi

# start_guest NAME MAC: commands go to its file descriptor, guest_NAME.
start_guest()
{
	local name=$1 mac=$2 pid

	mkfifo "$dir/$name.in"
	"$build/test/guest/vsw-guest" -l "$guest_cpu" --no-pci --no-huge -m 128 --no-telemetry \
		--file-prefix "demo-$name" \
		--vdev "net_virtio_user0,path=$dir/$name.sock,mac=$mac,queue_size=1024" \
		<"$dir/$name.in" >"$dir/$name.out" 2>"$dir/$name.log" &
	pid=$!
	children+=("$pid")
}
start_guest a 02:00:00:00:00:0a
start_guest b 02:00:00:00:00:0b
exec {a}>"$dir/a.in" {b}>"$dir/b.in"
for name in a b; do
	for _ in $(seq 150); do
		grep -q ready "$dir/$name.out" 2>/dev/null && break
		sleep 0.1
	done
	grep -q ready "$dir/$name.out" || fail "guest $name has not started" "$dir/$name.log"
done

count=$((seconds * 50000))
rate="pps=50000 count=$count"
echo "stream 0 id=1 dst=02:00:00:00:00:0b src=02:00:00:00:00:0a len=60 $rate" >&"$a"
echo "stream 0 id=2 dst=02:00:00:00:00:0a src=02:00:00:00:00:0b len=1514 $rate" >&"$b"
echo "Guest a sends 60-byte frames to b, b sends 1514-byte frames to a; 50,000 a second each way."

for ((i = 1; i <= seconds; i++)); do
	sleep 1
	kill -0 "$switch" 2>/dev/null || fail "the switch has ended" "$dir/switch.log"
	say "$i of $seconds: vsw-ctl show port rates all"
	ctl show port rates all
done
sleep 1

say "where the addresses are: vsw-ctl show fdb"
ctl show fdb
say "what became of every frame: vsw-ctl show drops"
ctl show drops
say "what it cost: vsw-ctl show lcores"
ctl show lcores
say "what guest b has received"
echo report >&"$b"
sleep 0.5
tail -n 1 "$dir/b.out"

say "done: the switch and its guests are stopped"
echo "Your own guests: see doc/quickstart.rst. All commands: vsw-ctl help."
