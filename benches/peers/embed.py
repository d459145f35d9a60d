"""ONNX Runtime on an encoder, as `yinju bench embed` measures ours: medians of five runs over passages of equal
length, in 32-bit floats and with the weights quantised to 8 bits. The graph is made here from the model folder,
out of ONNX Runtime's own fused operators (`--form plain`: the standard's). Needs
`pip install onnxruntime onnx numpy sympy safetensors tokenizers`.

    python embed.py FOLDER [--tokens 300] [--batch 1,16,64] [--threads 2] [--seconds 3] [--form attention]
    python embed.py --shape 768x12x12x3072      random weights: hidden x layers x heads x inner
    python embed.py --shape 768x12x12x3072 --write FOLDER      writes these weights as a model folder instead
    python embed.py FOLDER --check              compares with the same arithmetic in NumPy instead

Quantised: dynamic, a scale a column; `int8_full` uses all 8 bits, `int8` seven, as the AVX2 product of bytes needs
to stay within 16 bits, and `uint8` unsigned weights, which go another way. `--kinds` says which are measured.
"""

import argparse
import json
import logging
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

RUNS = 5
FORM = "attention"
VOCABULARY = 21128
PLACES = {"bert": 0, "ernie": 0, "roberta": 2, "xlm-roberta": 2, "camembert": 2}  # the first token's position row
TEXTS = [
    "query: 如何在小型计算机上整理大量文献?", "query: how can many papers be sorted on a small computer?",
    "passage: 水从北方的河流流入城市,十二个测站每天记录一次压力。", "passage: Water reaches the city from the northern rivers.",
    "passage: 第三章讨论统计检验的前提,并给出两个反例。", "passage: The third chapter treats the assumptions of the test.",
    "query: 合同的违约金上限是多少?", "passage: The penalty may not exceed ten per cent of the agreed price.",
]


class Graph:
    """Nodes and weights of an ONNX graph, named as they come."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def add(self, op, *inputs, domain="", **attributes):
        from onnx import helper
        out = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [out], name=out, domain=domain, **attributes))
        return out

    def ms(self, op, *inputs, **attributes):
        return self.add(op, *inputs, domain="com.microsoft", **attributes)

    def weight(self, array):
        from onnx import numpy_helper
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name


def read(folder):
    """Config and weights (as f32, the prefix of their names cut off) of a model folder."""
    from safetensors.numpy import load_file
    config = json.loads((folder / "config.json").read_text())
    weights = load_file(folder / "model.safetensors")
    prefix = min((n for n in weights if n.endswith("embeddings.word_embeddings.weight")), key=len)[:-33]
    return config, {name[len(prefix):]: array.astype(np.float32) for name, array in weights.items()}


def make(shape):
    """Config and random weights of an encoder of this shape."""
    hidden, layers, heads, inner = shape
    config = {"model_type": "bert", "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
              "intermediate_size": inner, "max_position_embeddings": 512, "type_vocab_size": 2, "pad_token_id": 0,
              "vocab_size": VOCABULARY, "hidden_act": "gelu", "layer_norm_eps": 1e-12}
    rng = np.random.default_rng(1)
    weights = {}

    def fill(name, *size):
        weights[name] = rng.normal(0, 0.04, size).astype(np.float32)

    def norm(name):
        weights[f"{name}.weight"] = np.ones(hidden, np.float32)
        weights[f"{name}.bias"] = np.zeros(hidden, np.float32)

    for part, rows in [("word", VOCABULARY), ("position", 512), ("token_type", 2)]:
        fill(f"embeddings.{part}_embeddings.weight", rows, hidden)
    norm("embeddings.LayerNorm")
    for n in range(layers):
        at = f"encoder.layer.{n}."
        same = [f"attention.self.{part}" for part in ("query", "key", "value")] + ["attention.output.dense"]
        sizes = {name: (hidden, hidden) for name in same}
        sizes |= {"intermediate.dense": (inner, hidden), "output.dense": (hidden, inner)}
        for name, (outputs, inputs) in sizes.items():
            fill(f"{at}{name}.weight", outputs, inputs)
            fill(f"{at}{name}.bias", outputs)
        norm(f"{at}attention.output.LayerNorm")
        norm(f"{at}output.LayerNorm")
    return config, weights


def write(folder, config, weights):
    """A model folder: config, weights and a tokenizer that knows every number below the vocabulary's size."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    # Every letter is a token, so that a text of words is long enough for any length that is asked for.
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = [chr(c) for c in range(33, 127)] + [chr(c) for c in range(0x4E00, 0x4E00 + VOCABULARY)]
    vocabulary = {token: n for n, token in enumerate((special + letters)[:VOCABULARY])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split("", "isolated")])
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))


