"""Text and order: every page of our reader against the better of MuPDF and Poppler, and raw PDFium by the same
measure. Deliberately not here: structure (`headings.py`) and tables (`cells.py`)."""

import collections
import csv
import pathlib

import measures
import reading

WORST = 15
TWO_COLUMNS = pathlib.Path(__file__).with_name("two_columns.csv")
COLUMNS = ["pages", "F", "word F", "O", "body O", "PDFium F", "PDFium word F", "PDFium O"]


def two_column_pages():
    """The pages known to have two columns or three, as file name and number, and what they are from."""
    with TWO_COLUMNS.open(newline="") as rows:
        return {(row["file"], int(row["page"])): row["kind"] for row in csv.DictReader(rows)}


def score_page(page, references, raw):
    """The figures of one page, or nothing where the references see too little of it."""
    theirs = [measures.normal(text, joins=True) for text in references]
    if max(len(measures.squeezed(text)) for text in theirs) < measures.FEWEST:
        return None
    ours = measures.normal(reading.text_of(page, reading.NOT_IN_REFERENCES), joins=False)
    scores = measures.compare(ours, theirs)
    running = [measures.normal(line, joins=False) for line in reading.lines_of(page, reading.RUNNING)]
    body = measures.normal(reading.text_of(page, reading.NOT_IN_REFERENCES | reading.RUNNING), joins=False)
    bodies = [measures.without_running(text, running) for text in theirs]
    scores["body O"] = max(measures.order(measures.squeezed(body), text) for text in bodies)
    if raw is not None:
        alone = measures.compare(measures.normal(raw, joins=True), theirs)
        scores |= {f"PDFium {name}": value for name, value in alone.items()}
    scores["cjk"] = measures.is_cjk("".join(theirs))
    return scores


def score_file(read, password):
    """The figures of every page that the references read too."""
    engines = [engine(read.path, password) for engine in (reading.mupdf, reading.poppler)]
    raw = reading.pdfium(read.path, password)
    for page in read.pages:
        number = page["number"]
        references = [pages[number - 1] for pages in engines if number <= len(pages)]
        if references and page["status"] not in ("ocr", "mixed"):
            scores = score_page(page, references, raw[number - 1] if number <= len(raw) else None)
            if scores:
                yield {"file": read.path.name, "page": number} | scores


def score(readings):
    """The figures of all pages. `readings`: pairs of a reading and the file's password."""
    listed, found = two_column_pages(), []
    for read, password in readings:
        if reading.is_damaged(read.path):
            continue
        found.extend(score_file(read, password))
    for row in found:
        row["columns"] = listed.get((row["file"], row["page"]))
    return found


def mean(rows, name):
    """The mean over pages that have this figure."""
    values = [row[name] for row in rows if name in row]
    return sum(values) / len(values) if values else float("nan")


def groups(rows):
    """Pages by what they are."""
    return {
        "CJK": [row for row in rows if row["cjk"]],
        "Latin": [row for row in rows if not row["cjk"]],
        "two columns": [row for row in rows if row["columns"]],
        "two columns, made for cmrc_pdf": [row for row in rows if row["columns"] == "generated"],
        "two columns, others": [row for row in rows if row["columns"] not in (None, "generated")],
    }


def print_table(rows):
    """The table of `docs/evaluation.md`, and by file what its pages lose in order."""
    print("| pages | " + " | ".join(COLUMNS[1:]) + " |\n|" + "---|" * len(COLUMNS))
    for name, group in groups(rows).items():
        figures = " | ".join(f"{mean(group, column):.4f}" for column in COLUMNS[1:])
        print(f"| {name}, {len(group)} | {figures} |")
    by_file = collections.defaultdict(list)
    for row in rows:
        by_file[row["file"]].append(row)
    print("\nBy file: pages, F, word F, O (PDFium's)")
    for name, group in sorted(by_file.items(), key=lambda item: mean(item[1], "O")):
        three = " ".join(f"{mean(group, column):.4f}" for column in ("F", "word F", "O"))
        print(f"  {name}: {len(group)}, {three} ({mean(group, 'PDFium O'):.4f})")


def print_worst(rows, count=WORST):
    """The pages that score least, by measure and group."""
    for group, pages in list(groups(rows).items())[:3]:
        for name in ("F", "word F", "O", "body O"):
            if group == "CJK" and name == "word F":
                continue
            print(f"\n{group}, least {name} (PDFium's)")
            for row in sorted(pages, key=lambda row: row[name])[:count]:
                raw = row.get(f"PDFium {name}", float("nan"))
                print(f"  {row[name]:.4f} ({raw:.4f})  {row['file']} page {row['page']}")
