"""The usual import of PDFs in Python, beside `yinju bench ingest`: PyMuPDF's text, pieces of about 1,000 characters,
multilingual-e5-small in ONNX Runtime, Qdrant in this process, and the words of every piece by jieba for BM25. Needs what
`embed.py` needs and `pip install pymupdf qdrant-client jieba`.

    python import.py FOLDER_OF_PDFS MODEL_FOLDER [--batch 1] [--int8] [--threads 2]

Prints seconds by stage, pages a second over all stages, and the peak of memory; loading the model is a stage of its
own and not counted in `pages_per_s`. Making the graph file is not counted at all.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

import embed

SIZE, OVERLAP = 1000, 100
MARKS = ["\n\n", "\n", "。", ". ", " ", ""]


def split(text, marks=MARKS):
    """Pieces of at most SIZE characters, cut at the coarsest mark that does, each after the end of the last."""
    if len(text) <= SIZE:
        return [text] if text.strip() else []
    mark, finer = marks[0], marks[1:]
    parts = [part + mark for part in text.split(mark)] if mark else [text[n:n + SIZE] for n in range(0, len(text), SIZE)]
    pieces, now = [], ""
    for part in parts:
        if len(now) + len(part) > SIZE:
            pieces.append(now)
            now = now[-OVERLAP:] if len(part) <= SIZE - OVERLAP else ""
        if len(part) > SIZE:
            pieces += split(part, finer)
        else:
            now += part
    return [piece for piece in pieces + [now] if piece.strip()]


def read(folder):
    """File, page number and text of every page; how many files could not be opened."""
    import pymupdf
    pymupdf.TOOLS.mupdf_display_errors(False)
    pages, failed = [], 0
    for file in sorted(folder.glob("*.pdf")):
        try:
            with pymupdf.open(file) as document:
                if document.needs_pass:
                    raise ValueError("a password is needed")
                pages += [(file.name, number, page.get_text()) for number, page in enumerate(document)]
        except Exception:
            failed += 1
    return pages, failed


def vectors_of(run, ids, batch):
    """One unit vector a piece: pieces sorted by length, each batch padded to its longest."""
    order, found = sorted(range(len(ids)), key=lambda n: len(ids[n])), [None] * len(ids)
    for start in range(0, len(order), batch):
        group = order[start:start + batch]
        longest = len(ids[group[-1]])
        padded = np.array([ids[n] + [0] * (longest - len(ids[n])) for n in group])
        inputs = {"ids": padded}
        if batch > 1:
            inputs["lengths"] = np.array([len(ids[n]) for n in group], np.int32)
        for n, vector in zip(group, run(None, inputs)[0]):
            found[n] = vector / np.linalg.norm(vector)
    return found


def measure(job):
    """In a process of its own, so that the peak is that of the import alone."""
    seconds, last = {}, time.perf_counter()

    def stage(name):
        nonlocal last
        seconds[name], last = time.perf_counter() - last, time.perf_counter()

    import jieba
    from qdrant_client import QdrantClient, models
    from tokenizers import Tokenizer
    jieba.setLogLevel(60)
    jieba.initialize()
    run = embed.session(job["graph"], job["threads"]).run
    tokenizer = Tokenizer.from_file(job["tokenizer"])
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    stage("load")
    pages, failed = read(pathlib.Path(job["pdfs"]))
    stage("text")
    pieces = [(file, page, piece) for file, page, text in pages for piece in split(text)]
    stage("split")
    ids = [e.ids for e in tokenizer.encode_batch_fast([f"passage: {text}" for _, _, text in pieces])]
    stage("tokenise")
    vectors = vectors_of(run, ids, job["batch"])
    stage("embed")
    store = QdrantClient(":memory:")
    store.create_collection("pieces", models.VectorParams(size=len(vectors[0]), distance=models.Distance.COSINE))
    store.upsert("pieces", [
        models.PointStruct(id=n, vector=vector.tolist(), payload={"file": file, "page": page, "text": text})
        for n, (vector, (file, page, text)) in enumerate(zip(vectors, pieces))
    ])
    stage("store")
    postings = collections.defaultdict(list)
    for n, (_, _, text) in enumerate(pieces):
        for word, count in collections.Counter(jieba.cut_for_search(text.lower())).items():
            postings[word].append((n, count))
    stage("words")
    total = sum(seconds.values()) - seconds["load"]
    return {"seconds": {name: round(s, 3) for name, s in seconds.items()}, "total_s": round(total, 2),
            "pages": len(pages), "failed_files": failed, "pieces": len(pieces), "tokens": sum(map(len, ids)),
            "pages_per_s": round(len(pages) / total, 2), "peak_rss_mb": embed.peak()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pdfs", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--int8", action="store_true")
    parser.add_argument("--form", default=embed.FORM)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        graph = pathlib.Path(folder) / "f32.onnx"
        config, weights = embed.read(args.model)
        embed.save(embed.build(config, weights, args.form, masked=args.batch > 1), graph)
        del weights
        if args.int8:
            embed.quantise(graph, graph := graph.with_name("int8.onnx"), "int8")
        job = {"pdfs": str(args.pdfs), "graph": str(graph), "tokenizer": str(args.model / "tokenizer.json"),
               "batch": args.batch, "threads": args.threads}
        child = [sys.executable, __file__, "--measure"]
        done = subprocess.run(child, input=json.dumps(job), text=True, check=True, stdout=subprocess.PIPE)
    kind = {"batch": args.batch, "threads": args.threads, "weights": "int8" if args.int8 else "f32"}
    print(json.dumps(kind | json.loads(done.stdout)))


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        print(json.dumps(measure(json.load(sys.stdin))))
    else:
        main()
