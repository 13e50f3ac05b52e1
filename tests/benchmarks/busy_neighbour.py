#!/usr/bin/env python3
"""Times training steps alone and beside one process that is always busy, with and without the worker's setting.

    tests/benchmarks/busy_neighbour.py --program build/release/tests/benchmarks/step_benchmark

On machines that are shared, threads of OpenMP that spin while they wait take the core from those that they wait for. So
rraebench gives its workers GOMP_SPINCOUNT (host/program/processes/worker_environment.cpp, where this script reads it). Runs
step_benchmark four ways in turns, under that setting and without it, alone and beside a busy loop, and prints a
Markdown table: medians in milliseconds over the rounds, how much slower a step is beside the loop, and what the setting costs
alone. Meant for a machine where nothing else runs. Exit code 2 where there is no such program.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

from shared import child, count, fail, processor, require_programs, run_script

SETTINGS = pathlib.Path(__file__).resolve().parents[2] / "host/program/processes/worker_environment.cpp"
OWN_SETTING = "GOMP_SPINCOUNT"
COLUMNS = ("alone, ms", "beside, ms", "slower by", "default alone, ms", "beside, ms", "slower by", "setting / default, alone")


def worker_settings():
    """{name: value} of what a worker is told that the user has not said."""
    settings = dict(re.findall(r'emplace_back\("(\w+)=([^"]*)"\)', SETTINGS.read_text()))
    if OWN_SETTING not in settings:
        fail(f"{SETTINGS} sets no {OWN_SETTING}", 2)
    return settings


def environments():
    """As a worker has it, and the same without OWN_SETTING; nothing of the user's is in the way."""
    settings = worker_settings()
    others = {name: value for name, value in os.environ.items() if name not in (OWN_SETTING, "OMP_WAIT_POLICY")}
    worker = others | settings
    return worker, {name: value for name, value in worker.items() if name != OWN_SETTING}


def busy_loop():
    return child([sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL)


def time_steps(options, environment, busy):
    """{step: milliseconds}"""
    command = [options.program, f"--benchmark_filter={options.filter}", f"--benchmark_min_time={options.min_time}",
               "--benchmark_format=json"]
    with busy_loop() if busy else contextlib.nullcontext():
        with child(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            answer, complaints = process.communicate()
    if process.returncode != 0 or not answer:
        fail(f"{options.program} ended with {process.returncode}: {complaints.strip() or 'it said nothing'}", 1)
    steps = json.loads(answer)["benchmarks"]
    return {step["name"].removesuffix("/real_time"): step["real_time"] for step in steps}


def row(worker_alone, worker_beside, default_alone, default_beside):
    return [f"{worker_alone:.3g}", f"{worker_beside:.3g}", f"{worker_beside / worker_alone:.2f}x", f"{default_alone:.3g}",
            f"{default_beside:.3g}", f"{default_beside / default_alone:.2f}x", f"{worker_alone / default_alone:.2f}"]


def table(rounds):
    """rounds: lists of four {step: milliseconds}, in the order of row()."""
    lines = [f"| step | {' | '.join(COLUMNS)} |", "|---" + "|---:" * len(COLUMNS) + "|"]
    for step in rounds[0][0]:
        medians = [statistics.median(times[step] for times in way) for way in zip(*rounds)]
        lines.append(f"| {step} | {' | '.join(row(*medians))} |")
    return "\n".join(lines)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="step_benchmark of a build")
    parser.add_argument("--filter", default="CNN (28|64).*/ours/", help="steps, a regular expression (default: '%(default)s')")
    parser.add_argument("--rounds", type=count, default=3, help="of all four ways (default: %(default)s)")
    parser.add_argument("--min-time", default="2", help="seconds that each step is repeated for (default: %(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    require_programs(options.program)
    load = os.getloadavg()[0]
    ways = [(environment, busy) for environment in environments() for busy in (False, True)]
    rounds = []
    for number in range(options.rounds):
        rounds.append([time_steps(options, environment, busy) for environment, busy in ways])
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    print(f"{table(rounds)}\n\n{processor()}; {OWN_SETTING}={ways[0][0][OWN_SETTING]}; load average before: {load:.1f}.")


if __name__ == "__main__":
    run_script(main)
