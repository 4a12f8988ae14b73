"""Models of a few kilobytes, their settings changed one at a time, and what transformers makes of each; some as GGUF files.

    python tests/data/make/model_settings.py models     (needs torch, transformers 4.57.6, gguf)
    python tests/data/make/model_settings.py expect     (with transformers 4, then with transformers 5)

`models` writes tests/data/settings/{MODEL,*.gguf}; `expect` goes through settings/cases.json, which is written by hand, and
writes for every case the last token's logits into transformers-4.safetensors or -5, or why there are none into -4.json or -5.
"""
import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

SETTINGS = Path(__file__).parent.parent / "settings"
COMMON = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
              vocab_size=40, max_position_embeddings=64, head_dim=8, pad_token_id=None, bos_token_id=None, eos_token_id=None)
MODELS = {
    "llama": COMMON | dict(rope_theta=10000.0, tie_word_embeddings=False),
    "mistral": COMMON | dict(sliding_window=4, tie_word_embeddings=False),
    "qwen2": COMMON | dict(tie_word_embeddings=False),
    "qwen3": COMMON | dict(tie_word_embeddings=True, head_dim=128),
    "gemma": COMMON | dict(hidden_act="gelu_pytorch_tanh"),
    "gemma2": COMMON | dict(sliding_window=4, query_pre_attn_scalar=8, attn_logit_softcapping=2.0, final_logit_softcapping=3.0),
    "gemma3_text": COMMON | dict(num_hidden_layers=6, sliding_window=4, query_pre_attn_scalar=8),
    "gpt_neox": dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, vocab_size=40,
                     max_position_embeddings=64, rotary_pct=0.5, tie_word_embeddings=False, bos_token_id=None, eos_token_id=None),
    "gpt2": dict(n_embd=16, n_layer=2, n_head=2, n_positions=64, vocab_size=40, bos_token_id=None, eos_token_id=None),
}
# A GGUF file each: the model, what its metadata have beside the plain ones, and what they lack.
GGUF = {
    "llama-factor-without-type": ("llama", {"rope.scaling.factor": 4.0}, []),
    "llama-old-factor": ("llama", {"rope.scale_linear": 4.0}, []),
    "llama-factor-of-type-none": ("llama", {"rope.scaling.type": "none", "rope.scaling.factor": 4.0}, []),
    "llama-equal-lists": ("llama", {"attention.head_count_kv": [1, 1], "feed_forward_length": [24, 24]}, []),
    "llama-without-base": ("llama", {}, ["rope.freq_base"]),
    "gemma2-without-window": ("gemma2", {}, ["attention.sliding_window"]),
    "gemma2-pattern-1": ("gemma2", {"attention.sliding_window_pattern": 1}, []),
    "gemma3-pattern-3": ("gemma3_text", {"attention.sliding_window_pattern": 3}, []),
    "gemma3-without-window": ("gemma3_text", {}, ["attention.sliding_window"]),
    "gemma3-window-base": ("gemma3_text", {"rope.freq_base_swa": 100.0}, []),
    "gemma3-factor-without-type": ("gemma3_text", {"rope.scaling.factor": 8.0}, []),
}


def make_models():
    for kind, settings in MODELS.items():
        torch.manual_seed(sum(map(ord, kind)))
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **settings)).float()
        for name, value in model.named_parameters():
            if "norm" in name or ".ln_" in name:
                value.data = torch.randn_like(value) * 0.2 + (0 if kind.startswith("gemma") or name.endswith("bias") else 1)
            else:
                sharp = any(part in name for part in ("q_proj", "k_proj", "query_key", "c_attn"))
                value.data = torch.randn_like(value) * (0.8 if sharp else 0.4)
        model.save_pretrained(SETTINGS / kind, safe_serialization=True)
        (SETTINGS / kind / "generation_config.json").unlink(missing_ok=True)


def make_gguf():
    import toy_gguf
    for name, (kind, extra, without) in GGUF.items():
        toy_gguf.convert(SETTINGS / kind, SETTINGS / f"{name}.gguf", extra, without)


def expect():
    cases = json.loads((SETTINGS / "cases.json").read_text())
    ids = torch.tensor([cases["ids"]])
    logits, errors = {}, {}
    for case in cases["cases"]:
        with tempfile.TemporaryDirectory() as folder:
            config = json.loads((SETTINGS / case["model"] / "config.json").read_text())
            config = {k: v for k, v in config.items() if k not in case.get("without", [])} | case.get("with", {})
            Path(folder, "config.json").write_text(json.dumps(config))
            shutil.copy(SETTINGS / case["model"] / "model.safetensors", folder)
            try:
                model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
                with torch.no_grad():
                    logits[case["name"]] = model(ids, use_cache=False).logits[0, -1].contiguous().clone()
            except Exception as error:
                errors[case["name"]] = f"{type(error).__name__}: {error}"[:200].split("\n")[0]
    major = transformers.__version__.split(".")[0]
    save_file(logits, SETTINGS / f"transformers-{major}.safetensors", {"transformers": transformers.__version__})
    (SETTINGS / f"transformers-{major}.json").write_text(json.dumps(errors, indent=1) + "\n")


if sys.argv[1:] == ["models"]:
    make_models()
    make_gguf()
elif sys.argv[1:] == ["expect"]:
    expect()
else:
    sys.exit(__doc__)
