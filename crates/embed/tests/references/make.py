#!/usr/bin/env python3
"""Makes the reference vectors and scores that `parity.rs` and `cross.rs` compare against.

    python3 -m venv VENV && VENV/bin/pip install torch transformers safetensors
    VENV/bin/python make.py [MODELS_FOLDER]

Without arguments only the small random-weight models are made anew (seeded: the same every time).
With a folder that holds `multilingual-e5-small` and `all-minilm-l6-v2` their vectors are made too;
each file names the SHA-256 of the weights it was made with, as a differently converted file of the
same model has other vectors. Pooling and normalisation are written out here, after transformers'
own forward pass, exactly as sentence-transformers does them.
"""

import hashlib
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
    XLMRobertaModel,
)

HERE = pathlib.Path(__file__).parent
TEXTS = [
    "The quick brown fox jumps over the lazy dog.",
    "故宫博物院建立于1925年10月10日,位于北京紫禁城内。",
    "How many pages does a passage of the book span?",
    "检索增强生成(RAG)先找出相关段落,再让语言模型回答。",
    "BM25 与稠密向量 hybrid search 的融合 (RRF) 在 2024 年很常见。",
    "",
    " ",
    "引",
    "a",
    "E = mc² — naïve café, “quotes” … 50 % ≥ ½ 😀",
    "第一行\n第二行\n\n\tthird line\twith\ttabs",
    "反复。" * 700,
    "A long passage repeats itself until nobody reads on. " * 120,
    "Grüße aus Köln; 日本語のテキスト; 한국어 문장; текст на русском.",
]
CORPUS = [text for text in TEXTS if text.strip()]


def bert_tokenizer():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


ROBERTA_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def roberta_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=400, special_tokens=ROBERTA_SPECIAL, initial_alphabet=alphabet)
    )
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def xlm_roberta_tokenizer():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=400, special_tokens=ROBERTA_SPECIAL, unk_token="<unk>")
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


SHAPE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "initializer_range": 0.4,
}
SMALL = {
    # name: model class, config, tokenizer, stored type, prefix of the tensor names, longest input
    "tiny-bert": (BertModel, BertConfig(**SHAPE, max_position_embeddings=64), bert_tokenizer, torch.float32, "", 64),
    "tiny-roberta": (
        RobertaModel,
        RobertaConfig(**SHAPE, max_position_embeddings=66, pad_token_id=1, type_vocab_size=1, layer_norm_eps=1e-5),
        roberta_tokenizer,
        torch.float16,
        "roberta.",
        64,
    ),
    "tiny-xlm-roberta": (
        XLMRobertaModel,
        XLMRobertaConfig(
            **SHAPE, max_position_embeddings=50, pad_token_id=1, type_vocab_size=1, hidden_act="gelu_new"
        ),
        xlm_roberta_tokenizer,
        torch.bfloat16,
        "roberta.",
        48,
    ),
}


def forward(model, tokenizer, texts, limit):
    """Token vectors of each text by itself: no padding that could matter."""
    model.eval()
    for text in texts:
        batch = tokenizer([text], truncation=True, max_length=limit, return_tensors="pt")
        kept = {k: v for k, v in batch.items() if k in ("input_ids", "attention_mask")}
        with torch.no_grad():
            yield model(**kept).last_hidden_state[0]


def pooled(states, pooling, normalize):
    vector = states[0] if pooling == "cls" else states.mean(dim=0)
    if normalize:
        vector = torch.nn.functional.normalize(vector, dim=0)
    return [float(f"{x:.7g}") for x in vector.tolist()]


def write(path, reference):
    path.write_text(json.dumps(reference, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def randomize(model, dtype):
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.2)
            parameter.copy_(parameter.to(dtype).float())


def save(folder, raw, model, dtype, prefix):
    folder.mkdir(exist_ok=True)
    raw.save(str(folder / "tokenizer.json"), pretty=False)
    stored = {prefix + k: v.to(dtype).contiguous() for k, v in model.state_dict().items() if v.is_floating_point()}
    save_file(stored, str(folder / "model.safetensors"), metadata={"format": "pt"})
    kept = model.config.to_dict() | {"model_type": model.config.model_type}
    (folder / "config.json").write_text(json.dumps(kept, indent=1, sort_keys=True, default=str) + "\n")


def make_small(name):
    model_class, config, make_tokenizer, dtype, prefix, limit = SMALL[name]
    torch.manual_seed(7)
    raw = make_tokenizer()
    config.vocab_size = raw.get_vocab_size()
    model = model_class(config, add_pooling_layer=False)
    randomize(model, dtype)
    folder = HERE / name
    save(folder, raw, model, dtype, prefix)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw)
    states = list(forward(model, tokenizer, TEXTS, limit))
    vectors = {
        f"{pooling}{'-normalized' if normalize else ''}": [pooled(s, pooling, normalize) for s in states]
        for pooling in ("mean", "cls")
        for normalize in (False, True)
    }
    write(folder / "vectors.json", {"max_tokens": limit, "texts": TEXTS, "vectors": vectors})


