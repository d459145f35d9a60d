"""Scans with the text that a program laid over them, whole and damaged: the instruments of `docs/evaluation.md`,
"Layers over scans".

    python layers.py make FOLDER PDF…       60 whole files and 60 damaged ones, of the PDFs' first pages
    python layers.py read FOLDER YINJU      how many damaged layers are found, how many whole ones replaced
"""

import collections
import io
import json
import pathlib
import random
import subprocess
import sys

import pymupdf as fitz
from PIL import Image, ImageFilter

LOOKS = {"0": "O", "1": "l", "5": "S", "8": "B", "O": "0", "l": "1", "I": "l", "e": "c", "n": "u", "m": "rn", "h": "b", "己": "已",
         "未": "末", "人": "入", "日": "曰", "土": "士", "的": "旳", "是": "昰", "大": "太", "一": "－", "在": "左", "有": "冇"}
KINDS = ["numbers", "letters", "random", "shifted", "other page", "half", "mojibake"]


def words_of(page):
    """(rectangle, text) of each word; Chinese comes as runs."""
    return [(fitz.Rect(w[:4]), w[4]) for w in page.get_text("words") if w[4].strip()]


def damaged(words, kind, rng, others):
    def over(text, share, of=LOOKS.get):
        return "".join((of(c) or c) if rng.random() < share else c for c in text)

    if kind == "numbers":
        return [(r, over(t, .6) if any(c.isdigit() for c in t) else t) for r, t in words]
    if kind == "letters":
        return [(r, over(t, .5)) for r, t in words]
    if kind == "random":
        return [(r, over(t, .15, lambda c: rng.choice("abcdefghijklmnopqrstuvwxyz0123456789"))) for r, t in words]
    if kind == "shifted":
        return [(r + (0, 18, 0, 18), t) for r, t in words]
    if kind == "other page":
        return [(r, o[1]) for (r, _), o in zip(words, others)]
    if kind == "half":
        return words[:len(words) // 2]
    return [(r, t.encode("utf-8").decode("latin-1", "replace")) for r, t in words]


def right(words, page):
    """The share of a layer's characters that are the source's, whatever their order."""
    said, shown = (collections.Counter(c for c in text if not c.isspace()) for text in ("".join(t for _, t in words), page.get_text()))
    return sum((said & shown).values()) / max(1, sum(said.values()))


def picture(page, rng):
    """The page as a scanner sees it: 150 to 300 dots to the inch, grey, a little blurred and noisy."""
    dots = rng.choice([150, 200, 300])
    image = page.get_pixmap(dpi=dots, colorspace=fitz.csGRAY)
    image = Image.frombytes("L", (image.width, image.height), image.samples)
    image = image.filter(ImageFilter.GaussianBlur(rng.choice([0, .4, .7])))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=rng.choice([60, 80, 92]))
    return out.getvalue(), image


def lay(pages, path):
    """Writes images with their words unseen over them."""
    file = fitz.open()
    for rect, image, words in pages:
        page = file.new_page(width=rect.width, height=rect.height)
        page.insert_image(page.rect, stream=image)
        for box, text in words:
            wide = any(ord(c) > 0x2E7F for c in text)
            face = "china-s" if wide else "helv"
            try:
                width = fitz.get_text_length(text, fontname=face, fontsize=10)
                size = min(box.height * .8, 10 * box.width / max(width, .1)) if width else box.height * .8
                page.insert_text((box.x0, box.y1 - box.height * .2), text, fontname=face, fontsize=max(size, 1), render_mode=3)
            except Exception:
                continue
    file.save(path)


def make(folder, places):
    folder.mkdir(parents=True, exist_ok=True)
    sources = []
    for place in places:
        with fitz.open(place) as file:
            if file.needs_pass:
                continue
            good = [n for n in range(min(len(file), 40)) if 900 < len(file[n].get_text()) < 5000]
            sources += [(place, n) for n in good[:5]]
    rng = random.Random(21)
    rng.shuffle(sources)
    gold = {}
    for i in range(60):
        place, number = sources[i % len(sources)]
        with fitz.open(place) as file:
            page = file[number]
            other = file[(number + 1) % len(file)]
            image, pixels = picture(page, rng)
            words, others = words_of(page), words_of(other)
            rect = page.rect
            whole = folder / f"{i:02}-whole.pdf"
            if i % 2:
                pixels.save(folder / "page.png", dpi=(pixels.width / rect.width * 72,) * 2)
                subprocess.run(["tesseract", folder / "page.png", whole.with_suffix(""), "-l", "chi_sim+eng", "pdf"],
                               stderr=subprocess.DEVNULL, check=True)
            else:
                lay([(rect, image, words)], whole)
            with fitz.open(whole) as read:
                share = right(words_of(read[0]), page)
            # What a program wrote is whole only if it is so; between the two nobody can say.
            gold[whole.name] = None if share >= .95 else "as written" if share < .93 else "unsure"
            kind = KINDS[i % len(KINDS)]
            if kind == "mojibake" and not any(ord(c) > 127 for _, t in words for c in t) or kind == "other page" and len(others) < 20:
                kind = "letters"
            if kind == "numbers" and sum(any(c.isdigit() for c in t) for _, t in words) < 6:
                kind = "letters"
            if i % 2 and kind in ("numbers", "letters", "random", "half"):
                with fitz.open(whole) as read:
                    words = words_of(read[0])
            path = folder / f"{i:02}-{kind.replace(' ', '-')}.pdf"
            lay([(rect, image, damaged(words, kind, rng, others))], path)
            gold[path.name] = kind
    (folder / "page.png").unlink(missing_ok=True)
    (folder / "gold.json").write_text(json.dumps(gold, ensure_ascii=False, indent=1))


def read(folder, yinju):
    gold = json.loads((folder / "gold.json").read_text())
    found, replaced = [], []
    for name, kind in sorted(gold.items()):
        run = subprocess.run([yinju, "--json", "parse", str(folder / name)], capture_output=True, text=True, check=False)
        if kind == "unsure":
            continue
        pages = [json.loads(line) for line in run.stdout.splitlines() if '"blocks"' in line]
        lost = any(page["status"] in ("ocr", "mixed", "garbled") for page in pages)
        (found if kind else replaced).append(lost)
        if lost != bool(kind):
            print(f"  {name}: {'not found' if kind else 'replaced'}")
    print(f"damaged layers found: {sum(found)} of {len(found)}; whole ones replaced: {sum(replaced)} of {len(replaced)}")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]), sys.argv[3:])
    else:
        read(pathlib.Path(sys.argv[2]), sys.argv[3])
