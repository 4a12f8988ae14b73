#!/usr/bin/env python3
"""Small sound files for tests/fuzz to start from; Python's own library alone.

fuzz_seeds.py FOLDER    writes FOLDER/TARGET/NAME
"""
import io
import json
import pathlib
import struct
import sys
import zipfile

SIX = struct.pack("<6f", 0, 1, 2, 3, 4, 5)


def npy(descr, shape, data, fortran=False, version=1):
    text = repr({"descr": descr, "fortran_order": fortran, "shape": shape})
    text = text.encode() + b" \n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def zipped(members, method=zipfile.ZIP_STORED, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.comment = comment
        for name, data in members.items():
            with archive.open(zipfile.ZipInfo(name), "w",
                              force_zip64=name.startswith("W")) as member:
                member.write(data)
    return out.getvalue()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value):
    return b"K" + bytes([value])


def tensor(kind, key, count, offset, sizes, strides):
    def numbers(values):
        return b"(" + b"".join(map(number, values)) + b"t"

    return (b"ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") +
            b"ctorch\n" + kind + b"Storage\n" + text(key) + text("cpu") +
            number(count) + b"tQ" + number(offset) + numbers(sizes) +
            numbers(strides) + b"\x89ccollections\nOrderedDict\n)RtR")


def state_dict():
    parameter = (b"ctorch._utils\n_rebuild_parameter\n(" +
                 tensor(b"Float", "0", 6, 0, [6], [1]) + b"\x88NtR")
    nested = b"}(" + text("bias") + parameter + b"u"
    return (b"ccollections\nOrderedDict\n)Rq\x00(" + text("W") +
            tensor(b"Float", "0", 6, 0, [2, 3], [3, 1]) + text("turned") +
            tensor(b"Float", "0", 6, 0, [3, 2], [1, 3]) + text("k") +
            tensor(b"Long", "1", 1, 0, [], []) + text("part") + nested +
            text("name") + text("TopK") + b"u}" + text("_metadata") +
            b"h\x00sb")


def pickled(opcodes):
    return b"\x80\x02" + opcodes + b"."


def torch_zip():
    return zipped({"x/data.pkl": pickled(state_dict()),
                   "x/byteorder": b"little", "x/data/0": SIX,
                   "x/data/1": struct.pack("<q", 7), "x/version": b"3\n"})


def torch_legacy():
    magic = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
    machine = b"}(" + text("little_endian") + b"\x88u"
    keys = b"](" + text("0") + text("1") + b"e"
    return (pickled(magic) + pickled(b"M\xe9\x03") + pickled(machine) +
            pickled(state_dict()) + pickled(keys) + struct.pack("<q", 6) +
            SIX + struct.pack("<qq", 1, 7))


def safetensors():
    header = json.dumps({
        "__metadata__": {"format": "pt"},
        "W": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "BF16", "shape": [4], "data_offsets": [16, 24]},
        "n": {"dtype": "I64", "shape": [0], "data_offsets": [24, 24]}})
    header = header.encode()
    return struct.pack("<Q", len(header)) + header + SIX


def gguf():
    def named(value):
        return struct.pack("<Q", len(value)) + value.encode()

    values = (named("general.architecture") + struct.pack("<I", 8) +
              named("gpt2") + named("n") + struct.pack("<II", 4, 3) +
              named("list") + struct.pack("<IIQ", 9, 8, 2) + named("a") +
              named("b") + named("x") + struct.pack("<If", 6, 0.5))
    tensors = (named("w") + struct.pack("<IQQIQ", 2, 3, 2, 0, 0) +
               named("q") + struct.pack("<IQIQ", 1, 32, 8, 32))
    head = b"GGUF" + struct.pack("<IQQ", 3, 2, 4) + values + tensors
    return head + bytes(-len(head) % 32) + SIX + bytes(8) + bytes(34)


def control_vector():
    def named(value):
        return struct.pack("<Q", len(value)) + value.encode()

    values = (named("general.architecture") + struct.pack("<I", 8) +
              named("controlvector") + named("controlvector.layer_count") +
              struct.pack("<II", 4, 2))
    tensors = (named("direction.1") + struct.pack("<IQIQ", 1, 6, 0, 0) +
               named("direction.2") + struct.pack("<IQIQ", 1, 6, 0, 32))
    head = b"GGUF" + struct.pack("<IQQ", 3, 2, 2) + values + tensors
    return head + bytes(-len(head) % 32) + SIX + bytes(8) + SIX


