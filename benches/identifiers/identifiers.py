"""Look-ups of exact names: codes, part numbers, abbreviations, clauses and standards, each with look-alikes beside.

    python identifiers.py make FOLDER              twelve documents, six in either language, and `questions.json` beside FOLDER
    python identifiers.py search YINJU HOME LIBRARY FOLDER   how often the first passage holds the name and what is said of it
    python identifiers.py ask YINJU HOME LIBRARY FOLDER      how often a name that is nowhere is said to be nowhere

`make` needs WeasyPrint; FOLDER is then imported into LIBRARY. The same seed makes the same documents.
"""

import collections
import json
import pathlib
import random
import re
import subprocess
import sys

SEED = 22
OF_EACH = 20  # questions a document, half as many of glossaries and contracts
NOWHERE = 5  # questions a document for names that are nowhere

PARTS_EN = ["bearing", "valve", "sensor", "gasket", "relay", "coupling", "filter", "impeller", "bracket", "fuse", "seal", "nozzle"]
PARTS_ZH = ["轴承", "阀门", "传感器", "垫片", "继电器", "联轴器", "滤芯", "叶轮", "支架", "熔断器", "密封圈", "喷嘴"]
FAULTS_EN = ["overheats", "loses pressure", "stops without warning", "vibrates", "reports no signal", "draws too much current"]
FAULTS_ZH = ["过热", "失压", "突然停机", "振动过大", "没有信号", "电流过大"]
REMEDIES_EN = ["replace the {}", "clean the {}", "tighten the {}", "reset the {} and wait", "check the cable of the {}", "calibrate the {}"]
REMEDIES_ZH = ["更换{}", "清洁{}", "紧固{}", "复位{}后等待", "检查{}的线缆", "校准{}"]
TOPICS_EN = ["delivery", "payment", "inspection", "warranty", "confidentiality", "liability", "termination", "notices", "insurance", "subcontracting"]
TOPICS_ZH = ["交货", "付款", "验收", "质量保证", "保密", "违约责任", "合同终止", "通知", "保险", "分包"]


def alike(code, pick):
    """A code that differs in one place."""
    at = pick.choice([at for at, c in enumerate(code) if c.isalnum()])
    own = "ABCDEFGHJKLMNPRSTUVWXYZ" if code[at].isalpha() else "0123456789"
    return code[:at] + pick.choice([c for c in own if c != code[at]]) + code[at + 1:]


def codes(pick, shape, count):
    """So many codes of a shape (`A` a letter, `0` a digit), half of them look-alikes of the others, and some that are nowhere."""
    def one():
        letters = {"A": "ABCDEFGHJKLMNPRSTUVWXYZ", "0": "0123456789"}
        return "".join(pick.choice(letters[c]) if c in letters else c for c in shape)
    found = []
    while len(found) < count:
        code = alike(pick.choice(found), pick) if len(found) % 2 and found else one()
        if code not in found:
            found.append(code)
    nowhere = []
    while len(nowhere) < NOWHERE:
        code = alike(pick.choice(found), pick)
        if code not in found and code not in nowhere:
            nowhere.append(code)
    return found, nowhere


def said_of(pick, chinese):
    """What is said of a code: a fault, its remedy, a figure."""
    parts, faults, remedies = (PARTS_ZH, FAULTS_ZH, REMEDIES_ZH) if chinese else (PARTS_EN, FAULTS_EN, REMEDIES_EN)
    part, value = pick.choice(parts), f"{pick.randint(11, 989) / 10:.1f}"
    return part, pick.choice(faults), pick.choice(remedies).format(part), value


def page(title, body):
    style = "<style>@page{size:A4;margin:2cm}body{font:11pt serif}td,th{border:.5pt solid;padding:2pt 4pt}table{border-collapse:collapse}</style>"
    return f"<html><head><meta charset='utf-8'><title>{title}</title>{style}</head><body><h1>{title}</h1>{body}</body></html>"


