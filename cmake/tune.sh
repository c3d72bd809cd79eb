# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by the launcher: `./shardsim tune` builds ns-3 from Debian's own source package for this
# machine, into .tune/ beside the launcher, which uses it from then on; `tune --undo` takes it away.
# What is half-made is never used: the finished tree is moved into place at the very end.
#
# -ffp-contract=off keeps the compiler from fusing multiplications and additions, which would round
# differently: the tuned ns-3 gives the same results to the bit.

tune_usage="usage: ./shardsim tune           build a faster ns-3 for this machine (some 10 minutes)
       ./shardsim tune --undo    back to Debian's ns-3"

tune_modules="core;network;internet;applications;point-to-point;csma;traffic-control;virtual-net-device;stats;flow-monitor;bridge"

# tune_step WHAT COMMAND... : what it prints is of interest only when it fails.
tune_step() {
  local what=$1
  shift
  say "$what"
  if ! "$@" >>"$tune_log" 2>&1; then
    tail -n 20 "$tune_log" >&2
    say "tune: failed: $what; the whole log: $tune_log"
    exit 1
  fi
}

# Debian's sources of ns-3, with apt's checks of signatures, but without touching its configuration:
# lists, cache and sources are private, and the machine may have no deb-src entry.
tune_download() {
  local site release key=/usr/share/keyrings/debian-archive-keyring.gpg sign=
  [ ! -r "$key" ] || sign="[signed-by=$key] "
  mkdir -p lists/partial cache/archives/partial parts
  apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' 'Component: main' \
    'Origin: Debian' | sort -u | while read -r site release; do
    echo "deb-src $sign$site $release main"
  done >sources.list
  [ -s sources.list ] || { echo "apt knows no Debian mirror: try apt-get update" && return 1; }
  local apt=(apt-get -q -o "Dir::Etc::SourceList=$PWD/sources.list"
    -o "Dir::Etc::SourceParts=$PWD/parts" -o "Dir::State::Lists=$PWD/lists"
    -o "Dir::Cache=$PWD/cache" -o Debug::NoLocking=1 -o "APT::Sandbox::User=$(id -un)")
  "${apt[@]}" update && "${apt[@]}" source --download-only ns3
}

tune_unpack() {
  mkdir source && tar xf ns3_*.orig.tar.* -C source --strip-components=1 && [ -d source/ns-3.* ]
}

tune() {
  case "${1:-}" in
  '') ;;
  --undo)
    [ -d "$root/.tune" ] || { say "tune: there is nothing to undo" && exit 0; }
    rm -rf "$root/.tune" "$root/build-tuned"
    say "tune: undone; Debian's ns-3 is used again"
    exit 0
    ;;
  --help | -h) echo "$tune_usage" && exit 0 ;;
  *) say "tune: '$1' is not known; allowed: --undo" && exit 2 ;;
  esac
  [ ! -d "$tuned" ] || { say "tune: done already; ./shardsim tune --undo takes it back" && exit 0; }
  command -v apt-get >/dev/null || { say "tune: needs apt-get and Debian's source package" && exit 1; }

  local work=$root/.tune/work
  rm -rf "$work"
  mkdir -p "$work"
  tune_log=$root/.tune/tune.log
  : >"$tune_log"
  cd "$work"
  tune_step "downloading the source of Debian's ns-3" tune_download
  tune_step "unpacking it" tune_unpack
  # Where lld or mold are installed ns-3 would take them, and they do not know GCC's LTO objects.
  tune_step "configuring it" cmake -S source/ns-3.* -B build -G Ninja -DCMAKE_BUILD_TYPE=release \
    -DCMAKE_INSTALL_PREFIX="$tuned" "-DNS3_ENABLED_MODULES=$tune_modules" \
    -DNS3_NATIVE_OPTIMIZATIONS=ON -DNS3_LINK_TIME_OPTIMIZATION=ON \
    -DCMAKE_CXX_FLAGS=-ffp-contract=off -DNS3_LOG=OFF -DNS3_ASSERT=OFF -DNS3_EXAMPLES=OFF \
    -DNS3_TESTS=OFF -DNS3_PYTHON_BINDINGS=OFF -DNS3_WARNINGS_AS_ERRORS=OFF -DNS3_GTK3=OFF \
    -DNS3_SQLITE=OFF -DNS3_GSL=OFF -DNS3_MPI=OFF -DUSING_FAST_LINKER=none
  tune_step "building it (some 10 minutes; progress in $tune_log)" cmake --build build
  # Paths in what is installed are those of the place where it will stand.
  tune_step "installing it" env DESTDIR="$work/stage" cmake --install build
  mv "$work/stage$tuned" "$tuned"
  cd "$root"
  rm -rf "$work"
  say "tune: done; from now on ./shardsim builds with it (in build-tuned)"
}
