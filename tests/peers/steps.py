#!/usr/bin/env python3
"""Times training steps beside the authors' packages and current PyTorch. For development only; nothing of it is installed.

    tests/peers/steps.py --program build/release/tests/peers/step_times

installs RRAEs (JAX), RRAEsTorch, RR_layer and current torch by pip into a virtual environment (--environment, 6 GB),
draws weights and a batch, gives them to every side, and checks that losses and gradients agree before anything is timed:
losses to 1e-4, the gradient of each parameter to 1e-2, relative to plain LibTorch's in float32. Then the sides
take turns, a few steps each, round by round; the table has the median of all steps in milliseconds. Exit code 1 where a
side disagrees that should not.

Sides: ours (the trainer that trains every run: batch, loss, gradient, AdaBelief) and plain LibTorch (step_times.cpp);
RRAEs as its trainer does a step (filter_jit, AdaBelief); RRAEsTorch as its trainer does (Adam); RR_layer between plain
PyTorch layers, and plain PyTorch with linalg.svd, each with fused Adam: eager, channels last, and both of these compiled.

RRAEsTorch's gradient through a truncated SVD is known to be wrong: its difference is shown, its work is the same.
--steps "28x28" takes the steps whose name has that text; --readme FILE puts the table between the lines
<!-- steps:begin --> and <!-- steps:end --> of FILE.
"""
import argparse
import importlib.metadata
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PACKAGES = ["torch", "torchvision", "RRAEs", "RRAEsTorch", "RR_layer", "numpy"]
BETA = 1e-3
LEARNING_RATE = 1e-6  # Weights stay about where they are: no step is easier than another.
SIDES = {  # Column: how its process is asked for.
    "ours": "ours", "LibTorch": "plain", "RRAEs, JAX": "RRAEs", "RRAEsTorch": "RRAEsTorch", "RR_layer": "RR_layer",
    "torch eager": "eager", "torch channels last": "channels-last", "torch compile": "compile",
    "torch compile, channels last": "compile-channels-last",
}
TORCH_ROUTES = ["torch eager", "torch channels last", "torch compile", "torch compile, channels last"]


