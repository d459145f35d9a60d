"""Documents with pictures, made by XeLaTeX, LibreOffice and WeasyPrint, with what is written in each: the
instruments of `docs/evaluation.md`, "Pictures and figures".

    python figures.py make FOLDER [COUNT]     writes FOLDER/*.pdf, *.docx and FOLDER/gold.json
    python figures.py read FOLDER YINJU       characters read in pictures, and captions beside their pictures
    python figures.py find FOLDER YINJU HOME  60 questions: the page of the figure among the first three
"""

import json
import os
import pathlib
import random
import subprocess
import sys

import matplotlib
from PIL import Image, ImageDraw, ImageFont

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

CJK = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
LATIN = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
matplotlib.rcParams["font.family"] = ["DejaVu Sans", "Noto Serif CJK SC", "Noto Serif CJK JP"]

SUBJECTS = {
    "en": [
        ("cooling circuit", ["Compressor", "Condenser", "Dryer", "Expansion valve", "Evaporator", "Sight glass"]),
        ("approval workflow", ["Draft", "Legal review", "Finance review", "Signature", "Archive", "Rejected"]),
        ("irrigation controller", ["Moisture probe", "Solenoid valve", "Rain sensor", "Timer board", "Manifold"]),
        ("battery housing", ["Lid gasket", "Busbar", "Cell module", "Vent plug", "Heat pad", "Mounting rail"]),
        ("beekeeping frame", ["Top bar", "Foundation", "Spacer", "Queen excluder", "Brood comb", "Honey super"]),
        ("tram signalling", ["Axle counter", "Interlocking", "Point machine", "Level crossing", "Depot gate"]),
        ("museum ticketing", ["Kiosk", "Turnstile", "Group desk", "Voucher check", "Refund queue"]),
        ("wastewater line", ["Bar screen", "Grit chamber", "Aeration tank", "Clarifier", "Sludge press"]),
        ("kiln schedule", ["Preheating", "Bisque", "Soaking", "Glaze firing", "Slow cooling"]),
        ("telescope mount", ["Counterweight", "Worm gear", "Polar scope", "Saddle clamp", "Azimuth knob"]),
    ],
    "zh": [
        ("水泵结构", ["进水口", "叶轮", "机械密封", "轴承座", "联轴器", "排水管"]),
        ("报销流程", ["提交申请", "部门审核", "财务复核", "总经理审批", "付款", "退回修改"]),
        ("温室控制系统", ["湿度传感器", "电磁阀", "补光灯", "通风窗", "控制主机"]),
        ("古琴构造", ["岳山", "龙池", "凤沼", "雁足", "琴轸", "承露"]),
        ("地铁屏蔽门", ["门机梁", "应急门", "端门", "控制盘", "激光探测"]),
        ("茶叶加工", ["萎凋", "杀青", "揉捻", "发酵", "烘干", "分级"]),
        ("污水处理", ["格栅", "沉砂池", "曝气池", "二沉池", "污泥脱水机"]),
        ("消防联动", ["烟感探头", "报警主机", "排烟风机", "防火卷帘", "消火栓泵"]),
        ("图书借阅", ["自助终端", "分拣机", "预约架", "还书口", "盘点车"]),
        ("锅炉房布置", ["给水泵", "除氧器", "省煤器", "引风机", "烟囱"]),
    ],
}
FILL = {
    "en": "The section describes how the parts work together and what has to be checked before the season begins. "
          "Staff keep a log of every change, and the log is read at the end of the month. Spare parts are kept in the "
          "store beside the workshop, and their number is counted twice a year.",
    "zh": "本节说明各部分如何配合，以及使用之前需要检查的项目。工作人员对每次变更作出记录，并在月末汇总。备件存放在车间旁的库房，每年清点两次。",
}
QUESTION = {
    "en": ["Which figure shows the {0}?", "the diagram of the {0}", "Where is the {1} drawn?"],
    "zh": ["哪张图展示了{0}？", "{0}的示意图", "图中哪里画了{1}？"],
}


def font(lang, size):
    return ImageFont.truetype(CJK if lang == "zh" else LATIN, size)


