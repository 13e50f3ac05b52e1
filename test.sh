#!/usr/bin/env bash
# Installs packages, builds with warnings as errors, checks the formatting and runs all tests.
# Arguments go to ctest: ./test.sh -L fast
set -euo pipefail
cd "$(dirname "$0")"
.ci/install-dependencies
git ls-files -- '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
cmake --preset ci
cmake --build --preset ci
ctest --preset ci -j "$(nproc)" "$@"
