#!/bin/bash
# Fuzzes one target for some seconds: tests/fuzz/run.sh TARGET [SECONDS], e.g. tests/fuzz/run.sh tables 600
# TARGET is a file of tests/fuzz/targets; default: decode, 60 s.
# Builds with clang in build/fuzz. What the fuzzer learns stays in build/fuzz/corpus; findings go to
# build/fuzz/findings. Commit one worth keeping to tests/fuzz/regressions/TARGET, small and named after the fault: every
# later test run tries it.
set -euo pipefail
. "$(dirname "$0")/../../apps/setup.sh"
here=$root/tests/fuzz
build=$root/build/fuzz
target=${1:-decode}
seconds=${2:-60}
[ -f "$here/targets/$target.cpp" ] || { echo "$target is no target; there are: $(basename -s .cpp "$here"/targets/*.cpp | xargs)" >&2; exit 2; }
install_missing "${build_packages[@]}" "${test_packages[@]}" clang-14 libclang-rt-14-dev
export LSAN_OPTIONS=suppressions=$here/leaks.txt:print_suppressions=0 ASAN_OPTIONS=detect_odr_violation=0
mkdir -p "$build/corpus/$target" "$build/findings" "$here/regressions/$target"
if [[ $target == heads || $target == checkpoints ]]; then # these need LibTorch: see mutate.cpp
  build=$root/build/address
  say "building mutate in ${build#"$root"/}"
  (cd "$root" && cmake --preset address -DBUILD_TESTING=ON >/dev/null)
  cmake --build "$build" --target mutate
  say "changing the corpus of $target for $seconds s"
  exec setarch -R "$build/tests/fuzz/mutate" "$target" "$seconds" "$RANDOM" "$here/corpus/$target" "$here/regressions/$target"
fi
say "building fuzz_$target in ${build#"$root"/}"
(cd "$root" && cmake --preset fuzz >/dev/null)
cmake --build "$build" --target "fuzz_$target"
say "fuzzing $target for $seconds s"
"$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=2048 \
  -malloc_limit_mb=1024 -print_final_stats=1 -dict="$here/dictionaries/$target.dict" -artifact_prefix="$build/findings/$target-" \
  "$build/corpus/$target" "$here/corpus/$target" "$here/regressions/$target"
