"""Tables: ours and `pdfplumber`'s against the generated set, on real files against each other, and tables seen where
there are none. Deliberately not here: the measures (`cells.py`) and how the set is made (`tables.py`)."""

import collections
import csv
import json
import pathlib
import warnings

import cells
import reading
import tables as generated

NO_TABLES = pathlib.Path(__file__).with_name("no_tables.csv")
RELATED = .3  # share of a table's texts that must stand in another for both to be the same table


def ours(pages):
    """The tables of pages as our reader has them, in order."""
    found = []
    for page in pages:
        for block in page["blocks"]:
            table = reading.table_of(block)
            if table and table["rows"]:
                found.append(table | {"page": page["number"]})
    return found


def plumber_table(table, page):
    """A table of `pdfplumber` in our shape: it says `None` where a cell covers several places, and has its box."""
    rows = [[cell or "" for cell in row] for row in table.extract()]
    lefts = sorted({round(cell[0], 1) for cell in table.cells})
    tops = sorted({round(cell[1], 1) for cell in table.cells})
    spans = []
    for left, top, right, bottom in table.cells:
        columns = sum(round(left, 1) <= x < right - 1 for x in lefts)
        below = sum(round(top, 1) <= y < bottom - 1 for y in tops)
        if columns > 1 or below > 1:
            spans.append({"row": tops.index(round(top, 1)), "column": lefts.index(round(left, 1)), "rows": below, "columns": columns})
    return {"rows": rows, "spans": spans, "header_rows": 0, "continues": False, "page": page}


def plumber(path, password=None):
    """The tables of a file as `pdfplumber` has them with its own settings."""
    import pdfplumber

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pdfplumber.open(path, password=password or "") as document:
            return [plumber_table(table, page.page_number) for page in document.pages for table in page.find_tables()]


def joined(parts, header):
    """Tables of following pages as one; a header that is repeated counts once."""
    first, *rest = parts
    rows, spans = list(first["rows"]), list(first["spans"])
    titles = [[cells.text_of(cell) for cell in row] for row in first["rows"][:header]]
    for part in rest:
        start = 0
        while start < len(titles) and start < len(part["rows"]) and [cells.text_of(cell) for cell in part["rows"][start]] == titles[start]:
            start += 1
        spans += [span | {"row": span["row"] - start + len(rows)} for span in part["spans"] if span["row"] >= start]
        rows += part["rows"][start:]
    return first | {"rows": rows, "spans": spans}


def assign(found, truths):
    """Which tables that were found belong to which that should be; those on one page are one part each, and of more
    only the best is taken. The second list is what belongs to none."""
    groups, left = [[] for _ in truths], []
    wanted = [cells.filled(cells.grid_of(truth)) for truth in truths]
    for table in found:
        texts = cells.filled(cells.grid_of(table))
        overlaps = [cells.shared(texts, want) for want in wanted]
        best = max(range(len(truths)), key=lambda i: overlaps[i], default=None)
        if best is not None and texts and overlaps[best] >= RELATED * len(texts):
            groups[best].append((overlaps[best], table))
        else:
            left.append(table)
    kept = []
    for group in groups:
        by_page = {}
        for overlap, table in sorted(group, key=lambda pair: -pair[0]):
            if table["page"] in by_page:
                left.append(table)
            else:
                by_page[table["page"]] = table
        kept.append([by_page[page] for page in sorted(by_page)])
    return kept, left


def score_file(found, truths):
    """Right, found and wanted by measure; how many tables are the same to the last cell and span; headers right."""
    groups, left = assign(found, truths)
    total = collections.defaultdict(cells.Count)
    for parts, truth in zip(groups, truths):
        mine = joined(parts, truth["header_rows"]) if parts else None
        result = cells.compare(mine, truth)
        for name, three in result.items():
            total[name].add(*three)
        same = all(len(set(three)) == 1 for three in result.values())
        total["whole"].add(int(same), 1, 1)
        total["headers"].add(int(bool(mine) and mine["header_rows"] == truth["header_rows"]), 1, 1)
        if len(parts) > 1:
            total["continued"].add(sum(bool(part["continues"]) for part in parts[1:]), len(parts) - 1, len(parts) - 1)
    for table in left:
        for name, three in cells.compare(table, None).items():
            total[name].add(*three)
    total["left over"].add(len(left), 0, 0)
    return total


COLUMNS = ("cells", "texts", "neighbours", "spans", "whole", "headers", "continued")


