#!/usr/bin/env python3
"""A variational autoencoder in PyTorch, which rraebench trains and measures beside its own models.

    python3 my_model.py                            tests itself, writes my_model.pt and my_model.toml
    rraebench run my_model.toml --db my_model.db   trains and measures
    rraebench report --db my_model.db              report.html

The suite is of images that rraebench makes itself; `python3 my_model.py --data mnist` takes MNIST. What a module
must and may have, and what TorchScript cannot express: `scripted` in rraebench's README.
"""

import argparse
import math
import warnings
from pathlib import Path
from typing import Dict, Optional, Tuple

import torch
from torch import Tensor, nn

SHAPE = (1, 28, 28)  # C, H, W of a sample
LATENT = 16
BETA = 1e-3  # weight of the KL divergence, which is summed over batch and dimensions


def initialise(weight: Tensor, bias: Optional[Tensor]) -> None:
    """As PyTorch's layers do when they are made, which TorchScript cannot call: uniform within 1 / sqrt(fan in)."""
    bound = 1.0 / math.sqrt(float(weight[0].numel()))
    with torch.no_grad():
        weight.uniform_(-bound, bound)
        if bias is not None:
            bias.uniform_(-bound, bound)


class MyModel(nn.Module):
    """The networks are those of the family `cnn-vrrae`, so that `vae` in the suite is the same model."""

    def __init__(self, latent: int = LATENT, beta: float = BETA):
        super().__init__()
        channels, height, width = SHAPE
        self.latent_size = latent
        self.beta = beta
        self.start = (height + 15) // 16  # doubled four times, then cut to size by the last convolution
        features = 64 * ((height + 3) // 4) * ((width + 3) // 4)
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(features, latent))
        self.mean = nn.Linear(latent, latent)
        self.log_variance = nn.Linear(latent, latent)
        self.spread = nn.Linear(latent, 32 * self.start * self.start)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 256, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(256, 128, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(128, 32, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(32, 8, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.Conv2d(8, channels, 1 + 16 * self.start - height))

    @torch.jit.export
    def loss(self, samples: Tensor, indices: Tensor) -> Dict[str, Tensor]:
        """'total' is minimised, the rest recorded. Further arguments, by name, where you need them: labels and
        parameters (Tensor, or Optional[Tensor] for data without), step and total_steps (int)."""
        mean, log_variance = self.posterior(samples)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        error = 100.0 * (self.decode(z) - samples).norm() / samples.norm()  # relative, in %
        kl = -0.5 * (1.0 + log_variance - mean.square() - log_variance.exp()).sum()
        return {"total": error + self.beta * kl, "reconstruction": error.detach(), "kl": kl.detach()}

    @torch.jit.export
    def encode(self, samples: Tensor) -> Tensor:
        """N x C x H x W -> N x k, without noise: the posterior's mean."""
        return self.mean(self.encoder(samples))

    @torch.jit.export
    def decode(self, coefficients: Tensor) -> Tensor:
        """N x k -> N x C x H x W."""
        return self.decoder(self.spread(coefficients).view(-1, 32, self.start, self.start))

    @torch.jit.export
    def posterior(self, samples: Tensor) -> Tuple[Tensor, Tensor]:
        """Mean and log variance. Leave it out in a model without a posterior."""
        features = self.encoder(samples)
        return self.mean(features), self.log_variance(features)

    @torch.jit.export
    def prior(self, count: int) -> Tensor:
        """Draws of the prior, count x k. Leave it out in a model without a prior."""
        weight = self.mean.weight
        return torch.randn([count, self.latent_size], dtype=weight.dtype, device=weight.device)

    @torch.jit.export
    def reset_parameters(self, seed: int) -> None:
        """Gives each seed of a suite its own first weights."""
        torch.manual_seed(seed)
        for layer in self.encoder:
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                initialise(layer.weight, layer.bias)
        initialise(self.mean.weight, self.mean.bias)
        initialise(self.log_variance.weight, self.log_variance.bias)
        initialise(self.spread.weight, self.spread.bias)
        for layer in self.decoder:
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                initialise(layer.weight, layer.bias)


SUITE = """description = "@NAME@ beside a VAE with the same networks and a VRRAE"
seeds = [0, 1, 2]

[[comparison]]
name = "@DATA@"
dataset = @DATASET@
network = { family = "cnn-vrrae" }
extractor = "@EXTRACTOR@"
generate = { count = 1000, samplers = ["prior", "gaussian"] }

[comparison.training]
optimiser = "adam"
batch_size = 64
stages = [{ learning_rate = 1e-3, steps = 400 }, { learning_rate = 1e-4, steps = 100 }]

[[comparison.models]]
plugin = "scripted"
label = "@NAME@"
options = { file = "@FILE@" }

[[comparison.models]]
plugin = "vae"
options = { latent = @LATENT@, beta = @BETA@ }

[[comparison.models]]
plugin = "vrrae"
options = { latent = 64, rank = @LATENT@, beta = @BETA@ }
"""

DATA = {  # name: data set, extractor of the features that FID compares
    "gaussian2d": ('{ name = "gaussian2d", size = 28, test_count = 1000 }', "pca:16"),
    "mnist": ('{ name = "mnist" }', "classifier"),
}


def test(model: nn.Module, scripted: torch.jit.ScriptModule) -> None:
    """What is cheap to find here and annoying to find later."""
    samples, indices = torch.rand(8, *SHAPE), torch.arange(8)
    coefficients = scripted.encode(samples)
    assert coefficients.dim() == 2 and coefficients.size(0) == 8, "encode() must give N x k"
    assert scripted.decode(coefficients).shape == samples.shape, "decode() must give samples"
    assert torch.allclose(scripted.posterior(samples)[0], coefficients), "encode() must be the posterior's mean"
    assert scripted.prior(3).shape == (3, coefficients.size(1)), "prior() must give count x k"
    assert torch.allclose(model.decode(coefficients), scripted.decode(coefficients), atol=1e-6), "scripting changed it"
    scripted.loss(samples, indices)["total"].backward()
    for name, parameter in scripted.named_parameters():
        assert parameter.grad is not None, name + " has no part in the loss"
    first = []
    for seed in (1, 1, 2):
        scripted.reset_parameters(seed)
        first.append(torch.cat([parameter.detach().flatten().clone() for parameter in scripted.parameters()]))
    assert torch.equal(first[0], first[1]), "one seed must give the same weights"
    assert not torch.equal(first[0], first[2]), "another seed must give others"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=sorted(DATA), default="gaussian2d")
    data = parser.parse_args().data
    warnings.filterwarnings("ignore", message=".*torch.jit.*deprecated")  # by torch.export, which cannot train
    torch.manual_seed(0)
    model = MyModel()
    scripted = torch.jit.script(model)
    test(model, scripted)

    here = Path(__file__)
    file, suite = here.with_suffix(".pt"), here.with_suffix(".toml")
    scripted.save(str(file))
    text = SUITE
    dataset, extractor = DATA[data]
    for key, value in {"NAME": here.stem, "DATA": data, "DATASET": dataset, "EXTRACTOR": extractor, "FILE": file.name,
                       "LATENT": LATENT, "BETA": BETA}.items():
        text = text.replace("@" + key + "@", str(value))
    suite.write_text(text, encoding="utf-8")
    print("it works; wrote", file, "and", suite)


if __name__ == "__main__":
    main()
