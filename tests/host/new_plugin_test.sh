#!/usr/bin/env bash
# From `rraebench new-plugin` to a result, outside the project: with an installation of this build, then with the
# build tree itself; and two of the example models as somebody else would build them, one of them a kind of
# new-plugin's (the tests of plugins have them all, built in the tree).
#   new_plugin_test.sh BUILD_FOLDER SOURCE_FOLDER
set -euo pipefail
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RRAEBENCH_CACHE_DIR=$work/cache
unset RRAEBENCH_PLUGIN_PATH RRAEBENCH_SUITE_PATH RRAEBENCH_DATA_DIR
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"

# What is installed to be read has no link that leads nowhere.
links=0
while IFS= read -r page; do
  while IFS= read -r link; do
    links=$((links + 1))
    [ -e "$(dirname "$page")/$link" ] || { echo "$page: no $link"; exit 1; }
  done < <(grep -oP '\]\(\K[\w./-]+(?=[)#])' "$page" || true)
done < <(find "$work/installed/share/doc/rraebench" -name '*.md')
[ "$links" -ge 30 ] || { echo "only $links links were found"; exit 1; }

write_plugin() {
  local prefix=$1 name=$2 kind=$3
  "$prefix/bin/rraebench" new-plugin "$name" --kind "$kind" --output "$work" >/dev/null 2>&1
}

run_plugin() {
  local prefix=$1 name=$2 folder=$3
  "$prefix/bin/rraebench" check-plugin "$folder/$name.so"
  "$prefix/bin/rraebench" run "$work/$name/$name.toml" --plugin-dir "$folder" --seeds 0 --scale 0.02 \
    --models "$name" --db "$work/$name.db"
  local answer
  answer=$("$prefix/bin/rraebench" query "select model, status from run" --db "$work/$name.db" --format csv)
  [[ $answer == *"$name,ok"* ]] || { echo "no good run of $name: $answer"; exit 1; }
}

try_plugin() {
  local prefix=$1 name=$2 kind=$3
  write_plugin "$prefix" "$name" "$kind"
  cmake -S "$work/$name" -B "$work/$name/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$work/configure.log"
  cmake --build "$work/$name/build"
  run_plugin "$prefix" "$name" "$work/$name/build"
}

try_plugin "$work/installed" my-first-model ae
try_plugin "$build" second-model vae

cmake -S "$source/tests/plugins/examples" -B "$work/examples" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" \
  -DCMAKE_BUILD_TYPE=Release >"$work/configure.log"
cmake --build "$work/examples" --target principal-components conditional-vae
"$work/installed/bin/rraebench" check-plugin "$work/examples/conditional-vae.so"
write_plugin "$work/installed" principal-components closed-form
cmp "$work/principal-components/principal_components.cpp" "$work/examples/principal_components.cpp"
run_plugin "$work/installed" principal-components "$work/examples"

for file in README.md LICENSE examples/vae.cpp examples/vrrae.cpp; do
  [[ -s $work/installed/share/doc/rraebench/$file ]] || { echo "not installed: $file"; exit 1; }
done
