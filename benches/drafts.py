"""Prompts for `cargo run --release -p yinju-generate --example drafts`: questions of evaluation sets with four
passages each, as `answer::prompt` asks a small model, one JSON object a line.

    python drafts.py FOLDER_OF_SETS [QUESTIONS_EACH=12] > prompts.jsonl

Kinds: `ask` as the program asks, `quote` for the sentences that say it word by word, `free` without evidence,
where there is little to look up.
"""

import json
import pathlib
import random
import sys

SETS = {"squad": "en", "xquad_en": "en", "cmrc2018": "zh", "xquad_zh": "zh"}
PROMPTS = pathlib.Path(__file__).parent.parent / "crates/answer/prompts"
SOURCES = {"en": "Sources:", "zh": "资料："}
QUESTION = {"en": "Question: ", "zh": "问题："}
REMINDER = {
    "ask": {
        "en": "Answer in English. End every sentence with its source number.",
        "zh": "请用中文回答，每句话末尾写资料编号。",
    },
    "quote": {
        "en": "Quote the sentences of the sources that bear on this word by word, each with its source number.",
        "zh": "请逐字引用资料中与此有关的句子，每句末尾写资料编号。",
    },
}
FREE = {
    "en": ["Write a short story about a lighthouse.", "Explain how a bicycle stays upright.", "Write a poem about autumn.", "How is bread made?"],
    "zh": ["写一个关于灯塔的小故事。", "自行车为什么不会倒？", "写一首关于秋天的诗。", "面包是怎样做的？"],
}

folder = pathlib.Path(sys.argv[1])
each = int(sys.argv[2]) if len(sys.argv) > 2 else 12
random.seed(1)


def lines(path):
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def text(name):
    return (PROMPTS / name).read_text(encoding="utf-8").strip()


def chat(language, evidence, question, kind):
    shown = "\n".join(f"[{n}] {title}\n{passage}\n" for n, title, passage in reversed(evidence))
    asked = f"{SOURCES[language]}\n{shown}\n{QUESTION[language]}{question}\n{REMINDER[kind][language]}"
    return [
        {"role": "system", "content": text(f"system.{language}.txt")},
        {"role": "user", "content": text(f"example.question.{language}.txt")},
        {"role": "assistant", "content": text(f"example.answer.{language}.txt")},
        {"role": "user", "content": asked},
    ]


prompts = []
for name, language in SETS.items():
    corpus = {row["doc_id"]: row for row in lines(folder / name / "corpus.jsonl")}
    queries = [row for row in lines(folder / name / "queries.jsonl") if row["answerable"]]
    for query in random.sample(queries, each):
        gold = query["gold_doc_ids"][0]
        others = random.sample([doc for doc in corpus if doc != gold], 3)
        evidence = [(n, corpus[doc]["title"], corpus[doc]["text"]) for n, doc in enumerate([gold, *others], 1)]
        for kind in REMINDER:
            prompts.append({"kind": f"{kind}.{language}", "messages": chat(language, evidence, query["question"], kind)})
for language, questions in FREE.items():
    for question in questions:
        prompts.append({"kind": f"free.{language}", "messages": [{"role": "user", "content": question}]})
for prompt in prompts:
    print(json.dumps(prompt, ensure_ascii=False))
