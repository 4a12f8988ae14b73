"""h5_distance.py A B: how far apart two results.h5 of one sweep are, as JSON: of
floating-point columns the largest distance, as a share of the column's largest
value in B (null: a number here, none there); of all others the names of those
that differ. Ends with 1 if a distance is above 1e-3, what two devices in float32
stay far below.
"""
import json
import sys

import h5py
import numpy as np

MOST = 1e-3


def columns(path):
    found = {}

    def add(name, node):
        if isinstance(node, h5py.Dataset):
            data = node[()]
            if data.dtype.names is None:
                found[name] = data
            else:
                found.update({f"{name}.{field}": data[field]
                              for field in data.dtype.names})

    with h5py.File(path) as h5:
        h5.visititems(add)
    return found


def distance(one, other):
    if one.shape != other.shape:
        return np.inf
    # Where both are no number, or the same infinity, they are not apart.
    apart = ~((one == other) | (np.isnan(one) & np.isnan(other)))
    if not apart.any():
        return 0.0
    far = np.abs(one[apart].astype(float) - other[apart].astype(float)).max()
    largest = np.abs(other[np.isfinite(other)]).max(initial=0)
    return float(far / largest) if np.isfinite(far) and largest > 0 else np.inf


def main():
    one, other = (columns(path) for path in sys.argv[1:])
    distances, differing = {}, sorted(one.keys() ^ other.keys())
    for name in one.keys() & other.keys():
        if np.issubdtype(one[name].dtype, np.floating):
            distances[name] = distance(one[name], other[name])
        elif not np.array_equal(one[name], other[name]):
            differing.append(name)
    worst = max(distances, key=distances.get)
    far = distances[worst]
    print(json.dumps({"columns": len(distances), "worst": worst,
                      "distance": far if np.isfinite(far) else None,
                      "differing": differing}))
    return 0 if distances[worst] <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
