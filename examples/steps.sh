# shellcheck shell=bash
# Sourced by the examples' scripts, from the root of the repository: what they
# have in common.

coxswain=build/release/coxswain
preset=release

# From a fresh Debian 12 to the program and the model.
prepare() {
  # shellcheck source-path=SCRIPTDIR source=first_light/install.sh
  source examples/first_light/install.sh
  install_packages build
  examples/first_light/fetch_model
  cmake --preset $preset > /dev/null
  echo "building (a few minutes the first time)"
  cmake --build --preset $preset --target coxswain
}

# run_sweep SWEEP [OPTION]: by MPI, two workers and a coordinator; or in one
# process, which --cuda means, too.
run_sweep() {
  local start=$SECONDS
  if [ -n "${2-}" ]; then
    $coxswain run "$1"
  else
    # The coordinator hardly computes: it shares a core with a worker.
    if [ "$(id -u)" = 0 ]; then
      export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    # Quiet, the run's words are the last; but then mpirun does not say either
    # when it could not start a rank, or lost one.
    local code=0
    mpirun --quiet --oversubscribe --bind-to none -n 3 $coxswain run "$1" || code=$?
    if [ $code -ne 0 ]; then
      [ $code -le 14 ] || echo "mpirun ended with $code; without --quiet it says why" >&2
      exit $code
    fi
  fi
  echo "the run took $((SECONDS - start)) s"
  echo
}

# The options that they take.
one_option() {
  case "${1-}" in
    "" | --alone) ;;
    --cuda)
      if [ -z "${COXSWAIN_TORCH-}" ]; then
        echo "run: --cuda needs COXSWAIN_TORCH, the folder of a libtorch (README.md)" >&2
        exit 2
      fi
      preset=cuda coxswain=build/cuda/coxswain ;;
    *) echo "run: unknown option $1; it takes --alone, --cuda or nothing" >&2; exit 2 ;;
  esac
}
