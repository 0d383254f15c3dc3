#!/bin/bash
# Fuzzes decode() for SECONDS (default 60): tests/fuzz/run.sh [SECONDS]
# Builds with clang in build/fuzz. What the fuzzer learns stays there; findings go to build/fuzz/findings. Commit one
# worth keeping to tests/fuzz/regressions, small and named after the fault: every later test run tries it.
set -euo pipefail
. "$(dirname "$0")/../../apps/setup.sh"
here=$root/tests/fuzz
build=$root/build/fuzz
install_missing clang-14 libclang-rt-14-dev cmake ninja-build pkg-config \
  libsndfile1-dev libavformat-dev libavcodec-dev libavutil-dev libexpected-dev
say "building in ${build#"$root"/}"
cmake -S "$here" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang-14 -DCMAKE_CXX_COMPILER=clang++-14 >/dev/null
cmake --build "$build"
mkdir -p "$build/corpus" "$build/findings"
export LSAN_OPTIONS=suppressions=$here/leaks.txt:print_suppressions=0
say "fuzzing for ${1:-60} s"
"$build/decode_fuzz" -max_total_time="${1:-60}" -max_len=65536 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=512 \
  -print_final_stats=1 -artifact_prefix="$build/findings/" "$build/corpus" "$here/corpus" "$here/regressions"
