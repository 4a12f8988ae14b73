# shellcheck shell=bash
# Sourced by scripts, to start as many ranks as asked for, whoever runs it,
# however few cores there are.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
mpi_options=()  # more of mpirun's

# mpi_run N COMMAND...: to its end.
mpi_run() {
  mpirun --oversubscribe --mca btl_vader_single_copy_mechanism none \
    "${mpi_options[@]}" -n "$@"
}

# mpi_start N COMMAND...: in the background; mpirun's own process id is in $!.
mpi_start() {
  mpirun --oversubscribe --mca btl_vader_single_copy_mechanism none \
    "${mpi_options[@]}" -n "$@" &
}
