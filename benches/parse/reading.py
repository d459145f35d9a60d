"""What a PDF's pages say: as our reader has them, and as MuPDF, Poppler and raw PDFium do. Deliberately not here:
how two readings are compared, which is `measures.py`."""

import csv
import dataclasses
import json
import pathlib
import resource
import subprocess
import time

import pymupdf
import pypdfium2

SECONDS = 300  # a file that takes longer counts as failed
NOT_IN_REFERENCES = {"form_field", "annotation"}  # kinds of blocks the references leave out
RUNNING = {"header", "footer"}

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


@dataclasses.dataclass
class Reading:
    """A file as our reader has it."""

    path: pathlib.Path
    info: dict
    pages: list[dict]
    error: str | None
    cpu_seconds: float
    seconds: float


def fixtures(folder):
    """What the `fixtures.csv` of a folder says of its files."""
    table = folder / "fixtures.csv"
    if not table.exists():
        return {}
    with table.open(newline="") as rows:
        return {row["name"]: row for row in csv.DictReader(rows)}


def passwords(folder):
    """Which files of a folder are locked, and with what."""
    return {name: row["pw"] for name, row in fixtures(folder).items() if row["pw"]}


def is_damaged(path):
    """Whether a file was made to be broken: what its right text is would be a matter of opinion."""
    return "damaged" in fixtures(path.parent).get(path.name, {}).get("category", "")


def pdfs(places):
    """The PDFs in files and folders, with their passwords, in a fixed order."""
    for place in places:
        place = pathlib.Path(place)
        if place.is_dir():
            locks = passwords(place)
            for path in sorted(place.rglob("*.pdf")):
                yield path, locks.get(path.name)
        else:
            yield place, passwords(place.parent).get(place.name)


def read(reader, library, path, password=None):
    """Reads a file with our reader, an own process a file."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [reader, library, path] + ([password] if password else [])
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return Reading(path, {}, [], "timeout", SECONDS, SECONDS)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    info, pages = {}, []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        event = json.loads(line)
        if "Page" in event:
            pages.append(event["Page"])
        elif "Opened" in event:
            info = event["Opened"]
    error = done.stderr.decode("utf-8", "replace").strip() if done.returncode else None
    return Reading(path, info, pages, error, cpu, time.monotonic() - start)


def text_of(page, without=frozenset()):
    """A page's text without the blocks of some kinds."""
    parts = [page["text"][b["range"]["start"]:b["range"]["end"]] for b in page["blocks"] if b["kind"] not in without]
    return "".join(parts)


def lines_of(page, kinds):
    """The lines in blocks of some kinds."""
    text = [page["text"][b["range"]["start"]:b["range"]["end"]] for b in page["blocks"] if b["kind"] in kinds]
    return [line for part in text for line in part.splitlines() if line.strip()]


def table_of(block):
    """The cells of a block and what is known of them, whichever shape of the contract it has."""
    table = block.get("table")
    if table:
        return table
    if block.get("rows"):
        return {"rows": block["rows"], "header_rows": 0, "spans": [], "continues": False}
    return None


def mupdf(path, password=None):
    """The text of every page as MuPDF has it, in the order of the content."""
    try:
        with pymupdf.open(path) as document:
            if document.needs_pass and not (password and document.authenticate(password)):
                return []
            return [page.get_text("text") for page in document]
    except (pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError, ValueError):
        return []


def poppler(path, password=None):
    """The text of every page as Poppler's `pdftotext` has it."""
    command = ["pdftotext", "-q", "-enc", "UTF-8"] + (["-upw", password] if password else []) + [str(path), "-"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return []
    pages = done.stdout.decode("utf-8", "replace").split("\f")
    return pages[:-1] if done.returncode == 0 else []


def pdfium(path, password=None):
    """The text of every page as PDFium alone has it."""
    try:
        document = pypdfium2.PdfDocument(path, password=password)
        return [page.get_textpage().get_text_range() for page in document]
    except pypdfium2.PdfiumError:
        return []