def sections(pick, title, shape, chinese, form):
    """A section a code, with a paragraph."""
    known, nowhere = codes(pick, shape, 120)
    body, rows = [], []
    for code in known:
        part, fault, remedy, value = said_of(pick, chinese)
        text = f"{part}{fault}时显示此代码，限值为 {value} bar。请{remedy}。" if chinese else (
            f"This code is shown when the {part} {fault}. The limit is {value} bar. To clear it, {remedy}.")
        body.append(f"<h2>{code}</h2><p>{text}</p>")
        rows.append((code, value))
    return page(title, "".join(body)), rows, nowhere, form


def table(pick, title, shape, chinese, form, heads):
    """A table of one row a code."""
    known, nowhere = codes(pick, shape, 160)
    body, rows = [f"<tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>"], []
    for code in known:
        part, fault, remedy, value = said_of(pick, chinese)
        body.append(f"<tr><td>{code}</td><td>{part}</td><td>{value}</td><td>{remedy}</td></tr>")
        rows.append((code, value))
    return page(title, f"<table>{''.join(body)}</table>"), rows, nowhere, form


def glossary(pick, title, chinese, form):
    """Abbreviations of four letters with what they stand for."""
    known, nowhere = codes(pick, "AAAA", 150)
    body, rows = [], []
    words = ["central", "dynamic", "external", "federal", "general", "hybrid", "internal", "joint", "kinetic", "local", "mobile", "neutral"]
    nouns = ["register", "monitor", "session", "router", "schedule", "transfer", "unit", "vector", "window", "yield", "buffer", "stage"]
    for code in known:
        meaning = " ".join([pick.choice(words), pick.choice(words), pick.choice(nouns), pick.choice(nouns)])
        value = f"{pick.randint(11, 989) / 10:.1f}"
        note = f"见第 {value} 号规程" if chinese else f"see procedure {value}"
        body.append(f"<p><b>{code}</b> {'——' if chinese else '–'} {meaning}; {note}.</p>")
        rows.append((code, value))
    return page(title, "".join(body)), rows, nowhere, form


def contract(pick, title, chinese, form):
    """Clauses of two levels."""
    body, rows = [], []
    topics = TOPICS_ZH if chinese else TOPICS_EN
    for at, topic in enumerate(topics, 1):
        body.append(f"<h2>{at} {topic}</h2>")
        for point in range(1, pick.randint(5, 12)):
            value = f"{pick.randint(11, 989) / 10:.1f}"
            text = f"{topic}由双方按附件办理，费率为 {value} ‰。" if chinese else f"The parties shall handle {topic} as annexed, at a rate of {value} per mille."
            body.append(f"<p>{at}.{point} {text}</p>")
            rows.append((f"{at}.{point}", value))
    nowhere = [f"{at}.{point}" for at, point in zip(range(1, NOWHERE + 1), range(14, 14 + NOWHERE))]
    return page(title, "".join(body)), rows, nowhere, form


def documents():
    pick = random.Random(SEED)
    code_en = "What does code {} mean?", "What is the limit for {}?", "{} came up on the display, what should I do?"
    code_zh = "代码 {} 是什么意思？", "{} 的限值是多少？", "屏幕上显示 {}，该怎么办？"
    part_en = "Which torque does part {} need?", "What is part {}?", "How do I service {}?"
    part_zh = "零件 {} 的扭矩是多少？", "{} 是什么零件？", "{} 如何保养？"
    name_en = "What does {} stand for?", "Which procedure belongs to {}?"
    name_zh = "{} 是什么的缩写？", "{} 对应哪一号规程？"
    clause_en = "What does clause {} of the supply agreement say?", "Which rate is set in clause {} of the supply agreement?"
    clause_zh = "供货合同第 {} 条写了什么？", "供货合同第 {} 条规定的费率是多少？"
    return {
        "boiler-codes": (sections(pick, "Boiler controller: codes", "E-0000", False, "html"), code_en),
        "lift-codes": (sections(pick, "Lift drive: messages", "A000.0", False, "pdf"), code_en),
        "锅炉代码": (sections(pick, "锅炉控制器代码", "F-000", True, "pdf"), code_zh),
        "电梯代码": (sections(pick, "电梯驱动器代码", "AA00", True, "html"), code_zh),
        "press-parts": (table(pick, "Press: spare parts", "AA-000-00A", False, "pdf", ["Part", "Name", "Torque (Nm)", "Service"]), part_en),
        "pump-parts": (table(pick, "Pump: spare parts", "0000.000.A", False, "html", ["Part", "Name", "Torque (Nm)", "Service"]), part_en),
        "压机备件": (table(pick, "压机备件表", "YJ-000-A00", True, "pdf", ["件号", "名称", "扭矩（Nm）", "保养"]), part_zh),
        "水泵备件": (table(pick, "水泵备件表", "SB00/000", True, "html", ["件号", "名称", "扭矩（Nm）", "保养"]), part_zh),
        "glossary": (glossary(pick, "Abbreviations", False, "pdf"), name_en),
        "缩略语": (glossary(pick, "缩略语表", True, "pdf"), name_zh),
        "supply-agreement": (contract(pick, "Supply agreement", False, "pdf"), clause_en),
        "供货合同": (contract(pick, "供货合同", True, "pdf"), clause_zh),
    }


