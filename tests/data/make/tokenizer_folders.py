"""Hugging Face folders whose tokens are not tokenizer.json's alone, with the tokens of transformers' AutoTokenizer.

    python tests/data/make/tokenizer_folders.py          (with transformers 4.57.6, then with 5.24.0)

Writes tests/data/tokenizer_folders for tests/jobs/tokenizer_folders_test.cpp: bases.json (small tokenizer.json files, made
once, by 4.57.6), cases.json (what lies beside them) and what that version of transformers makes of them. Needs tokenizers
and sentencepiece.
"""
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

root = Path(__file__).parent.parent
target = root / "tokenizer_folders"
LINES = ["the cat sat on the mat and the user said hello there hi words plain lead Item which of these do you want "
         "Choices (A) a thing of kind (B) another assistant system"] * 5 + [
    "hello world, the words 123 of 2024 don't", "a  b   c", "user\nassistant\n"]
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
ByteLevel, Sequence, Metaspace = pre_tokenizers.ByteLevel, pre_tokenizers.Sequence, pre_tokenizers.Metaspace


def special(tokenizer, *names):
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in names])
    return tokenizer


def bytes_of(cut, marks, normalizer=None, last=None, whole=False, size=300):
    tokenizer = Tokenizer(models.BPE(ignore_merges=whole))
    tokenizer.pre_tokenizer = cut
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(LINES, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=ByteLevel.alphabet(), show_progress=False))
    special(tokenizer, *marks)
    if last:
        tokenizer.post_processor = last(tokenizer)
    return json.loads(tokenizer.to_str())


def begins(name):
    return lambda t: processors.TemplateProcessing(
        single=f"{name} $A", pair=f"{name} $A {name}:1 $B:1", special_tokens=[(name, t.token_to_id(name))])


