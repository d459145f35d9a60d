"""Makes reference_tokens.json: byte-level BPE written out plainly, with no tokenizer library, over the
vocabulary of a GGUF file. Needs `pip install gguf regex`.

    python reference_tokens.py qwen2=QWEN.gguf smollm=SMOLLM.gguf > reference_tokens.json
"""

import json
import sys
import unicodedata

import regex
from gguf import GGUFReader

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)

TEXTS = [
    "Hello, world!",
    "1234 + 5.6 = 1239.6",
    "引据：从一个拖入的PDF到有引用的答案。",
    "It's THEY'RE we'd  two  spaces\n\n\ttabs \r\n end ",
    "",
    "émigré — “quotes” … naïve e\u0301",
    "🙂👩‍👩‍👧 ﷽ ½ ² Ⅳ",
    "def f(x):\n    return x**2  # Kommentar\n",
    "青藏铁路全长1956千米，２００６年通车。",
    "ТЕСТ тест Ωμέγα שלום مرحبا नमस्ते",
]


def stand_ins():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + at) for at, byte in enumerate(others)}


def pieces(kind, text):
    if kind == "qwen2":
        return regex.findall(QWEN2, unicodedata.normalize("NFC", text))
    parts = [part for part in regex.split(r"(\p{N})", text) if part]
    return [piece for part in parts for piece in regex.findall(GPT2, part)]


def merge(word, ranks):
    while len(word) > 1:
        rank, at = min((ranks.get(pair, 1 << 60), at) for at, pair in enumerate(zip(word, word[1:])))
        if rank == 1 << 60:
            break
        word[at : at + 2] = [word[at] + word[at + 1]]
    return word


def encode(kind, path):
    fields = GGUFReader(path).fields
    ids = {token: id for id, token in enumerate(fields["tokenizer.ggml.tokens"].contents())}
    merges = fields["tokenizer.ggml.merges"].contents()
    ranks = {tuple(pair.split(" ")): rank for rank, pair in enumerate(merges)}
    table = stand_ins()
    return [
        [ids[part] for piece in pieces(kind, text) for part in merge([table[b] for b in piece.encode()], ranks)]
        for text in TEXTS
    ]


references = {kind: encode(kind, path) for kind, path in (pair.split("=", 1) for pair in sys.argv[1:])}
print(json.dumps({"texts": TEXTS, **references}, ensure_ascii=False))
