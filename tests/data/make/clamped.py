"""What SAELens makes of activations with one feature clamped, its error kept.

    python -P tests/data/make/clamped.py tests/data/reference/saes tests/data/clamped.json        (needs sae-lens, torch)

For each SAE of the folder that SAELens wrote and whose features are read each by itself: its codes of three rows of
`x`, one code set to a value, decoded, and what the SAE had not explained added again. Made with sae-lens 6.54.12.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from sae_lens import SAE

NAMES = ["saelens_standard", "saelens_jumprelu", "saelens_jumprelu_sub"]
ROWS = [0, 1, 5]
VALUES = [0.0, 2.5]


def clamped(sae, x, feature, value):
    with torch.no_grad():
        codes = sae.encode(x)
        error = x - sae.decode(codes)
        codes[:, feature] = value
        return sae.decode(codes) + error


def main():
    folder, out = Path(sys.argv[1]), {}
    for name in NAMES:
        sae = SAE.load_from_disk(folder / name, device="cpu").to(torch.float64)
        x = load_file(folder / name / "expected.safetensors")["x"][ROWS].double()
        fires = (sae.encode(x) > 0).sum(0)
        # One that fires on most of these rows, one on one of them, one on none.
        features = [int(fires.argmax()), int((fires == 1).float().argmax()), int((fires == 0).float().argmax())]
        out[name] = {"x": x.tolist(),
                     "cases": [{"feature": feature, "value": value, "clamped": clamped(sae, x, feature, value).tolist()}
                               for feature in features for value in VALUES]}
    Path(sys.argv[2]).write_text(json.dumps(out) + "\n")


main()
