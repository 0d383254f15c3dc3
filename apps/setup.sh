# Sourced by apps/demo.sh, tests/run.sh and other scripts: installs what is missing (Debian 12 packages) and builds.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libtorch-dev libgloo-dev libopenblas0-openmp # OpenBLAS on the threads of LibTorch: Debian's default BLAS is many times slower
  libfftw3-dev libsoxr-dev libopencv-dev libpng-dev
  libsndfile1-dev libmpg123-dev libavformat-dev libavcodec-dev libavutil-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev libcsv-dev libutf8proc-dev libidn2-dev libxxhash-dev zlib1g-dev
  libcli11-dev libeigen3-dev nlohmann-json3-dev libexpected-dev libfmt-dev libnanoflann-dev libxgboost-dev node-chart.js
  libonnx-dev libprotobuf-dev protobuf-compiler
  ca-certificates python3
)
test_packages=(libgtest-dev libcpp-httplib-dev python3-numpy python3-protobuf python3-torch python3-onnx python3-opencv chromium strace)

say() { printf '\n== %s\n' "$*"; }

install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "missing packages, and neither root nor sudo to install them: ${missing[*]}" >&2; exit 3; }
    as_root=(sudo)
  fi
  say "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# build_all ON|OFF: with or without the tests
build_all() {
  say "building (Release, ninja) in ${build#"$root"/}"
  local configure_log; configure_log=$(mktemp)
  (cd "$root" && cmake --preset release -DBUILD_TESTING="$1" >"$configure_log" 2>&1) ||
    { cat "$configure_log" >&2; rm -f "$configure_log"; exit 3; }
  rm -f "$configure_log"
  cmake --build "$build"
}

# serve FOLDER PORT: answers on PORT, or on a free one where that is taken; sets server and port
serve() {
  local ready
  exec {ready}< <(exec python3 -c '
import functools, http.server, sys
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_): pass
handler = functools.partial(Quiet, directory=sys.argv[1])
try:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), handler)
except OSError:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port, flush=True)
server.serve_forever()' "$1" "$2")
  server=$!
  read -r port <&"$ready"
}
