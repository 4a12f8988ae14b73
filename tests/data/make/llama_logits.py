#!/usr/bin/env python3
"""Logits of answers under control vectors, by llama.cpp itself. Run by hand.

    python -m pip install xllamacpp==2026.10.11549 gguf numpy        (llama.cpp for the processor)
    python llama_logits.py MODEL.gguf golden.json --vector several.gguf --pairs letters.jsonl --multipliers=-1,0,0.5,1,2

--vector and --pairs may be repeated: there is an entry for each vector with each file of pairs, and in it [logit of the matching answer,
of the other one, log of the sum of exp of all] of each line, by multiplier. --layers 8-20 is llama.cpp's range; --shift 1 puts direction.N
behind block N + 1, to see what a wrong layer does. llama_compare.py sets a sweep's results beside it.

Quantised weights are multiplied with activations that llama.cpp quantises, too: only a float32 file (llama_inputs.py widen) says how well
programs agree. Attention is not fused, keys and values are float32.
"""
import argparse
import ctypes
import importlib.util
import json
from ctypes import POINTER, c_bool, c_char_p, c_float, c_int32, c_size_t, c_uint32, c_void_p
from pathlib import Path

import numpy as np
from gguf import GGUFReader

# The beginning of llama_context_params in llama.h, with the defaults that tell whether it is that of the library at hand.
CONTEXT = [("n_ctx", c_uint32, 512), ("n_batch", c_uint32, 2048), ("n_ubatch", c_uint32, 512), ("n_seq_max", c_uint32, 1),
           ("n_rs_seq", c_uint32, 0), ("n_outputs_max", c_uint32, 0), ("n_outputs_max_per_seq", c_uint32, 1), ("n_threads", c_int32, 4),
           ("n_threads_batch", c_int32, 4), ("ctx_type", c_int32, 0), ("rope_scaling_type", c_int32, -1), ("pooling_type", c_int32, -1),
           ("attention_type", c_int32, -1), ("flash_attn_type", c_int32, -1), ("rope_freq_base", c_float, 0),
           ("rope_freq_scale", c_float, 0), ("yarn_ext_factor", c_float, -1), ("yarn_attn_factor", c_float, -1), ("yarn_beta_fast", c_float, -1),
           ("yarn_beta_slow", c_float, -1), ("yarn_orig_ctx", c_uint32, 0), ("defrag_thold", c_float, -1), ("cb_eval", c_void_p, None),
           ("cb_eval_user_data", c_void_p, None), ("type_k", c_int32, 1), ("type_v", c_int32, 1)]
GGML_TYPE_F32, FLASH_ATTENTION_OFF = 0, 0


class ContextParams(ctypes.Structure):
    _fields_ = [(name, kind) for name, kind, _ in CONTEXT] + [("rest", ctypes.c_char * 256)]


class Opaque(ctypes.Structure):
    """A struct that is only handed on: longer than any of them, as such structs are passed in memory."""
    _fields_ = [("bytes", ctypes.c_char * 256)]


