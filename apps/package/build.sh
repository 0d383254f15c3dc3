#!/bin/bash
# Makes the Debian packages and the tarball, and installs what that needs:
#   apps/package/build.sh [FOLDER]      default: build/packages
set -euo pipefail
. "$(dirname "$0")/../setup.sh"
folder=$(realpath -m "${1:-$root/build/packages}")
install_missing "${build_packages[@]}" dpkg-dev file
build_all "$(grep -qs '^BUILD_TESTING:BOOL=ON' "$build/CMakeCache.txt" && echo ON || echo OFF)"
say "packing"
mkdir -p "$folder"
rm -rf "$folder/_CPack_Packages" "$folder"/hitscope*.deb "$folder"/libhitscope*.deb "$folder"/hitscope-*.tar.gz
log=$(mktemp)
(cd "$build" && cpack -B "$folder" >"$log" 2>&1) || { cat "$log" >&2; exit 3; }
rm -rf "$folder/_CPack_Packages" "$log"
ls -s --block-size=kB "$folder"