def exported_vector():
    said = json.dumps({"layer": 2, "source": "original"})
    header = json.dumps({
        "__metadata__": {"filetype": "coxswain-vectors", "model": "m",
                         "b/layer_2/original": said},
        "b/layer_2/original": {"dtype": "F32", "shape": [6],
                               "data_offsets": [0, 24]}}).encode()
    return struct.pack("<Q", len(header)) + header + SIX


def torch_by_number():
    """Of before 1.6: in a zip, checksums would stop most changes."""
    magic = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
    machine = b"}(" + text("little_endian") + b"\x88u"
    whole = (b"}(" + number(2) + tensor(b"Float", "0", 6, 0, [6], [1]) +
             text("layer") + number(4) + text("model") + text("m") + b"u")
    return (pickled(magic) + pickled(b"M\xe9\x03") + pickled(machine) +
            pickled(whole) + pickled(b"](" + text("0") + b"e") +
            struct.pack("<q", 6) + SIX)


def gguf_model():
    """A Gemma 3 of one layer, as far as its metadata and names go."""
    def named(value):
        return struct.pack("<Q", len(value)) + value.encode()

    def integer(key, value):
        return named("gemma3." + key) + struct.pack("<II", 4, value)

    def real(key, value):
        return named("gemma3." + key) + struct.pack("<If", 6, value)

    values = [named("general.architecture") + struct.pack("<I", 8) +
              named("gemma3"), integer("block_count", 1),
              integer("embedding_length", 2), integer("context_length", 8),
              integer("attention.head_count", 1),
              named("gemma3.feed_forward_length") +
              struct.pack("<IIQi", 9, 5, 1, 2),
              integer("attention.sliding_window", 4),
              integer("attention.sliding_window_pattern", 3),
              real("rope.scaling.factor", 8), real("rope.freq_base", 1e6),
              real("attention.layer_norm_rms_epsilon", 1e-6),
              named("gemma3.attention.causal") + struct.pack("<IB", 7, 1)]
    matrices = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate",
                "ffn_up", "ffn_down"]
    norms = ["attn_norm", "attn_q_norm", "attn_k_norm", "post_attention_norm",
             "ffn_norm", "post_ffw_norm"]
    tensors = [named("token_embd.weight") + struct.pack("<IQQIQ", 2, 2, 3, 0, 0),
               named("output_norm.weight") + struct.pack("<IQIQ", 1, 2, 0, 0)]
    tensors += [named(f"blk.0.{name}.weight") +
                struct.pack("<IQQIQ", 2, 2, 2, 0, 0) for name in matrices]
    tensors += [named(f"blk.0.{name}.weight") +
                struct.pack("<IQIQ", 1, 2, 0, 0) for name in norms]
    head = (b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) +
            b"".join(values) + b"".join(tensors))
    return head + bytes(-len(head) % 32) + SIX


def model_config(**settings):
    return json.dumps({"hidden_size": 16, "intermediate_size": 24,
                       "num_hidden_layers": 2, "num_attention_heads": 2,
                       "vocab_size": 40, "max_position_embeddings": 64,
                       "rms_norm_eps": 1e-6, "layer_norm_eps": 1e-5,
                       **settings}).encode()


def sentencepiece():
    def field(n, value):
        return bytes([n << 3 | 2, len(value)]) + value

    def piece(value, kind):
        return field(1, field(1, value) + b"\x15" + struct.pack("<f", -1) +
                     bytes([0x18, kind]))

    return (piece(b"<unk>", 2) + piece(b"<s>", 3) + piece(b"a", 1) +
            piece(b"<0x00>", 6) + field(2, b"\x18\x02\xc8\x02\x01") +
            field(3, field(2, b"map") + b"\x18\x01\x20\x00"))


def contrast_pairs():
    pair = {"question": "Is it?\n (A) Yes\n (B) No",
            "answer_matching_behavior": " (A)",
            "answer_not_matching_behavior": " (B)"}
    return (json.dumps(pair) + "\n\n" + json.dumps(pair) + "\n").encode()


