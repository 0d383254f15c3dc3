#!/bin/bash
# From a catalogue of preview URLs to scored songs, on a fresh Debian 12 machine:
#   apps/demo.sh                      a synthetic catalogue, served from loopback
#   apps/demo.sh --with-leak          the same, in which some songs stand under two artists: what the audit says
#   apps/demo.sh --seed N             another synthetic catalogue
#   apps/demo.sh --catalogue FILE     your own CSV with an id, a preview URL, an artist and a popularity column
# Results go to demo/ (or demo/own-NAME/). A second run redoes nothing that is done.
set -euo pipefail

catalogue=
seed=7
leak=
while [ $# -gt 0 ]; do
  case $1 in
    --catalogue) catalogue=$(realpath -e "${2:?--catalogue needs a file}"); shift 2 ;;
    --with-leak) leak=1; shift ;;
    --seed) seed=${2:?--seed needs a number}; shift 2 ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "demo.sh: unknown option '$1' (see --help)" >&2; exit 2 ;;
  esac
done

. "$(dirname "$0")/setup.sh"
install_missing "${build_packages[@]}"
build_all "$(grep -qs '^BUILD_TESTING:BOOL=ON' "$build/CMakeCache.txt" && echo ON || echo OFF)"
hitscope=$build/bin/hitscope
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT

flags=()
if [ -z "$catalogue" ]; then
  work=$root/demo${leak:+/with-leak}
  [ "$seed" = 7 ] || work=$work/seed-$seed
  mkdir -p "$work/served/clips"
  # The port stays the same from run to run, so that the URLs do: a finished fetch then has nothing to request.
  serve "$work/served/clips" "$(cat "$work/port" 2>/dev/null || echo 0)"
  echo "$port" >"$work/port"
  say "the demo catalogue: 400 SYNTHETIC songs of 130 invented artists, 7 seconds of each"
  "$build/libexec/hitscope/make_demo_catalogue" "$work/served" --seconds 7 --seed "$seed" \
    ${leak:+--repeated 60} --base-url "http://127.0.0.1:$port"
  catalogue=$work/served/catalogue.csv
  flags=(--allow-private-addresses --no-proxy)
else
  work=$root/demo/own-$(basename "$catalogue" .csv)-$(echo "$catalogue" | sha256sum | cut -c1-6)
  mkdir -p "$work"
  flags=(--retry-failed)
fi
run=$work/run-$(sha256sum "$catalogue" | cut -c1-8)  # another catalogue is another run

# Exit code 1 says that some rows failed, which they may: the rest goes on.
step() { say "hitscope ${*//$root\//}"; "$hitscope" "$@" || [ $? -eq 1 ] || exit 3; }
step fetch "$catalogue" --out "$work/clips" "${flags[@]}"
if [[ $catalogue == "$work"/served/* ]]; then  # coarse spectrograms and four heads, so that it takes a minute or two
  step render "$work/clips" --out "$work/spectrograms" --png "$work/pictures" --duration 7 --n-mels 64 --hop-length 1024
  step train "$catalogue" --spectrograms "$work/spectrograms" --out "$run" --labels median --test-fraction 0.4 \
    --heads logistic,random_forest,cnn,fusion --epochs 20 --calibrate platt
else
  step render "$work/clips" --out "$work/spectrograms" --png "$work/pictures"
  step train "$catalogue" --spectrograms "$work/spectrograms" --out "$run" --test-fraction 0.25
fi
# Three clips that training never saw, under the names of their tracks.
mapfile -t files < <(python3 -c '
import csv, os, re, sys
run, store, names = sys.argv[1:]
test = [row["id"] for row in csv.DictReader(open(run + "/split.csv")) if row["part"] == "test"]
file = {row["id"]: row["file"] for row in csv.DictReader(open(store + "/results.csv")) if row["status"] == "ok"}
os.makedirs(names, exist_ok=True)
for id in test[:3]:
    name = os.path.join(names, re.sub("[^A-Za-z0-9_-]", "_", id) + os.path.splitext(file[id])[1])
    if not os.path.exists(name):
        os.link(os.path.join(store, file[id]), name)
    print(name)' "$run" "$work/clips" "$work/unheard")
step score "$run" "${files[@]}"

if [[ $catalogue == "$work"/served/* ]]; then
  python3 "$(dirname "$0")/demo_summary.py" "$run" "$work" "$catalogue"
else
  say "done"
  echo "leaderboard:  $run/leaderboard.txt"
  echo "report:       $run/report.html"
  echo "a picture:    $(ls "$work"/pictures/*.png | sed -n 1p)"
fi
