# shellcheck shell=bash
# Sourced by the examples' scripts, from the root of the repository: what they
# have in common.

coxswain=build/release/coxswain

# From a fresh Debian 12 to the program and the model.
prepare() {
  # shellcheck source-path=SCRIPTDIR source=first_light/install.sh
  source examples/first_light/install.sh
  install_packages build
  examples/first_light/fetch_model
  cmake --preset release > /dev/null
  echo "building (a few minutes the first time)"
  cmake --build --preset release --target coxswain
}

# run_sweep SWEEP [--alone]: by MPI, two workers and a coordinator; or in one
# process.
run_sweep() {
  local start=$SECONDS
  if [ "${2-}" = --alone ]; then
    $coxswain run "$1"
  else
    # The coordinator hardly computes: it shares a core with a worker.
    if [ "$(id -u)" = 0 ]; then
      export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    mpirun --oversubscribe --bind-to none -n 3 $coxswain run "$1"
  fi
  echo "the run took $((SECONDS - start)) s"
  echo
}

# The only option that they take.
only_alone() {
  case "${1-}" in
    "" | --alone) ;;
    *) echo "run: unknown option $1; it takes --alone or nothing" >&2; exit 2 ;;
  esac
}
