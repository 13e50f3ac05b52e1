#!/usr/bin/env python3
"""Compares the reports' statistics with SciPy's on the same numbers. For development only.

    tests/peers/report_statistics.py --program build/release/tests/peers/peer_statistics

installs SciPy by pip into a virtual environment (--environment). Prints the largest difference of each statistic;
exits with 1 if one is above 1e-9 (1e-12 relative for means and deviations).
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PACKAGES = ["numpy", "scipy>=1.11"]


def enter_environment(folder):
    """Runs this script again inside the virtual environment, which it makes if need be."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if subprocess.run([str(python), "-c", "import scipy"], stderr=subprocess.DEVNULL).returncode != 0:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    os.execv(str(python), [str(python), __file__, *sys.argv[1:], "--inside"])


def compare(program):
    import numpy as np
    from scipy import stats

    random = np.random.default_rng(3)
    samples = []
    for size in (2, 3, 5, 6, 9, 12, 16, 17, 25, 40):
        for scale in (1.0, 1e-6, 1e5):
            first = random.normal(size=size) * scale
            samples += [first, first * 0.7 + random.normal(size=size) * scale + 0.8 * scale]
    samples += [np.round(sample, 1) for sample in samples[-8:] if len(sample) > 16]  # Ties.
    if len(samples) % 2:
        samples.pop()
    p_values = random.uniform(size=12)
    answer = subprocess.run([program], input=json.dumps({"samples": [list(map(float, s)) for s in samples],
                                                         "p_values": list(map(float, p_values))}),
                            capture_output=True, text=True, check=True)
    ours = json.loads(answer.stdout)
    worst = {}

    def add(what, mine, theirs):
        difference = abs(mine - theirs) / max(1.0, abs(theirs))
        worst[what] = max(worst.get(what, 0.0), difference)

    for sample, (mean, deviation, median, half) in zip(samples, ours["summaries"]):
        add("mean", mean, sample.mean())
        add("deviation", deviation, sample.std(ddof=1))
        add("median", median, np.median(sample))
        low, high = stats.t.interval(0.95, len(sample) - 1, sample.mean(), stats.sem(sample))
        add("interval", half, (high - low) / 2)
    pairs = list(zip(samples[::2], samples[1::2]))
    for (a, b), (p, lower, upper), paired in zip(pairs, ours["welch"], ours["paired"]):
        test = stats.ttest_ind(a, b, equal_var=False)
        interval = test.confidence_interval(0.95)
        add("Welch p", p, test.pvalue)
        add("Welch interval", lower, interval.low)
        add("Welch interval", upper, interval.high)
        if len(a) <= 16:
            exact = stats.permutation_test((a - b,), np.mean, permutation_type="samples", n_resamples=np.inf)
            add("permutation p", paired, exact.pvalue)
        else:  # Both draw: they differ by what draws differ.
            drawn = stats.permutation_test((a - b,), np.mean, permutation_type="samples", n_resamples=100_000,
                                           random_state=random).pvalue
            spread = np.sqrt(drawn * (1 - drawn) * (1 / 10_000 + 1 / 100_000)) + 2 / 10_000
            add("drawn permutation p", max(0.0, abs(paired - drawn) - 5 * spread), 0.0)
    # SciPy has no Holm: by the definition, the largest of all smaller ones' products.
    order = np.argsort(p_values)
    for position, index in enumerate(order):
        products = [p_values[order[k]] * (len(order) - k) for k in range(position + 1)]
        add("Holm", ours["holm"][index], min(1.0, max(products)))
    for what, difference in worst.items():
        print(f"{what:16} {difference:8.1e} {'ok' if difference <= 1e-9 else 'DISAGREES'}")
    return max(worst.values()) <= 1e-9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--environment", type=pathlib.Path,
                        default=pathlib.Path(tempfile.gettempdir()) / "rraebench-statistics")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.inside:
        enter_environment(arguments.environment)
    sys.exit(0 if compare(arguments.program) else 1)


main()