def enter_environment(folder):
    """Runs this script again inside the virtual environment, which it makes if need be."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    missing = subprocess.run([str(python), "-c", "import torch, torchvision, jax, optax, equinox, RR_layer, numpy"],
                             stderr=subprocess.DEVNULL)
    if missing.returncode != 0:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    os.execv(str(python), [str(python), __file__, *sys.argv[1:], "--inside"])


# What every side is given -------------------------------------------------------------------------------------------


def draw_inputs(step, folder):
    """Smooth samples, and weights about as LibTorch draws them."""
    random = np.random.default_rng(1)
    count, shape = step["batch_size"], step["sample_shape"]
    hats = np.maximum(0, 1 - np.abs(np.linspace(0, 5, shape[-1])[:, None] - np.arange(6)))
    if len(shape) == 1:
        batch = random.standard_normal((count, 6)) @ hats.T + 0.05 * random.standard_normal((count, shape[0]))
    else:
        batch = hats @ random.uniform(size=(count, shape[0], 6, 6)) @ hats.T
        batch = np.clip(batch + 0.05 * random.standard_normal(batch.shape), 0, 1)
    np.save(folder / "batch.npy", batch.astype(np.float32))
    for number, size in enumerate(step["parameters"]):
        if len(size) > 1:  # A bias has the bound of the weight before it.
            bound = 1 / math.sqrt(math.prod(size[1:]))
        np.save(folder / f"parameter_{number:03}.npy", random.uniform(-bound, bound, size).astype(np.float32))


def given(folder):
    return (np.load(folder / "batch.npy"), [np.load(file) for file in sorted(folder.glob("parameter_*.npy"))],
            np.load(folder / "noise.npz")["noise"] if (folder / "noise.npz").exists() else None)


def canonical_signs(basis):
    """basis: L x k. +-1 that make the entry of largest magnitude of each column positive."""
    return np.sign(basis[np.abs(basis).argmax(0), np.arange(basis.shape[1])]).astype(np.float32)


# Sides, each in a process of its own ---------------------------------------------------------------------------------


class JaxSide:
    """RRAEs: its models, its losses, and the step that its trainer takes."""

    def __init__(self, step, folder):
        import RRAEs.config  # Sets the base class that the models need.
        import equinox as eqx
        import jax
        import optax
        from RRAEs.AE_classes import RRAE_MLP, VRRAE_CNN, Vanilla_AE_MLP
        from RRAEs.training_classes import AE_Trainor_class
        from RRAEs.utilities import loss_generator
        self.eqx, self.jax = eqx, jax
        batch, parameters, noise = given(folder)
        self.variational = step["plugin"] == "vrrae"
        self.batch = jax.numpy.asarray(np.moveaxis(batch, 0, -1))  # Samples last.
        key = jax.random.PRNGKey(0)
        common = {"latent_size": step["latent"], "k_max": step["rank"] or -1, "key": key}
        if step["family"] == "mlp":
            model_class = RRAE_MLP if step["rank"] else Vanilla_AE_MLP
            softplus = jax.nn.softplus
            common |= {"in_size": step["sample_shape"][0],
                       "kwargs_enc": {"width_size": 64, "depth": 1, "activation": softplus},
                       "kwargs_dec": {"width_size": 64, "depth": 6, "activation": softplus}}
        else:
            model_class = VRRAE_CNN
            channels, height, width = step["sample_shape"]
            common |= {"channels": channels, "height": height, "width": width,
                       "kwargs_enc": {"width_CNNs": [32, 64]}, "kwargs_dec": {"width_CNNs": [256, 128, 32, 8]}}
        model = AE_Trainor_class(self.batch, model_class, **common).model
        self.signs = None
        model = self.with_parameters(model, parameters)
        self.arguments = {}
        if step["rank"]:
            self.arguments["k_max"] = step["rank"]
        if self.variational:
            from RRAEs.utilities import stable_SVD
            u = np.asarray(stable_SVD(model.encode(self.batch))[0])[:, :step["rank"]]
            self.signs = canonical_signs(u)
            model = self.with_parameters(model, parameters)
            epsilon = jax.numpy.asarray((noise * self.signs).T)
            self.arguments |= {"beta": BETA, "idx": None}
        else:
            epsilon = None
            self.arguments["idx"] = None
        loss_fun = loss_generator({"vrrae": "VRRAE", "rrae-strong": "RRAE", "ae": "default"}[step["plugin"]], None)
        optim = optax.adabelief(LEARNING_RATE)
        filter_spec = jax.tree_util.tree_map(lambda _: True, model)

        @eqx.filter_jit
        def gradients(model):
            diff_model, static_model = eqx.partition(model, filter_spec)
            return loss_fun(diff_model, static_model, self.batch, self.batch, epsilon=epsilon, **self.arguments)

        @eqx.filter_jit
        def make_step(model, input, out, opt_state, epsilon):
            diff_model, static_model = eqx.partition(model, filter_spec)
            (loss, aux), grads = loss_fun(diff_model, static_model, input, out, epsilon=epsilon, **self.arguments)
            updates, opt_state = optim.update(grads, opt_state)
            diff_model = eqx.apply_updates(diff_model, updates)
            return loss, eqx.combine(diff_model, static_model), opt_state, aux

        (loss, _), grads = gradients(model)
        self.loss = float(loss)
        self.gradients = [np.asarray(g) for g in self.leaves(grads)]
        self.model, self.make_step, self.epsilon = model, make_step, epsilon
        self.state = optim.init(eqx.filter(eqx.partition(model, filter_spec)[0], eqx.is_inexact_array))

    @staticmethod
    def locations(model):
        """The arrays in the order of the parameters, with what turns each into PyTorch's layout."""
        def convolution(layer):
            return [(layer.weight, "same"), (layer.bias, "bias")]

        def transposed(layer):
            return [(layer.weight, "transposed"), (layer.bias, "bias")]

        def linear(layer):
            return [(layer.weight, "same"), (layer.bias, "same")]
        if not hasattr(model._encode, "width_size"):
            cnn, mlp = model._encode.layers[:2]
            found = [pair for layer in cnn.layers for pair in convolution(layer)]
            found += [pair for layer in mlp.layers for pair in linear(layer)]
            found += [(model.lin_logvar.weight, "signs"), (model.lin_logvar.bias, "same")]
            mlp, cnn, last = model._decode.layers[:3]
            found += [pair for layer in mlp.layers for pair in linear(layer)]
            found += [pair for layer in cnn.layers for pair in transposed(layer)]
            return found + convolution(last)
        return [pair for mlp in (model._encode, model._decode) for layer in mlp.layers for pair in linear(layer)]

    def turn(self, array, how, shape=None):
        """To or from PyTorch's layout: each of these turns is its own inverse, but for the shape of a bias."""
        if how == "transposed":
            array = np.ascontiguousarray(array.swapaxes(0, 1)[:, :, ::-1, ::-1])
        if how == "signs" and self.signs is not None:
            array = array * self.signs
        return array.reshape(shape) if shape is not None else array.ravel() if how == "bias" else array

    def with_parameters(self, model, parameters):
        pairs = self.locations(model)
        values = [self.jax.numpy.asarray(self.turn(p, how, old.shape)) for p, (old, how) in zip(parameters, pairs, strict=True)]
        return self.eqx.tree_at(lambda m: [array for array, _ in self.locations(m)], model, values)

    def leaves(self, grads):
        return [self.turn(np.asarray(array), how) for array, how in self.locations(grads)]

    def step(self):
        loss, self.model, self.state, _ = self.make_step(self.model, self.batch, self.batch, self.state, self.epsilon)
        loss.item()
        self.jax.block_until_ready(self.state)

    def versions(self):
        return {name: importlib.metadata.version(name) for name in ("RRAEs", "jax", "equinox", "optax")}


