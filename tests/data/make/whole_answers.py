#!/usr/bin/env python3
"""whole_answers.py MODEL.gguf: tests/data/whole_answers/smollm2.json, what
transformers makes of answers of several tokens: log-probabilities summed over
them, as the model is and with a vector added to the output of a block.

Made by transformers 4.57, torch 2.15 (float32, eager attention).
"""

import json
import math
import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

LAYER = 15
PAIRS = [
    ("The capital of France is", [" Paris"], [" not known to me"]),
    ("Shall I open the gate?", [" Yes, please do"], [" No"]),
    ("After the rain the harbour was", [" calm and bright"], [" dark"]),
    ("She tasted the soup and said it was", [" absolutely delicious"],
     [" awful"]),
    ("Two and two make", [" four", " 4", " the number four"], [" five", " 22"]),
    ("My favourite colour is", [" deep blue"], [" a very pale green"]),
]


def main():
    folder, name = os.path.split(sys.argv[1])
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=name, dtype=torch.float32,
        attn_implementation="eager").eval()
    width = model.config.hidden_size
    vector = torch.tensor([0.3 * math.cos(i) for i in range(width)],
                          dtype=torch.float64).float()

    def summed(question, answer, multiplier):
        prompt = tokenizer(question, add_special_tokens=False)["input_ids"]
        whole = tokenizer(question + answer,
                          add_special_tokens=False)["input_ids"]
        assert whole[:len(prompt)] == prompt
        first = len(prompt) - 1  # steered from the last token of the prompt

        def add(module, inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            hidden[:, first:] += multiplier * vector

        hook = model.model.layers[LAYER].register_forward_hook(add)
        with torch.no_grad():
            logits = model(torch.tensor([whole])).logits[0].double()
        hook.remove()
        said = torch.log_softmax(logits, -1)
        return whole, sum(said[i - 1, whole[i]].item()
                          for i in range(len(prompt), len(whole)))

    pairs = []
    for question, matching, other in PAIRS:
        pair = {"question": question, "matching": matching, "other": other,
                "tokens": [], "clean": [], "steered": []}
        for answer in matching + other:
            tokens, clean = summed(question, answer, 0.0)
            pair["tokens"].append(tokens)
            pair["clean"].append(clean)
            pair["steered"].append(summed(question, answer, 4.0)[1])
        pairs.append(pair)
    out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                       "whole_answers", "smollm2.json")
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"layer": LAYER, "multiplier": 4.0, "pairs": pairs}, file)
        file.write("\n")


main()
