#!/bin/bash
# Installs what is missing, builds everything and runs every test. Arguments go to ctest, e.g. tests/run.sh -R LogMel
set -euo pipefail
. "$(dirname "$0")/../apps/setup.sh"
install_missing "${build_packages[@]}" "${test_packages[@]}"
command -v npm >/dev/null || install_missing npm  # where Node.js is not Debian's, it has brought its own
if [ ! -d "$root/build/npm/node_modules/onnxruntime-web" ]; then
  say "installing onnxruntime-web in build/npm"
  npm install --prefix "$root/build/npm" --ignore-scripts --no-save --no-audit --no-fund onnxruntime-web@1.20.1 ||
    say "npm cannot install onnxruntime-web: the tests that need it will be SKIPPED"
fi
build_all ON
say "testing"
ctest --test-dir "$build" --parallel 2 --output-on-failure --no-tests=error "$@"
