#!/usr/bin/env bash
# layers.sh SOURCE_FOLDER: who may include whom, and which folder alone sees
# each large foreign library.
set -euo pipefail
cd "$1"
bad=0

# includes FOLDER REGEX: includes of REGEX in FOLDER, which must not be there.
forbid() {
  local folder=$1 what=$2
  if grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($what)" \
    --include='*.hpp' --include='*.cpp' "$folder"; then
    echo "above: forbidden in $folder"
    bad=1
  fi
}

forbid storage '(jobs|analysis|cluster|runner)/'
forbid jobs '(analysis|cluster|runner)/'
forbid analysis '(jobs|cluster|runner)/'
forbid cluster '(storage|jobs|analysis|runner)/'
for folder in jobs analysis cluster runner; do forbid $folder 'hdf5|H5|zip\.h'; done
for folder in storage analysis cluster runner; do
  forbid $folder 'ATen/|torch/|c10/'
done
for folder in storage jobs analysis runner; do forbid $folder 'mpi\.h|boost/mpi'; done
for folder in storage jobs analysis cluster; do
  forbid $folder 'toml\+\+|CLI/'
done
exit $bad
