"""Small copies of reference tokenizers for tests that run from the repository alone: few of the long rows.

    python tests/data/make/reference_tokenizers.py ../shared/reference
"""
import json
import shutil
import sys
from pathlib import Path

CASES = ["gemma-style", "gpt2-prefix-space", "gptneox-style", "llama2-metaspace", "llama2-prepend", "llama3-style", "qwen2-style"]
LONG_ROWS = 4  # of each kind of A/B question

source = Path(sys.argv[1]) / "tokenizers"
target = Path(__file__).parent.parent / "reference" / "tokenizers"
for case in CASES:
    folder = target / case
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["case.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]:
        if (source / case / name).exists():
            shutil.copyfile(source / case / name, folder / name)
    seen, kept = {}, []
    for line in (source / case / "golden.jsonl").read_text().splitlines():
        kind = json.loads(line)["kind"]
        seen[kind] = seen.get(kind, 0) + 1
        if not kind.startswith("ab-") or seen[kind] <= LONG_ROWS:
            kept.append(line)
    (folder / "golden.jsonl").write_text("\n".join(kept) + "\n")
