#!/usr/bin/env bash
# From `rraebench new-plugin` to a result, outside the project: with an installation of this build, then with the
# build tree itself; and the example models as somebody else would build them.
#   new_plugin_test.sh BUILD_FOLDER SOURCE_FOLDER
set -euo pipefail
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"

try_plugin() {
  local prefix=$1 name=$2 kind=$3
  "$prefix/bin/rraebench" new-plugin "$name" --kind "$kind" --output "$work" >/dev/null 2>&1
  cmake -S "$work/$name" -B "$work/$name/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$work/configure.log"
  cmake --build "$work/$name/build"
  "$prefix/bin/rraebench" check-plugin "$work/$name/build/$name.so"
  "$prefix/bin/rraebench" run "$work/$name/$name.toml" --plugin-dir "$work/$name/build" --seeds 0 --scale 0.02 \
    --models "$name" --db "$work/$name.db" --cache-dir "$work/cache"
  local answer
  answer=$("$prefix/bin/rraebench" query "select model, status from run" --db "$work/$name.db" --format csv)
  [[ $answer == *"$name,ok"* ]] || { echo "no good run of $name: $answer"; exit 1; }
}

try_plugin "$work/installed" my-first-model ae
try_plugin "$work/installed" fitted-model closed-form
try_plugin "$build" second-model vae

cmake -S "$source/tests/plugins/examples" -B "$work/examples" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" \
  -DCMAKE_BUILD_TYPE=Release >"$work/configure.log"
cmake --build "$work/examples"
for example in annealed-vae conditional-vae mixture-prior principal-components wae-mmd; do
  "$work/installed/bin/rraebench" check-plugin "$work/examples/$example.so"
done

for file in README.md LICENSE examples/vae.cpp examples/vrrae.cpp; do
  [[ -s $work/installed/share/doc/rraebench/$file ]] || { echo "not installed: $file"; exit 1; }
done
