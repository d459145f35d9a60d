"""Makes the images of these tests and what ONNX Runtime computes from them: `python make.py MODEL_FOLDER`.

Needs `pip install onnx onnxruntime numpy pillow` and the fonts WenQuanYi Micro Hei and DejaVu (Debian: fonts-wqy-microhei,
fonts-dejavu). `notice.png` has lines of 10 points at 150 dpi; `line.png` is one line, 48 pixels high.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).parent
HAN = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
LATIN = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
LINES = [
    (HAN, "第一章 本馆藏书共计三万二千册，每日开放八小时。"),
    (HAN, "圖書館週一休館，讀者請於閉館前三十分鐘歸還書籍。"),
    (LATIN, "Readers may borrow up to five volumes for four weeks."),
    (LATIN, "Fines of 0.50 per day are due for late returns."),
]


def notice():
    image = Image.new("L", (760, 300), 255)
    draw = ImageDraw.Draw(image)
    for number, (font, text) in enumerate(LINES):
        draw.text((40, 40 + 56 * number), text, font=ImageFont.truetype(font, 21), fill=0)
    return image


def line():
    image = Image.new("L", (400, 48), 255)
    ImageDraw.Draw(image).text((8, 6), "报告 Report 2024 年度", font=ImageFont.truetype(HAN, 32), fill=0)
    return image


def network_input(image):
    pixels = numpy.asarray(image).astype("f4") / 127.5 - 1
    return numpy.repeat(pixels[None, None], 3, 1)


def run(model, image):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: network_input(image)})[0]


def main(folder):
    notice().save(HERE / "notice.png")
    line().save(HERE / "line.png")
    # Every pair of neighbouring columns is pooled, not every other one.
    model = onnx.load(folder / "recognition.onnx")
    pool = next(node for node in model.graph.node if node.op_type == "AveragePool")
    next(a for a in pool.attribute if a.name == "strides").ints[:] = [3, 1]
    likely = run(model.SerializeToString(), line())[0]
    page = Image.open(HERE / "notice.png").crop((0, 0, 736, 288))
    text = run(str(folder / "detection.onnx"), page)[0, 0]
    reference = {
        "characters": likely.argmax(1).tolist(),
        "confidences": [round(float(x), 4) for x in likely.max(1)],
        "text_every": 8,
        "text": [[round(float(x), 3) for x in row] for row in text[::8, ::8]],
    }
    (HERE / "networks.json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