class TorchSide:
    """PyTorch, with a model whose parameters stand in our order."""

    def __init__(self, step, folder, model, optimiser, loss, channels_last=False, compiled=False):
        batch, parameters, noise = given(folder)
        self.batch = torch.from_numpy(batch)
        self.noise = None if noise is None else torch.from_numpy(noise)
        with torch.no_grad():
            for ours, theirs in zip(parameters, model.parameters(), strict=True):
                theirs.copy_(torch.from_numpy(ours))
        if channels_last and self.batch.ndim == 4:
            model = model.to(memory_format=torch.channels_last)
            self.batch = self.batch.contiguous(memory_format=torch.channels_last)
        self.model = model.train()
        self.optimiser = optimiser(self.model.parameters())
        self.loss_function = torch.compile(loss) if compiled else loss
        value = self.loss_function(self.model, self.batch, self.noise)
        value.backward()
        self.loss = value.item()
        self.gradients = [p.grad.detach().numpy(force=True).copy() for p in self.model.parameters()]

    def step(self):
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.loss_function(self.model, self.batch, self.noise)
        loss.item()
        loss.backward()
        self.optimiser.step()

    def versions(self):
        return {"torch": torch.__version__}


def relative_error(estimate, reference):
    return 100 * torch.linalg.norm(estimate - reference) / torch.linalg.norm(reference)


def kl(mean, log_variance):
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum()


def plain_networks(step):
    from torch import nn
    shape, latent = step["sample_shape"], step["latent"]
    if step["family"] == "mlp":
        def mlp(sizes):
            layers = [nn.Linear(sizes[0], sizes[1])]
            for inputs, outputs in zip(sizes[1:], sizes[2:]):
                layers += [nn.Softplus(), nn.Linear(inputs, outputs)]
            return nn.Sequential(*layers)
        return mlp([shape[0], 64, latent]), mlp([latent] + [64] * 6 + [shape[0]])
    channels, extent, _ = shape
    half = (extent + 1) // 2
    quarter = (half + 1) // 2
    encoder = nn.Sequential(nn.Conv2d(channels, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU(),
                            nn.Flatten(), nn.Linear(64 * quarter * quarter, latent))
    start = (extent + 15) // 16
    decoder = [nn.Linear(latent, 32 * start * start), nn.Unflatten(1, (32, start, start))]
    for inputs, outputs in zip((32, 256, 128, 32), (256, 128, 32, 8)):
        decoder += [nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, 1), nn.ReLU()]
    return encoder, nn.Sequential(*decoder, nn.Conv2d(8, channels, 1 + 16 * start - extent))