QUESTIONS = [
    "How many pages does a passage of the book span?",
    "故宫博物院建立于哪一年?",
    "fox",
]
# An empty second text is none to transformers, which then encodes the first alone.
PASSAGES = [text for text in TEXTS if text]
CROSS = {
    # name: model class, config, tokenizer, its pairs, stored type, longest input
    "tiny-bert-reranker": (
        BertForSequenceClassification,
        BertConfig(**SHAPE, max_position_embeddings=128, num_labels=1),
        bert_tokenizer,
        ("[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 2), ("[SEP]", 3)]),
        torch.float32,
        128,
    ),
    "tiny-xlm-roberta-reranker": (
        XLMRobertaForSequenceClassification,
        XLMRobertaConfig(
            **SHAPE,
            max_position_embeddings=130,
            pad_token_id=1,
            type_vocab_size=1,
            layer_norm_eps=1e-5,
            num_labels=1,
        ),
        xlm_roberta_tokenizer,
        ("<s> $A </s> </s> $B </s>", [("<s>", 0), ("</s>", 2)]),
        torch.float16,
        128,
    ),
}


def logits(model, tokenizer, question, limit):
    """A score a text, each pair by itself: no padding that could matter."""
    model.eval()
    names = ["input_ids", "attention_mask"] + ["token_type_ids"] * (model.config.type_vocab_size > 1)
    for text in PASSAGES:
        batch = tokenizer(
            question,
            text,
            truncation="only_second",
            max_length=limit,
            return_token_type_ids=True,
            return_tensors="pt",
        )
        with torch.no_grad():
            yield float(f"{model(**{name: batch[name] for name in names}).logits.item():.7g}")


def make_cross(name):
    model_class, config, make_tokenizer, (pair, special), dtype, limit = CROSS[name]
    torch.manual_seed(7)
    raw = make_tokenizer()
    raw.post_processor = processors.TemplateProcessing(
        single=pair.split(" $B")[0].removesuffix(" </s>"), pair=pair, special_tokens=special
    )
    config.vocab_size = raw.get_vocab_size()
    config.architectures = [model_class.__name__]
    model = model_class(config)
    randomize(model, dtype)
    folder = HERE / name
    save(folder, raw, model, dtype, "")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw)
    scores = [list(logits(model, tokenizer, question, limit)) for question in QUESTIONS]
    write(folder / "scores.json", {"max_tokens": limit, "questions": QUESTIONS, "texts": PASSAGES, "scores": scores})


REAL = {
    # name: query prefix, passage prefix, longest input
    "multilingual-e5-small": ("query: ", "passage: ", 512),
    "all-minilm-l6-v2": ("", "", 256),
}


def make_real(models_folder, name):
    query, passage, limit = REAL[name]
    folder = models_folder / name
    model = AutoModel.from_pretrained(folder, dtype=torch.float32)
    raw = Tokenizer.from_file(str(folder / "tokenizer.json"))
    raw.no_padding()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw)
    vectors = {}
    for role, prefix in (("query", query), ("passage", passage)):
        states = forward(model, tokenizer, [prefix + text for text in TEXTS], limit)
        vectors[role] = [pooled(s, "mean", True) for s in states]
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    reference = {"weights_sha256": digest, "query_prefix": query, "passage_prefix": passage}
    reference |= {"max_tokens": limit, "texts": TEXTS, "vectors": vectors}
    write(HERE / f"{name}.json", reference)


for small in SMALL:
    make_small(small)
for cross in CROSS:
    make_cross(cross)
if len(sys.argv) > 1:
    for real in REAL:
        make_real(pathlib.Path(sys.argv[1]), real)
