"""Recognition of rendered pages beside RapidOCR: accuracy against the pages' own text, and processor time.

    python ocr.py render PDFS OUT                    images of the pages below at 150 dpi, with their text
    python ocr.py run RECOGNIZE MODEL OUT [options]  reads them with `cargo run --release -p yinju-ocr --example recognize`
    python ocr.py rapidocr OUT                       reads them with RapidOCR, on one thread
    python ocr.py score OUT NAME…                    a table of what was read (NAME: `yinju`, `rapidocr`)

Needs `pip install pypdfium2 pillow numpy` and, for RapidOCR, `rapidocr==3.10.0 onnxruntime`.

Each line of a page's text layer is set beside what was read in its place: characters that lie within its box, in
order, as both sides have places of characters. Accuracy is 1 − edits / characters over all lines after NFKC, without
spaces (`char`) and with single spaces (`space`). `bag` is the F1 of all characters of a page, in no order. Lines whose
text layer does not say what is seen are left out: logos set from shifted letters, control characters, formulas; and pages
that are mostly figures, formulas or program text are not rendered.
"""

import argparse
import collections
import io
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import unicodedata

DPI = 150
PAGES = {
    "zh": {
        "texlive-lang-chinese__qyxf-book-doc": [3, 4, 5, 6],
        "texlive-lang-chinese__ctex-faq": [6, 10, 14, 22],
        "texlive-lang-chinese__nanicolle-doc-zh": [0, 1, 2],
        "texlive-lang-chinese__lshort-zh-cn": [14, 17, 26, 29],
        "texlive-lang-chinese__upzhfandolfonts-test": [0, 1],
        "debian-refcard__refcard-zh_CN-a4": [0, 1],
    },
    "zh-hant": {"debian-refcard__refcard-zh_TW-a4": [0, 1]},
    "en": {
        "sample-files__pdflatex-4-pages": [0, 1, 2, 3],
        "texlive-publishers-doc__acmguide": [1, 2, 5, 8],
        "texlive-publishers-doc__sample-acmtog": [0, 1, 2, 3],
        "texlive-publishers-doc__sample-acmengage": [0, 1],
        "sample-files__002-trivial-libre-office-writer": [0],
    },
}
# How pages of the first group of each language are spoiled: (name, degrees clockwise, noise, JPEG quality).
SPOILED = [("turn90", 90, 0, 0), ("turn180", 180, 0, 0), ("turn270", 270, 0, 0), ("skew1", 1, 0, 0), ("skew3", -3, 0, 0),
           ("skew5", 5, 0, 0), ("noise", 0, 18, 0), ("jpeg", 0.4, 8, 35)]
SPOILED_PAGES = [("zh", "texlive-lang-chinese__qyxf-book-doc", 4), ("zh", "texlive-lang-chinese__ctex-faq", 10),
                 ("zh-hant", "debian-refcard__refcard-zh_TW-a4", 0), ("en", "sample-files__pdflatex-4-pages", 1),
                 ("en", "texlive-publishers-doc__sample-acmtog", 1)]


def lines_of(page):
    """Lines of the text layer: text and the box of each character in pixels of the image."""
    text, scale, height = page.get_textpage(), DPI / 72, page.get_height()
    lines, line = [], []
    for at in range(text.count_chars()):
        char = text.get_text_range(at, 1)
        if char in ("\r", "\n", ""):
            lines.append(line)
            line = []
            continue
        left, bottom, right, top = text.get_charbox(at)
        line.append([char, left * scale, (height - top) * scale, right * scale, (height - bottom) * scale])
    return [line for line in lines + [line] if is_plain(line)]


def is_plain(line):
    """Whether what stands in the text layer is what is seen, in a row."""
    inked = [c for c in line if not c[0].isspace()]
    if len(inked) < 6:
        return False
    odd = any(unicodedata.category(c[0]) in ("Cc", "Co", "Cn", "Sm", "Cf") or ord(c[0]) == 0xFFFD for c in inked)
    text = "".join(c[0] for c in line)
    if odd or "TEX" in text or "TeX" in text or "ƎX" in text or ". . ." in text or "...." in text or "␣" in text:
        return False
    middles = sorted((c[2] + c[4]) / 2 for c in inked)
    height = max(c[4] for c in inked) - min(c[2] for c in inked)
    steps = sum(b[1] < a[1] - 2 for a, b in zip(inked, inked[1:]))
    return 8 < height < 60 and middles[-1] - middles[0] < 0.75 * height and steps == 0


def render(pdfs, out):
    import numpy
    import pypdfium2
    from PIL import Image
    out.mkdir(parents=True, exist_ok=True)
    rng = numpy.random.default_rng(1)
    for language, files in PAGES.items():
        for name, pages in files.items():
            document = pypdfium2.PdfDocument(pdfs / f"{name}.pdf")
            for number in pages:
                page = document[number]
                image = page.render(scale=DPI / 72).to_pil().convert("L")
                truth = {"language": language, "lines": lines_of(page)}
                stem = f"{name}-{number}"
                image.save(out / f"{stem}.png")
                (out / f"{stem}.truth.json").write_text(json.dumps(truth))
                if (language, name, number) not in SPOILED_PAGES:
                    continue
                for kind, degrees, noise, quality in SPOILED:
                    spoiled = image.rotate(-degrees, resample=Image.BICUBIC, expand=True, fillcolor=255)
                    if noise:
                        pixels = numpy.asarray(spoiled).astype("f4") * 0.85 + 20
                        pixels += rng.normal(0, noise, pixels.shape)
                        spoiled = Image.fromarray(pixels.clip(0, 255).astype("u1"))
                    if quality:
                        held = io.BytesIO()
                        spoiled.save(held, "jpeg", quality=quality)
                        spoiled = Image.open(held).convert("L")
                    spoiled.save(out / f"{stem}.{kind}.png")
                    more = {"kind": kind, "degrees": degrees, "size": image.size, "spoiled": spoiled.size}
                    (out / f"{stem}.{kind}.truth.json").write_text(json.dumps(truth | more))