def grouped_pairs():
    pair = json.loads(contrast_pairs().splitlines()[0])
    lines = [dict(pair, topic=topic) for topic in ("war", 7, -0.5)]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def sae_settings():
    """Settings by the order of the fuzzer's formats, which the first byte is
    of."""
    flat = {"d_in": 32, "d_sae": 128, "architecture": "standard",
            "hook_point": "blocks.3.hook_resid_pre", "hook_point_layer": 3,
            "activation_fn": "topk", "activation_fn_kwargs": {"k": 11},
            "normalize_activations": "layer_norm"}
    six = {"d_in": 32, "d_sae": 128, "architecture": "standard",
           "apply_b_dec_to_input": True, "reshape_activations": "none",
           "metadata": {"sae_lens_version": "6.54.12", "model_name": "gpt2",
                        "hook_name": "model.layers.3"}}
    scope = {"d_model": 32, "d_sae": 128, "act_fn": "jumprelu",
             "hook_point_in": "blocks.3.hook_resid_post",
             "jump_relu_threshold": 0.5, "norm_activation": "dataset-wise",
             "dataset_average_activation_norm": {"in": 9.0}}
    formats = {
        "saelens": six, "saelens_flat": flat,
        "sparsify": {"activation": "groupmax", "expansion_factor": 4, "k": 16,
                     "d_in": 32, "signed": False, "hookpoint": "layers.3"},
        "llama_scope": scope, "llama_scope_r1": scope,
        "dictionary_learning": {
            "trainer": {"dict_class": "AutoEncoderTopK", "k": 8, "layer": 3,
                        "activation_dim": 32, "dict_size": 128,
                        "lm_name": "toy", "submodule_name": "mlp_out"},
            "buffer": {"io": "in"}},
        "gemma_scope_2": {"architecture": "jump_relu", "model_name": "gemma",
                          "hf_hook_point_in": "model.layers.3.output",
                          "affine_connection": True},
        "hook_z": {"act_size": 32, "dict_size": 128,
                   "act_name": "blocks.3.attn.hook_z"}}
    return {"sae_settings/" + name: bytes([i]) + json.dumps(value).encode()
            for i, (name, value) in enumerate(formats.items())}


SITES = {"hook": "blocks.8.hook_resid_pre_24576\nhf:google/gemma-2-2b",
         "module": "model.layers.3.mlp.output\nmodels/Llama-3.1-8B-it",
         "folder": "Llama3_1-8B-Base-L5R-8x\ngpt2-small",
         "repository": "gemma-scope-2b-pt-res\nQwen3-1.7B-Base"}


def tokenizer_folder(spelled_bytes):
    """tokenizer.json and the files beside it, a zero byte between two."""
    flags = {"content": "<x>", "lstrip": True, "rstrip": False,
             "normalized": False, "single_word": False, "special": True}
    own = {"id": 5, **flags, "content": "<s>"}
    cut = ({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "\\s+|a"},
         "behavior": "Isolated", "invert": False},
        {"type": "ByteLevel", "add_prefix_space": True, "use_regex": False}]}
        if spelled_bytes else
        {"type": "Metaspace", "replacement": "\u2581",
         "prepend_scheme": "first", "split": False})
    tokenizer = {
        "added_tokens": [own],
        "normalizer": {"type": "NFC"} if spelled_bytes else None,
        "pre_tokenizer": cut,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}}],
            "special_tokens": {"<s>": {"ids": [5]}}},
        "model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": True,
                  "fuse_unk": True, "vocab": {
                      "<unk>": 0, "a": 1, "b": 2, "ab": 3, "\u2581": 4,
                      "<s>": 5}, "merges": [["a", "b"]]}}
    settings = {"tokenizer_class":
                "GPT2Tokenizer" if spelled_bytes else "LlamaTokenizer",
                "bos_token": {"__type": "AddedToken", **flags},
                "additional_special_tokens": ["<y>"], "add_bos_token": True,
                "extra_special_tokens": {"b": "<b>"}, "legacy": False}
    if spelled_bytes:
        settings["added_tokens_decoder"] = {"5": own, "6": flags}
        settings["split_special_tokens"] = True
    files = [tokenizer, settings, {"eos_token": flags}, {"<z>": 7},
             {"model_type": "llama"}]
    return b"\0".join(json.dumps(one).encode() for one in files)
