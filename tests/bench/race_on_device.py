"""race_on_device.py FOLDER DEVICE SHAPE PEER: one sweep by coxswain (on the PATH)
and by a Python program that people use (batched_hooks.py), on one device, with
random weights of a shape: gemma-2-2b, or tiny to try this out. Everything is
made in FOLDER. Prints one JSON object; ends with 1 if the two do not agree.

Seconds leave out what loads. The large grid is coxswain's alone: the peer's time
for it is its time a pass on the small one, times the passes.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, Gemma2Config, Gemma2ForCausalLM

from race_data import write_race_data
from race_results import (coxswain_logits, coxswain_seconds,
                          distance_of_logits, peer_seconds)

SHAPES = {
    "gemma-2-2b": {
        "num_hidden_layers": 26, "hidden_size": 2304, "intermediate_size": 9216,
        "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
        "query_pre_attn_scalar": 256, "vocab_size": 256000},
    "tiny": {
        "num_hidden_layers": 6, "hidden_size": 128, "intermediate_size": 512,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32,
        "query_pre_attn_scalar": 32, "vocab_size": 4096},
}
BEHAVIOUR = "corrigible-neutral-HHH"
ITEMS = 16
LOGITS = 1e-3  # how far apart they may be in float32
SMALL = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]
LARGE = [round(0.2 * k, 1) for k in range(-10, 11)]

source = Path(__file__).resolve().parents[2]
folder, device, shape, peer = Path(sys.argv[1]), *sys.argv[2:]
n_layers = SHAPES[shape]["num_hidden_layers"]
few_layers = [n_layers * (k + 1) // 6 for k in range(5)]


def make_model():
    """Kept in bfloat16, so that both types compute with the same weights."""
    torch.manual_seed(0)
    config = Gemma2Config(**SHAPES[shape], max_position_embeddings=8192)
    # transformers' other attentions leave the soft-cap out.
    config._attn_implementation = "eager"
    with torch.device(device):
        model = Gemma2ForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(folder / "model")
    del model
    torch.cuda.empty_cache()
    tokenizer = source / "tests/data/reference/tokenizers/qwen2-style"
    AutoTokenizer.from_pretrained(tokenizer).save_pretrained(folder / "model")
    # Saving leaves it out.
    path = folder / "model/config.json"
    path.write_text(json.dumps(json.loads(path.read_text())
                               | {"attn_implementation": "eager"}))


def logged(log, command):
    with open(log, "w", encoding="utf-8") as output:
        code = subprocess.run(command, stdout=output, stderr=output).returncode
    if code != 0:
        sys.exit(f"{command}: {code}\n{log.read_text()}")


def coxswain(grid, dtype, layers, multipliers, variants):
    name = f"{grid}.{dtype}"
    sweep = folder / f"{name}.toml"
    sweep.write_text(f"""name = "{grid}-{dtype}"
[[model]]
id = "random"
source = "{folder}/model"
[numerics]
compute = "{dtype}"
[[data]]
behaviour = "{BEHAVIOUR}"
source = "{folder}/sweep.jsonl"
template = "chatml"
system = ""
train_items = 64
test_items = {ITEMS}
[vector]
layers = {list(range(n_layers))}
[steer]
layers = {layers}
multipliers = {multipliers}
variants = {json.dumps(variants)}
measures = ["letters"]
""")
    log = folder / f"coxswain.{name}"
    logged(log, ["coxswain", "run", sweep, "--out", folder / name,
                 "--device", device, "--timings"])
    return coxswain_seconds(log), coxswain_logits(folder / name / "results.h5")


def batched_hooks(dtype):
    out = folder / f"peer.{dtype}.npz"
    log = folder / f"peer.{dtype}"
    logged(log, [sys.executable, Path(__file__).with_name("on_device.py"), device,
                 peer, "--model", folder / "model",
                 "--data", folder / "peers.jsonl",
                 "--items", str(ITEMS), "--dtype", dtype,
                 "--layers", ",".join(map(str, few_layers)),
                 "--multipliers=" + ",".join(map(str, SMALL)), "--out", out])
    return peer_seconds(log), np.load(out)


def race(dtype):
    small, logits = coxswain("small", dtype, few_layers, SMALL, ["original"])
    large, _ = coxswain("large", dtype, list(range(n_layers)), LARGE,
                        ["original", "random", "planted"])
    theirs, their_logits = batched_hooks(dtype)
    passes = n_layers * len(LARGE) * 3 / (len(few_layers) * len(SMALL))
    return {
        "dtype": dtype,
        "coxswain_small": small, "coxswain_large": large, "peer_small": theirs,
        "extraction": theirs["extract"] / small["extract"],
        "evaluation_small": theirs["evaluate"] / small["evaluate"],
        "evaluation_large": theirs["evaluate"] * passes / large["evaluate"],
        "cells_per_second": ITEMS * n_layers * len(LARGE) * 3 / large["evaluate"],
        "largest_distance_of_logits": distance_of_logits(logits, their_logits),
    }


folder.mkdir(parents=True)
make_model()
write_race_data(source / f"examples/first_light/data/{BEHAVIOUR}.jsonl",
                folder / "sweep.jsonl", folder / "peers.jsonl")
races = [race("float32"), race("bfloat16")]
print(json.dumps({"shape": shape, "races": races}))
sys.exit(0 if races[0]["largest_distance_of_logits"] <= LOGITS else 1)
