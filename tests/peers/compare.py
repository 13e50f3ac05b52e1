#!/usr/bin/env python3
"""Compares this project's metrics with public peers. For development only; nothing of it is installed.

    tests/peers/compare.py --program build/release/tests/peers/peer_measures

installs pytorch-fid, torch-fidelity, prdc and SciPy by pip into a virtual environment (--environment, 5 GB with
torch) and gives both sides the same features, the same statistics, and the same images through the same
network of random weights. Prints the table of agreement first, then what it was made with; exits with 1 if
any line disagrees.

Tolerances: FID 1e-4 relative (1e-6 on the same full-rank statistics), KID 1e-6 (relative where values are above 1), precision, recall,
density and coverage exactly, to the last bit of a float64 quotient or of torch-fidelity's float32 means.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

# The newest versions that all of these support together; scipy 1.18 drops what pytorch-fid calls.
PACKAGES = ["torch==2.0.1", "torchvision==0.15.2", "numpy<2", "scipy<1.18", "pytorch-fid==0.3.0",
            "torch-fidelity==0.4.0", "prdc==0.2"]


def enter_environment(folder):
    """Runs this script again inside the virtual environment, which it makes if need be."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if subprocess.run([str(python), "-c", "import torch, torchvision, scipy, prdc, pytorch_fid, torch_fidelity"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    os.execv(str(python), [str(python), __file__, *sys.argv[1:], "--inside"])


class Comparison:
    def __init__(self, program, rraebench, folder):
        self.program = program
        self.rraebench = rraebench
        self.folder = folder
        self.rows = []

    def ours(self, mode, *arguments):
        # OpenMP threads that spin while they wait for a busy core cost more than the work.
        answer = subprocess.run([self.program, mode, *map(str, arguments)], capture_output=True, text=True,
                                env={**os.environ, "OMP_WAIT_POLICY": "passive"})
        if answer.returncode != 0:
            raise SystemExit(f"peer_measures {mode}: {answer.stderr}")
        return json.loads(answer.stdout)

    def score(self, extractor, generated, real):
        """FID of two folders of pictures as a user measures it: rraebench score."""
        answer = subprocess.run(
            [self.rraebench, "score", "--generated", generated, "--real", real, "--label", "peer", "--metrics", "fid",
             "--extractor", f"torchscript:{extractor}", "--format", "json", "--db", self.folder / "scores.db",
             "--cache-dir", self.folder / "cache"], capture_output=True, text=True)
        if answer.returncode != 0:
            raise SystemExit(f"rraebench score: {answer.stderr}")
        return json.loads(answer.stdout)[0]["value"]

    def save(self, name, array):
        path = self.folder / name
        np.save(path, array)
        return path

    def add(self, what, peer, ours, theirs, tolerance, relative=False):
        difference = abs(ours - theirs)
        if relative:
            difference /= max(abs(theirs), 1e-300)
        self.rows.append((what, peer, ours, theirs, difference, tolerance, difference <= tolerance))

    def table(self):
        lines = [f"{'what':58} {'peer':15} {'ours':>20} {'peer':>20} {'difference':>11} {'allowed':>8}"]
        for what, peer, ours, theirs, difference, tolerance, good in self.rows:
            lines.append(f"{what:58} {peer:15} {ours:20.13g} {theirs:20.13g} {difference:11.2g} {tolerance:8.1g}"
                         f" {'ok' if good else 'DISAGREES'}")
        return "\n".join(lines)

    def all_good(self):
        return all(row[-1] for row in self.rows)


def quiet(call, *arguments, **options):
    import contextlib
    import io
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return call(*arguments, **options)


def statistics(features):
    return features.mean(0), np.cov(features, rowvar=False)