def print_groups(results, engine):
    """A row for every maker and look."""
    groups = collections.defaultdict(list)
    for row in results:
        for key in ("all", f"{row['maker']}", f"{row['style']}", f"lang {row['lang']}"):
            groups[key].append(row[engine])
    print(f"\n{engine}: F1 of cells, of texts, of neighbours, of spans; whole tables, header rows, continuations right; tables left over")
    print("| files | " + " | ".join(COLUMNS) + " | left over |\n|" + "---|" * (len(COLUMNS) + 2))
    for key, rows in groups.items():
        figures = []
        for name in COLUMNS:
            count = cells.Count()
            for row in rows:
                if name in row:
                    count.add(row[name].right, row[name].found, row[name].wanted)
            figures.append(f"{count.f1():.3f}" if count.found + count.wanted else "–")
        over = sum(row["left over"].right for row in rows)
        print(f"| {key}, {len(rows)} | " + " | ".join(figures) + f" | {over} |")


def plumber_cached(path, folder):
    """As `plumber`, kept beside the set: it takes minutes."""
    kept = folder / f"{path.stem}.plumber.json"
    if not kept.exists():
        kept.write_text(json.dumps(plumber(path), ensure_ascii=False))
    return json.loads(kept.read_text())


def generated_set(options, folder):
    """Scores both engines on the generated set."""
    generated.generate(folder)
    results = []
    for path in sorted(folder.glob("*.pdf")):
        truth = json.loads(path.with_suffix(".json").read_text())
        read = reading.read(options.reader, options.pdfium, path)
        row = {"file": path.name, **{key: truth[key] for key in ("maker", "style", "lang")}}
        row["ours"] = score_file(ours(read.pages), truth["tables"])
        row["pdfplumber"] = score_file(plumber_cached(path, folder), truth["tables"])
        results.append(row)
    for engine in ("ours", "pdfplumber"):
        print_groups(results, engine)
    print("\nLeast cells (pdfplumber's)")
    for row in sorted(results, key=lambda row: row["ours"]["cells"].f1())[:options.worst]:
        print(f"  {row['ours']['cells'].f1():.3f} ({row['pdfplumber']['cells'].f1():.3f})  {folder / row['file']}")
    return results


def false_alarms(readings):
    """Tables on pages of which it is known that they have none."""
    with NO_TABLES.open(newline="") as rows:
        known = {row["file"]: row["pages"] for row in csv.DictReader(rows)}
    pages = alarms = 0
    for read in readings:
        if read.path.name not in known:
            continue
        wanted = known[read.path.name]
        chosen = [page for page in read.pages if wanted == "all" or str(page["number"]) in wanted.split()]
        pages += len(chosen)
        for table in ours(chosen):
            alarms += 1
            print(f"  no table: {read.path.name} page {table['page']}: {len(table['rows'])} x {len(table['rows'][0])} {table['rows'][0]}")
    print(f"Tables seen on {pages} pages that have none: {alarms}")


def is_grid(table):
    """Whether it has rows and columns."""
    return len(table["rows"]) > 1 and len(table["rows"][0]) > 1


def disagreements(readings, folder):
    """What either engine sees on real files that the other does not see or sees otherwise. `pdfplumber` takes frames
    around code for tables of one column; those with less than two rows and columns are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    print("\nReal files: ours (rows x columns) and pdfplumber's, with the F1 of our cells against its")
    for read in readings:
        mine = collections.defaultdict(list)
        for table in ours(read.pages):
            mine[table["page"]].append(table)
        theirs = collections.defaultdict(list)
        try:
            for table in filter(is_grid, plumber_cached(read.path, folder)):
                theirs[table["page"]].append(table)
        except Exception as error:  # it has no error of its own for what it cannot read
            print(f"  {read.path.name}: pdfplumber: {type(error).__name__}")
        for page in sorted(set(mine) | set(theirs)):
            shapes = [" ".join(f"{len(t['rows'])}x{len(t['rows'][0])}" for t in side[page]) or "none" for side in (mine, theirs)]
            total = score_file(mine[page], theirs[page])["cells"]
            print(f"  {total.f1():.3f}  {read.path.name} page {page}: {shapes[0]} | {shapes[1]}")


def run(options):
    """Everything about tables."""
    work = options.work or pathlib.Path("target/parse")
    results = generated_set(options, work / "tables")
    readings = [reading.read(options.reader, options.pdfium, path, password) for path, password in reading.pdfs(options.places)]
    print()
    false_alarms(readings)
    disagreements([read for read in readings if read.pages and not read.path.name.startswith("cmrcpdf")], work / "plumber")
    return [{key: value for key, value in row.items() if key not in ("ours", "pdfplumber")}
            | {engine: {name: count.f1() for name, count in row[engine].items()} for engine in ("ours", "pdfplumber")} for row in results]
