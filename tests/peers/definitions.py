#!/usr/bin/env python3
"""Computes every metric of `rraebench list metrics` anew, by its definition and with NumPy alone, from arrays that
the worker's protocols were given. For development only; nothing of it is installed.

    tests/peers/definitions.py --program build/release/tests/peers/export_definitions \\
                               --catalog build/release/bin/rraebench

installs NumPy by pip into a virtual environment (--environment). One line a metric: "agrees" with the largest
difference of its figures, relative where they are above 1, or "DISAGREES"; exits with 1 for one that disagrees and
for one of the catalogue that is not computed here. What is drawn at random (subsets, bootstrap rows, noise) comes
with the arrays; what is decoded, encoded and made features of is computed here, too.
"""
import argparse
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TOLERANCE = 1e-6        # Relative; of a model in single precision and networks' features.
COUNTED = 1e-12         # Of figures that count samples of the same features.
NEIGHBOURS = 5
ON_A_CLOCK = {"seconds_per_100_steps"}


def enter_environment(folder):
    """Runs this script again inside the virtual environment, which it makes if need be."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if subprocess.run([str(python), "-c", "import numpy"], stderr=subprocess.DEVNULL).returncode != 0:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "numpy"], check=True)
    os.execv(str(python), [str(python), __file__, *sys.argv[1:], "--inside"])


class Comparison:
    def __init__(self, figures):
        self.figures = figures
        self.worst = {}  # By metric: (difference over what is allowed, difference, key).
        self.seen = set()

    def check(self, kind, key, value, tolerance=TOLERANCE):
        ours = self.figures[kind][key]
        self.seen.add((kind, key))
        self.note(key.split(" ")[1], abs(ours - value) / max(1.0, abs(value)), key, tolerance)

    def note(self, name, difference, key, tolerance=TOLERANCE):
        difference = difference if np.isfinite(difference) else np.inf  # What is no number agrees with nothing.
        self.worst[name] = max(self.worst.get(name, (-1.0, 0.0, "")), (difference / tolerance, difference, key))


def relative_error(x, y):
    return 100.0 * np.sqrt(((x - y) ** 2).sum() / (x ** 2).sum())


def statistics(features):
    return features.mean(0), np.cov(features, rowvar=False)


def fid(first, second):
    (m1, s1), (m2, s2) = first, second
    values, vectors = np.linalg.eigh(s1)
    root = (vectors * np.sqrt(values.clip(0.0))) @ vectors.T
    return ((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2.0 * np.sqrt(
        np.linalg.eigvalsh(root @ s2 @ root).clip(0.0)).sum()


def kid(x, y):
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1.0) ** 3
    m = len(x)
    off_diagonal = lambda k: (k.sum() - np.trace(k)) / (m * (m - 1))
    return off_diagonal(kernel(x, x)) + off_diagonal(kernel(y, y)) - 2.0 * kernel(x, y).mean()


def distances(a, b):
    return np.stack([np.sqrt(((row - b) ** 2).sum(1)) for row in a])


def neighbourhoods(real, own, k):
    """What precision, recall, density and coverage average, sample by sample."""
    radius = lambda x: np.sort(distances(x, x), axis=1)[:, k]  # The 0th is the sample itself.
    between = distances(real, own)
    in_real = between < radius(real)[:, None]
    in_own = between < radius(own)[None, :]
    return {"precision": in_real.any(0).astype(float), "recall": in_own.any(1).astype(float),
            "density": in_real.sum(0) / k, "coverage": in_real.any(1).astype(float)}


def entropies(p):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.where(p > 0.0, p * np.log(p), 0.0).sum(1)


def inception_score(p, order, splits=10):
    scores = []
    for part in np.split(p[order], [s * len(p) // splits for s in range(1, splits)]):
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(part > 0.0, part * (np.log(part) - np.log(part.mean(0))), 0.0)
        scores.append(np.exp(terms.sum(1).mean()))
    return np.mean(scores), np.std(scores)


def interval(estimate, statistic, rows):
    replicates = np.array([statistic(r) for r in rows])
    replicates += estimate - replicates.mean()
    return np.quantile(replicates, 0.025), np.quantile(replicates, 0.975)


def classifier(arrays, images):
    """Features and class probabilities of the small CNN."""
    weights = [arrays[f"classifier {i}"] for i in range(8)]

    def halve(x, kernel, bias):
        x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))[:, :, ::2, ::2]
        return np.maximum(np.einsum("nchwij,ocij->nohw", windows, kernel) + bias[None, :, None, None], 0.0)

    maps = halve(halve(images, *weights[0:2]), *weights[2:4])
    hidden = np.maximum(maps.reshape(len(maps), -1) @ weights[4].T + weights[5], 0.0)
    logits = hidden @ weights[6].T + weights[7]
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return hidden, powers / powers.sum(1, keepdims=True)


class Samples:
    """One data set and what the model makes of it."""

    def __init__(self, file):
        with np.load(file) as loaded:
            self.arrays = {name: loaded[name] for name in loaded}
        self.offset, self.scale = self.arrays["normalisation"]

    def encode(self, values):
        return (values.reshape(len(values), -1) - self.offset) / self.scale @ self.arrays["encoder"]

    def decode(self, coefficients):
        a = self.arrays
        return (coefficients @ a["decoder"] + a["decoder_offset"]) * self.scale + self.offset

    def error(self, values, coefficients):
        return relative_error(values.reshape(len(values), -1), self.decode(coefficients))


def check_features(comparison, arrays, place, prefix, real, own, p):
    """The figures of one set of features; the order of the catalogue."""
    whole, own_statistics = statistics(real), statistics(own)
    figures = {"fid": fid(whole, own_statistics), "entropy": entropies(p).mean(),
               "real_entropy": arrays["real_entropy"][0]}
    rows = lambda name: arrays[f"{prefix} bootstrap {name}"].astype(int)
    figures["fid_lower"], figures["fid_upper"] = interval(
        figures["fid"], lambda r: fid(whole, statistics(own[r])), rows("fid"))
    figures["entropy_lower"], figures["entropy_upper"] = interval(
        figures["entropy"], lambda r: entropies(p)[r].mean(), rows("entropy"))
    subsets = arrays[f"{prefix} kid"].astype(int)
    kids = [kid(real[subsets[i]], own[subsets[i + 1]]) for i in range(0, len(subsets), 2)]
    figures["kid"], figures["kid_deviation"] = np.mean(kids), np.std(kids)
    n = len(own)
    smallest = min(5000, max(n // 10, 2))
    sizes = [smallest + (n - smallest) * i // 14 for i in range(15)]
    orders = arrays[f"{prefix} fid_infinity"].astype(int)
    fids = [fid(whole, statistics(own[order[:size]])) for order, size in zip(orders, sizes)]
    figures["fid_infinity"] = np.polyfit(1.0 / np.array(sizes), fids, 1)[1]
    figures["inception_score"], figures["inception_score_deviation"] = inception_score(
        p, arrays[f"{prefix} inception_score"].astype(int))
    for name, values in neighbourhoods(real, own, NEIGHBOURS).items():
        figures[name] = values.mean()
        figures[f"{name}_lower"], figures[f"{name}_upper"] = interval(
            values.mean(), lambda r: values[r].mean(), rows(name))
    return figures


def check_images(comparison, data):
    a = data.arrays
    real, _ = classifier(a, a["test"])
    features = {}
    decoded = {"generate": "decoded generate 0", "interpolate 0": "decoded interpolate 0",
               "interpolate 1": "decoded interpolate 1"}
    for place, name in decoded.items():
        images = data.decode(a[name]).clip(0.0, 1.0).reshape(-1, *a["test"].shape[1:])
        # In single precision there; the metrics below are taken of those, so that no neighbour changes sides.
        for kind, own in zip(("features", "probabilities"), classifier(a, images)):
            comparison.note(f"(the classifier's {kind})", np.abs(own - a[f"{kind} {place}"]).max(), place, 1e-4)
        features[place] = a[f"features {place}"], a[f"probabilities {place}"]
    # Real samples come in another order.
    comparison.note("(the real samples' features)", np.abs(np.sort(real, 0) - np.sort(a["features real"], 0)).max(),
                    "test", 1e-4)
    real_p = classifier(a, a["test"])[1]
    comparison.note("real_entropy", abs(entropies(real_p).mean() - a["real_entropy"][0]), "test", 1e-5)
    real = a["features real"]

    def check_all(protocol, variant, figures):
        for name, value in figures.items():
            exact = name in ("precision", "recall", "density", "coverage")
            comparison.check("images", f"{protocol} {name} {variant} test", value, COUNTED if exact else TOLERANCE)

    check_all("generate", "gaussian",
              check_features(comparison, a, "generate", "generate gaussian", real, *features["generate"]))

    points = 7
    sets = []
    for i in range(2):
        own, p = features[f"interpolate {i}"]
        inner = np.arange(len(own)) % points
        inner = (inner > 0) & (inner < points - 1)
        figures = check_features(comparison, a, f"interpolate {i}", "interpolate pairs", real, own[inner], p[inner])
        paths = own.reshape(-1, points, own.shape[1])
        steps = np.sqrt((np.diff(paths, axis=1) ** 2).sum(2))
        figures["path_length"] = (steps ** 2).mean() * (points - 1) ** 2
        ends = np.sqrt(((paths[:, -1] - paths[:, 0]) ** 2).sum(1))
        moves = ends > 1e-6 * np.sqrt((paths ** 2).sum(2).mean())
        figures["path_detour"] = (steps.sum(1)[moves] / ends[moves]).mean()
        sets.append(figures)
        lines = a[f"decoded interpolate {i}"].reshape(-1, points, a["decoder"].shape[0])
        share = np.linspace(0.0, 1.0, points)[None, :, None]
        straight = lines[:, :1] * (1.0 - share) + lines[:, -1:] * share
        comparison.note("(interpolated coefficients)", np.abs(lines - straight).max(), f"set {i}")
    means = {name: np.mean([s[name] for s in sets]) for name in sets[0]}
    for name in ("fid", "entropy"):
        means[f"{name}_deviation"] = np.std([s[name] for s in sets], ddof=1)
    check_all("interpolate", "pairs", means)

    for split in ("train", "test"):
        comparison.check("images", f"reconstruct relative_error  {split}",
                         data.error(a[split], data.encode(a[split])))
    check_collapse(comparison, data)
    check_rank(comparison, data)


def check_collapse(comparison, data):
    a = data.arrays
    mean = data.encode(a["test"])
    log_variance = mean @ a["spread"] - 1.0
    log_variance[:, -1] = 0.0
    check = lambda name, variant, value, tolerance=TOLERANCE: comparison.check(
        "images", f"collapse {name} {variant} test", value, tolerance)
    variance = mean.var(0, ddof=1)
    check("active_units", "variance>0.01", (variance > 0.01).sum(), COUNTED)
    check("active_unit_fraction", "variance>0.01", (variance > 0.01).mean(), COUNTED)
    check("low_variance_fraction", "", (variance <= 0.01 * variance.max()).mean(), COUNTED)
    kl = 0.5 * (mean ** 2 + np.exp(log_variance) - log_variance - 1.0)
    check("kl_total", "to N(0, I)", kl.sum(1).mean())
    check("collapsed_fraction", "epsilon=0.01, delta=0.01, to N(0, I)",
          ((kl < 0.01).mean(0) >= 0.99).mean(), COUNTED)
    order = a["information order"].astype(int)
    mean, log_variance = mean[order], log_variance[order]
    z = mean + np.exp(0.5 * log_variance) * a["information noise"]
    log_q = -0.5 * ((z[:, None] - mean[None]) ** 2 / np.exp(log_variance)[None] + log_variance[None]).sum(2)
    top = log_q.max(1, keepdims=True)
    check("mutual_information", "",
          (np.diag(log_q) - top[:, 0] - np.log(np.exp(log_q - top).mean(1))).mean())


def check_rank(comparison, data):
    latent = data.encode(data.arrays["test"])
    sigma = np.linalg.svd(latent - latent.mean(0), compute_uv=False)
    share, energy = sigma / sigma.sum(), sigma ** 2
    check = lambda name, variant, value: comparison.check("images", f"rank {name} {variant} test", value)
    check("numerical_rank", "tolerance=0.001", (sigma > 1e-3 * sigma[0]).sum())
    check("effective_rank", "", np.exp(-(share * np.log(share)).sum()))
    check("stable_rank", "", energy.sum() / energy[0])
    check("participation_ratio", "", energy.sum() ** 2 / (energy ** 2).sum())
    check("energy_captured", "k=1", energy[0] / energy.sum())


def check_curves(comparison, data):
    a = data.arrays
    for split in ("train", "test"):
        comparison.check("curves", f"reconstruct relative_error  {split}",
                         data.error(a[split], data.encode(a[split])))
    axis, between = np.linspace(1.0, 2.0, 9), np.linspace(1.03, 1.97, 12)
    known = data.encode(a["train"])
    coefficients = np.stack([np.interp(between, axis, column) for column in known.T], 1)
    comparison.check("curves", "interpolate relative_error grid test", data.error(a["test"], coefficients))


def catalogue(program):
    listed = subprocess.run([program, "list", "metrics", "--format", "csv"], capture_output=True, text=True,
                            check=True).stdout
    return [row[0] for row in csv.reader(io.StringIO(listed))][1:]


def run(chosen):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run([chosen.program, str(folder)], check=True)
        comparison = Comparison(json.loads((folder / "figures.json").read_text()))
        check_images(comparison, Samples(folder / "images.npz"))
        check_curves(comparison, Samples(folder / "curves.npz"))
    good = True
    names = catalogue(chosen.catalog)
    for name in names + [name for name in comparison.worst if name not in names]:
        if name in ON_A_CLOCK:
            print(f"{name}: a time; nothing to compare")
        elif name not in comparison.worst:
            good = False
            print(f"{name}: NOT COMPUTED HERE")
        else:
            excess, difference, key = comparison.worst[name]
            agrees = excess <= 1.0
            good = good and agrees
            print(f"{name}: {'agrees' if agrees else 'DISAGREES'} (max difference {difference:.2g}, in {key})")
    for kind, figures in comparison.figures.items():
        for key in figures:
            if (kind, key) not in comparison.seen:
                good = False
                print(f"{kind}: {key}: measured, and not computed here")
    return 0 if good else 1


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--program", required=True, help="the built export_definitions")
parser.add_argument("--catalog", required=True, help="the built rraebench, whose list of metrics is gone through")
parser.add_argument("--environment", type=pathlib.Path, default=pathlib.Path(".venv"), help="virtual environment")
parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
arguments = parser.parse_args()
if not arguments.inside:
    enter_environment(arguments.environment.absolute())

import numpy as np

sys.exit(run(arguments))
