"""Random blocks of every GGUF quantisation with gguf-py's own dequantisation of them, for tests/storage/quantisation_test.cpp.

    python tests/data/make/quantisations.py        (needs numpy, gguf, safetensors; made with gguf 0.19.0)
"""
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as Type, GGML_QUANT_SIZES
from gguf.quants import dequantize
from safetensors.numpy import save_file

N_BLOCKS = 12
# Where the half-precision numbers of a block lie: random bits there would be infinities and NaN.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "F16": [0], "BF16": [],
}

random = np.random.default_rng(4)
out = {}
for name, halves in HALVES.items():
    kind = Type[name]
    block, size = GGML_QUANT_SIZES[kind]
    packed = random.integers(0, 256, (N_BLOCKS, size), dtype=np.uint8)
    for at in halves:
        packed[:, at:at + 2] = random.normal(0, 1, (N_BLOCKS, 1)).astype(np.float16).view(np.uint8)
    if name == "BF16":
        packed = (random.normal(0, 1, (N_BLOCKS, 1)).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    values = dequantize(packed.reshape(-1), kind).astype(np.float32).reshape(-1)
    assert np.isfinite(values).all() and values.size == N_BLOCKS * block
    out[f"{name}.packed"] = packed.reshape(-1)
    out[f"{name}.values"] = values
folder = Path(__file__).parent.parent / "quantisations"
save_file(out, folder / "blocks.safetensors")
