"""The measuring instruments of PDF reading; `cargo xtask parse-score` calls this with a reader it built.

    python score.py text|words|headings|tables|speed READER PDFIUM PLACE… [--json FILE] [--worst N]
"""

import argparse
import json
import pathlib
import shutil
import sys

import reading

TEXT_SHARE = .9  # of the pages; what has more of them counts as a text PDF


def text(options):
    """Characters, words and order against MuPDF and Poppler."""
    import text as scorer

    readings = []
    for path, password in reading.pdfs(options.places):
        read = reading.read(options.reader, options.pdfium, path, password)
        if read.error:
            print(f"not read: {path.name}: {read.error.splitlines()[0]}")
        readings.append((read, password))
    rows = scorer.score(readings)
    scorer.print_table(rows)
    scorer.print_worst(rows, options.worst)
    return rows


def speed(options):
    """Pages a CPU second of one process, with structure and boxes; the best of three readings."""
    pages, cpu, rows = 0, 0.0, []
    for path, password in reading.pdfs(options.places):
        runs = [reading.read(options.reader, options.pdfium, path, password) for _ in range(3)]
        best = min(runs, key=lambda run: run.cpu_seconds)
        count = sum(page["status"] == "text" for page in best.pages)
        if count >= TEXT_SHARE * len(best.pages) and count:
            pages, cpu = pages + count, cpu + best.cpu_seconds
            rows.append({"file": path.name, "pages": count, "cpu_seconds": best.cpu_seconds})
    for row in sorted(rows, key=lambda row: row["pages"] / row["cpu_seconds"]):
        print(f"  {row['pages'] / row['cpu_seconds']:7.1f} pages/CPU-s  {row['pages']:4} pages  {row['file']}")
    print(f"{pages} pages of {len(rows)} text PDFs in {cpu:.2f} CPU-s: {pages / cpu:.1f} pages/CPU-s, a process a file")
    return rows


def words(options):
    """Words that three other readers agree on and ours lacks."""
    import words as scorer

    return scorer.run(options)


def tables(options):
    """Cells against the generated set and `pdfplumber`."""
    import table_score

    return table_score.run(options)


def headings(options):
    """Headings and section paths against labels."""
    import headings as scorer

    return scorer.run(options)


NEEDS = {"text": ["pdftotext"], "words": ["pdftotext"], "tables": ["xelatex", "soffice"]}
PACKAGES = "poppler-utils poppler-data texlive-xetex libreoffice-writer libreoffice-calc fonts-wqy-microhei"
TASKS = {"text": text, "words": words, "headings": headings, "tables": tables, "speed": speed}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("reader")
    parser.add_argument("pdfium")
    parser.add_argument("places", nargs="*", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, help="all figures, for a closer look")
    parser.add_argument("--work", type=pathlib.Path, help="where generated sets are kept")
    parser.add_argument("--worst", type=int, default=15, help="how many of the worst pages are named")
    options = parser.parse_args()
    missing = [name for name in NEEDS.get(options.task, []) if not shutil.which(name)]
    if missing:
        sys.exit(f"{' and '.join(missing)} cannot be found; Debian's packages: {PACKAGES}")
    rows = TASKS[options.task](options)
    if options.json:
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