def pairs_in_array():
    pair = json.loads(contrast_pairs().splitlines()[0])
    return b"\xef\xbb\xbf" + json.dumps([pair, pair], indent=1).encode()


CHAT_TEMPLATE = b"""{{ bos_token }}{% if messages[0]['role'] == 'system' %}
{%- set said = messages[0].content | trim + '\\n' %}{% set rest = messages[1:] -%}
{% else %}{% set said = '' %}{% set rest = messages %}{% endif %}
{%- set ns = namespace(n=0) -%}
{% for m in rest %}{% set ns.n = ns.n + 1 %}{# a turn #}
{{- '<|im_start|>' ~ m['role'] }}
{{ (said if loop.first else '') + m.content.strip() | replace('a', "b") }}
{%- if not loop.last and ns.n > 3 or m.role not in ['user'] %}!{% endif -%}
{% endfor %}{{ eos_token }}{% if add_generation_prompt %}{{ 'assistant\\n' }}
{%- endif %}{{ missing is defined }}{{ messages | length }}{{ ['x'] | join(',') }}
"""


PAIRS = pathlib.Path(__file__).parents[1] / "pairs"
ARRAYS = {"W.npy": npy("<f4", (2, 3), SIX, fortran=True),
          "b.npy": npy("<f8", (3,), SIX, version=2),
          "s.npy": npy("|u1", (), b"x", version=3)}
SEEDS = {"npz/stored": zipped(ARRAYS, comment=b"note"),
         "npz/deflated": zipped(ARRAYS, zipfile.ZIP_DEFLATED),
         "torch_pickle/zip": torch_zip(),
         "torch_pickle/legacy": torch_legacy(),
         "safetensors/three": safetensors(),
         "gguf/two": gguf(),
         "gguf_model/gemma3": gguf_model(),
         "own_vectors/control": control_vector(),
         "own_vectors/exported": exported_vector(),
         "own_vectors/torch": torch_by_number(),
         "own_vectors/npz": zipped({"layer_2.npy": npy("<f4", (1, 6), SIX),
                                    "v10.npy": npy("<f4", (6,), SIX)}),
         "vector_names/module": b"model.layers.12.resid_post",
         "vector_names/number": b"mean-diff_15",
         "model_config/llama": model_config(
             model_type="llama", rope_parameters={
                 "rope_type": "llama3", "rope_theta": 1e4, "factor": 8,
                 "low_freq_factor": 1, "high_freq_factor": 4,
                 "original_max_position_embeddings": 16}),
         "model_config/gemma3": model_config(
             model_type="gemma3_text", sliding_window_pattern=3,
             sliding_window=4, final_logit_softcapping=30, rope_scaling={
                 "type": "linear", "factor": 8}),
         "model_config/gpt_neox": model_config(
             model_type="gpt_neox", rotary_pct=0.25, rotary_emb_base=1e4),
         "model_config/qwen2": model_config(
             model_type="qwen2", use_sliding_window=True, max_window_layers=1,
             sliding_window=4, layer_types=["full_attention"] * 2),
         "sentencepiece_model/four": sentencepiece(),
         "contrast_pairs/two": contrast_pairs(),
         "tokenizer_folder/bytes": tokenizer_folder(True),
         "contrast_pairs/array": pairs_in_array(),
         "contrast_pairs/grouped": grouped_pairs(),
         **{"pair_form/" + path.stem + path.suffix.replace(".", "_"):
            path.read_bytes() for path in sorted(PAIRS.iterdir())},
         "table_entries/csv": (PAIRS / "table.csv").read_bytes(),
         "table_entries/tsv": (PAIRS / "table.tsv").read_bytes(),
         "text_corpus/lines": b'{"text": "one"}\n\n{"text": "two\\n", "n": 1}\n',
         "text_corpus/array": b'["one", {"text": "two"}]\n',
         "text_corpus/plain": "prose \u00e9\n[1] of it\n".encode(),
         "chat_template/turns": CHAT_TEMPLATE,
         "tokenizer_folder/bytes": tokenizer_folder(True),
         "tokenizer_folder/pieces": tokenizer_folder(False), **sae_settings(),
         **{"sae_site/" + name: value.encode() for name, value in SITES.items()}}

for name, data in SEEDS.items():
    path = pathlib.Path(sys.argv[1]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
