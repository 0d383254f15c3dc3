#!/bin/bash
# From a catalogue of preview URLs to scored songs, on a fresh Debian 12 machine:
#   apps/demo.sh                      a synthetic catalogue, served from loopback
#   apps/demo.sh --catalogue FILE     your own CSV with an id, a preview URL, an artist and a popularity column
# Results go to demo/ (or demo/own/). A second run redoes nothing that is done.
set -euo pipefail

catalogue=
while [ $# -gt 0 ]; do
  case $1 in
    --catalogue) catalogue=$(realpath -e "${2:?--catalogue needs a file}"); shift 2 ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "demo.sh: unknown option '$1' (see --help)" >&2; exit 2 ;;
  esac
done

. "$(dirname "$0")/setup.sh"
install_missing "${build_packages[@]}"
build_all "$(grep -qs '^BUILD_TESTING:BOOL=ON' "$build/CMakeCache.txt" && echo ON || echo OFF)"
hitscope=$build/bin/hitscope
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT

# serve FOLDER PORT: sets server; fails where the port is taken
serve() {
  python3 -m http.server "$2" --bind 127.0.0.1 --directory "$1" >/dev/null 2>&1 &
  server=$!
  for _ in $(seq 50); do
    kill -0 "$server" 2>/dev/null || { server=; return 1; }
    (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && return 0
    sleep 0.1
  done
  return 1
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

fetch_flags=()
if [ -z "$catalogue" ]; then
  work=$root/demo
  mkdir -p "$work/served/clips"
  # The port stays the same from run to run, so that the URLs do: a finished fetch then has nothing to request.
  port=$(cat "$work/port" 2>/dev/null || free_port)
  serve "$work/served/clips" "$port" || { port=$(free_port); serve "$work/served/clips" "$port"; }
  echo "$port" >"$work/port"
  say "the demo catalogue: 120 SYNTHETIC clips of invented artists; popularity depends in part on what can be heard, in part on chance"
  "$build/libexec/hitscope/make_demo_catalogue" "$work/served" --base-url "http://127.0.0.1:$port"
  catalogue=$work/served/catalogue.csv
  fetch_flags=(--allow-private-addresses)
else
  work=$root/demo/own
  mkdir -p "$work"
fi

# Exit code 1 says that some rows failed, which they may: the rest goes on.
step() { say "hitscope ${*/#$root\//}"; "$hitscope" "$@" || [ $? -eq 1 ] || exit 3; }
step fetch "$catalogue" --out "$work/clips" "${fetch_flags[@]}"
step render "$work/clips" --out "$work/spectrograms" --png "$work/pictures"
step train "$catalogue" --spectrograms "$work/spectrograms" --out "$work/run" --test-fraction 0.25
# Three clips that training never saw.
mapfile -t files < <(awk -F, '$3 == "test" { print $2 }' "$work/run/split.csv" | while read -r id; do
  ls "$work/clips/clips/$id".* 2>/dev/null; done | sed -n '1,3p')
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(ls "$work"/clips/clips/* | sed -n '1,3p')
step score "$work/run" "${files[@]}"

say "done"
[ "$work" != "$root/demo" ] || echo "The catalogue is synthetic: these figures say that the program works, not what makes a hit."
echo "leaderboard:  $work/run/leaderboard.txt"
echo "report:       $work/run/report.html"
echo "a picture:    $(ls "$work"/pictures/*.png | sed -n 1p)"