def build(config, weights, form=FORM, masked=False):
    """The encoder as an ONNX model: token ids [batch, tokens] (and lengths [batch] if `masked`) to mean vectors.

    Forms: `mha` and `attention` use ONNX Runtime's own operators, `plain` those of the standard, left to its optimiser.
    """
    from onnx import TensorProto, helper
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    epsilon, act = config.get("layer_norm_eps", 1e-12), config.get("hidden_act", "gelu")
    g = Graph()

    def matrix(name):
        return g.weight(weights[f"{name}.weight"].T)

    def vector(*names):
        return g.weight(np.concatenate([weights[name] for name in names]))

    def scale_shift(name):
        old = f"{name}.gamma" in weights
        return vector(f"{name}.gamma" if old else f"{name}.weight"), vector(f"{name}.beta" if old else f"{name}.bias")

    def add_norm(x, onto, bias, name):
        if form == "plain":
            both = g.add("Add", onto, g.add("Add", x, bias))
            return g.add("LayerNormalization", both, *scale_shift(name), axis=-1, epsilon=epsilon)
        return g.ms("SkipLayerNormalization", x, onto, *scale_shift(name), bias, epsilon=epsilon)

    def attend(x, names):
        biases = [f"{name}.bias" for name in names]
        lengths = ["lengths"] if masked else []
        if form == "attention":
            joined = g.weight(np.concatenate([weights[f"{name}.weight"] for name in names]).T)
            return g.ms("Attention", x, joined, vector(*biases), *lengths, num_heads=heads)
        if form == "mha":
            parts = [g.add("MatMul", x, matrix(name)) for name in names]
            return g.ms("MultiHeadAttention", *parts, vector(*biases), *lengths, num_heads=heads)
        split = g.weight(np.array([0, 0, heads, hidden // heads]))
        q, k, v = (g.add("Reshape", g.add("Add", g.add("MatMul", x, matrix(n)), vector(b)), split)
                   for n, b in zip(names, biases))
        q, v = (g.add("Transpose", part, perm=[0, 2, 1, 3]) for part in (q, v))
        scores = g.add("MatMul", q, g.add("Transpose", k, perm=[0, 2, 3, 1]))
        scores = g.add("Div", scores, g.weight(np.float32(math.sqrt(hidden // heads))))
        context = g.add("MatMul", g.add("Softmax", scores, axis=-1), v)
        return g.add("Reshape", g.add("Transpose", context, perm=[0, 2, 1, 3]), g.weight(np.array([0, 0, hidden])))

    def activate(x, bias):
        if act == "relu":
            return g.add("Relu", g.add("Add", x, bias))
        exact = act in ("gelu", "gelu_python")
        if form == "plain":
            return g.add("Gelu", g.add("Add", x, bias), approximate="none" if exact else "tanh")
        return g.ms("BiasGelu" if exact else "FastGelu", x, bias)

    first = PLACES[config["model_type"]]
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    zero, one, two = (g.weight(np.array([n])) for n in (0, 1, 2))
    tokens = g.add("Slice", g.add("Shape", "ids"), one, two)
    x = g.add("Gather", g.weight(weights["embeddings.word_embeddings.weight"]), "ids")
    x = g.add("Add", x, g.add("Slice", g.weight(places[first:]), zero, tokens))
    x = g.add("LayerNormalization", x, *scale_shift("embeddings.LayerNorm"), axis=-1, epsilon=epsilon)
    for n in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{n}."
        context = attend(x, [f"{at}attention.self.{part}" for part in ("query", "key", "value")])
        out, up, down = f"{at}attention.output.dense", f"{at}intermediate.dense", f"{at}output.dense"
        out, bias = g.add("MatMul", context, matrix(out)), vector(f"{out}.bias")
        x = add_norm(out, x, bias, f"{at}attention.output.LayerNorm")
        inner = activate(g.add("MatMul", x, matrix(up)), vector(f"{up}.bias"))
        x = add_norm(g.add("MatMul", inner, matrix(down)), x, vector(f"{down}.bias"), f"{at}output.LayerNorm")
    if masked:
        count = g.add("Unsqueeze", g.add("Cast", "lengths", to=TensorProto.INT64), one)
        row = g.add("Range", *(g.add("Squeeze", n) for n in (zero, tokens, one)))
        here = g.add("Cast", g.add("Less", row, count), to=TensorProto.FLOAT)
        x = g.add("Squeeze", g.add("MatMul", g.add("Unsqueeze", here, one), x), one)
        vectors = g.add("Div", x, g.add("Cast", count, to=TensorProto.FLOAT))
    else:
        vectors = g.add("ReduceMean", x, one, keepdims=0)
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "tokens"])]
    if masked:
        inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]))
    output = helper.make_tensor_value_info(vectors, TensorProto.FLOAT, ["batch", hidden])
    graph = helper.make_graph(g.nodes, "encoder", inputs, [output], g.weights)
    domains = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=9)


def save(model, file):
    """Writes the model with its weights beside it, where ONNX Runtime maps them instead of copying them."""
    import onnx
    onnx.save(model, file, save_as_external_data=True, location=f"{file.name}.data", size_threshold=1024)


