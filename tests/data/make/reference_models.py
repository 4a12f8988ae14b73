"""Small copies of reference model cases for tests that run from the repository alone: as they are, less what no test reads.

    python tests/data/make/reference_models.py ../shared/reference        (needs numpy, torch, safetensors)
"""
import shutil
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

CASES = ["gemma2-fp16-stored", "gemma3-linear-rope", "gpt2-hub-names", "neox-sequential", "qwen2-bf16-stored", "qwen3-qknorm"]

source = Path(sys.argv[1]) / "models"
target = Path(__file__).parent.parent / "reference" / "models"
for case in CASES:
    folder = target / case
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["config.json", "meta.json", "model.safetensors"]:
        shutil.copyfile(source / case / name, folder / name)
    expected = load_file(source / case / "expected.safetensors")
    kept = {k: v for k, v in expected.items() if not k.startswith(("bf16.resid", "bf16_to"))}
    save_file(kept, folder / "expected.safetensors")
