"""Reference model cases as GGUF files, by gguf-py's own writer, laid out as llama.cpp's converter lays them out.

    python tests/data/make/toy_gguf.py ../shared/reference/models OUT [case ...]        (needs numpy, torch, safetensors, gguf)

What tests run with lies in tests/data/gguf; COXSWAIN_TOY_GGUF names another folder for all of them.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFWriter
from safetensors.torch import load_file

ARCH = {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma": "gemma", "gemma2": "gemma2",
        "gemma3_text": "gemma3", "gpt2": "gpt2", "gpt_neox": "gptneox"}
LLAMA = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
         "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}
GEMMA2 = LLAMA | {"post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
                  "post_feedforward_layernorm": "post_ffw_norm"}
GPT2 = {"ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up",
        "mlp.c_proj": "ffn_down"}
NEOX = {"input_layernorm": "attn_norm", "attention.query_key_value": "attn_qkv", "attention.dense": "attn_output",
        "post_attention_layernorm": "ffn_norm", "mlp.dense_h_to_4h": "ffn_up", "mlp.dense_4h_to_h": "ffn_down"}
TOP = {"embed_tokens": "token_embd", "wte": "token_embd", "embed_in": "token_embd", "wpe": "position_embd", "norm": "output_norm",
       "ln_f": "output_norm", "final_layer_norm": "output_norm", "lm_head": "output", "embed_out": "output"}
BLOCK = {"gpt2": GPT2, "gpt_neox": NEOX, "gemma2": GEMMA2, "gemma3_text": GEMMA2}
BUFFERS = (".attn.bias", "attention.bias", "attention.masked_bias", "inv_freq")


def pairs(rows, heads):
    """Halves that turn against each other become neighbours."""
    shape = rows.shape
    return rows.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def by_kind(rows, heads):
    """(head, q k v, j) becomes (q k v, head, j)."""
    shape = rows.shape
    return rows.reshape(heads, 3, shape[0] // heads // 3, *shape[1:]).swapaxes(0, 1).reshape(shape)


def convert(folder, path, extra={}, without=()):
    """`extra` metadata of the architecture take the place of the usual ones; those named `without` are left out."""
    config = json.loads((folder / "config.json").read_text())
    kind = config["model_type"]
    arch = ARCH[kind]
    get = lambda *names: next((config[n] for n in names if config.get(n) is not None), None)
    heads = get("num_attention_heads", "n_head")
    kv = get("num_key_value_heads") or heads
    width = get("hidden_size", "n_embd")
    head = get("head_dim") or width // heads
    out = GGUFWriter(str(path), arch)
    out.add_block_count(get("num_hidden_layers", "n_layer"))
    out.add_embedding_length(width)
    out.add_head_count(heads)
    out.add_head_count_kv(kv)
    out.add_feed_forward_length(get("intermediate_size", "n_inner") or 4 * width)
    out.add_context_length(get("max_position_embeddings", "n_positions"))
    if kind not in ("gpt2", "gpt_neox"):
        out.add_key_length(head)
        out.add_value_length(head)
        out.add_layer_norm_rms_eps(config["rms_norm_eps"])
        out.add_rope_freq_base(config["rope_theta"])
    else:
        out.add_layer_norm_eps(get("layer_norm_eps", "layer_norm_epsilon"))
    if kind == "gpt_neox":
        out.add_rope_dimension_count(int(head * config["rotary_pct"]))
        out.add_parallel_residual(config["use_parallel_residual"])
    if kind in ("gemma2", "gemma3_text"):
        out.add_sliding_window(config["sliding_window"])
    if kind == "gemma2":
        out.add_attn_logit_softcapping(config["attn_logit_softcapping"])
        out.add_final_logit_softcapping(config["final_logit_softcapping"])
    scaling = config.get("rope_scaling") or {}
    if scaling.get("rope_type") == "linear":
        out.add_string(f"{arch}.rope.scaling.type", "linear")
        out.add_rope_scaling_factor(scaling["factor"])
    if scaling.get("rope_type") == "llama3":
        frequency = config["rope_theta"] ** (-np.arange(0, head, 2) / head)
        wave = 2 * np.pi / frequency
        low, high, old = (scaling[k] for k in ("low_freq_factor", "high_freq_factor", "original_max_position_embeddings"))
        smooth = np.clip((old / wave - low) / (high - low), 0, 1)
        out.add_tensor("rope_freqs.weight", (1 / ((1 - smooth) / scaling["factor"] + smooth)).astype(np.float32))
    metadata = out.kv_data[0]
    for key in [*extra, *without]:
        metadata.pop(f"{arch}.{key}", None)
    for key, value in extra.items():
        add = {str: out.add_string, float: out.add_float32, int: out.add_uint32, bool: out.add_bool, list: out.add_array}[type(value)]
        add(f"{arch}.{key}", value)
    weights = {}
    for shard in sorted(folder.glob("*.safetensors")):
        if shard.name != "expected.safetensors":
            weights |= load_file(shard)
    for name, value in weights.items():
        if name.endswith(BUFFERS):
            continue
        # Exact: matrices stay float16 where they are, all else is widened.
        half = value.dtype == torch.float16 and value.ndim == 2
        value = value.numpy() if half else value.float().numpy()
        stem, end = name.rsplit(".", 1)
        stem = stem.removeprefix("model.").removeprefix("transformer.").removeprefix("gpt_neox.")
        if stem in TOP:
            if kind.startswith("gemma") and stem == "norm":
                value = value + 1
            out.add_tensor(f"{TOP[stem]}.{end}", np.ascontiguousarray(value))
            continue
        _, block, part = stem.split(".", 2)
        if kind.startswith("gemma") and "norm" in part:
            value = value + 1
        if arch == "llama" and part in ("self_attn.q_proj", "self_attn.k_proj"):
            value = pairs(value, heads if "q_proj" in part else kv)
        if kind == "gpt_neox" and part.endswith("query_key_value"):
            value = by_kind(value, heads)
        if kind == "gpt2" and end == "weight" and value.ndim == 2:
            value = value.T
        out.add_tensor(f"blk.{block}.{BLOCK.get(kind, LLAMA)[part]}.{end}", np.ascontiguousarray(value))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for case in sys.argv[3:] or sorted(p.parent.name for p in source.glob("*/model*.safetensors") if "index" not in p.name):
        convert(source / case, target / f"{case}.gguf")
        print(case)