def diagram(path, words, lang, rng, points):
    """Boxes with words, joined by lines; letters of so many points where the picture is set 11 cm wide."""
    wide = 1000
    size = round(points * wide / (11 / 2.54 * 72))
    image = Image.new("RGB", (wide, 560), rng.choice(["white", "white", "#f4f0e6", "#e8f0f8"]))
    draw, face, centres = ImageDraw.Draw(image), font(lang, size), []
    for i, word in enumerate(words):
        x, y = 180 + 320 * (i % 3), 130 + 270 * (i // 3)
        centres.append((x, y))
    for a, b in zip(centres, centres[1:]):
        draw.line([a, b], fill="#444", width=3)
    for (x, y), word in zip(centres, words):
        w = draw.textlength(word, font=face) / 2 + 18
        draw.rectangle([x - w, y - size, x + w, y + size], outline="#222", width=3, fill=rng.choice(["white", "#ffe9b0", "#cfe8cf", "#234"]))
        dark = image.getpixel((round(x - w + 6), round(y - size + 6))) == (0x22, 0x33, 0x44)
        draw.text((x, y), word, font=face, fill="white" if dark else "#111", anchor="mm")
    image.save(path)


def chart(path, words, rng):
    figure, axes = pyplot.subplots(figsize=(5, 2.6))
    axes.bar(words, [rng.randint(12, 98) for _ in words], color="#5588aa")
    axes.tick_params(axis="x", labelrotation=rng.choice([0, 30]), labelsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=200)
    pyplot.close(figure)


def figures(lang, rng):
    """What a document shows: (subject, words, kind, points)."""
    chosen = rng.sample(SUBJECTS[lang], 3)
    kinds = rng.sample(["diagram", "diagram", "chart.png", "chart.pdf"], 3)
    return [(subject, words, kind, rng.choice([7, 8, 9, 10])) for (subject, words), kind in zip(chosen, kinds)]


def caption(lang, number, subject):
    return f"图{number} {subject}示意图" if lang == "zh" else f"Figure {number}. Diagram of the {subject}"


def reference(lang, number, subject):
    return f"如图{number}所示，{subject}由以下部分组成。" if lang == "zh" else f"As Figure {number} shows, the {subject} is made of these parts."


def by_latex(stem, lang, shown):
    body = []
    for number, (subject, words, path) in enumerate(shown, 1):
        body.append(f"{reference(lang, number, subject)} {FILL[lang]}\n\n\\begin{{figure}}[h]\\centering"
                    f"\\includegraphics[width=11cm]{{{path}}}\n\n{caption(lang, number, subject)}\\end{{figure}}\n\n{FILL[lang] * 3}\n\n")
    stem.with_suffix(".tex").write_text(
        "\\documentclass{article}\\usepackage{graphicx,geometry,fontspec}\\setmainfont{" + ("Noto Serif CJK SC" if lang == "zh" else "DejaVu Sans")
        + "}\\XeTeXlinebreaklocale \"zh\"\\begin{document}\n" + "".join(body) + "\\end{document}\n")
    subprocess.run(["xelatex", "-interaction=batchmode", f"-output-directory={stem.parent}", stem.with_suffix(".tex")], stdout=subprocess.DEVNULL, check=True)


def by_html(stem, lang, shown):
    import weasyprint

    body = "".join(
        f"<p>{reference(lang, n, subject)} {FILL[lang]}</p><figure><img src='file://{path}' style='width:11cm'><figcaption>{caption(lang, n, subject)}</figcaption></figure><p>{FILL[lang] * 3}</p>"
        for n, (subject, words, path) in enumerate(shown, 1))
    style = "<meta charset=utf-8><style>body{font:10pt 'DejaVu Sans','Noto Serif CJK SC'} figure{text-align:center}</style>"
    weasyprint.HTML(string=style + body).write_pdf(stem.with_suffix(".pdf"))


def by_word(stem, lang, shown, pdf):
    import docx

    document = docx.Document()
    for n, (subject, words, path) in enumerate(shown, 1):
        document.add_paragraph(f"{reference(lang, n, subject)} {FILL[lang]}")
        document.add_picture(str(path), width=docx.shared.Cm(11))
        document.add_paragraph(caption(lang, n, subject), style="Caption")
        document.add_paragraph(FILL[lang] * 3)
    target = stem.with_suffix(".docx")
    document.save(target)
    if pdf:
        subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", stem.parent, target], stdout=subprocess.DEVNULL, check=True)
        target.unlink()


def make(folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    gold = {}
    for i in range(count):
        rng, lang = random.Random(i), ["en", "zh"][i % 2]
        maker = ["latex", "html", "word-pdf", "word"][i // 2 % 4]
        stem, shown, kept = folder / f"{i:02}-{maker}-{lang}", [], []
        for n, (subject, words, kind, points) in enumerate(figures(lang, rng)):
            vector = kind == "chart.pdf" and maker == "latex"
            path = (folder / f"picture-{i:02}-{n}").with_suffix(".pdf" if vector else ".png").resolve()
            if kind == "diagram":
                diagram(path, words, lang, rng, points)
            else:
                chart(path, words, rng)
            shown.append((subject, words, path))
            kept.append({"number": n + 1, "subject": subject, "words": words, "kind": "vector" if vector else kind,
                         "points": points, "caption": caption(lang, n + 1, subject)})
        if maker == "latex":
            by_latex(stem, lang, shown)
        elif maker == "html":
            by_html(stem, lang, shown)
        else:
            by_word(stem, lang, shown, maker == "word-pdf")
        name = stem.with_suffix(".docx" if maker == "word" else ".pdf").name
        gold[name] = {"lang": lang, "figures": kept}
    for rest in [*folder.glob("picture-*"), *folder.glob("*.tex"), *folder.glob("*.aux"), *folder.glob("*.log")]:
        rest.unlink()
    (folder / "gold.json").write_text(json.dumps(gold, ensure_ascii=False, indent=1))


def lines(command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def squeezed(text):
    return "".join(text.split()).lower()


def read(folder, yinju):
    from rapidfuzz.distance import Levenshtein

    gold = json.loads((folder / "gold.json").read_text())
    right = all_characters = paired = count = 0
    for name, document in sorted(gold.items()):
        pages = [o for o in lines([yinju, "--json", "parse", str(folder / name)]) if "blocks" in o]
        for figure in document["figures"]:
            count += 1
            said, is_paired = "", False
            for page in pages:
                blocks = page["blocks"]
                for i, block in enumerate(blocks):
                    if block["kind"] != "figure":
                        continue
                    beside = " ".join(b["text"] for b in blocks[max(0, i - 1):i + 2] if b["kind"] == "caption")
                    if squeezed(figure["caption"]) in squeezed(beside):
                        said, is_paired = block["text"], True
            paired += is_paired
            wrong = 0
            for word in figure["words"]:
                text, word = squeezed(said), squeezed(word)
                least = len(word)
                for start in range(max(1, len(text) - len(word) + 1)):
                    least = min(least, Levenshtein.distance(word, text[start:start + len(word)]))
                all_characters, right, wrong = all_characters + len(word), right + len(word) - least, wrong + least
            if wrong or not is_paired:
                print(f"  {name} {figure['number']} {figure['kind']} {figure['points']} pt: {wrong} wrong{'' if is_paired else ', not paired'}: {said[:150]!r} {figure['words']}")
    print(f"{count} pictures: beside their captions {paired / count:.3f}; characters read {right / all_characters:.4f} of {all_characters}")


def find(folder, yinju, home):
    gold, rng = json.loads((folder / "gold.json").read_text()), random.Random(7)
    call = [yinju, "--home", home]
    subprocess.run([*call, "import", str(folder), "--library", "figures"], stdout=subprocess.DEVNULL, check=False)
    shown = [(document["lang"], figure) for document in gold.values() for figure in document["figures"]]
    hits, chosen = 0, rng.sample(shown, 60)
    for lang, figure in chosen:
        question = rng.choice(QUESTION[lang]).format(figure["subject"], rng.choice(figure["words"]))
        found = lines([*call, "--json", "search", question, "--library", "figures", "--top", "3"])
        # Several documents show the same thing, each in a figure of its own.
        title = squeezed(caption(lang, "", figure["subject"]).split(" ", 1)[1])
        hit = any(title in squeezed(one["text"]) for answer in found for one in answer["hits"])
        hits += hit
        if not hit:
            print(f"  missed: {question} ({figure['caption']})")
    print(f"{hits} of {len(chosen)} figures among the first three")


if __name__ == "__main__":
    verb, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if verb == "make":
        make(folder, int(sys.argv[3]) if len(sys.argv) > 3 else 24)
    elif verb == "read":
        read(folder, sys.argv[3])
    else:
        find(folder, sys.argv[3], os.path.expanduser(sys.argv[4]))
