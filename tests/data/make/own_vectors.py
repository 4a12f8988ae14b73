#!/usr/bin/env python3
"""Vectors as people have them on disk, by the libraries that write them (numpy 2.4, torch 2.15, safetensors 0.8, gguf 0.19).

    python tests/data/make/own_vectors.py tests/data/own_vectors

Element i of the vector of layer L is L + i / 8: what half precision holds without rounding.
"""
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFWriter
from safetensors.torch import save_file

D = 6


def vector(layer):
    return np.array([layer + i / 8 for i in range(D)], dtype=np.float32)


def tensor(layer):
    return torch.from_numpy(vector(layer))


def control_vector(path, layers, name=None):
    """As repeng's export_gguf() and llama.cpp's generator have it."""
    out = GGUFWriter(str(path), "controlvector")
    out.add_string("controlvector.model_hint", "llama")
    out.add_uint32("controlvector.layer_count", len(layers))
    if name:
        out.add_name(name)
    for layer in layers:
        out.add_tensor(f"direction.{layer}", vector(layer))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


to = Path(sys.argv[1])
to.mkdir(parents=True, exist_ok=True)
control_vector(to / "repeng.gguf", [3, 1, 2])
control_vector(to / "named.gguf", [2], "honesty")
control_vector(to / "zeroth.gguf", [0, 1])
np.savez(to / "layers.npz", layer_2=vector(2), layer_10=vector(10).astype(np.float16))
np.savez_compressed(to / "two_kinds.npz", mean_2=vector(2).astype(np.float64), probe_2=vector(20), scores=np.zeros((3, 2)))
np.savez(to / "matrix.npz", directions=np.stack([vector(0), vector(1)]))
np.save(to / "alone.npy", vector(1))
torch.save({2: tensor(2), 10: tensor(10).half()}, to / "by_number.pt")
torch.save({2: tensor(2), 10: tensor(10)}, to / "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(tensor(4), to / "alone.pt")
torch.save({"vector": torch.nn.Parameter(tensor(4)[None]), "layer": 4, "model": "toy"}, to / "said_beside.pt")
torch.save(OrderedDict((f"model.layers.{n}.steer", tensor(n).bfloat16()) for n in (1, 2)), to / "modules.pt")
torch.save({"hidden_states": {5: tensor(5)}}, to / "hidden_states.pt")
save_file({"layer_1": tensor(1), "layer_2": tensor(2)}, to / "layers.safetensors", {"model": "toy"})
save_file({"direction": tensor(7)}, to / "nowhere.safetensors")
save_file({"blocks.2.hook_resid_pre": tensor(2)}, to / "resid_pre.safetensors")
broken = vector(3)
broken[4] = np.nan
np.savez(to / "not_finite.npz", layer_3=broken)
