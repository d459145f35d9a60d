"""Makes reference_scores.json: a llama-like decoder in plain numpy, in f32 throughout, over the weights of a
GGUF file. Needs `pip install gguf numpy`; token ids are given, so no tokenizer takes part.

    python reference_scores.py MODEL=FILE.gguf:1,2,3 ... > reference_scores.json
"""

import json
import sys

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize

KEPT = 40


def scores(path, ids):
    reader = GGUFReader(path)
    architecture = reader.fields["general.architecture"].contents()
    weights = {
        t.name: dequantize(t.data, t.tensor_type).astype(np.float32).reshape(tuple(reversed(t.shape.tolist())))
        for t in reader.tensors
    }

    def number(key):
        return reader.fields[f"{architecture}.{key}"].contents()

    heads, kv_heads = number("attention.head_count"), number("attention.head_count_kv")
    width, epsilon = number("embedding_length"), number("attention.layer_norm_rms_epsilon")
    gemma = architecture == "gemma3"
    head_width = number("attention.key_length") if gemma else width // heads

    def angles(base):
        turns = np.arange(len(ids))[:, None] * base ** (-np.arange(0, head_width, 2) / head_width)
        return np.cos(turns)[:, None], np.sin(turns)[:, None]

    period = reader.fields.get(f"{architecture}.attention.sliding_window_pattern")
    period = period.contents() if period else 6
    everywhere = angles(number("rope.freq_base"))
    half = head_width // 2
    first, second = (
        (slice(0, None, 2), slice(1, None, 2)) if architecture == "llama" else (slice(0, half), slice(half, None))
    )

    def norm(x, weight):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * weight

    def turn(x, cos, sin):
        y = np.empty_like(x)
        a, b = x[..., first], x[..., second]
        y[..., first], y[..., second] = a * cos - b * sin, a * sin + b * cos
        return y

    x, n = weights["token_embd.weight"][ids], len(ids)
    if gemma:
        x = x * np.sqrt(width)
    future = np.triu(np.full((n, n), -1e30), 1)
    for block in range(number("block_count")):

        def linear(name, x):
            name = f"blk.{block}.{name}"
            return x @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", 0)

        def normed(name, x):
            weight = weights.get(f"blk.{block}.{name}.weight")
            return x if weight is None else norm(x, weight)

        near = gemma and (block + 1) % period > 0
        cos, sin = angles(10_000.0) if near else everywhere
        hidden = future
        if near:
            hidden = future + np.tril(np.full((n, n), -1e30), -number("attention.sliding_window"))
        h = norm(x, weights[f"blk.{block}.attn_norm.weight"])
        q = turn(normed("attn_q_norm", linear("attn_q", h).reshape(n, heads, head_width)), cos, sin)
        k = turn(normed("attn_k_norm", linear("attn_k", h).reshape(n, kv_heads, head_width)), cos, sin)
        v = linear("attn_v", h).reshape(n, kv_heads, head_width)
        mixed = np.empty((n, heads, head_width), np.float32)
        for head in range(heads):
            stored = head // (heads // kv_heads)
            s = q[:, head] @ k[:, stored].T / np.sqrt(head_width) + hidden
            s = np.exp(s - s.max(-1, keepdims=True))
            mixed[:, head] = s / s.sum(-1, keepdims=True) @ v[:, stored]
        attended = linear("attn_output", mixed.reshape(n, heads * head_width))
        x = x + normed("post_attention_norm", attended)
        h = norm(x, weights[f"blk.{block}.ffn_norm.weight"])
        gate = linear("ffn_gate", h)
        if gemma:
            bent = gate / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (gate + 0.044715 * gate**3)))
        else:
            bent = gate / (1 + np.exp(-gate))
        x = x + normed("post_ffw_norm", linear("ffn_down", bent * linear("ffn_up", h)))
    head = weights.get("output.weight", weights["token_embd.weight"])
    return head @ norm(x[-1], weights["output_norm.weight"])


references = {}
for argument in sys.argv[1:]:
    model, rest = argument.split("=", 1)
    path, tokens = rest.rsplit(":", 1)
    ids = [int(id) for id in tokens.split(",")]
    found = scores(path, ids)
    best = np.argsort(-found)[:KEPT]
    references[model] = {"prompt": ids, "best": [[int(id), round(float(found[id]), 3)] for id in best]}
print(json.dumps(references))