def plain_side(step, folder, reduce="svd", **route):
    """`reduce`: svd, or RR_layer's layer."""
    from torch import nn
    rank = step["rank"]

    class Plain(nn.Module):
        def __init__(self):
            super().__init__()
            encoder, decoder = plain_networks(step)
            self.encoder = encoder
            if step["plugin"] == "vrrae":
                self.log_variance = nn.Linear(rank, rank)
            self.decoder = decoder

    model = Plain()
    if reduce == "RR_layer" and rank:
        from RR_layer import RRLayer
        layer = RRLayer(rank)

    def modes(latent):
        """N x k and k x L."""
        if reduce == "RR_layer":
            _, basis, coefficients = layer(latent, return_factors=True)
            return coefficients.t(), basis.t()
        v, s, ut = torch.linalg.svd(latent, full_matrices=False)
        return v[:, :rank] * s[:rank], ut[:rank]

    def loss(model, batch, noise):
        latent = model.encoder(batch)
        if not rank:
            return relative_error(model.decoder(latent), batch)
        if step["plugin"] != "vrrae":
            if reduce == "RR_layer":
                return relative_error(model.decoder(layer(latent)), batch)
            coefficients, basis = modes(latent)
            return relative_error(model.decoder(coefficients @ basis), batch)
        coefficients, basis = modes(latent)
        fixed = basis.detach()
        signs = fixed.gather(1, fixed.abs().argmax(1, keepdim=True)).sign()
        mean = coefficients * signs.t()
        log_variance = model.log_variance(mean)
        z = mean + noise * (0.5 * log_variance).exp()
        return relative_error(model.decoder(z @ (basis * signs)), batch) + BETA * kl(mean, log_variance)

    return TorchSide(step, folder, model, lambda p: torch.optim.Adam(p, lr=LEARNING_RATE, fused=True), loss, **route)