def compare_features(comparison, name, real, generated):
    """The same features, float32 as extractors give them."""
    k = 5
    real, generated = real.astype(np.float32), generated.astype(np.float32)
    files = comparison.save("real.npy", real), comparison.save("generated.npy", generated)
    ours = comparison.ours("features", *files, k)

    theirs = pytorch_fid.fid_score.calculate_frechet_distance(*statistics(real.astype(np.float64)),
                                                              *statistics(generated.astype(np.float64)))
    comparison.add(f"{name}: FID", "pytorch-fid", ours["fid"], theirs, 1e-4, relative=True)
    stats = [torch_fidelity.metric_fid.fid_features_to_statistics(torch.from_numpy(f.astype(np.float64)))
             for f in (real, generated)]  # It would take means in float32.
    theirs = torch_fidelity.metric_fid.fid_statistics_to_metric(*stats, False)
    comparison.add(f"{name}: FID", "torch-fidelity", ours["fid"], theirs["frechet_inception_distance"], 1e-4,
                   relative=True)
    if len(real) == len(generated):
        theirs = torch_fidelity.metric_kid.kid_features_to_metric(
            torch.from_numpy(real.astype(np.float64)), torch.from_numpy(generated.astype(np.float64)),
            kid_subsets=1, kid_subset_size=len(real), verbose=False)
        theirs = theirs["kernel_inception_distance_mean"]
        # Kernels of a mean of 100 are of the order of 1e12, of which float64 keeps 1e-4.
        comparison.add(f"{name}: KID", "torch-fidelity", ours["kid"], theirs, 1e-6, relative=abs(theirs) > 1)
    theirs = quiet(prdc.compute_prdc, real, generated, nearest_k=k)
    for metric in ("precision", "recall", "density", "coverage"):
        # Equal counts: the quotients may differ in their last bit.
        comparison.add(f"{name}: {metric}, k={k}", "prdc", ours["open"][metric], theirs[metric], 1e-14)
    theirs = torch_fidelity.metric_prc.prc_features_to_metric(
        torch.from_numpy(generated.astype(np.float64)), torch.from_numpy(real.astype(np.float64)),
        prc_neighborhood=k, prc_batch_size=10000, save_cpu_ram=False, verbose=False)
    for metric in ("precision", "recall"):  # float32 means there.
        comparison.add(f"{name}: {metric}, k={k}, closed balls", "torch-fidelity", ours["closed"][metric],
                       theirs[metric], 1e-7)


def compare_statistics(comparison, name, first, second, tolerance, count=None, compressed=False):
    """The same mean and covariance, through .npz files that NumPy writes; SciPy's square root of the product."""
    files = []
    for i, (mu, sigma) in enumerate((first, second)):
        files.append(comparison.folder / f"{i}.npz")
        more = {} if count is None else {"count": np.int64(count)}
        (np.savez_compressed if compressed else np.savez)(files[-1], mu=mu, sigma=sigma, **more)
    ours = comparison.ours("statistics", *files)
    start = time.perf_counter()
    root = scipy.linalg.sqrtm(first[1] @ second[1])
    seconds = time.perf_counter() - start
    theirs = ((first[0] - second[0]) ** 2).sum() + np.trace(first[1]) + np.trace(second[1]) - 2 * np.trace(root).real
    comparison.add(name, "SciPy sqrtm", ours["fid"], theirs, tolerance, relative=True)
    return ours["seconds"], seconds


def ill_conditioned(size, smallest, seed):
    random = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(random.standard_normal((size, size)))
    sigma = (basis * np.geomspace(1.0, smallest, size)) @ basis.T
    return random.standard_normal(size), (sigma + sigma.T) / 2


def compare_npz(comparison, first):
    """What we write, NumPy reads to the last bit."""
    path, copy = comparison.folder / "in.npz", comparison.folder / "out.npz"
    np.savez(path, mu=first[0], sigma=np.asfortranarray(first[1]), count=321)
    comparison.ours("resave", path, copy)
    with np.load(copy) as read:
        difference = max(np.abs(read["mu"] - first[0]).max(), np.abs(read["sigma"] - first[1]).max(),
                         abs(int(read["count"]) - 321))
    comparison.add(".npz written by us, largest difference", "NumPy", difference, 0.0, 0.0)


def random_weights(path, images):
    """Inception's weights at random, its batch statistics those of `images`, so that activations keep to scale."""
    network = torchvision.models.inception_v3(num_classes=1008, aux_logits=False, init_weights=True,
                                              transform_input=False)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0  # Those of the one batch below.
    network.train()
    with torch.no_grad():
        batch = torch.from_numpy(images).to(torch.float32)
        network(torch.nn.functional.interpolate(batch, size=(299, 299), mode="bilinear") / 127.5 - 1)
    torch.save(network.state_dict(), path)