def run(recognize, model, out, options):
    with open(out / "yinju.jsonl", "w", encoding="utf-8") as held:
        subprocess.run([recognize, model, str(out), *options], stdout=held, check=True)


def rapidocr(out):
    from rapidocr import RapidOCR
    os.environ["OMP_NUM_THREADS"] = "1"
    engine = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1,
                              "EngineConfig.onnxruntime.inter_op_num_threads": 1, "Global.log_level": "error"})
    with open(out / "rapidocr.jsonl", "w", encoding="utf-8") as held:
        for image in sorted(out.glob("*.png")):
            before = processor_seconds()
            result = engine(str(image))
            lines = []
            for box, text, sure in zip(result.boxes if result.boxes is not None else [], result.txts or [], result.scores or []):
                count = max(len(text), 1)
                places = [[i / count, (i + 1) / count] for i in range(len(text))]
                lines.append({"text": text, "quad": [[float(x), float(y)] for x, y in box], "confidence": float(sure), "places": places})
            seconds = processor_seconds() - before
            held.write(json.dumps({"image": image.name, "seconds": seconds, "lines": lines}, ensure_ascii=False) + "\n")
            held.flush()


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def upright(point, truth):
    """A point of a spoiled image in the image it was made from."""
    import math
    if "degrees" not in truth:
        return point
    angle = math.radians(truth["degrees"])
    (width, height), (wide, high) = truth["size"], truth["spoiled"]
    x, y = point[0] - wide / 2, point[1] - high / 2
    return [x * math.cos(angle) + y * math.sin(angle) + width / 2, y * math.cos(angle) - x * math.sin(angle) + height / 2]


def plain(text):
    text = unicodedata.normalize("NFKC", text)
    for a, b in ("‘'", "’'", "“\"", "”\"", "–-", "—-", "−-", "‐-", "·•", "・•", "∙•", "⋅•", "⟨〈", "⟩〉"):
        text = text.replace(a, b)
    return " ".join(text.replace("\x02", "-").split())


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


def read_at(line, read, truth):
    """What was read where a line of the text layer stands."""
    inked = [c for c in line if not c[0].isspace()]
    left, right = min(c[1] for c in inked), max(c[3] for c in inked)
    top, bottom = min(c[2] for c in inked), max(c[4] for c in inked)
    size = (right - left) / len(inked)
    parts = []
    for found in read:
        quad = [upright(point, truth) for point in found["quad"]]
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
        middle_start, middle_end = ((ax + dx) / 2, (ay + dy) / 2), ((bx + cx) / 2, (by + cy) / 2)
        kept = []
        for char, (start, end) in zip(found["text"], found["places"]):
            share = (start + end) / 2
            x = middle_start[0] + (middle_end[0] - middle_start[0]) * share
            y = middle_start[1] + (middle_end[1] - middle_start[1]) * share
            if abs(y - (top + bottom) / 2) <= 0.4 * (bottom - top) and left - 0.6 * size <= x <= right + 0.6 * size:
                kept.append((x, char))
        if kept:
            parts.append((kept[0][0], "".join(char for _, char in kept)))
    return " ".join(text for _, text in sorted(parts))


def score(out, names):
    for name in names:
        pages = [json.loads(line) for line in open(out / f"{name}.jsonl", encoding="utf-8")]
        sums = collections.defaultdict(lambda: [0.0] * 8)
        worst = []
        for page in pages:
            truth = json.loads((out / page["image"].replace(".png", ".truth.json")).read_text())
            key = truth["language"] + (" " + truth["kind"] if "kind" in truth else "")
            total = sums[key]
            total[0] += 1
            total[1] += page["seconds"]
            for line in truth["lines"]:
                seen, found = plain("".join(c[0] for c in line)), plain(read_at(line, page["lines"], truth))
                bare, found_bare = seen.replace(" ", ""), found.replace(" ", "")
                wrong = edits(bare, found_bare)
                total[2] += min(wrong, len(bare))
                total[3] += len(bare)
                total[4] += min(edits(seen, found), len(seen))
                total[5] += len(seen)
                if wrong:
                    worst.append((wrong, page["image"], seen, found))
        print(f"{name}: pages, character accuracy, with spaces, processor seconds a page")
        for key, (count, seconds, wrong, length, spaced, spaced_length, *_) in sorted(sums.items()):
            print(f"  {key:18} {count:3.0f}  {1 - wrong / length:.4f}  {1 - spaced / spaced_length:.4f}  {seconds / count:6.2f}")
        if os.environ.get("WORST"):
            for wrong, image, seen, found in sorted(worst, reverse=True)[: int(os.environ["WORST"])]:
                print(f"{wrong:4} {image}\n     {seen}\n     {found}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["render", "run", "rapidocr", "score"])
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    rest = given.rest
    if given.what == "render":
        render(pathlib.Path(rest[0]), pathlib.Path(rest[1]))
    elif given.what == "run":
        run(rest[0], rest[1], pathlib.Path(rest[2]), rest[3:])
    elif given.what == "rapidocr":
        rapidocr(pathlib.Path(rest[0]))
    else:
        score(pathlib.Path(rest[0]), rest[1:])


if __name__ == "__main__":
    random.seed(1)
    sys.exit(main())
