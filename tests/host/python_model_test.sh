#!/usr/bin/env bash
# From `rraebench new-model --python` to a report, with an installation of this build and every Python that has torch:
# those that RRAEBENCH_PYTHON names (with colons between), else python3 of the path and of the system.
#   python_model_test.sh BUILD_FOLDER
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has_torch() { "$1" -c 'import torch' 2>/dev/null; }

pythons=()
IFS=: read -ra candidates <<<"${RRAEBENCH_PYTHON:-python3:/usr/bin/python3}"
for candidate in "${candidates[@]}"; do
  path=$(command -v "$candidate" || true)
  if [[ -n $path && " ${pythons[*]} " != *" $path "* ]] && has_torch "$path"; then pythons+=("$path"); fi
done
if ((${#pythons[@]} == 0)); then
  echo "skipped: no python3 with torch; apt-get install python3-torch, or name one by RRAEBENCH_PYTHON"
  exit 77
fi

cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
rraebench=$work/installed/bin/rraebench
export OMP_NUM_THREADS=1 RRAEBENCH_CACHE_DIR=$work/cache
unset RRAEBENCH_PLUGIN_PATH RRAEBENCH_SUITE_PATH RRAEBENCH_DATA_DIR

try_python() {
  local python=$1 folder=$2
  mkdir "$folder"
  cd "$folder"
  echo "$python: torch $("$python" -c 'import torch; print(torch.__version__)')"
  "$rraebench" new-model --python my_vae
  "$python" my_vae.py
  "$rraebench" check-plugin scripted --option file=my_vae.pt
  "$rraebench" run my_vae.toml --seeds 0 --scale 0.1 --threads 1 --db my_vae.db 2>said.txt || {
    cat said.txt
    exit 1
  }
  grep -q "trying plugin 'scripted' with my_vae.pt" said.txt || { echo "the script was not tried: $(cat said.txt)"; exit 1; }
  if grep -q "breaks a promise" said.txt; then echo "the template is said to break promises: $(cat said.txt)"; exit 1; fi
  # One that draws whenever it is asked breaks the promise of encode().
  sed 's/^\( *\)def encode(self, samples.*/&\n\1    samples = samples + 0.01 * torch.randn_like(samples)/' my_vae.py >noisy.py
  "$python" - <<'END'
import importlib, torch
torch.jit.script(importlib.import_module("noisy").MyVae()).save("noisy.pt")
END
  sed 's/my_vae\.pt/noisy.pt/' my_vae.toml >noisy.toml
  "$rraebench" run noisy.toml --models my_vae --seeds 0 --scale 0.02 --threads 1 --db noisy.db 2>said.txt || true
  grep -q "'scripted' with noisy.pt breaks a promise: encode() and decode() are deterministic" said.txt ||
    { echo "a noisy encode() is not said: $(cat said.txt)"; exit 1; }
  local answer
  answer=$("$rraebench" query "select label || ' ' || status from run order by id" --db my_vae.db --format csv)
  for label in my_vae vae vrrae; do
    [[ $answer == *"$label ok"* ]] || { echo "no good run of $label: $answer"; exit 1; }
  done
  "$rraebench" report --db my_vae.db --format markdown --output my_vae.md
  for label in my_vae vae vrrae; do
    grep -q "^| $label " my_vae.md || { echo "the report has no $label"; exit 1; }
  done
}

for i in "${!pythons[@]}"; do try_python "${pythons[$i]}" "$work/$i"; done
