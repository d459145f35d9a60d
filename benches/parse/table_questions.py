"""Questions to tables: 24 short documents of XeLaTeX, WeasyPrint, LibreOffice, Word, Excel and HTML, each with one table in
one of eight looks and five questions to its rows. Rows look alike, and every document has a sibling with other values.

    python table_questions.py make FOLDER             writes the documents and FOLDER/gold.json
    python table_questions.py ask FOLDER YINJU HOME   how many of 120 first quotations show the row and the value

A question is right when the first quotation of its answer is of the right document and shows the row's name and the value
asked for. What fails is put down to reading (the row is no row of a table), finding (not in the evidence) or quoting.
"""

import difflib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import unicodedata

import table_contents as contents
import table_makers as makers

FILL = {
    "en": "Changes are announced at the counter and by letter, and earlier editions lose their force on the day of issue. Questions are answered by the office on working days; please have the name of this sheet ready when you call.",
    "zh": "如有变更，将以书面方式通知，旧版自新版发布之日起失效。如有疑问，请在工作日与办公室联系，来电时请说明本文件的名称。",
}
# A look and what it is to the makers of HTML; LaTeX and Word know grids, rules of books and none at all.
STYLES = {"grid": "grid", "rowspan": "grid", "twopages": "grid", "colspan": "grid", "booktabs": "booktabs", "headrule": "unruled", "none": "unruled", "zebra": "unruled"}


def trains(letter, first, start, gap, legs):
    """What makes so many rows of a timetable: trains with a time at each stop."""
    def rows(count):
        rng, made = random.Random(first), []
        for i in range(count):
            times = [start + gap * i + rng.randint(0, 4)]
            for leg in legs:
                times.append(times[-1] + leg + rng.randint(0, 3))
            made.append([f"{letter}{first + 2 * i}", *(f"{at // 60:02}:{at % 60:02}" for at in times)])
        return made
    return rows