def quantise(source, file, kind):
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic
    logging.disable(logging.WARNING)
    quantize_dynamic(source, file, per_channel=True, reduce_range=kind == "int8", use_external_data_format=True,
                     weight_type=QuantType.QUInt8 if kind == "uint8" else QuantType.QInt8,
                     extra_options={"DefaultTensorType": TensorProto.FLOAT})


def session(file, threads):
    import onnxruntime as ort
    ort.set_default_logger_severity(3)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def measure(job):
    """In a process of its own, so that the peak is that of loading and running alone."""
    run = session(job["file"], job["threads"]).run
    vectors = [run(None, {"ids": np.array([ids])})[0][0].tolist() for ids in job["texts"]]
    rates = {}
    for batch in job["batch"]:
        ids = np.array(job["passages"][:batch])
        run(None, {"ids": ids})
        found = []
        for _ in range(RUNS):
            start, done = time.perf_counter(), 0
            while time.perf_counter() - start < job["seconds"]:
                run(None, {"ids": ids})
                done += batch
            found.append(done / (time.perf_counter() - start))
        rates[batch] = round(statistics.median(found), 2)
    return {"sentences_per_s": rates, "peak_rss_mb": peak(), "vectors": vectors}


def peak():
    """MB. Not `getrusage`, whose figure a process inherits from the one that started it."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 // 1_000_000


def cosine(a, b):
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def reference(config, w, ids):
    """The encoder in NumPy, written from the definition."""
    first, heads = PLACES[config["model_type"]], config["num_attention_heads"]

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        x /= np.sqrt((x * x).mean(-1, keepdims=True) + config.get("layer_norm_eps", 1e-12))
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.token_type_embeddings.weight"][0]
    x = norm(x + w["embeddings.position_embeddings.weight"][first:first + len(ids)], "embeddings.LayerNorm")
    for n in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{n}."
        q, k, v = (linear(x, f"{at}attention.self.{part}").reshape(len(ids), heads, -1).swapaxes(0, 1)
                   for part in ("query", "key", "value"))
        scores = q @ k.swapaxes(1, 2) / math.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        context = (scores / scores.sum(-1, keepdims=True) @ v).swapaxes(0, 1).reshape(x.shape)
        x = norm(x + linear(context, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
        inner = linear(x, f"{at}intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf, otypes="f")(inner / math.sqrt(2)))
        x = norm(x + linear(inner, f"{at}output.dense"), f"{at}output.LayerNorm")
    return x.mean(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--shape", type=lambda text: [int(n) for n in text.split("x")])
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--batch", type=lambda text: [int(n) for n in text.split(",")], default=[1, 16, 64])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--form", default=FORM)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=["f32", "int8"])
    args = parser.parse_args()
    config, weights = read(args.folder) if args.folder else make(args.shape)
    if args.write:
        return write(args.write, config, weights)
    random.seed(1)
    if args.folder:
        from tokenizers import Tokenizer
        tokenizer = Tokenizer.from_file(str(args.folder / "tokenizer.json"))
        texts = [tokenizer.encode(text).ids for text in TEXTS]
    else:
        texts = [random.choices(range(4, VOCABULARY), k=40) for _ in range(8)]
    passages = [random.choices(range(4, config["vocab_size"]), k=args.tokens) for _ in range(max(args.batch))]
    if args.check:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "f32.onnx"
            save(build(config, weights, args.form), file)
            run = session(file, args.threads).run
            found = [cosine(run(None, {"ids": np.array([ids])})[0][0], reference(config, weights, ids)) for ids in texts]
        return print(json.dumps({"form": args.form, "cosine_to_numpy": [round(c, 6) for c in found]}))
    result = {"model": args.folder.name if args.folder else "x".join(map(str, args.shape)),
              "tokens": args.tokens, "threads": args.threads, "form": args.form}
    exact = None
    with tempfile.TemporaryDirectory() as folder:
        f32 = pathlib.Path(folder) / "f32.onnx"
        save(build(config, weights, args.form), f32)
        del weights
        for kind in args.kinds:
            file = f32.with_name(f"{kind}.onnx")
            if kind != "f32":
                quantise(f32, file, kind)
            job = {"file": str(file), "threads": args.threads, "texts": texts, "passages": passages,
                   "batch": args.batch, "seconds": args.seconds}
            child = [sys.executable, __file__, "--measure"]
            measured = json.loads(subprocess.run(child, input=json.dumps(job), text=True, check=True, stdout=subprocess.PIPE).stdout)
            vectors = np.array(measured.pop("vectors"))
            exact = vectors if exact is None else exact
            if kind != "f32":
                found = [cosine(a, b) for a, b in zip(vectors, exact)]
                measured["cosine_to_f32"] = {"mean": round(statistics.mean(found), 5), "least": round(min(found), 5)}
            result[kind] = measured
    print(json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1:] == ["--measure"]:
        print(json.dumps(measure(json.load(sys.stdin))))
    else:
        main()
