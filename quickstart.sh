#!/usr/bin/env bash
# From a fresh Debian 12 machine to report.html: installs packages, builds, runs the suite `quick`, writes the report.
set -euo pipefail
cd "$(dirname "$0")"
.ci/install-dependencies
cmake --preset release -DRRAEBENCH_TESTS=OFF
cmake --build --preset release
build/release/bin/rraebench run quick --db quick.db
build/release/bin/rraebench report --db quick.db --output report.html
echo "open $(pwd)/report.html in a browser; build/release/bin/rraebench --help shows what else there is"