def random_images(count, size, shift, seed):
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, (count, 3, 4, 4)) * (1 - shift) + 255 * shift * random.uniform(0, 1, (count, 1, 1, 1))
    smooth = scipy.ndimage.zoom(coarse, (1, 1, size / 4, size / 4), order=1)
    return np.clip(smooth + random.normal(0, 12, smooth.shape), 0, 255).round().astype(np.uint8)


def compare_images(comparison, count, size):
    """The same images through the same network. Each peer has its own resizing and scaling: torch-fidelity's is
    TensorFlow 1's, which our extractor does for a module that takes floats; pytorch-fid's goes into the module."""
    from PIL import Image
    weights = comparison.folder / "weights.pth"
    sets = {"real": random_images(count, size, 0.0, 1), "generated": random_images(count, size, 0.3, 2)}
    random_weights(weights, sets["real"][:16])
    files = []
    for name, images in sets.items():
        files.append(comparison.save(f"{name}_images.npy", images))
        (comparison.folder / name).mkdir()
        for i, image in enumerate(images):
            Image.fromarray(image.transpose(1, 2, 0)).save(comparison.folder / name / f"{i:04}.png")
    folders = [str(comparison.folder / name) for name in sets]

    # torch-fidelity
    extractor = torch_fidelity.feature_extractor_inceptionv3.FeatureExtractorInceptionV3(
        "inception", ["2048"], feature_extractor_weights_path=str(weights))

    class Layers(torch.nn.Module):
        """torch-fidelity's network from the 299 x 299 input on, in its own order."""
        names = ("Conv2d_1a_3x3 Conv2d_2a_3x3 Conv2d_2b_3x3 MaxPool_1 Conv2d_3b_1x1 Conv2d_4a_3x3 MaxPool_2 Mixed_5b "
                 "Mixed_5c Mixed_5d Mixed_6a Mixed_6b Mixed_6c Mixed_6d Mixed_6e Mixed_7a Mixed_7b Mixed_7c AvgPool")

        def __init__(self):
            super().__init__()
            self.blocks = torch.nn.Sequential(*[getattr(extractor, name) for name in self.names.split()])

        def forward(self, x):
            return torch.flatten(self.blocks(x), 1)

    module = comparison.folder / "layers.pt"
    torch.jit.trace(Layers().eval(), torch.zeros(2, 3, 299, 299), check_trace=False).save(module)
    ours = comparison.ours("images", module, *files)
    theirs = quiet(torch_fidelity.calculate_metrics, input1=folders[1], input2=folders[0], cuda=False, cache=False,
                   feature_extractor="inception-v3-compat", fid=True, kid=True, prc=True, kid_subsets=1, kid_subset_size=count, prc_neighborhood=3,
                   feature_extractor_weights_path=str(weights), verbose=False)
    what = f"{count} + {count} images of {size} x {size}"
    comparison.add(f"{what}: FID", "torch-fidelity", ours["fid"], theirs["frechet_inception_distance"], 1e-4,
                   relative=True)
    comparison.add(f"{what}: FID of the folders", "torch-fidelity", comparison.score(module, folders[1], folders[0]),
                   theirs["frechet_inception_distance"], 1e-4, relative=True)
    with torch.no_grad():  # Its own pipeline sums kernels in float32; its functions take float64, too.
        doubles = [torch.cat([extractor(part)[0] for part in torch.from_numpy(images).split(50)]).double()
                   for images in sets.values()]
    kid = torch_fidelity.metric_kid.kid_features_to_metric(*doubles, kid_subsets=1, kid_subset_size=count, verbose=False)
    comparison.add(f"{what}: KID", "torch-fidelity", ours["kid"], kid["kernel_inception_distance_mean"], 1e-6,
                   relative=True)
    for metric in ("precision", "recall"):
        comparison.add(f"{what}: {metric}, k=3, closed", "torch-fidelity", ours["closed"][metric], theirs[metric], 1e-7)

    # pytorch-fid: its loader fetches weights by a URL; ours come from the file.
    pytorch_fid.inception.load_state_dict_from_url = lambda *_, **__: torch.load(weights)
    network = pytorch_fid.inception.InceptionV3([3]).eval()

    class Bytes(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, x):
            return torch.flatten(self.network(x.to(torch.float32) / 255.0)[0], 1)

    module = comparison.folder / "bytes.pt"
    torch.jit.trace(Bytes(), torch.zeros(2, 3, size, size, dtype=torch.uint8), check_trace=False).save(module)
    ours = comparison.ours("images", module, *files)
    theirs = quiet(pytorch_fid.fid_score.calculate_fid_given_paths, folders, 50, "cpu", 2048, 0)
    comparison.add(f"{what}: FID", "pytorch-fid", ours["fid"], theirs, 1e-4, relative=True)
    comparison.add(f"{what}: FID of the folders", "pytorch-fid", comparison.score(module, folders[1], folders[0]), theirs,
                   1e-4, relative=True)


