"""results.h5 as earlier format versions had it, made of one of version 6 by leaving out what they lacked.

    python tests/data/make/old_results.py tests/data/results/run/results.h5 tests/data/results        (needs h5py, numpy)

Writes 5.h5 and 4.h5. tests/data/results/run itself was made by the program of format version 6, with

    build/dev/make_toy_sweep toy; cp tests/data/results/sweep.toml toy
    build/dev/coxswain run toy/sweep.toml --out toy/run

of which journal, shards and results.h5 were kept. 7.h5 is the results.h5 that the program of format version 7 made in the same way, with [store] activations = "letter", 8.h5 that of
format version 8, with operations = ["add", "project-out"] in [steer], 9.h5 that of format version 9, with train_clusters = [4] and train_draws = 2 in [vector].
"""
import sys
from pathlib import Path

import h5py
import numpy as np

# What each version brought (storage/README.md).
TABLES = {6: ["tables/active_features", "tables/contexts", "arrays/active_feature_cosines"], 5: ["names/dose_rules"]}
COLUMNS = {5: {"tables/vectors": ["n_matching_a", "n_matching_b", "letter_norm", "letter_cosine"], "tables/variants": ["dose_rule"]}}
# Rows of names/* that were there before.
NAMES = {5: {"names/variants": 8, "names/controls": 9}}


def without(table, columns):
    kept = [name for name in table.dtype.names if name not in columns]
    rows = table[:]
    out = np.empty(rows.shape, [(name, table.dtype[name]) for name in kept])
    for name in kept:
        out[name] = rows[name]
    return out


def replace(file, path, rows):
    del file[path]
    file.create_dataset(path, data=rows)


def make(source, target, version):
    with h5py.File(source) as new, h5py.File(target, "w", libver="earliest") as old:
        for name in new:  # attributes are for readers, and large
            new.copy(name, old, without_attrs=True)
        for name, value in new.attrs.items():
            old.attrs.create(name, value, dtype=new.attrs.get_id(name).dtype)
        old.attrs.modify("format_version", version)
        for later in range(version + 1, 7):
            for path in TABLES.get(later, []):
                del old[path]
            for path, columns in COLUMNS.get(later, {}).items():
                replace(old, path, without(old[path], columns))
            for path, n in NAMES.get(later, {}).items():
                replace(old, path, old[path][:n])


def main():
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for version in (5, 4):
        make(source, folder / f"{version}.h5", version)


main()
