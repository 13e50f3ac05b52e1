#!/usr/bin/env python3
"""Times whole runs of two builds of rraebench, in turns: start, data, training, measuring and results file.

    tests/benchmarks/whole_run.py --programs build/release/bin/rraebench other/build/release/bin/rraebench --data-dir ~/data

Each run has a results file and a cache folder of its own in a temporary folder, so that nothing is found made. Prints a Markdown
table: medians of wall seconds, of CPU seconds of the program with its workers, and of the peak memory that the results
file has (of several models or seeds, the largest), with the least and the most where there are several rounds; and the
second program's medians over the first's. Exit code 1 where a run fails, 2 where there is no such program.
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from shared import child, count, fail, processor, require_programs, run_script

PEAK_MEMORY = "SELECT MAX(peak_memory_bytes) AS bytes FROM run"
MEASURES = ("wall, s", "CPU, s", "peak memory, MiB")


def cpu_seconds():
    """Of all children that ended, and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def peak_memory(program, results):
    """MiB"""
    answer = subprocess.run([program, "query", PEAK_MEMORY, "--db", results, "--format", "json"], capture_output=True,
                            text=True)
    if answer.returncode != 0:
        fail(f"{program} query: {answer.stderr.strip()}", 1)
    return json.loads(answer.stdout)[0]["bytes"] / 2**20


def measure(program, arguments):
    """One run: the values of MEASURES."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        command = [program, "run", *arguments, "--db", folder / "results.db", "--cache-dir", folder / "cache"]
        with open(folder / "output", "w+") as output:
            cpu, start = cpu_seconds(), time.monotonic()
            with child(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT) as process:
                code = process.wait()
            wall, cpu = time.monotonic() - start, cpu_seconds() - cpu
            output.seek(0)
            said = output.read().split("\n")
        if code != 0:
            fail(f"{program} ended with {code}: {next((line for line in reversed(said) if line), '')}", 1)
        return wall, cpu, peak_memory(program, folder / "results.db")


def cell(values):
    middle = f"{statistics.median(values):.1f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.1f} to {max(values):.1f})"


def table(programs, runs):
    """runs: of each program, a list of values of MEASURES."""
    lines = [f"| program | {' | '.join(MEASURES)} |", "|---" + "|---:" * len(MEASURES) + "|"]
    for program, own in zip(programs, runs):
        lines.append(f"| {program} | {' | '.join(map(cell, zip(*own)))} |")
    first, second = ([statistics.median(values) for values in zip(*own)] for own in runs)
    lines.append(f"| second / first | {' | '.join(f'{b / a:.2f}' for a, b in zip(first, second))} |")
    return "\n".join(lines)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", nargs=2, required=True, metavar=("A", "B"), help="rraebench of two builds")
    parser.add_argument("--rounds", type=count, default=3, help="runs of each program (default: %(default)s)")
    parser.add_argument("--suite", default="vrrae-mnist", help="name or file (default: %(default)s)")
    parser.add_argument("--scale", default="0.05", help="share of the training steps (default: %(default)s)")
    parser.add_argument("--models", default="VRRAE", help="a list with commas (default: %(default)s)")
    parser.add_argument("--seeds", default="0", help="a list with commas (default: %(default)s)")
    parser.add_argument("--data-dir", default="data", help="folder with the data sets (default: %(default)s)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    require_programs(*options.programs)
    arguments = [options.suite, "--scale", options.scale, "--models", options.models, "--seeds", options.seeds,
                 "--data-dir", options.data_dir]
    runs = ([], [])
    for number in range(options.rounds):
        for program, own in zip(options.programs, runs):
            own.append(measure(program, arguments))
            said = ", ".join(f"{value:.1f} {what.split()[-1]}" for what, value in zip(MEASURES, own[-1]))
            print(f"round {number + 1} of {options.rounds}: {program}: {said}", file=sys.stderr)
    print(f"{table(options.programs, runs)}\n\n{processor()}; run {' '.join(arguments[:-2])}.")


if __name__ == "__main__":
    run_script(main)
