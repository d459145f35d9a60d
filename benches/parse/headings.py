"""Headings and section paths against labels made by hand (`headings.jsonl`), with the documents' outlines and without
them. Deliberately not here: text and tables.

A label: `{"file", "pages": [first, last] or null for all, "headings": [{"page", "level", "text"}], "optional": [...],
"not_in_paths": [...]}`. What is optional (titles of whole documents, headings run into a line, letters of an index)
counts neither as found nor as missed, and does not stand in paths; `not_in_paths` are headings that may stand in the
paths of others or not, as the document itself is of two minds.
"""

import json
import pathlib

import pymupdf
from rapidfuzz.distance import Indel

import cells
import measures
import reading

LABELS = pathlib.Path(__file__).with_name("headings.jsonl")
ALIKE = .9  # of the characters; formulas and raised letters in a heading come out in several ways


def key(text):
    """A heading's text as it is compared."""
    return measures.squeezed(measures.normal(text, joins=True)).lower().replace("ε", "e").replace("𝜀", "e")


def alike(one, other):
    return Indel.normalized_similarity(one, other) >= ALIKE


def paths(headings):
    """With every heading the headings it stands under and itself."""
    stack, found = [], []
    for heading in headings:
        while stack and stack[-1]["level"] >= heading["level"]:
            stack.pop()
        stack.append(heading)
        found.append([above["key"] for above in stack])
    return found


def read_headings(pages, label):
    """The headings our reader sees, those that are optional left out."""
    optional = [key(text) for text in label["optional"]]
    first, last = label["pages"] or (1, len(pages))
    found = []
    for page in pages:
        for block in page["blocks"]:
            if block["kind"] == "heading" and first <= page["number"] <= last:
                text = page["text"][block["range"]["start"]:block["range"]["end"]]
                if not any(alike(key(text), other) for other in optional):
                    found.append({"page": page["number"], "level": block["level"] or 1, "text": text.strip(), "key": key(text)})
    return found


def match(found, labels):
    """Pairs of headings on the same page with texts that are alike, each once."""
    pairs, taken = [], set()
    for i, heading in enumerate(found):
        for j, label in enumerate(labels):
            if j not in taken and label["page"] == heading["page"] and alike(heading["key"], label["key"]):
                pairs.append((i, j))
                taken.add(j)
                break
    return pairs


def same_path(ours, theirs, free):
    """Whether two paths say the same, headings that need not stand there left out but for the last."""
    ours, theirs = ([text for text in path[:-1] if not any(alike(text, other) for other in free)] + path[-1:] for path in (ours, theirs))
    return len(ours) == len(theirs) and all(map(alike, ours, theirs))


def score_document(pages, label):
    """Counts of headings and of paths, and what is wrong, in sentences."""
    found = read_headings(pages, label)
    labels = [heading | {"key": key(heading["text"])} for heading in label["headings"]]
    free = [key(text) for text in label["not_in_paths"]]
    pairs, mine, theirs = match(found, labels), paths(found), paths(labels)
    right = [(i, j) for i, j in pairs if same_path(mine[i], theirs[j], free)]
    headings, sections = cells.Count(), cells.Count()
    headings.add(len(pairs), len(found), len(labels))
    sections.add(len(right), len(found), len(labels))
    wrong = [f"not a heading: page {found[i]['page']} {found[i]['text']!r}" for i in set(range(len(found))) - {i for i, _ in pairs}]
    wrong += [f"missed: page {labels[j]['page']} {labels[j]['text']!r}" for j in set(range(len(labels))) - {j for _, j in pairs}]
    wrong += [f"path: page {found[i]['page']} {mine[i]}" for i, j in pairs if (i, j) not in right]
    return headings, sections, wrong


def without_outline(path, folder):
    """A copy of a file without its outline."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    if not copy.exists():
        with pymupdf.open(path) as document:
            document.set_toc([])
            document.save(copy)
    return copy


def run(options):
    """The table, by document, and the first of what is wrong in each."""
    labels = [json.loads(line) for line in LABELS.read_text().splitlines()]
    paths_by_name = {path.name: path for path, _ in reading.pdfs(options.places)}
    rows = []
    for kind in ("as it is", "without its outline"):
        total = [cells.Count(), cells.Count()]
        print(f"\nF1 of headings and of section paths, each document {kind}")
        for label in labels:
            path = paths_by_name.get(label["file"])
            if not path:
                continue
            if kind != "as it is":
                path = without_outline(path, (options.work or pathlib.Path("target/parse")) / "without-outline")
            read = reading.read(options.reader, options.pdfium, path)
            headings, sections, wrong = score_document(read.pages, label)
            for count, sum_ in ((headings, total[0]), (sections, total[1])):
                sum_.add(count.right, count.found, count.wanted)
            print(f"  {headings.f1():.3f} {sections.f1():.3f}  {label['file']}, {headings.wanted} headings, {headings.found} found")
            for line in wrong[:options.worst]:
                print(f"      {line}")
            rows.append({"file": label["file"], "kind": kind, "headings": headings.f1(), "paths": sections.f1(), "wrong": wrong})
        print(f"  {total[0].f1():.4f} {total[1].f1():.4f}  all {total[0].wanted} headings, {total[0].found} found")
    return rows
