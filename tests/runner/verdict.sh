#!/usr/bin/env bash
# verdict.sh BUILD_FOLDER: few atoms of vectors, and features that a user names:
# planned, computed by any number of workers, grown, reported, exported,
# refused.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/support/expect.sh
. "$here/../support/expect.sh"
# shellcheck source=tests/support/mpi.sh
. "$here/../support/mpi.sh"
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
coxswain=$build/coxswain
"$build/make_toy_sweep" "$folder/sweep"
sweep=$folder/sweep/sweep.toml
run() {  # CODE TEXT RUN
  expect "$1" "$2" "$coxswain" run "$sweep" --out "$folder/$3"
}

run 0 "tasks sealed in" base
cat >> "$sweep" << 'END'

[verdict]
atoms = [1, 2, 4]
needed = 2
random_supports = 3
cosine_supports = 2
disjoint = 2
rotated = 2

[[support]]
sae = "toy-sae"
features = "features.txt"
END
echo "9, 4  # two of them" > "$folder/sweep/features.txt"
cp "$sweep" "$folder/asked.toml"

# Beside all that was there, by any number of workers.
cp -r "$folder/base" "$folder/grown"
expect 0 "[verdict] of omp:4: the strongest 1, 2, 4 atoms" "$coxswain" plan "$sweep"
expect 0 "new draws (random-support:1 0" "$coxswain" plan "$sweep" --out "$folder/grown"
run 0 "tasks sealed in" grown
run 0 "tasks sealed in" fresh
cmp "$folder/grown/results.h5" "$folder/fresh/results.h5"
for workers in 2 4; do
  expect 0 "tasks sealed in" mpi_run $((workers + 1)) "$coxswain" run "$sweep" \
    --out "$folder/workers$workers"
  cmp "$folder/fresh/results.h5" "$folder/workers$workers/results.h5"
done

"$coxswain" export "$folder/fresh" --out "$folder/tables" --format csv \
  > "$folder/log"
python3 - "$folder/tables" << 'END'
import collections, csv, sys

def rows(name):
    with open(f"{sys.argv[1]}/{name}.csv") as file:
        return list(csv.DictReader(file))

methods = {row["id"]: row["name"] for row in rows("names/methods")}
parts = {row["id"]: row["name"] for row in rows("names/parts")}
of = rows("tables/decompositions")
draws = collections.Counter((row["vector"], methods[row["method"]], row["parameter"])
                            for row in of if row["draw"] != "-1")
vectors = {vector for vector, *_ in draws}
expected = {("random-support", k): 3 for k in "124"} | \
    {("random-cosine", k): 2 for k in "124"} | \
    {("disjoint", "4"): 2, ("rotated", "4"): 2, ("support", "2"): 1}
assert draws == {(vector, *one): n for vector in vectors for one, n in expected.items()}, draws
for vector in vectors:
    steered = collections.Counter(
        (methods[of[int(row["decomposition"])]["method"]], parts[row["part"]])
        for row in rows("tables/variants")
        if row["decomposition"] != "-1" and row["vector"] == vector and
        of[int(row["decomposition"])]["vector"] == vector and
        of[int(row["decomposition"])]["parameter"] in "124")
    # As they are and as long as the vector; random ones of each number.
    assert steered[("random-support", "all")] == 2 * 3 * 3, steered
    assert steered[("random-cosine", "all")] == 3 * 2, steered
    assert steered[("disjoint", "first")] == steered[("rotated", "first")] == 2 * 2 * 3
    assert steered[("omp", "without_first")] == 3, steered
    for part in ("atom", "minus_atom", "off_atom"):
        assert steered[("omp", part)] == 2, steered
    assert steered[("support", "all")] == 2, steered
END

expect 0 "reconstruction (support:2" "$coxswain" report "$folder/fresh" --all
"$coxswain" report "$folder/fresh" --write > "$folder/log"
"$coxswain" export "$folder/fresh" --out "$folder/vectors" > "$folder/log"
grep -q "draw_1" "$folder/vectors/"*.safetensors

# More atoms and draws compute their own alone.
sed -i 's/^random_supports.*/random_supports = 4/; s/^disjoint.*/disjoint = 3/' "$sweep"
run 0 "tasks sealed in" grown
run 0 "tasks sealed in" again
cmp "$folder/grown/results.h5" "$folder/again/results.h5"

# What can't be.
refused() {  # TEXT SED
  sed "$2" "$folder/asked.toml" > "$sweep"
  expect 4 "$1" "$coxswain" plan "$sweep"
}
refused "dimensions that SAE" 's/^atoms = .*/atoms = [1, 2000]/'
refused "needd" 's/^needed = /needd = /'
refused "none.txt" 's/features.txt/none.txt/'
refused "toy-sae" 's/^sae = "toy-sae"/sae = "toy-sea"/'
refused "by [verdict] random_supports" '/^\[verdict\]/a methods = ["random-support:4"]'
echo "9 nine" > "$folder/sweep/features.txt"
refused '"nine"' 's/^x//'
echo "9 999999" > "$folder/sweep/features.txt"
refused "999999" 's/^x//'
