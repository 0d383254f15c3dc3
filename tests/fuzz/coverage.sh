#!/bin/bash
# Says which lines of the readers a fuzz target reaches: tests/fuzz/coverage.sh TARGET [CORPUS...], e.g. after
# tests/fuzz/run.sh tables 600. Runs each file of the target's committed corpus, of its regressions, of what run.sh left in
# build/fuzz/corpus/TARGET and of CORPUS once, and prints llvm-cov's report of the sources that the target aims at.
# Builds with clang in build/coverage. Not for heads and checkpoints, which clang cannot compile (see run.sh).
set -euo pipefail
. "$(dirname "$0")/../../apps/setup.sh"
here=$root/tests/fuzz
build=$root/build/coverage
target=${1:?usage: tests/fuzz/coverage.sh TARGET [CORPUS...]}
declare -A readers=(
  [decode]="ingest/audio_type.cpp ingest/decode*.cpp ingest/frame_sizes.cpp ingest/level_meter.cpp ingest/mono_output.cpp
            ingest/ogg_links.cpp ingest/quarantine.cpp ingest/stated_lengths.cpp ingest/mp3"
  [tables]="ingest/tables"
  [urls]="ingest/url.cpp ingest/browser_url.cpp ingest/host_header.cpp ingest/fetch_policy.cpp"
  [responses]="ingest/response_headers.cpp ingest/fetch_policy.cpp"
  [settings]="apps/spectrograms/npy.cpp apps/spectrograms/render_settings.cpp ingest/tables/schema_json.cpp
              models/data/label_json.cpp models/data/table_encoder_json.cpp models/data/value_scale.cpp dsp/json.h"
  [trees]="models/classical/boosted_ensemble.cpp models/classical/random_forest.cpp models/classical/trees.cpp
           models/classical/tree_bytes.h"
  [stores]="apps/fetch/store_care.cpp apps/fetch/store_merge.cpp apps/fetch/store_rebuild.cpp apps/clips/fetch_results.cpp
            ingest/fetch_journal.cpp ingest/clip_store.cpp"
  [reports]="apps/report apps/shell/printable.cpp"
)
[ -n "${readers[$target]:-}" ] || { echo "$target has no coverage; these have: ${!readers[*]}" >&2; exit 2; }
install_missing "${build_packages[@]}" "${test_packages[@]}" clang-14 libclang-rt-14-dev llvm-14
say "building fuzz_$target in ${build#"$root"/}"
(cd "$root" && cmake --preset coverage >/dev/null)
cmake --build "$build" --target "fuzz_$target"
corpora=()
for folder in "$here/corpus/$target" "$here/regressions/$target" "$root/build/fuzz/corpus/$target" "${@:2}"; do
  [ -d "$folder" ] && corpora+=("$folder")
done
export LLVM_PROFILE_FILE=$build/$target.profraw
"$build/tests/fuzz/fuzz_$target" -runs=0 -max_len=65536 -rss_limit_mb=4096 "${corpora[@]}" 2>&1 | tail -n 2
llvm-profdata-14 merge -sparse "$LLVM_PROFILE_FILE" -o "$build/$target.profdata"
cd "$root"
# shellcheck disable=SC2086 # the readers are words, some with wildcards
llvm-cov-14 report "$build/tests/fuzz/fuzz_$target" -instr-profile "$build/$target.profdata" ${readers[$target]} |
  awk '/^-+$/ || /^Filename/ || NF < 13 { next } { printf "%-40s %6s lines, %s reached\n", $1, $8, $10 }'