def run(options):
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(options.program, options.rraebench, pathlib.Path(folder))

        mixing = random.standard_normal((64, 64)) / 8
        real = random.standard_normal((1000, 64)) @ mixing
        compare_features(comparison, "features 1000 x 64", real, random.standard_normal((1000, 64)) @ mixing * 1.1 + 0.2)
        compare_features(comparison, "features 300/500 x 16", random.standard_normal((300, 16)),
                         random.standard_normal((500, 16)) * 0.8)
        compare_features(comparison, "large mean 400 x 32", random.standard_normal((400, 32)) * 0.1 + 100,
                         random.standard_normal((400, 32)) * 0.12 + 100)
        compare_features(comparison, "fewer than features 60 x 128", random.standard_normal((60, 128)),
                         random.standard_normal((60, 128)) + 0.5)

        first, second = ill_conditioned(256, 1e-10, 1), ill_conditioned(256, 1e-8, 2)
        compare_statistics(comparison, "condition 1e10 and 1e8, d=256", first, second, 1e-6)
        compare_npz(comparison, first)
        few = [statistics(random.standard_normal((40, 96)) @ np.diag(np.linspace(0.1, 3, 96)) + shift) for shift in (0, 1)]
        compare_statistics(comparison, "rank 39 of d=96, both", *few, 1e-4, count=40, compressed=True)
        point = np.zeros(5), np.zeros((5, 5))
        compare_statistics(comparison, "no variance against identity, d=5", point, (np.ones(5), np.eye(5)), 1e-12)

        compare_images(comparison, options.images, 48)

        timing = []
        if not options.no_timing:
            wide = [statistics(random.standard_normal((3000, 2048)) * np.geomspace(1, 0.01, 2048) + shift)
                    for shift in (0, 0.1)]
            ours, theirs = compare_statistics(comparison, "statistics of d=2048", *wide, 1e-6)
            threads = os.environ.get("OMP_NUM_THREADS", "all")
            timing = [f"distance at d=2048: ours {ours:.2f} s, SciPy sqrtm {theirs:.2f} s, ratio {theirs / ours:.1f}, "
                      f"{threads} threads"]

        print("\n".join([comparison.table(), "", *timing]))
        for package in ("torch", "torchvision", "numpy", "scipy", "pytorch-fid", "torch-fidelity", "prdc"):
            print(f"{package} {importlib.metadata.version(package)}", end="  ")
        print()
        return 0 if comparison.all_good() else 1


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--program", required=True, help="the built peer_measures")
parser.add_argument("--rraebench", type=pathlib.Path, help="the built program (default: that of the same build)")
parser.add_argument("--environment", type=pathlib.Path, default=pathlib.Path(".venv"), help="virtual environment")
parser.add_argument("--images", type=int, default=100, help="images a set for the networks (default 100)")
parser.add_argument("--no-timing", action="store_true", help="leave out the distance at 2048 features")
parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
chosen = parser.parse_args()
if chosen.rraebench is None:
    chosen.rraebench = pathlib.Path(chosen.program).resolve().parents[2] / "bin" / "rraebench"
if not chosen.inside:
    enter_environment(chosen.environment.absolute())

import importlib.metadata
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import prdc
import pytorch_fid.fid_score
import pytorch_fid.inception
import scipy.linalg
import scipy.ndimage
import torch
import torch_fidelity
import torch_fidelity.feature_extractor_inceptionv3
import torch_fidelity.metric_fid
import torch_fidelity.metric_kid
import torch_fidelity.metric_prc
import torchvision

torch.manual_seed(0)
sys.exit(run(chosen))
