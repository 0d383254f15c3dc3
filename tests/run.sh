#!/bin/bash
# Installs what is missing, builds everything and runs every test. Arguments go to ctest, e.g. tests/run.sh -R LogMel
set -euo pipefail
. "$(dirname "$0")/../apps/setup.sh"
install_missing "${build_packages[@]}" "${test_packages[@]}"
build_all ON
say "testing"
ctest --test-dir "$build" --parallel 2 --output-on-failure --no-tests=error "$@"
