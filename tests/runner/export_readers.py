"""export_readers.py RESULTS FOLDER: what `coxswain export` wrote from a results
file, as the formats' own libraries read it: every vector bit for bit. Ends with
77 if a library is missing."""

import csv
import json
import pathlib
import sys

try:
    import gguf
    import h5py
    import numpy as np
    from safetensors import safe_open
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

results = h5py.File(sys.argv[1])
folder = pathlib.Path(sys.argv[2])
ARRAYS = {
    "tables/vectors": "arrays/vectors",
    "tables/decompositions": "arrays/reconstructions",
    "tables/variants": "arrays/variant_vectors",
}


def stored(facts):
    return results[ARRAYS[facts["table"]]][facts["row"]]


def equal(a, b):
    assert a.dtype == b.dtype == np.float32 and a.tobytes() == b.tobytes()


def check_safetensors(path):
    rows = set()
    with safe_open(str(path), framework="np") as file:
        metadata = file.metadata()
        digests = [row["digest"].decode() for row in results["tables/models"]]
        assert metadata["model_digest"] in digests
        for name in file.keys():
            facts = json.loads(metadata[name])
            rows.add((facts["table"], facts["row"]))
            assert f"/layer_{facts['layer']}/" in name
            equal(file.get_tensor(name), stored(facts))
    return rows


def check_gguf(path):
    reader = gguf.GGUFReader(path)
    text = {
        field.name: bytes(field.parts[-1]).decode()
        for field in reader.fields.values()
        if field.types == [gguf.GGUFValueType.STRING]
    }
    assert text["general.architecture"] == "controlvector"
    count = reader.fields["controlvector.layer_count"].parts[-1][0]
    assert count == len(reader.tensors) > 0
    for tensor in reader.tensors:
        assert tensor.tensor_type == gguf.GGMLQuantizationType.F32
        assert tensor.data_offset % 32 == 0
        facts = json.loads(text["coxswain." + tensor.name])
        assert tensor.name == f"direction.{facts['layer']}" != "direction.0"
        equal(np.asarray(tensor.data), stored(facts))
    return len(reader.tensors)


def check_csv(path):
    table = results[f"{path.parent.name}/{path.stem}"][:]
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(table)
    for name in table.dtype.names:
        column = [row[name] for row in rows]
        if table.dtype[name].kind == "S":
            assert column == [value.decode() for value in table[name]], name
        else:
            numbers = [text if text else "nan" for text in column]
            kind = table.dtype[name].type
            found = np.array([kind(n) for n in numbers], table.dtype[name])
            np.testing.assert_array_equal(found, table[name])


rows = set().union(*map(check_safetensors, folder.glob("*.safetensors")))
variants = results["tables/variants"][:]
originals = sum(variants["source"] == 0)
assert len([row for row in rows if row[0] == "tables/vectors"]) == len(
    results["tables/vectors"]
)
assert len([row for row in rows if row[0] == "tables/variants"]) == len(
    variants
) - originals
directions = [check_gguf(path) for path in folder.glob("gguf/*/*/*.gguf")]
tables = sorted(folder.glob("tables/*.csv")) + sorted(folder.glob("names/*.csv"))
assert rows and directions and tables
for path in tables:
    check_csv(path)
print(f"{len(rows)} vectors, {sum(directions)} directions in "
      f"{len(directions)} files, {len(tables)} tables: as stored")
