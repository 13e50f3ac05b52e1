#!/usr/bin/env bash
# A researcher's evening: a VAE in PyTorch beside this project's own on real MNIST, with the commands that new-model
# prints. The figures agree within the seeds' spread, and pytorch-fid's FID of the exported samples is ours.
#   RRAEBENCH_TEST_DATA_DIR=~/data RRAEBENCH_PYTHON=venv/bin/python python_mnist_test.sh BUILD_FOLDER
# The Python needs torch and pytorch-fid, by pip. Ten minutes on two cores.
set -euo pipefail
build=$1
data=${RRAEBENCH_TEST_DATA_DIR:-}
python=$(cut -d: -f1 <<<"${RRAEBENCH_PYTHON:-python3}")
if [[ ! -d $data/mnist ]]; then
  echo "skipped: set RRAEBENCH_TEST_DATA_DIR to a folder that holds mnist/"
  exit 77
fi
if ! "$python" -c 'import torch, pytorch_fid.fid_score' 2>/dev/null; then
  echo "skipped: $python has no torch and pytorch-fid; name one that has by RRAEBENCH_PYTHON"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
export PATH=$work/installed/bin:$PATH RRAEBENCH_DATA_DIR=$data RRAEBENCH_CACHE_DIR=$work/cache
unset RRAEBENCH_PLUGIN_PATH RRAEBENCH_SUITE_PATH
cd "$work"

rraebench new-model --python my_vae
"$python" my_vae.py --data mnist
rraebench run my_vae.toml --db my_vae.db --keep weights,samples
rraebench report --db my_vae.db --format markdown --output my_vae.md
for label in my_vae vae vrrae; do
  grep -q "^| $label " my_vae.md || { echo "the report has no $label"; exit 1; }
done

# Two of one kind: no figure tells them apart by more than their seeds differ among themselves.
rraebench query "select protocol, name, variant, label, value from figures where label in ('my_vae', 'vae') and \
  ((protocol = 'reconstruct' and name = 'relative_error' and split = 'test') or name = 'fid')" \
  --db my_vae.db --format csv >figures.csv
"$python" - figures.csv <<'CHECK'
import collections, csv, sys
values = collections.defaultdict(lambda: collections.defaultdict(list))
for row in csv.DictReader(open(sys.argv[1])):
    values[row["protocol"], row["name"], row["variant"]][row["label"]].append(float(row["value"]))
assert len(values) == 3, dict(values)  # The error, and FID of both samplers.
for figure, of in values.items():
    scripted, native = of["my_vae"], of["vae"]
    assert len(scripted) == len(native) == 3, (figure, dict(of))
    distance = abs(sum(scripted) - sum(native)) / 3
    spread = max(scripted) - min(scripted) + max(native) - min(native)
    print(*figure, "my_vae", scripted, "vae", native)
    assert distance <= spread, (figure, distance, spread)
CHECK

# One extractor for both: what it gives is compared, not what it is worth.
cat >extractor.py <<'EXTRACTOR'
import torch
from torch import nn
class Extractor(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(),
                                    nn.Flatten(), nn.Linear(32 * 7 * 7, 64))
    def forward(self, images):
        return self.layers(images.to(torch.float32) / 255.0)
torch.manual_seed(1)
torch.jit.script(Extractor().eval()).save("extractor.pt")
EXTRACTOR
"$python" extractor.py
sed 's/^extractor = .*/extractor = "torchscript:extractor.pt"/' my_vae.toml >measured.toml
rraebench measure measured.toml --models my_vae --seeds 0 --db my_vae.db
ours=$(rraebench query "select value from figures where label = 'my_vae' and name = 'fid' and variant = 'prior' and \
  extractor like 'torchscript:%'" --db my_vae.db --format csv | tail -1 | tr -d '\r')
run=$(rraebench query "select id from runs where label = 'my_vae' and seed = 0 and status = 'ok' order by id limit 1" \
  --db my_vae.db --format csv | tail -1 | tr -d '\r')
rraebench export "$run" --what samples --sampler prior --db my_vae.db --output exported
"$python" - exported "$data/mnist" "$ours" <<'CHECK'
import gzip, pathlib, sys
import numpy as np, torch
from pytorch_fid.fid_score import calculate_frechet_distance
extractor = torch.jit.load("extractor.pt").eval()
def moments(images):  # N x 28 x 28 bytes
    rgb = torch.from_numpy(images.copy()).unsqueeze(1).expand(-1, 3, -1, -1)
    with torch.no_grad():
        features = torch.cat([extractor(part) for part in rgb.split(500)]).numpy().astype(np.float64)
    return features.mean(0), np.cov(features, rowvar=False)
file = next(path for path in pathlib.Path(sys.argv[2]).iterdir() if path.name.startswith("t10k-images-idx3-ubyte"))
raw = gzip.open(file).read() if file.suffix == ".gz" else file.read_bytes()
real = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28)
samples = np.load(next(pathlib.Path(sys.argv[1]).glob("*.npy")))
generated = np.rint(samples.clip(0, 1) * 255).astype(np.uint8)[:, 0]
ours, theirs = float(sys.argv[3]), calculate_frechet_distance(*moments(real), *moments(generated))
print(f"FID of {len(generated)} exported samples: ours {ours:.9g}, pytorch-fid {theirs:.9g}")
assert abs(ours - theirs) <= 1e-4 * theirs
CHECK