def staff(count):
    """Rows of a staff list, whose names are one letter apart."""
    rng = random.Random(count)
    names = [f"{a} {b}" for b in "Keller Kellner Kessler Morris Morrison Norris Harding Hardinge".split() for a in "Anna Hanna Joan Joanne Marian Marion".split()]
    wards = "Cardiology Radiology Neurology Nephrology Urology Oncology Outpatients Inpatients Pharmacy Pathology Records Kitchen".split()
    rng.shuffle(names)
    phones = rng.sample(range(4100, 4199), 48)
    return [[wards[i // 4], names[i], rng.choice(["Nurse", "Senior nurse", "Registrar", "Consultant", "Secretary"]), str(phones[i]),
             f"{rng.choice('ABC')}{rng.randint(101, 139)}"] for i in range(count)]


# A subject: language; its two documents (name, look, program); caption; column of the rows' names; head (a/b: b under a); two paragraphs before the
# table and one after; rows, or what makes them; five questions for the one document and five for the other, as question|row|column.
SUBJECTS = [
    ("en", ("X200", "none", "latex"), ("X210", "headrule", "html-pdf"), "Electrical characteristics of the {0}", 0, "Parameter|Symbol|Min|Typ|Max|Unit",
     ["The {0} is a step-down regulator for small boards. Its supply current depends on the mode, and its input voltage on the coil that is chosen.",
     "The switching frequency may be spread to lower emissions. Thermal shutdown protects the output stage, and the enable threshold has a hysteresis.",
     "All values hold at 25 °C unless noted. Output voltage is measured at the pin."], "Input voltage|VIN|4.5|12.0|36.0|V;Input voltage, startup|VST|5.2|5.6|6.1|V;Output voltage|VOUT|3.23|3.30|3.37|V;"
     "Output voltage, light load|VLL|3.20|3.31|3.42|V;Supply current, active|ICC|1.8|2.4|3.6|mA;Supply current, standby|ISB|0.18|0.24|0.36|mA;Supply current, shutdown|ISD|0.7|1.4|2.9|µA;"
     "Switching frequency|FSW|450|500|550|kHz;Switching frequency, spread|FSS|430|505|580|kHz;Thermal shutdown, rising|TSR|150|165|178|°C;Thermal shutdown, falling|TSF|132|141|155|°C;"
     "Enable threshold, high|VEH|1.15|1.22|1.31|V;Enable threshold, low|VEL|0.95|1.02|1.09|V", "What is the maximum supply current of the {0} in standby?|5|4;"
     "How much current does the {0} draw at most when it is active?|4|4;What input voltage does the {0} need at least to start up?|1|2;At what temperature does the {0} typically shut down when it is rising?|9|3;"
     "What is the lowest output voltage of the {0} at light load?|3|2;What is the typical shutdown supply current of the {0}?|6|3;maximum switching frequency of the {0} with spread|8|4;"
     "What is the minimum high enable threshold of the {0}?|11|2;What is the maximum standby current of the {0}?|5|4;What is the highest falling thermal shutdown temperature of the {0}?|10|4"),
    ("en", ("Harbour Print Shop", "zebra", "html-pdf"), ("Millgate Print Shop", "none", "word-pdf"), "Prices at {0}", 0, "Item|Code|1 to 9 sets|10 to 49 sets|50 sets and more",
     ["{0} prints business cards, flyers and posters on the day they are ordered. Prices fall with the number of sets that are ordered at once.",
     "Posters are trimmed without charge. Matt and glossy paper differ in price, and folded flyers are folded by machine.", "Prices include tax. Delivery of posters is charged by distance."],
     "Business cards, matt|BC-M|£18.50|£16.90|£14.20;Business cards, glossy|BC-G|£19.80|£17.40|£15.10;Business cards, linen|BC-L|£24.30|£22.60|£20.70;Flyers A5, flat|FL-5|£32.00|£28.50|£24.90;"
     "Flyers A5, folded|FF-5|£37.40|£33.20|£29.60;Flyers A6, flat|FL-6|£23.60|£21.30|£18.80;Flyers A6, folded|FF-6|£28.10|£25.70|£22.40;Posters A2, matt|PM-2|£8.70|£7.90|£6.80;"
     "Posters A2, glossy|PG-2|£9.40|£8.30|£7.20;Posters A1, matt|PM-1|£13.90|£12.60|£11.30;Posters A1, glossy|PG-1|£14.80|£13.20|£11.70",
     "What does a set of glossy business cards cost at the {0} if I order only one?|1|2;How much are folded A6 flyers at {0} for 20 sets?|6|3;What is the price of an A1 matt poster at {0}?|9|2;"
     "price of flat A5 flyers at {0}, 60 sets|3|4;What is the code of the linen business cards at {0}?|2|1;How much is a glossy A2 poster at {0}?|8|2;What do folded A5 flyers cost at {0} for 10 sets or more?|4|3;"
     "What does {0} charge for matt business cards from 50 sets?|0|4;How much is a glossy A1 poster at the {0}?|10|2;What do flat A6 flyers cost at {0}?|5|2"),
    ("en", ("Norwell Foods", "colspan", "latex"), ("Norwell Drinks", "colspan", "excel"), "Revenue and cost of {0} by region, in thousand pounds", 0, "Region|2022/Revenue|2022/Cost|2023/Revenue|2023/Cost",
     ["{0} sells on four continents. Revenue grew in most regions during 2023, while the cost of freight fell.",
     "In Northern Europe the year began late, and in South America two plants were closed. The figures of 2022 were restated.", "Totals may differ from sums because of rounding. Cost includes depreciation."],
     "Northern Europe|4,812|3,967|5,236|4,118;Southern Europe|4,218|3,697|4,823|3,811;Eastern Europe|2,981|2,455|3,126|2,618;Western Europe|6,310|5,126|6,847|5,392;North America|7,455|6,108|7,901|6,427;"
     "South America|2,745|2,310|2,190|1,927;Northern Asia|1,934|1,622|2,057|1,708;Southern Asia|3,914|3,262|4,057|3,378;North Africa|1,245|1,038|1,391|1,127;West Africa|1,425|1,183|1,319|1,072",
     "What was the revenue of {0} in Northern Europe in 2023?|0|3;How high was the cost of {0} in South America in 2022?|5|2;What did {0} take in Southern Asia in 2023?|7|3;revenue of {0} in North Africa 2022|8|1;"
     "What was the cost of {0} in Western Europe in 2023?|3|4;What was the revenue of {0} in Southern Europe in 2022?|1|1;What was the cost of {0} in North America in 2023?|4|4;"
     "How much revenue did {0} make in West Africa in 2023?|9|3;What was the revenue of {0} in Eastern Europe in 2022?|2|1;cost of {0} in Northern Asia in 2023|6|4"),
    ("en", ("Aldbury line", "grid", "word"), ("Oldbury line", "twopages", "html-pdf"), "Weekday trains of the {0}", 0, "Train|Castle Hill|Westbrook|Westbridge|Pinehurst",
     ["Trains of the {0} run on weekdays. They stop at Westbrook and Westbridge, where the platform lies beyond the river.",
     "Bicycles may be taken on every train except in the morning. Tickets to Pinehurst are sold on board.", "On public holidays trains of the {0} follow the Sunday timetable."],
     {"A": trains("RE ", 4101, 311, 47, [14, 9, 23]), "B": trains("RE ", 4501, 287, 19, [17, 8, 26])}, "When does {1} of the {0} leave Castle Hill?|3|1;When does {1} of the {0} arrive in Pinehurst?|7|4;"
     "At what time is train {1} of the {0} in Westbridge?|10|3;When does {1} of the {0} stop at Westbrook?|5|2;departure of {1} from Castle Hill on the {0}|11|1;When does {1} of the {0} arrive at Pinehurst?|4|4;"
     "When does {1} of the {0} leave Castle Hill?|51|1;At what time does {1} of the {0} stop at Westbridge?|33|3;When is {1} of the {0} in Westbrook?|18|2;arrival of {1} in Pinehurst on the {0}|55|4"),
    ("en", ("Ashdown Clinic", "rowspan", "html"), ("Ashford Clinic", "twopages", "latex"), "Staff of {0}", 1, "Department|Name|Position|Extension|Room",
     ["{0} has wards on three floors. Every member of staff has an extension that is reached from outside by dialling the number of the clinic first.",
     "Consultants see patients in their rooms. Nurses of Cardiology and Radiology share a desk at night.", "Please report changes of rooms and extensions to the reception of {0}."],
     {"A": lambda n: staff(16), "B": lambda n: staff(48)}, "What is the extension of {1} at {0}?|2|3;In which room does {1} of {0} work?|7|4;What is the position of {1} at {0}?|10|2;"
     "How do I reach {1} at the {0} by phone?|13|3;extension of {1}, {0}|5|3;What is the extension of {1} at {0}?|3|3;In which room is {1} of {0}?|44|4;How do I reach {1} at {0} by phone?|29|3;"
     "Which extension has {1} at the {0}?|40|3;room of {1}, {0}|21|4"),
    ("en", ("Solano Basic", "rowspan", "word-pdf"), ("Solano Comfort", "booktabs", "html-pdf"), "Benefits of the {0} plan", 1, "Cover|Benefit|Per case|Per year|Waiting period",
     ["The {0} plan pays for treatment in hospital, at the dentist and at the optician. A benefit is paid once its waiting period has passed.",
     "A single room must be asked for on admission. Crowns and bridges need an estimate, and lenses a prescription.", "Benefits of the {0} plan are paid within thirty days of the bill."],
     "Hospital|Single room|$140|$4,200|95 days;Hospital|Double room|$95|$2,850|65 days;Hospital|Private surgeon|$1,800|$5,400|185 days;Hospital|Ambulance|$260|$780|15 days;Dental|Fillings|$85|$340|35 days;"
     "Dental|Crowns|$410|$1,230|245 days;Dental|Bridges|$620|$1,860|275 days;Dental|Check-up|$45|$90|10 days;Optical|Single lenses|$110|$220|125 days;Optical|Varifocal lenses|$190|$380|155 days;"
     "Optical|Frames|$75|$150|115 days;Optical|Eye test|$35|$70|20 days", "How much does the {0} plan pay for a single room per year?|0|3;What does {0} pay for a private surgeon in each case?|2|2;"
     "What is the waiting period for crowns in the {0} plan?|5|4;What is the yearly limit for varifocal lenses in {0}?|9|3;How much does {0} pay per case for an ambulance?|3|2;"
     "How much does the {0} plan pay for a double room per year?|1|3;How long do I wait for bridges with {0}?|6|4;What does the {0} plan pay for single lenses per case?|8|2;"
     "What does {0} pay for fillings in a year?|4|3;How much does {0} pay for frames?|10|2"),
    ("zh", ("HT7150", "none", "html-pdf"), ("HT7133", "booktabs", "latex"), "{0}的电气特性", 0, "参数|符号|最小值|典型值|最大值|单位", ["{0}是一款低压差稳压芯片，适用于电池供电的设备。静态电流与工作模式有关，输入电压由外部电路决定。", "芯片内置过流保护和过温保护，保护解除后自动恢复。输出电压在引脚处测量。",
     "除另有说明外，以上数值均在25°C条件下测得。"], "输入电压|VIN|5.3|9.0|24.0|V;启动输入电压|VST|5.6|5.9|6.4|V;输出电压|VOUT|4.85|5.00|5.15|V;轻载输出电压|VLL|4.81|5.02|5.23|V;静态电流|IQ|2.1|3.2|4.8|µA;待机静态电流|IQS|0.21|0.32|0.48|µA;关断电流|ISD|0.05|0.11|0.29|µA;"
     "输出电流|IO|110|150|195|mA;峰值输出电流|IOP|175|220|265|mA;过流保护阈值|IOC|210|255|310|mA;过温保护阈值|TOT|138|151|164|°C;过温恢复阈值|TOR|112|126|139|°C", "{0}的待机静态电流最大是多少？|5|4;{0}的静态电流典型值是多少？|4|3;{0}启动时最低需要多大的输入电压？|1|2;"
     "{0}的过温恢复阈值最大值是多少？|11|4;{0}轻载时输出电压最小值是多少？|3|2;{0}的峰值输出电流最大能到多少？|8|4;{0}关断电流的典型值|6|3;{0}过流保护阈值最小是多少？|9|2;{0}正常的输出电流典型值为多少？|7|3;{0}在多少度会过温保护，最大值是多少？|10|4"),
    ("zh", ("城东家政", "grid", "word-pdf"), ("城西家政", "zebra", "word"), "{0}服务价目表（元）", 0, "服务项目|编号|平日价|周末价|会员价", ["{0}提供日常保洁、深度保洁、擦窗和月嫂等服务。价格因时长和日期而异，会员另享优惠。", "深度保洁须提前两天预约。月嫂服务按天计价，签约时支付定金。", "以上价格含税，不含交通费。"],
     "日常保洁两小时|RB2|118|138|98;日常保洁四小时|RB4|216|252|186;深度保洁两小时|SB2|168|196|146;深度保洁四小时|SB4|316|368|276;单面擦窗|CC1|86|104|72;双面擦窗|CC2|142|166|122;油烟机清洗|QX1|188|218|158;空调挂机清洗|QX2|128|148|108;空调柜机清洗|QX3|174|204|152;"
     "初级月嫂|YS1|336|386|306;高级月嫂|YS2|486|546|446", "{0}的日常保洁四小时平日多少钱？|1|2;{0}深度保洁两小时的会员价是多少？|2|4;周末请{0}双面擦窗要多少钱？|5|3;{0}洗空调柜机平日什么价格？|8|2;{0}的高级月嫂会员价多少？|10|4;{0}深度保洁四小时周末价是多少？|3|3;{0}日常保洁两小时多少钱？|0|2;{0}空调挂机清洗的会员价|7|4;"
     "{0}单面擦窗平日价多少？|4|2;{0}初级月嫂周末一天多少钱？|9|3"),
    ("zh", ("远山股份", "colspan", "html-pdf"), ("远海股份", "headrule", "page-pdf"), "{0}分地区营业收入与营业成本（万元）", 0, "地区|2022年/营业收入|2022年/营业成本|2023年/营业收入|2023年/营业成本", ["{0}的业务覆盖全国各地区。2023年多数地区的营业收入有所增长，营业成本受运费影响略有波动。",
     "华东区新设两家分公司，华中区关闭一家门店。2022年的数据已经重述。", "因四舍五入，合计数与各项之和可能略有差异。"], "华东区|8,412|6,357|9,126|6,884;华南区|7,412|5,657|8,126|6,184;华北区|6,935|5,318|7,304|5,592;华中区|4,218|3,296|4,536|3,471;东北区|3,127|2,486|3,254|2,571;"
     "西北区|2,173|1,742|2,346|1,835;西南区|3,846|2,974|4,183|3,208;东南区|5,264|4,057|5,642|4,391;海外一区|1,296|1,038|1,452|1,127;海外二区|1,269|1,014|1,425|1,172", "2023年{0}华东区的营业收入是多少？|0|3;{0}2022年东北区的营业成本是多少？|4|2;"
     "{0}海外二区2023年收入多少？|9|3;{0}西南区2022年的营业收入|6|1;2023年{0}华中区的营业成本有多少？|3|4;2023年{0}华南区的营业收入是多少？|1|3;{0}西北区2022年营业成本是多少？|5|2;{0}东南区2023年营业收入|7|3;{0}华北区2022年的收入是多少？|2|1;{0}海外一区2023年的成本是多少？|8|4"),
    ("zh", ("京岭城际", "none", "excel"), ("京陵城际", "twopages", "word-pdf"), "{0}工作日列车时刻表", 0, "车次|临江|青石|青山|岭南", ["{0}列车在工作日运行，途经青石和青山两站。早高峰期间不得携带自行车。", "青山站在河对岸，换乘请预留时间。岭南站设有行李寄存处。", "节假日{0}按周日时刻表运行。"],
     {"A": trains("C", 6101, 365, 43, [13, 8, 22]), "B": trains("C", 6301, 322, 18, [16, 9, 24])}, "{0}的{1}次列车几点从临江开出？|2|1;{0}{1}次几点到岭南？|6|4;{1}次{0}列车什么时候到青山？|9|3;{0}{1}在青石停靠的时间|4|2;{0}的{1}几点从临江发车？|11|1;"
     "{0}{1}次几点到岭南？|3|4;{0}的{1}次列车几点从临江开出？|50|1;{1}次{0}列车几点到青山？|31|3;{0}{1}什么时候到青石？|17|2;{0}{1}次到达岭南的时间是几点？|54|4"),
    ("zh", ("安康甲款", "rowspan", "latex"), ("安康乙款", "grid", "html"), "{0}保险利益表", 1, "类别|保障项目|每次限额|年度限额|等待期", ["{0}为住院、门诊和意外提供保障。各项给付在等待期满后生效。", "住院须在二级以上医院。意外医疗凭发票报销，津贴按日给付。", "{0}的给付在收到材料后三十日内完成。"],
     "住院|床位费|180元|5,400元|35天;住院|手术费|12,000元|36,000元|95天;住院|住院津贴|120元|10,800元|65天;住院|重症津贴|240元|14,400元|85天;门诊|普通门诊|310元|2,480元|15天;门诊|专家门诊|460元|3,220元|25天;门诊|牙科门诊|520元|1,560元|125天;意外|意外医疗|8,600元|25,800元|3天;"
     "意外|意外津贴|150元|13,500元|5天;意外|意外伤残|64,000元|128,000元|2天", "{0}的住院津贴每次赔多少？|2|2;{0}专家门诊一年最多报销多少？|5|3;{0}手术费的等待期是多长？|1|4;{0}意外医疗的年度限额是多少？|7|3;{0}重症津贴每次限额|3|2;{0}的意外津贴每次多少？|8|2;{0}普通门诊年度限额是多少？|4|3;{0}牙科门诊要等多少天？|6|4;"
     "{0}床位费每次限额是多少？|0|2;{0}意外伤残一年最多赔多少？|9|3"),
    ("zh", ("高二三班", "headrule", "latex"), ("高二八班", "zebra", "page-pdf"), "{0}期末考试成绩", 1, "学号|姓名|语文|数学|英语|物理", ["{0}期末考试共考四门课程，语文和数学满分均为150分。成绩由教务处统一登记。", "英语听力计入总分。物理实验另行评定，不列入本表。", "对{0}的成绩有疑问的，请在一周内提出复核。"],
     "0301|王晓明|118|131|126|87;0302|王晓敏|121|113|129|78;0303|王小明|112|136|107|93;0304|王小敏|125|109|133|72;0305|李佳怡|128|117|138|81;0306|李嘉怡|116|127|119|89;0307|李佳宜|123|104|130|76;0308|张文浩|109|139|111|95;"
     "0309|张文昊|114|129|115|90;0310|章文浩|105|122|103|84;0311|陈思雨|132|119|141|83;0312|陈思宇|119|135|122|92;0313|陈诗雨|127|111|137|77", "{0}王晓敏的数学考了多少分？|1|3;{0}李嘉怡的语文成绩是多少？|5|2;{0}张文昊英语多少分？|8|4;{0}陈思宇的物理成绩|11|5;"
     "{0}王小明的语文考了几分？|2|2;{0}陈诗雨的英语考了多少分？|12|4;{0}章文浩数学多少分？|9|3;{0}李佳宜的物理成绩是多少？|6|5;{0}王晓明的语文考了多少分？|0|2;{0}张文浩的英语成绩|7|4"),
]


def lowered(row, keep, rng):
    """The row of the sibling: the same names, every number smaller in one proportion."""
    by = rng.uniform(.83, .96)

    def less(found):
        number = found[0].replace(",", "")
        return f"{float(number) * by:{',' if ',' in found[0] else ''}.{len(number.partition('.')[2])}f}"
    return row[:keep + 1] + [re.sub(r"\d[\d,]*(\.\d+)?", less, c) if re.match(r"[£$]?\d", c) else c for c in row[keep + 1:]]


def table_of(head, rows, look):
    """The table, its equal groups or its years merged where the look is that."""
    if look == "colspan":
        above = [name.partition("/")[0] for name in head]
        top = [(name, 1, above.count(name)) if above.count(name) > 1 else (name, 2, 1) for name in dict.fromkeys(above)]
        return contents.table([top, [name.partition("/")[2] for name in head if "/" in name], *rows], 2)
    if look == "rowspan":
        groups = [row[0] for row in rows]
        rows = [row[1:] if r and groups[r - 1] == row[0] else [(row[0], groups.count(row[0])), *row[1:]] for r, row in enumerate(rows)]
    return contents.table([[name.replace("/", " ") for name in head], *rows])


def by_html(target, lang, name, look, parts, program):
    page = makers.html_page(parts, STYLES[look]).replace("</style>", f"</style><title>{name}</title><h1>{name}</h1>", 1)
    if look == "headrule":  # in the cells themselves, where LibreOffice sees it too
        page = page.replace("<th ", '<th style="border-bottom:1px solid #000000" ')
    if look == "zebra":
        before, *rows = page.split("<tr>")
        page = before + "".join(("<tr>" if r % 2 else '<tr style="background:#dde6f0">') + row for r, row in enumerate(rows))
    if program == "html-pdf":
        import weasyprint
        return weasyprint.HTML(string=page).write_pdf(target)
    target.with_suffix(".html").write_text(page)
    return office(target.with_suffix(".html"), "--infilter=HTML (StarWriter)") if program == "page-pdf" else None


def by_latex(target, lang, name, look, parts, program):
    style = "booktabs" if look == "colspan" else STYLES[look]
    page = makers.latex_page(parts, lang, style, long=look == "twopages").replace("\\begin{document}", f"\\renewcommand{{\\arraystretch}}{{1.2}}\\begin{{document}}\\section*{{{name}}}")
    (source := target.with_suffix(".tex")).write_text(page.replace(r" \\", r" \\ \hline", 1) if look == "headrule" else page)
    for _ in range(2):
        subprocess.run(["xelatex", "-interaction=batchmode", "-halt-on-error", source.name], cwd=target.parent, check=True, capture_output=True, timeout=120)
    for ending in (".tex", ".aux", ".log"):
        target.with_suffix(ending).unlink()


def by_word(target, lang, name, look, parts, program):
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    makers.make_word(target, parts, STYLES[look] == "grid", lang)
    (document := docx.Document(path := target.with_suffix(".docx"))).paragraphs[0].insert_paragraph_before(name, style="Heading 1")
    document.paragraphs[3].style = "Caption"
    for r, row in enumerate(document.tables[0].rows):
        for cell in row.cells if look == "zebra" and r % 2 == 0 else []:
            cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{"E4ECF4" if r else "B8C8DC"}"/>'))
    document.save(path)
    return office(path) if program == "word-pdf" else None


def by_excel(target, lang, name, look, parts, program):
    """The caption, a paragraph, the table and what else is said below it; amounts are numbers."""
    import openpyxl

    makers.make_sheet(target, parts, STYLES[look] == "grid", lang)
    book = openpyxl.load_workbook(target.with_suffix(".xlsx"))
    (sheet := book.active).title = name
    for cell in (cell for row in sheet.iter_rows(min_row=4) for cell in row if re.fullmatch(r"\d{1,3}(,\d{3})?", cell.value or "")):
        cell.value, cell.number_format = int(cell.value.replace(",", "")), "#,##0"
    sheet["A2"], sheet.cell(sheet.max_row + 1, 1).value, sheet.cell(sheet.max_row + 1, 1).value = parts[0], parts[1], parts[4]
    book.save(target.with_suffix(".xlsx"))


def office(path, *options):
    """The PDF LibreOffice makes of a file, in place of it."""
    command = ["soffice", f"-env:UserInstallation=file://{path.parent}/profile", "--headless", *options, "--convert-to", "pdf", "--outdir", path.parent, path]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    path.unlink()


PROGRAMS = {"latex": (by_latex, ".pdf"), "html-pdf": (by_html, ".pdf"), "page-pdf": (by_html, ".pdf"), "html": (by_html, ".html"),
            "word": (by_word, ".docx"), "word-pdf": (by_word, ".pdf"), "excel": (by_excel, ".xlsx")}


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    gold = []
    for number, (lang, *pair, caption, column, head, prose, body, questions) in enumerate(SUBJECTS):
        def rows_of(which, look):
            if isinstance(body, dict):
                return body[which](56 if look == "twopages" else 12)
            rows, rng = [row.split("|") for row in body.split(";")], random.Random(number)
            return rows if which == "A" else [lowered(row, column, rng) for row in rows]
        tables = [rows_of(which, look) for which, (_, look, _) in zip("AB", pair)]
        for place, (name, look, program) in enumerate(pair):
            maker, ending = PROGRAMS[program]
            target, rows = folder / f"{number * 2 + place:02}-{program}-{look}-{lang}.pdf", tables[place]
            paragraphs = [prose[0].format(name) + (" " if lang == "en" else "") + FILL[lang], *(p.format(name) for p in prose[1:])]
            title = ("表1 " if lang == "zh" else "Table 1. ") + caption.format(name)
            maker(target, lang, name, look, [*paragraphs[:2], (title,), table_of(head.split("|"), rows, look), paragraphs[2]], program)
            kept = []
            for question in questions.split(";")[place * 5:place * 5 + 5]:
                asked, r, c = question.split("|")
                row, c = rows[int(r)], int(c)
                # What is easily taken for it: the rows with the likest names, and the row of that name in the sibling.
                like = sorted((o for o in rows if o is not row and o[c] != row[c]), key=lambda o: -difflib.SequenceMatcher(None, o[column], row[column]).ratio())[:3]
                like += [o for o in tables[1 - place] if o[column] == row[column] and o[c] != row[c]]
                assert not any(row[column] in o[column] and row[c] in o for o in rows if o is not row), question
                kept.append({"question": asked.format(name, row[column]), "must": [row[column], row[c]], "wrong": [[o[column], o[c]] for o in like]})
            gold.append({"file": target.with_suffix(ending).name, "name": name, "look": look, "program": program, "lang": lang, "questions": kept})
    shutil.rmtree(folder / "profile", ignore_errors=True)
    (folder / "gold.json").write_text(json.dumps(gold, ensure_ascii=False, indent=1))


def shows(text, must):
    """Whether a text has the row's name, and the value as a number or word of its own."""
    name, value, text = (unicodedata.normalize("NFKC", t).lower() for t in (*must, text))
    whole = r"(?<![a-z0-9.,:])" + re.escape(value).replace("\\ ", r"\s*") + r"(?![a-z0-9:]|[.,]\d)"
    return "".join(name.split()) in "".join(text.split()) and re.search(whole, text) is not None


def lines(command):
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def judged(file, one, rows, answer):
    """What became of a question, and where the row was lost."""
    cited = [(pathlib.Path(c["document"]["path"]).name, c["quote"]) for c in answer.get("citations", [])]
    places = [place for place, (of, quote) in enumerate(cited, 1) if of == file and shows(quote, one["must"])]
    of, first = cited[0] if cited else ("", "")
    like = any(shows(first, pair) for pair in one["wrong"])
    lost = "look-alike" if like else "other document" if of != file else "not the row"
    found = [line for hit in answer.get("evidence", []) if pathlib.Path(hit["document"]["path"]).name == file for line in hit["text"].split("\n")]
    fault = "reading" if not any(shows("\t".join(row), one["must"]) for row in rows) else "quoting" if any(shows(line, one["must"]) for line in found) else "finding"
    return {"outcome": "right" if places[:1] == [1] else lost if cited else "refused", "fault": fault, "like": like, "place": places[0] if places else 0, "of": of, "first": first}


def ask(folder, yinju, home):
    """Answers stay in FOLDER/answers.json, and are judged anew from there where they are."""
    gold, kept, results = json.loads((folder / "gold.json").read_text()), folder / "answers.json", []
    answers = json.loads(kept.read_text()) if kept.exists() else {}
    for file in (document["file"] for document in gold if not answers):
        lines([yinju, "--home", home, "--json", "import", str(folder / file), "--library", "table-questions"])
    for document in gold:
        file = document["file"]
        rows = [row for page in lines([yinju, "--json", "parse", str(folder / file)]) for block in page.get("blocks", []) for row in block.get("rows") or []]
        for one in document["questions"]:
            if (asked := one["question"]) not in answers:
                answers[asked] = (lines([yinju, "--home", home, "--json", "ask", asked, "--library", "table-questions", "--mode", "quotes"]) or [{}])[-1]
            results.append(r := {**document, **judged(file, one, rows, answers[asked])})
            if r["outcome"] != "right":
                print(f"  {file}: {r['outcome']}, {r['fault']}, right at {r['place'] or 'no place'}: {asked} {one['must']}\n      {r['of']}: {r['first'][:300]!r}")
    kept.write_text(json.dumps(answers, ensure_ascii=False, indent=1))
    right = [r for r in results if r["outcome"] == "right"]
    print(f"{len(right)} of {len(results)} right; right anywhere in the answer {sum(r['place'] > 0 for r in results)}; right beside a row like it {sum(r['like'] for r in right)}")
    for kind in ("look", "program", "lang"):
        print(f"by {kind}: " + ", ".join(f"{v} {sum(r[kind] == v for r in right)}/{sum(r[kind] == v for r in results)}" for v in sorted({r[kind] for r in results})))
    for kind in ("outcome", "fault"):
        lost = [r[kind] for r in results if r["outcome"] != "right"]
        print(f"{kind}: " + ", ".join(f"{v} {lost.count(v)}" for v in sorted(set(lost))))


if __name__ == "__main__":
    verb, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    make(folder) if verb == "make" else ask(folder, sys.argv[3], os.path.expanduser(sys.argv[4]))