class PortSide(TorchSide):
    """RRAEsTorch: its models, its losses, and the step that its trainer takes."""

    def __init__(self, step, folder):
        import RRAEsTorch.config  # Sets the base class that the models need.
        from RRAEsTorch.AE_classes import RRAE_MLP, VRRAE_CNN, Vanilla_AE_MLP
        from RRAEsTorch.utilities import loss_generator, stable_SVD
        rank = step["rank"]
        if step["family"] == "mlp":
            softplus = {"activation_layer": torch.nn.Softplus}
            model_class = RRAE_MLP if rank else Vanilla_AE_MLP
            model = model_class(in_size=step["sample_shape"][0], latent_size=step["latent"], k_max=rank or -1,
                                kwargs_enc={"width_size": 64, "depth": 1, **softplus},
                                kwargs_dec={"width_size": 64, "depth": 6, **softplus})
        else:
            channels, height, width = step["sample_shape"]
            model = VRRAE_CNN(channels, height, width, step["latent"], rank, kwargs_enc={"width_CNNs": [32, 64]},
                              kwargs_dec={"width_CNNs": [256, 128, 32, 8]})
        which = loss_generator({"vrrae": "VRRAE", "rrae-strong": "RRAE", "ae": "default"}[step["plugin"]], None)

        class InOrder(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = model._encode
                if step["plugin"] == "vrrae":
                    self.log_variance = model.lin_logvar
                self.decoder = model._decode

        signs = {}

        def loss(wrapped, batch, noise):
            if step["plugin"] != "vrrae":
                arguments = {"k_max": rank} if rank else {}
                return which(model, batch, batch, idx=None, epsilon=None, **arguments)[0]
            if not signs:  # Of the first step: which way a mode points is left to LAPACK.
                with torch.no_grad():
                    u = stable_SVD(model.encode(batch).T)[0][:, :rank]
                    signs["of"] = torch.from_numpy(canonical_signs(u.numpy()))
                    model.lin_logvar.weight.mul_(signs["of"])
            return which(model, batch, batch, None, noise * signs["of"], k_max=rank, beta=BETA)[0]

        super().__init__(step, folder, InOrder(), lambda p: torch.optim.Adam(p, lr=LEARNING_RATE), loss)
        if signs:
            place = [name for name, _ in self.model.named_parameters()].index("log_variance.weight")
            self.gradients[place] *= signs["of"].numpy()

    def versions(self):
        return {"RRAEsTorch": importlib.metadata.version("RRAEsTorch"), "torch": torch.__version__}


def make_side(name, step, folder):
    if name == "RRAEs":
        return JaxSide(step, folder)
    if name == "RRAEsTorch":
        return PortSide(step, folder)
    if name == "RR_layer":
        side = plain_side(step, folder, reduce="RR_layer")
        side.versions = lambda: {"RR_layer": importlib.metadata.version("RR_layer"), "torch": torch.__version__}
        return side
    return plain_side(step, folder, channels_last=name.endswith("channels-last"), compiled=name.startswith("compile"))


def serve(name, step, folder):
    """As step_times.cpp: a line about the loss, then times for each number of steps that is asked for."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # RRAEsTorch prints.
    side = make_side(name, step, folder)
    np.savez(folder / f"{name}.npz", **{f"gradient_{i:03}": g for i, g in enumerate(side.gradients)})
    print(json.dumps({"loss": side.loss, "versions": side.versions()}), file=answers, flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            side.step()
            seconds.append(time.perf_counter() - start)
        print(json.dumps(seconds), file=answers, flush=True)


# The comparison ------------------------------------------------------------------------------------------------------


class Process:
    def __init__(self, command, threads, environment):
        cores = sorted(os.sched_getaffinity(0))[:threads]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
                                        preexec_fn=lambda: os.sched_setaffinity(0, cores))
        self.ready = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"ended with {self.process.wait()}")
        return json.loads(line)

    def time(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def gradient_difference(folder, name):
    """The largest over the parameters, each relative to its own gradient."""
    with np.load(folder / "plain.npz") as expected, np.load(folder / f"{name}.npz") as found:
        def norm(array):
            return float(np.linalg.norm(array.astype(np.float64)))
        return max(norm(found[key] - expected[key]) / norm(expected[key]) for key in expected)

def compare_step(step, options, versions):
    """(milliseconds of each side, whether all agree)"""
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    good, expected, sides = True, None, {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        draw_inputs(step, folder)
        (folder / "step.json").write_text(json.dumps(step))
        for side in sorted(options.sides, key=lambda side: SIDES[side] != "plain"):  # With which the others are compared.
            which = SIDES[side]
            if which in ("ours", "plain"):
                command = [options.program, which, step["name"], name, str(options.threads)]
            else:
                command = [sys.executable, __file__, "--serve", which, "--folder", name]
            try:
                process = Process(command, options.threads, environment)
            except RuntimeError as error:
                print(f"  {side:30} could not: {error}", file=sys.stderr)
                good &= which.startswith("compile")  # Needs Python's headers.
                continue
            sides[side] = process
            versions |= process.ready["versions"]
            if "processor" in process.ready:
                versions["processor"] = process.ready["processor"]
            loss = process.ready["loss"]
            expected = loss if expected is None else expected
            loss_difference, difference = abs(loss / expected - 1), gradient_difference(folder, which)
            known = which == "RRAEsTorch" and step["rank"] > 0
            agrees = loss_difference < 1e-4 and (difference < 1e-2 or known)
            good &= agrees
            print(f"  {side:30} loss {loss:.7g} ({loss_difference:.1e} off), gradients {difference:.1e} off"
                  f"{'' if agrees else '  DISAGREES'}{' (known)' if known else ''}", file=sys.stderr)
        times = measure(sides, options)
        for process in sides.values():
            process.close()
    return times, good


def measure(sides, options):
    """Round by round, each side a few steps: what else happens on the machine meets all of them."""
    first = {side: process.time(1)[0] for side, process in sides.items()}
    first |= {side: sides[side].time(1)[0] for side in sides if first[side] < options.slowest}  # Compiled by now.
    counts = {side: max(1, min(20, round(0.4 / seconds))) for side, seconds in first.items()}
    seconds = {side: [] for side in sides if first[side] < options.slowest}
    for _ in range(options.rounds):
        for side in seconds:
            if len(seconds[side]) < 3 or first[side] < 2:  # Three steps are enough of what takes seconds.
                seconds[side] += sides[side].time(counts[side])
    return {side: 1e3 * statistics.median(times) for side, times in seconds.items()}


def milliseconds(value):
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def table(rows, sides):
    """Markdown; routes of plain PyTorch in one column, the fastest of them."""
    columns = [side for side in sides if side not in TORCH_ROUTES]
    routes = [side for side in sides if side in TORCH_ROUTES]
    lines = ["| training step, ms | " + " | ".join(columns) + (" | torch, best of its routes |" if routes else " |"),
             "|---" + "|---:" * (len(columns) + bool(routes)) + "|"]
    for name, times in rows:
        cells = [milliseconds(times.get(side)) for side in columns]
        found = [(times[side], side) for side in routes if side in times]
        if routes:
            cells.append(f"{milliseconds(min(found)[0])} ({min(found)[1].removeprefix('torch ')})" if found else "")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def replace_section(file, text):
    begin, end = "<!-- steps:begin -->", "<!-- steps:end -->"
    content = file.read_text()
    if content.count(begin) != 1 or content.count(end) != 1:
        sys.exit(f"{file}: needs one line {begin} and one line {end}")
    file.write_text(content[:content.index(begin) + len(begin)] + "\n" + text + "\n" + content[content.index(end):])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="step_times of a build")
    parser.add_argument("--environment", type=pathlib.Path, default=pathlib.Path.home() / ".cache/rraebench-steps")
    parser.add_argument("--steps", default="", help="only steps whose name has this text")
    parser.add_argument("--sides", default=",".join(SIDES.values()), help="of " + ", ".join(SIDES.values()))
    parser.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slowest", type=float, default=30.0, help="seconds of a step above which a side is left out")
    parser.add_argument("--readme", type=pathlib.Path)
    for hidden in ("--inside", "--serve", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS, **({"action": "store_true"} if hidden == "--inside" else {}))
    options = parser.parse_args()
    if options.serve:
        if options.serve != "RRAEs":
            global torch
            import torch
        folder = pathlib.Path(options.folder)
        return serve(options.serve, json.loads((folder / "step.json").read_text()), folder)
    if not options.program:
        parser.error("--program is needed")
    unknown = set(options.sides.split(",")) - set(SIDES.values())
    if unknown:
        parser.error(f"no side {', '.join(sorted(unknown))}; there are {', '.join(SIDES.values())}")
    options.sides = [side for side, which in SIDES.items() if which in options.sides.split(",") + ["plain"]]
    steps = json.loads(subprocess.run([options.program, "list"], check=True, capture_output=True, text=True).stdout)
    steps = [step for step in steps if options.steps in step["name"]]
    if not steps:
        parser.error(f"no step has '{options.steps}' in its name")
    rows, versions, good = [], {}, True
    for step in steps:
        print(step["name"], file=sys.stderr)
        times, agrees = compare_step(step, options, versions)
        rows.append((step["name"], times))
        good &= agrees
    processor = versions.pop("processor")
    made_with = ", ".join(f"{name} {version}" for name, version in versions.items())
    text = f"{table(rows, options.sides)}\n\n{processor}, {options.threads} threads, float32; {made_with}."
    print(text)
    if options.readme:
        replace_section(options.readme, text)
    sys.exit(0 if good else 1)


if "--inside" not in sys.argv and "--serve" not in sys.argv and not {"-h", "--help"} & set(sys.argv):
    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument("--environment", type=pathlib.Path, default=pathlib.Path.home() / ".cache/rraebench-steps")
    enter_environment(chosen.parse_known_args()[0].environment)
if not {"-h", "--help"} & set(sys.argv):
    import numpy as np
main()
