#!/bin/bash
# Makes the Debian packages, lets lintian look at them, installs them in a fresh minbase root without a compiler, and
# fetches, renders, trains, scores and exports there. Needs root, unshare and a Debian mirror.
#   tests/packages.sh               a new root, removed at the end
#   tests/packages.sh --keep DIR    the root stays in DIR
set -euo pipefail
. "$(dirname "$0")/../apps/setup.sh"
keep=
[ "${1:-}" != --keep ] || keep=$(realpath -m "${2:?--keep needs a folder}")
[ "$(id -u)" -eq 0 ] || { echo "packages.sh: chroot needs root; start it with sudo" >&2; exit 2; }

install_missing debootstrap lintian
packages=$root/build/packages
"$root/apps/package/build.sh" "$packages"
lintian --allow-root --fail-on error "$packages"/*.deb

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
clean=${keep:-$work/root}
say "a fresh root in $clean"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Codename: bookworm' | sed -n 1p)
debootstrap --variant=minbase bookworm "$clean" "$mirror" >"$work/debootstrap.log" || { tail "$work/debootstrap.log" >&2; exit 3; }
cp /etc/apt/apt.conf.d/* "$clean/etc/apt/apt.conf.d/"
echo 'APT::Install-Recommends "true";' >"$clean/etc/apt/apt.conf.d/zz-recommends"
cp /etc/resolv.conf "$clean/etc/"

# inside COMMAND: in the root, with its own mounts and processes
inside() {
  unshare --mount --pid --fork bash -c '
    mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount --rbind /sys "$0/sys" &&
      exec chroot "$0" /bin/bash -euo pipefail -c "$1"' "$clean" "$1"
}
cp "$packages"/hitscope_*.deb "$packages"/hitscope-models_*.deb "$clean/srv/"
say "installing"
start=$SECONDS
inside 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y /srv/hitscope*.deb' >"$work/apt.log" 2>&1 ||
  { tail "$work/apt.log" >&2; exit 3; }
echo "$((SECONDS - start)) s; $(grep -o '[0-9]* newly installed' "$work/apt.log")"
inside '! command -v gcc && ! command -v cmake && ! command -v python3' || { echo "not a clean root" >&2; exit 3; }

mkdir -p "$work/served/clips"
serve "$work/served/clips" 0
"$build/libexec/hitscope/make_demo_catalogue" "$work/served" --tracks 60 --artists 20 --seconds 3 --base-url "http://127.0.0.1:$port"
cp "$work/served/catalogue.csv" "$clean/srv/songs.csv"
inside '
  cd /srv
  hitscope --version
  hitscope doctor
  hitscope fetch songs.csv --out clips --allow-private-addresses --no-proxy
  hitscope render clips --out spectrograms --duration 3
  hitscope audit songs.csv || [ $? -eq 1 ]
  hitscope train songs.csv --spectrograms spectrograms --out run --heads logistic,random_forest,boosted_trees,mlp,cnn --epochs 3
  hitscope score run clips --format csv --output scores.csv
  hitscope export run --head cnn --onnx network.onnx
  test "$(wc -l <scores.csv)" -eq 61
  dpkg --verify hitscope hitscope-models'
say "the packages work in a clean root"
