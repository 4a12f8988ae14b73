# shellcheck shell=bash
# Sourced by scripts: installs Debian packages that are missing.

# What Coxswain is built with, but for libtorch.
library_packages=(
  libhdf5-dev libopenmpi-dev openmpi-bin libboost-dev libboost-serialization-dev
  libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libfmt-dev
  libpcre2-dev libutf8proc-dev libxxhash-dev libssl-dev libzip-dev)
build_packages=(
  g++ cmake ninja-build ccache pkg-config make
  libtorch-dev libopenblas0-openmp
  "${library_packages[@]}"
  python3 python3-pip python3-venv ca-certificates gnuplot-nox)
test_packages=(catch2 libbenchmark-dev clang-format-14 clang-tidy-19 shellcheck git
  procps util-linux slurm-wlm munge)

# install_packages build [tests]: says what it is about to install, and does.
install_packages() {
  local wanted=("${build_packages[@]}") missing=() package sudo=()
  if [ "${2-}" = tests ]; then wanted+=("${test_packages[@]}"); fi
  for package in "${wanted[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null |
      grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} = 0 ]; then return; fi
  echo "installing ${#missing[@]} Debian packages: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo > /dev/null; then
      echo "these packages are missing and this user can't install them;" \
        "run as root once, or install sudo" >&2
      exit 1
    fi
    sudo=(sudo)
  fi
  "${sudo[@]}" apt-get update -q > /dev/null ||
    { echo "apt-get update failed: is the network up?" >&2; exit 1; }
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -q -y \
    --no-install-recommends "${missing[@]}" > /dev/null ||
    { echo "apt-get could not install the packages above" >&2; exit 1; }
}
