# shellcheck shell=bash
# Sourced by scripts: mpi_run N COMMAND... with as many ranks as asked for,
# whoever runs it, however few cores there are.
mpi_options=()  # more of mpirun's
mpi_run() {
  local ranks=$1
  shift
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
    mpirun --oversubscribe --mca btl_vader_single_copy_mechanism none \
    "${mpi_options[@]}" -n "$ranks" "$@"
}
