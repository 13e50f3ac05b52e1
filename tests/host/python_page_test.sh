#!/usr/bin/env bash
# The code of the README's section "Afterwards", as it stands there, on results that the program makes.
set -euo pipefail
build=$1
source=$2
python=${RRAEBENCH_PYTHON:-/usr/bin/python3}

has() { "$python" -c "import $1" 2> /dev/null; }
for package in numpy pandas matplotlib; do
  has $package || { echo "skipped: $python has no $package; install python3-$package"; exit 77; }
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export RRAEBENCH_CACHE_DIR=$folder/cache
unset RRAEBENCH_PLUGIN_PATH RRAEBENCH_SUITE_PATH RRAEBENCH_DATA_DIR

cat > page.toml << 'SUITE'
seeds = [0, 1]
keep = ["weights", "samples"]
[[comparison]]
name = "shift"
dataset = { name = "shift", test_count = 10 }
network = { family = "mlp", encoder_width = 8, decoder_depth = 1, decoder_width = 8 }
extractor = "pca:3"
generate = { count = 30, samplers = ["prior", "gaussian"] }
training = { batch_size = 17, stages = [{ learning_rate = 1e-3, steps = 30 }] }
[[comparison.models]]
plugin = "vae"
label = "VAE"
sweep = { option = "latent", values = [1, 2] }
SUITE
"$build/bin/rraebench" run page.toml --threads 1

# Every block of the section that begins with ```python, one after the other.
awk '/^## / { inside = /^## Afterwards/ } /^```/ { code = inside && /^```python/; next } code' \
  "$source/README.md" > page.py
grep -q "load_weights" page.py
if ! has torch; then
  echo "without torch: the weights are left out; install python3-torch"
  sed -i '/^import json/,$d' page.py
fi
cat >> page.py << 'CHECK'
assert list(means.label.unique()) == ["VAE latent=1", "VAE latent=2"], means
assert set(means.variant) == {"prior", "gaussian"} and (means.n == 2).all(), means
assert len(errors) == 4 and errors.value.notna().all(), errors
assert sorted(sweep.latent) == [1.0, 2.0], sweep
assert (costs.seconds > 0).all() and (costs.parameters > 0).all(), costs
assert failures.empty, failures
assert Path("loss.pdf").stat().st_size > 1000
assert samples.shape == (30, 200) and samples.dtype == np.float32 and np.isfinite(samples).all()
if "weights" in globals():
    assert weights["encoder.1.weight"].shape == (8, 200), list(weights)
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())
CHECK
MPLBACKEND=Agg "$python" page.py
echo "the page does what it says"
