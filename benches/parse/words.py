"""Words that three other readers agree on and ours lacks: MuPDF, Poppler and plain PDFium as an ensemble. What one
of them alone sees is its own matter; what all three see on a page and ours does not is listed, to be explained."""

import collections
import re

import measures
import reading

# Chinese and the like part words by nothing: their characters are compared one by one.
WORD = re.compile(f"{measures.CJK.pattern}|{measures.WORD.pattern}")


def words(text, joins):
    """How often each word stands in a text."""
    return collections.Counter(WORD.findall(measures.normal(text, joins=joins).casefold()))


def missing_of(page, texts):
    """The words of a page that all others have oftener than ours, with how often; and how many they agree on."""
    ours = words(reading.text_of(page, reading.NOT_IN_REFERENCES), joins=False)
    agreed = words(texts[0], joins=True)
    for text in texts[1:]:
        agreed &= words(text, joins=True)
    return agreed - ours, agreed.total()


def run(options):
    """Prints what is missing, page by page."""
    rows, agreed = [], 0
    for path, password in reading.pdfs(options.places):
        if reading.is_damaged(path):
            continue
        read = reading.read(options.reader, options.pdfium, path, password)
        others = [engine(path, password) for engine in (reading.mupdf, reading.poppler, reading.pdfium)]
        for page in read.pages:
            at = page["number"] - 1
            texts = [pages[at] for pages in others if at < len(pages)]
            if len(texts) < len(others) or page["status"] in ("ocr", "mixed"):
                continue
            missing, count = missing_of(page, texts)
            agreed += count
            if missing:
                rows.append({"file": path.name, "page": page["number"], "missing": dict(missing)})
    for row in sorted(rows, key=lambda row: -sum(row["missing"].values())):
        listed = " ".join(f"{word}×{count}" if count > 1 else word for word, count in row["missing"].items())
        print(f"{row['file']} page {row['page']}: {listed}")
    lost = sum(sum(row["missing"].values()) for row in rows)
    print(f"{lost} of {agreed} words that all three read are not in ours, on {len(rows)} pages")
    return rows
