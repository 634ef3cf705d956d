# SPDX-License-Identifier: BSD-3-Clause
"""The command line: see scripts/bench.sh."""

import argparse
import os
import sys
import time

from . import all_peers, gate, history, lockstep, machine, suites, table
from .fault import Fault
from .packages import TREE
from .runner import ROUNDS, Interrupted, Runner, catch_signals

# What is measured unless --modes says otherwise: what a suite can of these, or else its first.
DEFAULT_MODES = {"smoke": ("mrr",)}
USUAL_MODES = ("mrr", "search", "latency")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Fault(f"{message}; \"bench.sh --help\" tells what there is")


def arguments(words):
    parser = Parser(prog="bench.sh",
                    description="Benchmarks by name, side by side with other switches.")
    parser.add_argument("suite",
                        help="a suite, several as NAME*, lockstep, all, or some of these with "
                             "commas between; list names them")
    parser.add_argument("--profile", choices=ROUNDS, default="ci", help="default: %(default)s")
    parser.add_argument("--vs", default="", metavar="PEER,...",
                        help=f"other switches: {', '.join(all_peers.KNOWN)}")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND",
                        help="one more: {socket0} {socket1} ... {sockets} {cpu} {n} {directory} "
                             "are put in; NAME,client=... if it connects to the sockets")
    parser.add_argument("--sizes", metavar="BYTES,...|imix|all",
                        help="with FCS; default: what the suite varies, in smoke the first")
    parser.add_argument("--modes", metavar="MODE,...|all", help=", ".join(suites.TYPES))
    parser.add_argument("--rounds", type=int, metavar="N", help="windows for each switch and cell")
    parser.add_argument("--out", metavar="DIR", help="default: build/bench/TIME")
    parser.add_argument("--keep-going", action="store_true",
                        help="when a cell fails, go on with the next one")
    parser.add_argument("--cycles", action="store_true",
                        help="what a frame costs peers, too, by their own counters; it makes "
                             "testpmd a little slower")
    parser.add_argument("--gate", action="store_true",
                        help="then compare with the history: exit status 1 for a regression")
    parser.add_argument("--option", action="append", default=[], metavar="WORD",
                        help="one more word for vsw-bench, e.g. --option=--trial-s=0.25")
    options = parser.parse_args(words)
    if options.rounds is not None and options.rounds < 1:
        raise Fault("--rounds: at least 1")
    return options


def chosen(text, known, what):
    """The names in "a,b" or "all", each of which must be known; None for None."""
    if text is None:
        return None
    if text == "all":
        return list(known)
    names = [name for name in text.split(",") if name]
    for name in names:
        if name not in known:
            raise Fault(f"no {what} \"{name}\": there are {', '.join(known)}")
    if not names:
        raise Fault(f"--{what}s: none is named; there are {', '.join(known)}")
    return names


def cells(options):
    """(suite, size, mode) of all that is asked for."""
    names = [name for name in options.suite.split(",") if name != lockstep.NAME]
    if not names:
        return []
    sizes = chosen(options.sizes, suites.SIZES, "size")
    modes = chosen(options.modes, suites.TYPES, "mode")
    found = []
    for suite in suites.find(",".join(names)):
        usual = DEFAULT_MODES.get(options.profile, USUAL_MODES)
        wanted = [mode for mode in suite.modes if mode in (modes or usual)]
        if not modes:
            wanted = wanted or [suite.modes[0]]
        varied = suite.sizes_of(sizes)
        if options.profile == "smoke" and not sizes:
            varied = varied[:1]
        found += [(suite, size, mode) for size in varied for mode in wanted]
    if not found:
        raise Fault(f"{options.suite} does not measure {options.modes}: \"bench.sh list\" tells "
                    "what can be measured")
    return found


def with_lockstep(options):
    """It has no modes: who names some wants those."""
    names = options.suite.split(",")
    return lockstep.NAME in names or ("all" in names and options.modes in (None, "all"))


def list_suites():
    for suite in suites.SUITES.values():
        print(f"{suite.name:40} {','.join(suite.modes)}")
        print(f"    like {suite.sibling}; {suite.n_ports} ports, {suite.n_macs} addresses, rings "
              f"of {suite.ring_size}, {suite.driver} {suite.path}, {suite.pattern}; sizes "
              f"{','.join(suite.sizes)}")
        if suite.note:
            print(f"    {suite.note}")
        for name, why in suite.skipped:
            print(f"    without {'peers' if name == '*' else name}: {why}")
    print(f"{lockstep.NAME:40} generator and switch in turn on one core: ticks a frame")


def publish(run, out, options):
    """History and report, of what there is."""
    from . import report  # whose libraries take their time, and are nothing to a refusal

    path = history.default_path()
    if options.profile != "smoke":  # too short to be compared with
        history.append(path, history.samples_of(run))
    page = os.path.join(out, "report.html")
    report.write(page, run, path)
    print(f"report: {page}", flush=True)


def run_suites(options):
    build = os.environ.get("VSW_BUILD", os.path.join(TREE, "build", "release"))
    generator = os.environ.get("VSW_BENCH", os.path.join(build, "app", "vsw-bench", "vsw-bench"))
    wanted = cells(options)
    if with_lockstep(options):
        lockstep.check(build)
    if not os.access(generator, os.X_OK):
        raise Fault(f"no {generator}: build the tree, or say by VSW_BUILD where its build is")
    peers = all_peers.make([name for name in options.vs.split(",") if name], options.peer, build,
                           options.cycles)
    machine.cpus()
    machine.check_hugepages(max(peer.hugepages for peer in peers))
    out = options.out or os.path.join(TREE, "build", "bench", time.strftime("%Y%m%d-%H%M%S"))
    start = time.monotonic()

    def say(line):
        print(f"[{time.monotonic() - start:5.0f} s] {line}", flush=True)

    runner = Runner(peers, options.profile, build, generator, out, say, ["bench.sh", *sys.argv[1:]],
                    options.rounds, options.keep_going, options.option, options.cycles)
    failed = None
    try:
        runner.measure(wanted, with_lockstep(options))
    except Fault as fault:
        failed = fault
    finally:
        print("\n".join(table.of_run(runner.run)))
        print(f"\nresults: {os.path.join(out, 'run.json')}"
              + ("" if runner.run["complete"] else ", marked incomplete"), flush=True)
    publish(runner.run, out, options)
    if failed:
        raise failed
    return gate.main([]) if options.gate else 0


def main():
    catch_signals()
    try:
        options = arguments(sys.argv[1:])
        if options.suite == "list":
            list_suites()
            return 0
        return run_suites(options)
    except Fault as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # "| head" has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Interrupted as interrupted:
        print(f"bench: {interrupted}", file=sys.stderr)
        return 128 + interrupted.number


if __name__ == "__main__":
    sys.exit(main())
