#!/usr/bin/env bash
# mpi_gpus.sh BUILD_FOLDER: of three workers that see two GPUs, the third is
# refused, and the others do its work; told that they may share, all compute;
# told to take two each, they do.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
source "$(dirname "$0")/../support/held.sh"
build=$1
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$folder"' EXIT
"$build/make_toy_sweep" "$folder"
"$build/coxswain" run "$folder/sweep.toml" --out "$folder/alone" 2> /dev/null
export CUDA_VISIBLE_DEVICES=5,7

said() { grep -q "$1" "$folder/said"; }
show_all() { cat "$folder/said"; }
# have GPUS: workers 1 and 2, as status has it.
have() {
  test "$("$build/coxswain" status "$run" --workers 2> /dev/null |
    awk '$1 == 1 || $1 == 2 { printf "%s ", $3 }')" = "$1 "
}

# begin NAME RANKS OPTION...: a run in which no task ends before go_on.
begin() {
  run=$folder/$1
  held_program 0
  mpi_start "$2" "$program" run "$folder/sweep.toml" --out "$run" "${@:3}" \
    > "$folder/said" 2>&1
  mpirun=$!
}
end() {
  go_on
  wait $mpirun || { show_all; exit 1; }
  show_all
  cmp "$folder/alone/results.h5" "$run/results.h5"
}

begin few 4
wait_for said '5,7 for 3 workers'
wait_for have '5 7'
end
said '3 workers of 1 thread share' || [ "$(nproc)" -ge 3 ]
have '5 7'

begin shared 4 --share-gpus
for worker in 1 2 3; do wait_for waits $worker; done
end
if said 'for 3 workers'; then exit 1; fi

export CUDA_VISIBLE_DEVICES=0,1,2,3,4
begin pairs 3 --gpus-per-worker 2
wait_for have '0,1 2,3'
end
if said 'for 2 workers'; then exit 1; fi