def make(folder):
    import weasyprint

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pick, questions = random.Random(SEED), []
    for at, (name, ((html, rows, nowhere, form), asked)) in enumerate(documents().items()):
        if form == "pdf":
            weasyprint.HTML(string=html).write_pdf(folder / f"{name}.pdf")
        else:
            (folder / f"{name}.html").write_text(html)
        kind = "clause" if "clause" in asked[0] or "合同" in asked[0] else "name"
        for code, value in pick.sample(rows, OF_EACH if at < 8 else OF_EACH // 2):
            questions.append({"document": name, "kind": kind, "code": code, "value": value, "question": pick.choice(asked).format(code)})
        for code in nowhere:
            questions.append({"document": name, "kind": kind, "code": code, "value": None, "question": pick.choice(asked).format(code)})
    folder.with_name(f"{folder.name}.questions.json").write_text(json.dumps(questions, ensure_ascii=False, indent=1))
    print(f"{sum(q['value'] is not None for q in questions)} look-ups, {sum(q['value'] is None for q in questions)} of names that are nowhere")


def asked(folder, there):
    folder = pathlib.Path(folder)
    questions = json.loads(folder.with_name(f"{folder.name}.questions.json").read_text())
    return [q for q in questions if (q["value"] is not None) == there]


def call(yinju, home, *words):
    ran = subprocess.run([yinju, "--home", home, "--json", *words], capture_output=True, text=True)
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def search(yinju, home, library, folder):
    counts = collections.defaultdict(lambda: [0, 0])
    for q in asked(folder, there=True):
        hits = call(yinju, home, "search", q["question"], "--library", library, "--top", "1")[-1].get("hits", [])
        text = "\n".join([*hits[0]["section"], hits[0]["text"]]) if hits else ""
        stands = re.search(rf"(?<![\w.-]){re.escape(q['code'])}(?![\w-]|\.\d)", text) and q["value"] in text
        counts[q["document"]][0] += 1
        counts[q["document"]][1] += bool(stands)
        if not stands:
            print(q["document"], q["question"], "→", (hits[0]["document"]["title"], text[:80].replace("\n", " ")) if hits else None)
    report(counts, "first")


def ask(yinju, home, library, folder):
    counts = collections.defaultdict(lambda: [0, 0])
    for q in asked(folder, there=False):
        told = call(yinju, home, "ask", q["question"], "--library", library, "--mode", "quotes")
        text = json.dumps(told[-1], ensure_ascii=False) if told else ""
        refused = bool(told) and '"refusal": {' in text and q["code"] in text
        counts[q["document"]][0] += 1
        counts[q["document"]][1] += refused
        if not refused:
            print(q["document"], q["question"], "→", text[:300])
    report(counts, "said to be nowhere")


def report(counts, what):
    total, right = (sum(count[at] for count in counts.values()) for at in range(2))
    print(f"{right} of {total} {what}; by document: {dict(counts)}")


if __name__ == "__main__":
    {"make": make, "search": search, "ask": ask}[sys.argv[1]](*sys.argv[2:])
