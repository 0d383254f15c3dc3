#!/bin/bash
# Runs what needs no LibTorch under sanitizers: the tests of ingest and dsp, and fetch and render against misbehaving
# servers, kills and bad files. tests/sanitize.sh [address|thread] (default: both, one after the other)
# Builds in build/address (with undefined behaviour) and build/thread; a finding ends with a report and exit code 1.
set -euo pipefail
. "$(dirname "$0")/../apps/setup.sh"
install_missing "${build_packages[@]}" "${test_packages[@]}"
export PYTHONDONTWRITEBYTECODE=1 HITSCOPE_SANITIZED=1
# Another exit code than any of ours; FFmpeg's and libsndfile's own leaks are not ours to mend.
export ASAN_OPTIONS=exitcode=99:max_allocation_size_mb=2048 LSAN_OPTIONS=suppressions=$root/tests/fuzz/leaks.txt:print_suppressions=0
export TSAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
# Sanitizers of GCC 12 cannot live with much randomness in addresses.
plain() { setarch -R "$@"; }
sanitizers=("$@")
[ $# -gt 0 ] || sanitizers=(address thread)
for sanitizer in "${sanitizers[@]}"; do
  build=$root/build/$sanitizer
  say "building with -fsanitize=$sanitizer in ${build#"$root"/}"
  (cd "$root" && cmake --preset "$sanitizer" -DBUILD_TESTING=ON >/dev/null)
  cmake --build "$build" --target ingest_test dsp_test hitscope hitscope-fetch hitscope-render make_demo_catalogue
  export HITSCOPE=$build/bin/hitscope HITSCOPE_DEMO=$build/libexec/hitscope/make_demo_catalogue
  say "testing with -fsanitize=$sanitizer"
  plain "$build/tests/ingest_test" --gtest_brief=1
  plain "$build/tests/dsp_test" --gtest_brief=1
  for test in "faults" "fetch_shares" "kill KilledFetch KilledRender" "bad_input FetchCatalogue FetchRows RenderFiles"; do
    # shellcheck disable=SC2086
    set -- $test
    plain /usr/bin/python3 "$root/tests/apps/$1_test.py" "${@:2}"
  done
done
say "nothing found"