class Llama:
    def __init__(self, model, n_ctx=1024):
        folder = Path(importlib.util.find_spec("xllamacpp").origin).parent
        self.lib = ctypes.CDLL(str(next(folder.glob("xllamacpp*.so"))))
        self.quiet = ctypes.CFUNCTYPE(None, c_int32, c_char_p, c_void_p)(lambda level, text, data: None)
        self.call("llama_log_set", None, self.quiet, c_void_p())
        self.call("llama_backend_init", None)
        params = self.call("llama_context_default_params", ContextParams)
        wrong = [name for name, _, default in CONTEXT if getattr(params, name) != default]
        if wrong:
            raise SystemExit(f"this build's llama_context_params is another: {wrong[0]} is {getattr(params, wrong[0])}; see its llama.h")
        params.n_ctx = params.n_batch = params.n_ubatch = n_ctx
        params.n_threads = params.n_threads_batch = 1
        params.flash_attn_type, params.type_k, params.type_v = FLASH_ATTENTION_OFF, GGML_TYPE_F32, GGML_TYPE_F32
        as_usual = self.call("llama_model_default_params", Opaque)
        weights = self.call("llama_model_load_from_file", c_void_p, c_char_p(str(model).encode()), as_usual)
        if not weights:
            raise SystemExit(f"{model}: llama.cpp can't load it")
        self.context = c_void_p(self.call("llama_init_from_model", c_void_p, c_void_p(weights), params))
        if not self.context:
            raise SystemExit(f"{model}: llama.cpp makes no context")
        self.vocabulary = c_void_p(self.call("llama_model_get_vocab", c_void_p, c_void_p(weights)))
        self.n_tokens = self.call("llama_vocab_n_tokens", c_int32, self.vocabulary)
        self.width = self.call("llama_model_n_embd", c_int32, c_void_p(weights))
        self.n_layers = self.call("llama_model_n_layer", c_int32, c_void_p(weights))

    def call(self, name, result, *arguments):
        function = getattr(self.lib, name)
        function.restype = result
        return function(*arguments)

    def tokens(self, text):
        data, ids = text.encode(), (c_int32 * 4096)()
        n = self.call("llama_tokenize", c_int32, self.vocabulary, c_char_p(data), c_int32(len(data)), ids, c_int32(len(ids)),
                      c_bool(True), c_bool(False))    # beginning as the tokenizer has it; marks are text
        return list(ids[:n])

    def steer(self, directions, multiplier, layers, shift):
        """As llama.cpp's reader of control vectors: direction.N times the multiplier is row N - 1, of which row 0 is block 1's."""
        rows = np.zeros((self.n_layers - 1, self.width), np.float32)
        for layer, direction in directions.items():
            if 1 <= layer + shift < self.n_layers:
                rows[layer + shift - 1] += direction * np.float32(multiplier)
        first, last = layers or (1, self.n_layers - 1)
        if self.call("llama_set_adapter_cvec", c_int32, self.context, rows.ctypes.data_as(POINTER(c_float)), c_size_t(rows.size),
                     c_int32(self.width), c_int32(first), c_int32(last)):
            raise SystemExit("llama.cpp refuses the control vector")

    def logits(self, prompt):
        """Behind the last token of a prompt that nothing comes before."""
        ids = (c_int32 * len(prompt))(*prompt)
        self.call("llama_memory_clear", None, c_void_p(self.call("llama_get_memory", c_void_p, self.context)), c_bool(True))
        if self.call("llama_decode", c_int32, self.context, self.call("llama_batch_get_one", Opaque, ids, c_int32(len(prompt)))):
            raise SystemExit("llama_decode failed")
        of_last = self.call("llama_get_logits_ith", POINTER(c_float), self.context, c_int32(-1))
        return np.ctypeslib.as_array(of_last, (self.n_tokens,)).copy()


def entries_of(options):
    llama, entries = Llama(options.model), []
    for pairs in options.pairs:
        items = []
        for line in pairs.read_text(encoding="utf-8").splitlines():
            pair = json.loads(line)
            match, other = (llama.tokens(pair["question"] + pair[f"answer_{kind}_behavior"]) for kind in ("matching", "not_matching"))
            n = next(i for i, (a, b) in enumerate(zip(match, other)) if a != b)
            items.append({"prompt": match[:n], "match": match[n], "other": other[n]})
        for vector in options.vector:
            directions = {int(t.name.removeprefix("direction.")): t.data for t in GGUFReader(vector).tensors}
            entry = {"model": options.model.stem, "vector": vector.stem, "pairs": pairs.stem, "shift": options.shift, "items": items,
                     "logits": {}}
            for multiplier in options.multipliers:
                llama.steer(directions, multiplier, options.layers, options.shift)
                of_items = ((llama.logits(item["prompt"]), item["match"], item["other"]) for item in items)
                entry["logits"][f"{multiplier:g}"] = [
                    [float(z[match]), float(z[other]), float(np.logaddexp.reduce(z.astype(np.float64)))] for z, match, other in of_items]
            entries.append(entry)
    return entries


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--vector", type=Path, action="append", required=True)
    parser.add_argument("--pairs", type=Path, action="append", required=True)
    parser.add_argument("--multipliers", type=lambda text: [float(m) for m in text.split(",")], default=[-1, 0, 0.5, 1, 2])
    parser.add_argument("--layers", type=lambda text: tuple(int(n) for n in text.split("-")))
    parser.add_argument("--shift", type=int, default=0)
    chosen = parser.parse_args()
    chosen.out.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in entries_of(chosen)) + "\n]\n")
