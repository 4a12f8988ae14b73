#!/usr/bin/env bash
# submit.sh BUILD_FOLDER: the script that submit prints, what it refuses, and what
# it makes of a site's sbatch; no Slurm is needed.
set -euo pipefail
source "$(dirname "$0")/../support/expect.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
toy="$folder/a toy"
"$build/make_toy_sweep" "$toy"
sweep=$toy/sweep.toml
before=$(cd "$toy" && find . | sort)

# sound OPTION...: the script is one that shells and people can read.
sound() {
  "$coxswain" submit "$sweep" --dry-run "$@" > "$folder/job.sh"
  bash -n "$folder/job.sh"
  if command -v shellcheck > /dev/null; then shellcheck "$folder/job.sh"; fi
  test "$(wc -l < "$folder/job.sh")" -le 130
  test "$(wc -L < "$folder/job.sh")" -le 200
}
sound
sound --nodes 3 --workers-per-node 2 --time 04:00:00 --partition gpu \
  --account a1 --qos long --memory 64G --cpus-per-worker 2 \
  --set 'steer.multipliers=[-1, 1]' --only layer=1
grep -qxF '#SBATCH --time=04:00:00' "$folder/job.sh"
grep -qxF '#SBATCH --mem=64G' "$folder/job.sh"
grep -qF -- "--set 'steer.multipliers=[-1, 1]' --only layer=1" "$folder/job.sh"
sound --launcher srun --gpus-per-node 4
grep -qxF '#SBATCH --ntasks-per-node=4' "$folder/job.sh"
sound --gpus-per-node 5 --gpus-per-worker 2
grep -qxF '#SBATCH --ntasks-per-node=2' "$folder/job.sh"
grep -qF -- ' --gpus-per-worker 2' "$folder/job.sh"
sound --jobs 3
grep -qxF '#SBATCH --no-requeue' "$folder/job.sh"
sound --set 'cluster.environment=["export A=1", "export B=2"]' \
  --set 'cluster.container=apptainer exec --nv image.sif'
test "$before" = "$(cd "$toy" && find . | sort)"

# The file says what the flags may change.
cat >> "$sweep" << 'END'
[cluster]
partition = "cpu"
nodes = 2
workers_per_node = 2
time = "02:00:00"
END
sound --nodes 5
grep -qxF '#SBATCH --partition=cpu' "$folder/job.sh"
grep -qxF '#SBATCH --nodes=5' "$folder/job.sh"

# Where it runs changes nothing of what it is.
"$coxswain" plan "$sweep" --print > "$folder/with"
sed -i '/^\[cluster\]/,$d' "$sweep"
"$coxswain" plan "$sweep" --print | cmp - "$folder/with"

submit=("$coxswain" submit "$sweep" --dry-run)
expect 4 "cluster.memory: 300M, expected at least" "${submit[@]}" --memory 300M
expect 4 "or for fewer workers_per_node" "${submit[@]}" --memory 500M \
  --workers-per-node 8
expect 4 "cluster.time" "${submit[@]}" --time tomorrow
expect 4 'one of mpirun, srun' "${submit[@]}" --launcher aprun
expect 2 "--jobs" "${submit[@]}" --jobs 0
mkdir "$folder/other"
touch "$folder/other/file"
expect 8 "name another one with --out" "${submit[@]}" --out "$folder/other"
"$coxswain" run "$sweep" --only layer=1 --out "$folder/run" > /dev/null 2>&1
sed -i 's/^name = "toy"/name = "another"/' "$sweep"
expect 8 "the run of a sweep named toy" "${submit[@]}" --out "$folder/run"
sed -i 's/^name = "another"/name = "toy"/' "$sweep"

# As in the job: what ends the call is in its file, and nothing is begun late.
expect 13 "" "$coxswain" run "$sweep" --out "$folder/late" \
  --until "$(date +%s)" --exit-file "$folder/exit"
grep -qx '{"exit":13,"sentence":""}' "$folder/exit"
"$coxswain" status "$folder/late" > "$folder/out"
grep -q 'no task would have ended in time' "$folder/out"
expect 0 "sealed in" "$coxswain" run "$sweep" --out "$folder/late" \
  --until "$(($(date +%s) + 3600))" --exit-file "$folder/exit"
grep -qx '{"exit":0,"sentence":""}' "$folder/exit"
expect 4 "did you mean" "$coxswain" run "$sweep" --set steer.rando=1 \
  --exit-file "$folder/exit"
grep -q '{"exit":4,"sentence":".*did you mean' "$folder/exit"

# What sbatch is told and answers.
mkdir "$folder/bin"
cat > "$folder/bin/sbatch" << 'END'
#!/bin/bash
echo "$*" >> "$(dirname "$0")/calls"
[ ! -e "$(dirname "$0")/full" ] || { echo "sbatch: error: no such account" >&2; exit 1; }
echo "sbatch: welcome" >&2
echo "$((100 + $(wc -l < "$(dirname "$0")/calls")));here"
END
chmod +x "$folder/bin/sbatch"
submit=("$coxswain" submit "$sweep" --out "$folder/new")
expect 11 "no such program on PATH" env PATH=/nowhere "${submit[@]}"
export PATH=$folder/bin:$PATH
expect 0 "submitted job 103, after 102" "${submit[@]}" --jobs 3
grep -qF "coxswain status $folder/new --watch" "$folder/out"
grep -qF "memory of a worker" "$folder/out"
script=$folder/new/slurm/job.sh
printf -- '--parsable %s\n' "$script" "--dependency=afterany:101 $script" \
  "--dependency=afterany:102 $script" | cmp - "$folder/bin/calls"
touch "$folder/bin/full"
expect 11 "sbatch: error: no such account" "${submit[@]}"
bash -n "$script"