def pieces_of(normalizer, cut, beginning, marks=()):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Replace(" ", "▁"), Metaspace()
    tokenizer.train_from_iterator(LINES, trainers.BpeTrainer(vocab_size=120, show_progress=False))
    model = json.loads(tokenizer.to_str())["model"]
    names = ["<unk>", "<s>", "</s>", *marks] + [f"<0x{byte:02X}>" for byte in range(256)]
    names += [word for word, _ in sorted(model["vocab"].items(), key=lambda entry: entry[1]) if word not in names]
    tokenizer = Tokenizer(models.BPE(vocab={name: i for i, name in enumerate(names)},
                                     merges=[tuple(pair) for pair in model["merges"]],
                                     unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    if normalizer:
        tokenizer.normalizer = normalizer
    if cut:
        tokenizer.pre_tokenizer = cut
    special(tokenizer, "<unk>", "<s>", "</s>", *marks)
    tokenizer.post_processor = begins(beginning)(tokenizer)
    return json.loads(tokenizer.to_str())


def make_bases():
    split = lambda rule: Sequence([pre_tokenizers.Split(Regex(rule), "isolated"),
                                   ByteLevel(add_prefix_space=False, use_regex=False)])
    end = ["<|endoftext|>"]
    llama3 = lambda t: processors.Sequence([processors.ByteLevel(trim_offsets=False), begins("<|begin_of_text|>")(t)])
    replace = normalizers.Replace(" ", "▁")
    return {
        "bytes": bytes_of(ByteLevel(add_prefix_space=False), end, size=256),
        "gpt2": bytes_of(ByteLevel(add_prefix_space=False), end),
        "gpt2-prefix": bytes_of(ByteLevel(add_prefix_space=True), end, last=lambda t: processors.ByteLevel()),
        "neox": bytes_of(ByteLevel(add_prefix_space=False), end, normalizers.NFC(), lambda t: processors.ByteLevel()),
        "qwen2": bytes_of(split(QWEN2), end + ["<|im_start|>", "<|im_end|>"], normalizers.NFC(),
                          lambda t: processors.ByteLevel(trim_offsets=False)),
        "llama3": bytes_of(split(QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")), ["<|begin_of_text|>", "<|eot_id|>"],
                           None, llama3, True),
        "smollm": bytes_of(Sequence([pre_tokenizers.Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]), end),
        "llama-prepend": pieces_of(normalizers.Sequence([normalizers.Prepend("▁"), replace]), None, "<s>"),
        "llama-first": pieces_of(None, Metaspace(replacement="▁", prepend_scheme="first", split=False), "<s>"),
        "llama-always": pieces_of(None, Metaspace(replacement="▁", prepend_scheme="always", split=False), "<s>"),
        "gemma": pieces_of(replace, pre_tokenizers.Split(" ", "merged_with_previous"), "<bos>",
                           ["<pad>", "<eos>", "<bos>", "<mask>", "<start_of_turn>"]),
    }


PLAIN, GPT2, NEOX, QWEN, LLAMA, GEMMA = ("PreTrainedTokenizerFast", "GPT2TokenizerFast", "GPTNeoXTokenizerFast",
                                         "Qwen2TokenizerFast", "LlamaTokenizerFast", "GemmaTokenizerFast")
HOME = {"gpt2": GPT2, "neox": NEOX, "qwen2": QWEN, "llama-first": LLAMA, "llama-prepend": LLAMA, "gemma": GEMMA,
        "llama3": PLAIN}
FLAGS = {"content": "<x>", "lstrip": False, "rstrip": False, "single_word": False, "normalized": False, "special": True}
CONFIG, ADDED, MAP = "tokenizer_config.json", "added_tokens.json", "special_tokens_map.json"
cases = []


def case(name, base, config=None, model_type="llama", edit=None, refused=None, texts="general", **files):
    """`edit` is a merge patch of tokenizer.json; `refused`: what the refusal names, where nothing is read at all."""
    one = {"name": name, "base": base, "texts": texts, "files": {"config.json": {"model_type": model_type}}}
    if config is not None:
        one["files"][CONFIG] = config
    for key, value in files.items():
        one["files"][{"added": ADDED, "map": MAP}[key]] = value
    if edit:
        one["edit"] = edit
    if refused:
        one["refused"] = refused
    cases.append(one)


def x(**flags):
    return {**FLAGS, **flags}


def token(**flags):
    return {"__type": "AddedToken", **x(**flags)}


def issue_cases(bases):
    marks = {str(256 + i): x(content=name) for i, name in enumerate(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])}
    plain = {"tokenizer_class": PLAIN, "clean_up_tokenization_spaces": False, "model_max_length": 2048}
    case("added_tokens_decoder alone", "bytes", {**plain, "added_tokens_decoder": marks}, texts="chat")
    case("added_tokens.json alone", "bytes", plain, added={"<|im_start|>": 257, "<|im_end|>": 258}, texts="chat")
    case("additional_special_tokens alone", "bytes",
         {**plain, "additional_special_tokens": ["<|im_start|>", "<|im_end|>"]}, texts="chat")
    own = {"added_tokens": bases["bytes"]["added_tokens"] + [
        {"id": 257, **x(content="<|im_start|>")}, {"id": 258, **x(content="<|im_end|>")}]}
    case("a prefix space of the settings", "bytes",
         {**plain, "tokenizer_class": GPT2, "add_prefix_space": True, "bos_token": "<|endoftext|>",
          "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}, edit=own, texts="chat")
    case("special tokens that are split", "bytes", {**plain, "split_special_tokens": True}, edit=own, texts="chat")
    case("added_tokens.json beside tokenizer.model", "spm",
         {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
          "add_bos_token": True, "add_eos_token": False, "legacy": True},
         added={"<|im_start|>": 600, "<|im_end|>": 601}, texts="chat")


def flag_cases():
    for base, one in HOME.items():
        said = {"tokenizer_class": one}
        for key in ["add_bos_token", "add_eos_token", "add_prefix_space"]:
            for value in [True, False]:
                if key == "add_eos_token" and value and one in (NEOX, LLAMA, GEMMA):
                    case(f"{base}: {key} {value}", base, {**said, key: value}, refused="add_eos_token")
                else:
                    case(f"{base}: {key} {value}", base, {**said, key: value})
        case(f"{base}: {one}", base, said)
        case(f"{base}: plain", base, {"tokenizer_class": PLAIN})
    case("gpt2: plain, prefix", "gpt2", {"tokenizer_class": PLAIN, "add_prefix_space": True})
    case("gpt2: plain, prefix in both", "gpt2-prefix", {"tokenizer_class": PLAIN, "add_prefix_space": True})
    case("gpt2: prefix of tokenizer.json alone", "gpt2-prefix", {"tokenizer_class": GPT2})
    case("gpt2: prefix of tokenizer.json, class plain", "gpt2-prefix", {"tokenizer_class": PLAIN})
    case("gpt2: null prefix", "gpt2-prefix", {"tokenizer_class": PLAIN, "add_prefix_space": None})
    case("llama: legacy", "llama-always", {"tokenizer_class": LLAMA, "legacy": True})
    case("llama: not legacy", "llama-first", {"tokenizer_class": LLAMA, "legacy": False})
    case("llama: not legacy, always", "llama-always", {"tokenizer_class": LLAMA, "legacy": False})
    case("llama: mistral", "llama-first", {"tokenizer_class": LLAMA, "add_prefix_space": True}, model_type="mistral")
    case("llama: bos null", "llama-first", {"tokenizer_class": LLAMA, "bos_token": None})
    case("llama: byte level", "llama3", {"tokenizer_class": LLAMA, "bos_token": "<|begin_of_text|>",
                                         "eos_token": "<|eot_id|>", "unk_token": None})


def class_cases():
    for base in ["gpt2", "llama3", "smollm", "llama-prepend", "gemma"]:
        for one in [GPT2, "GPTNeoXTokenizer", "Qwen2Tokenizer", "LlamaTokenizer", "GemmaTokenizer", "CodeLlamaTokenizer",
                    "TokenizersBackend"]:
            case(f"{base} as {one}", base, {"tokenizer_class": one})
        case(f"{base} as an unknown class", base, {"tokenizer_class": "MyTokenizer"}, refused="tokenizer_class")
    for model_type in ["gpt2", "gpt_neox", "llama", "mistral", "qwen2", "qwen3"]:
        case(f"a {model_type} without a class", "gpt2", {}, model_type)
        case(f"a {model_type} without settings", "gpt2", None, model_type)
    for model_type in ["gemma2", "gemma3_text"]:
        case(f"a {model_type} without a class", "gemma", {}, model_type)
    case("a qwen2 with a plain class", "qwen2", {"tokenizer_class": PLAIN}, "qwen2")
    case("a qwen2 that Llama's class cuts", "llama3", {"tokenizer_class": LLAMA}, "qwen2")
    case("code of the folder's own", "gpt2", {"tokenizer_class": PLAIN, "auto_map": {"AutoTokenizer": ["a.B", None]}},
         refused="auto_map")
    for kind, vocab in [("WordPiece", {"[UNK]": 0, "a": 1}), ("Unigram", [["<unk>", 0.0], ["a", -1.0]]),
                        ("WordLevel", {"[UNK]": 0, "a": 1})]:
        model = {"type": kind, "vocab": vocab}
        if kind == "WordPiece":
            model |= {"unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
        if kind == "WordLevel":
            model |= {"unk_token": "[UNK]"}
        if kind == "Unigram":
            model |= {"unk_id": 0}
        case(f"a model of kind {kind}", "gpt2", {"tokenizer_class": PLAIN},
             edit={"model": {**{key: None for key in ["merges", "dropout", "fuse_unk", "byte_fallback", "ignore_merges",
                                                      "end_of_word_suffix", "unk_token",
                                                      "continuing_subword_prefix"]}, **model}, "added_tokens": []},
             refused="model.type")


def token_cases(bases):
    for base, one in [("gpt2", PLAIN), ("gpt2", GPT2), ("qwen2", QWEN), ("llama-prepend", PLAIN), ("llama-first", LLAMA),
                      ("gemma", GEMMA)]:
        own = bases[base]["added_tokens"]
        free = max(max(bases[base]["model"]["vocab"].values()), *(t["id"] for t in own)) + 1
        whole = {str(t["id"]): {key: t[key] for key in t if key != "id"} for t in own}
        n = str(free)

        def add(name, config=None, **more):
            case(f"{base}, {one}: {name}", base, {"tokenizer_class": one, **(config or {})}, texts="tokens", **more)

        for flag in [{}, {"lstrip": True}, {"rstrip": True}, {"single_word": True}, {"normalized": True},
                     {"special": False}, {"normalized": True, "special": False}]:
            add(f"decoder {flag}", {"added_tokens_decoder": {**whole, n: x(**flag)}})
        add("decoder without the others", {"added_tokens_decoder": {n: x()}})
        add("decoder without flags", {"added_tokens_decoder": {**whole, n: {"content": "<x>"}}})
        add("decoder with a gap", {"added_tokens_decoder": {**whole, str(free + 5): x()}}, refused="added_tokens_decoder")
        add("decoder with a number of the vocabulary's", {"added_tokens_decoder": {**whole, "70": x()}},
            refused="added_tokens_decoder")
        add("decoder of texts", {"added_tokens_decoder": {n: "<x>"}}, refused="added_tokens_decoder")
        add("additional", {"additional_special_tokens": ["<x>", "<y>"]})
        add("additional object", {"additional_special_tokens": [token(lstrip=True), "<y>"]})
        add("additional bare object", {"additional_special_tokens": [x()]}, refused="additional_special_tokens")
        add("extra list", {"extra_special_tokens": ["<x>", "<y>"]})
        add("extra roles", {"extra_special_tokens": {"z_token": "<x>", "b_token": "<y>"}})
        add("extra and additional", {"extra_special_tokens": {"b_token": "<x>"}, "additional_special_tokens": ["<y>"]})
        add("a role of its own", {"image_token": "<x>"})
        add("beginning", {"bos_token": "<x>"})
        add("beginning object", {"bos_token": token(rstrip=True)})
        add("beginning bare object", {"bos_token": x()}, refused="bos_token")
        add("pad and mask", {"pad_token": "<x>", "mask_token": "<y>"})
        add("added", added={"<x>": free})
        add("added, wrong number", added={"<x>": free + 3}, refused=ADDED)
        add("added and special", {"additional_special_tokens": ["<x>"]}, added={"<x>": free})
        add("map", map={"additional_special_tokens": ["<x>", "<y>"]})
        add("map of objects", map={"additional_special_tokens": [x(lstrip=True)]})
        add("map, end", map={"eos_token": x(lstrip=True)})
        add("map before settings", {"eos_token": "<y>"}, map={"eos_token": "<x>"})
        add("map beside decoder", {"added_tokens_decoder": whole}, map={"eos_token": "<y>"})
        add("split", {"split_special_tokens": True, "added_tokens_decoder": {**whole, n: x()}})
        add("split, not special", {"split_special_tokens": True, "added_tokens_decoder": {**whole, n: x(special=False)}})
        there = {"added_tokens": own + [{"id": free, **x(special=False, normalized=True)}]}
        add("tokenizer.json and decoder", {"added_tokens_decoder": {**whole, n: x(lstrip=True)}}, edit=there)
        add("tokenizer.json alone, decoder without", {"added_tokens_decoder": whole}, edit=there)
        add("tokenizer.json and added, another number", added={"<x>": free + 1}, edit=there, refused=ADDED)
        add("tokenizer.json with a gap", edit={"added_tokens": own + [{"id": free + 7, **x()}]}, refused="added_tokens")


def spm_cases():
    for one in ["LlamaTokenizer", "LlamaTokenizerFast"]:
        for legacy in [None, True, False]:
            for prefix in [None, True, False]:
                for begin in [None, True, False]:
                    said = {"legacy": legacy, "add_prefix_space": prefix, "add_bos_token": begin}
                    said = {key: value for key, value in said.items() if value is not None}
                    if one == "LlamaTokenizer" or prefix is None:
                        case(f"tokenizer.model: {one} {said}", "spm", {"tokenizer_class": one, **said})
    for one in [GPT2, PLAIN, None]:
        case(f"tokenizer.model: {one}", "spm", {"tokenizer_class": one} if one else {}, refused="tokenizer_class")
    plain = {"tokenizer_class": "LlamaTokenizer", "legacy": False, "add_bos_token": True}
    case("tokenizer.model: decoder", "spm", {**plain, "added_tokens_decoder": {"600": x()}}, texts="tokens")
    case("tokenizer.model: additional", "spm", {**plain, "additional_special_tokens": ["<x>"]}, texts="tokens")
    case("tokenizer.model: added", "spm", plain, added={"<x>": 600}, texts="tokens")
    case("tokenizer.model: split", "spm", {**plain, "split_special_tokens": True}, texts="tokens")


def published_cases(bases):
    """Settings as published models have them, on the small tokenizers."""
    def decoder(base):
        return {str(t["id"]): {key: t[key] for key in t if key != "id"} for t in bases[base]["added_tokens"]}

    common = {"clean_up_tokenization_spaces": False, "model_max_length": 1000000000000000019884624838656}
    llama = {**common, "add_bos_token": True, "add_eos_token": False, "pad_token": None, "sp_model_kwargs": {},
             "tokenizer_class": "LlamaTokenizer"}
    objects = {f"{key}_token": {"__type": "AddedToken", "content": value, "lstrip": False, "normalized": False,
                                "rstrip": False, "single_word": False}
               for key, value in [("bos", "<s>"), ("eos", "</s>"), ("unk", "<unk>")]}
    texts = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    case("as Llama 2 has it", "llama-prepend", {**llama, **objects, "legacy": False, "padding_side": "right"},
         map={key: x(content=value["content"]) for key, value in objects.items()})
    case("as TinyLlama has it", "llama-prepend",
         {**llama, **texts, "added_tokens_decoder": decoder("llama-prepend"), "legacy": False, "padding_side": "right"})
    case("as Mistral 0.1 has it", "llama-prepend",
         {**llama, **texts, "added_tokens_decoder": decoder("llama-prepend"), "additional_special_tokens": [],
          "legacy": True, "spaces_between_special_tokens": False, "use_default_system_prompt": False}, "mistral",
         map=texts)
    case("as Mistral 0.3 has it", "llama-first",
         {**llama, **texts, "add_prefix_space": True, "added_tokens_decoder": decoder("llama-first"), "legacy": False,
          "use_default_system_prompt": False}, "mistral")
    case("as Llama 3 has it", "llama3",
         {**common, "added_tokens_decoder": decoder("llama3"), "bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>",
          "model_input_names": ["input_ids", "attention_mask"], "tokenizer_class": "PreTrainedTokenizerFast"})
    case("as DeepSeek's Llama has it", "llama3",
         {**llama, "added_tokens_decoder": decoder("llama3"), "bos_token": token(content="<|begin_of_text|>"),
          "eos_token": token(content="<|eot_id|>"), "unk_token": None, "legacy": True,
          "tokenizer_class": "LlamaTokenizerFast"})
    qwen = {**common, "add_bos_token": False, "add_prefix_space": False, "added_tokens_decoder": decoder("qwen2"),
            "additional_special_tokens": ["<|im_start|>", "<|im_end|>"], "bos_token": None, "eos_token": "<|im_end|>",
            "errors": "replace", "pad_token": "<|endoftext|>", "split_special_tokens": False,
            "tokenizer_class": "Qwen2Tokenizer", "unk_token": None}
    case("as Qwen 2.5 has it", "qwen2", qwen, "qwen2")
    case("as Qwen 3 has it", "qwen2", qwen, "qwen3")
    gemma = {**common, "add_bos_token": True, "add_eos_token": False, "added_tokens_decoder": decoder("gemma"),
             "additional_special_tokens": ["<start_of_turn>"], "bos_token": "<bos>", "eos_token": "<eos>",
             "pad_token": "<pad>", "sp_model_kwargs": {}, "spaces_between_special_tokens": False,
             "tokenizer_class": "GemmaTokenizer", "unk_token": "<unk>", "use_default_system_prompt": False}
    case("as Gemma 2 has it", "gemma", gemma, "gemma2")
    three = {key: value for key, value in gemma.items() if key != "additional_special_tokens"}
    case("as Gemma 3 has it", "gemma",
         {**three, "boi_token": "<start_of_turn>", "image_token": "<mask>", "sp_model_kwargs": None,
          "extra_special_tokens": {"boi_token": "<start_of_turn>", "image_token": "<mask>"}}, "gemma3_text")
    end = {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    case("as GPT-2 has it", "gpt2", {"model_max_length": 1024}, "gpt2")
    case("as Pythia has it", "neox",
         {**end, "add_prefix_space": False, "model_max_length": 2048, "special_tokens_map_file": None,
          "name_or_path": "EleutherAI/gpt-neox-20b", "tokenizer_class": "GPTNeoXTokenizer"}, "gpt_neox", map=end)
    case("as SmolLM 2 has it", "smollm",
         {**common, **end, "add_prefix_space": False, "added_tokens_decoder": decoder("smollm"),
          "additional_special_tokens": ["<|endoftext|>"], "tokenizer_class": "GPT2Tokenizer", "vocab_size": 301}, map=end)


TEXTS = {
    "general": ["hello there", " lead", "  two", "a  1 22", "<s>[INST] hi [/INST]", "hi</s> there", "the<|endoftext|> the",
                "<|im_start|>user\nhi<|im_end|>\nthere", "<mask> a", "<pad>a <unk>", "héllo 你好 😀", "<bos>hi<eos>",
                "x\u0301 don't 123", "<|begin_of_text|>hi", "", "▁a", "aaaa    aaaa"],
    "tokens": ["a <x>b", "<x> the", "the  <x>  the", "e<x>n", "<y> <x><y>", "▁<x>", "plain", "ⓐ<x>"],
    "chat": ["hello <|im_start|>user\nhi<|im_end|> there", "plain words 123", "tab\tand\n\nnew lines  two", " lead",
             "héllo wörld 你好 😀", "a <|im_end|>b", "<|im_end|>x", "<|im_start|>", "<|endoftext|>"],
}


def read(folder, texts):
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        plain = [list(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
        whole = list(tokenizer(texts[0])["input_ids"])
    except Exception as error:  # what it can't read is a result, too
        return {"error": type(error).__name__}
    return {"ids": plain, "prompt": whole}


version = transformers.__version__
target.mkdir(exist_ok=True)
if version.startswith("4"):
    (target / "bases.json").write_text(json.dumps(make_bases(), ensure_ascii=False, separators=(",", ":")) + "\n")
bases = json.loads((target / "bases.json").read_text())
issue_cases(bases)
flag_cases()
class_cases()
token_cases(bases)
spm_cases()
published_cases(bases)
results = {}
for one in cases:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if one["base"] == "spm":
            shutil.copyfile(root / "sentencepiece/bpe/tokenizer.model", folder / "tokenizer.model")
        else:
            (folder / "tokenizer.json").write_text(json.dumps({**bases[one["base"]], **one.get("edit", {})}))
        for name, value in one["files"].items():
            (folder / name).write_text(json.dumps(value))
        results[one["name"]] = read(scratch, TEXTS[one["texts"]])
assert len(results) == len(cases)
lines = lambda entries: "{\n" + ",\n".join(f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
                                          for key, value in entries.items()) + "\n}\n"
(target / "cases.json").write_text(lines({"texts": TEXTS, **{one.pop("name"): one for one in cases}}))
(target / f"transformers_{version.split('.')[0]}.json").write_text(lines({"version": version, **results}))
errors = [name for name, result in results.items() if "error" in result]
print(f"{version}: {len(cases)} folders, {len(errors)} not read", file=sys.stderr)
