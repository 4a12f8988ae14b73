"""Small SentencePiece models with the Python library's own encodings, for tests/jobs/sentencepiece_test.cpp.

    python tests/data/make/sentencepiece_models.py        (needs sentencepiece; made with 0.2.x)
"""
import io
import json
from pathlib import Path

import sentencepiece as spm

root = Path(__file__).parents[3]
text = [json.loads(line)["question"].replace("\n", " ")
        for line in (root / "examples/first_light/data/corrigible-neutral-HHH.jsonl").read_text().splitlines()]
probes = ["", "a", "Hello world", " two  spaces ", "(A", " (A)", "Choices:\n (A) Yes\n (B) No", "é", "naïve café", "日本語 text",
          "😀!", "x\u0301y", "tabs\tand\nlines", "1234.5", "I'll go", "<s>x", "\u2581already", "ÄÖÜ ß"] + text[:20]
for kind in ["bpe", "unigram"]:
    model = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(text), model_writer=model, model_type=kind, vocab_size=600, byte_fallback=True,
        character_coverage=0.999, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
        user_defined_symbols=["<start_of_turn>"], num_threads=1, minloglevel=2)
    folder = Path(__file__).parent.parent / "sentencepiece" / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    processor = spm.SentencePieceProcessor(model_proto=model.getvalue())
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "LlamaTokenizer", "legacy": false}\n')
    with open(folder / "golden.jsonl", "w") as out:
        for probe in probes:
            if "<s>" in probe:  # the library alone does not look for control tokens
                continue
            if probe.startswith((" ", "\u2581")):  # transformers puts no other space before it: tokenizer_folders.py
                continue
            out.write(json.dumps({"text": probe, "ids": processor.encode(probe)}) + "\n")
