#!/usr/bin/env python3
"""What llama_logits.py needs beside a model and pairs: control vectors with fixed random directions, and a model's weights in float32.

    python llama_inputs.py vector OUT.gguf --layers 8-20 --width 576 --seed 1 --norms 12.5,13,...    (needs numpy, gguf)
    python llama_inputs.py widen MODEL.gguf OUT.gguf

--norms has one length for each layer, or one for all. Widened, every tensor is float32 with the values that its quantisation
stands for, and all metadata are as before but for general.file_type.
"""
import argparse

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType
from gguf.quants import dequantize

MADE_ANEW = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version")


def layers_of(text):
    """"1,8-10" is [1, 8, 9, 10]."""
    ends = [part.partition("-") for part in text.split(",")]
    return [layer for first, _, last in ends for layer in range(int(first), int(last or first) + 1)]


def vector(options):
    layers = layers_of(options.layers)
    norms = [float(n) for n in options.norms.split(",")]
    norms = norms * len(layers) if len(norms) == 1 else norms
    random = np.random.default_rng(options.seed)
    out = GGUFWriter(options.out, "controlvector")
    out.add_string("controlvector.model_hint", "llama")
    out.add_uint32("controlvector.layer_count", len(layers))
    for layer, norm in zip(layers, norms, strict=True):
        direction = random.normal(size=options.width)
        out.add_tensor(f"direction.{layer}", (direction * (norm / np.linalg.norm(direction))).astype(np.float32))
    finish(out)


def widen(options):
    model = GGUFReader(options.model)
    out = GGUFWriter(options.out, model.fields["general.architecture"].contents())
    out.add_file_type(LlamaFileType.ALL_F32)
    for name, field in model.fields.items():
        if not name.startswith(MADE_ANEW):
            inner = field.types[1] if field.types[0] == GGUFValueType.ARRAY else None
            out.add_key_value(name, field.contents(), field.types[0], inner)
    for tensor in model.tensors:
        values = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        out.add_tensor(tensor.name, values.reshape(tensor.shape[::-1]), raw_dtype=GGMLQuantizationType.F32)
    finish(out)


def finish(out):
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("vector")
    command.add_argument("out")
    command.add_argument("--layers", required=True)
    command.add_argument("--width", type=int, required=True)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--norms", required=True)
    command.set_defaults(call=vector)
    command = commands.add_parser("widen")
    command.add_argument("model")
    command.add_argument("out")
    command.set_defaults(call=widen)
    chosen = parser.parse_args()
    chosen.call(chosen)
