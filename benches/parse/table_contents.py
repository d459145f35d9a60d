"""What the tables of the generated set say: grids of cells with known texts, spans and header rows, in Chinese and
English. Deliberately not here: how they come to look (`table_makers.py`)."""

import dataclasses
import random


@dataclasses.dataclass
class Cell:
    """A cell and how many places of the grid it covers."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclasses.dataclass
class Table:
    """A grid; `None` where a cell that spans covers a place."""

    grid: list
    header_rows: int = 1
    wide: tuple = ()  # columns whose texts need several lines
    caption: str = ""

    @property
    def columns(self):
        return len(self.grid[0])

    def truth(self):
        """As it should be read."""
        spans = [{"row": r, "column": c, "rows": cell.rows, "columns": cell.columns}
                 for r, row in enumerate(self.grid) for c, cell in enumerate(row)
                 if cell and (cell.rows > 1 or cell.columns > 1)]
        return {"rows": [[cell.text if cell else "" for cell in row] for row in self.grid],
                "header_rows": self.header_rows, "spans": spans}


def table(rows, header_rows=1, wide=(), caption=""):
    """A table from rows as HTML has them: texts, or texts with the rows and columns they cover."""
    cells = [[Cell(*item) if isinstance(item, tuple) else Cell(item) for item in row] for row in rows]
    width = sum(cell.columns for cell in cells[0])
    grid, taken = [[None] * width for _ in cells], set()
    for r, row in enumerate(cells):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            grid[r][c] = cell
            taken |= {(r + y, c + x) for y in range(cell.rows) for x in range(cell.columns)}
    assert len(taken) == len(cells) * width, "rows do not fill the grid"
    return Table(grid, header_rows, wide, caption)


WORDS = {
    "zh": {
        "items": ["营业收入", "营业成本", "销售费用", "管理费用", "研发费用", "财务费用", "投资收益", "营业利润", "所得税费用", "净利润",
                  "经营活动现金流量净额", "归属于母公司股东的净利润", "基本每股收益", "存货", "应收账款", "固定资产", "无形资产", "短期借款"],
        "cities": ["北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京", "重庆", "青岛", "长沙", "昆明", "乌鲁木齐", "呼和浩特"],
        "days": ["星期一", "星期二", "星期三", "星期四", "星期五"],
        "lessons": ["语文", "数学", "英语", "物理", "化学", "体育", "历史", "地理", "音乐"],
        "people": ["王建国", "李秀英", "张伟", "欧阳明", "刘洋", "陈静", "赵子龙", "孙丽", "周杰", "吴敏"],
        "notes": ["按照合同约定分三期支付，首期款在签约后十个工作日内付清。", "设备须在交货前完成出厂检验，并附合格证与检测报告。",
                  "本条款自双方签字盖章之日起生效，有效期三年，期满可续签。", "如遇不可抗力，受影响一方应在四十八小时内书面通知对方。",
                  "保修期内免费更换零部件，人为损坏除外。", "数据每季度更新一次，以统计局公布的口径为准。"],
        "terms": ["段落", "索引", "嵌入", "重排", "引用", "召回率", "倒排表", "向量", "分词", "阈值"],
        "year": "{}年", "item": "项目", "unit": "单位：万元", "total": "合计", "city": "城市", "first": "上半年", "second": "下半年",
        "income": "收入", "cost": "成本", "region": "地区", "north": "北方", "south": "南方", "time": "时间", "morning": "上午", "afternoon": "下午",
        "no": "序号", "name": "姓名", "age": "年龄", "duty": "职务", "phone": "电话", "note": "备注", "term": "术语", "meaning": "说明",
        "engineer": "工程师", "manager": "经理", "clerk": "文员", "model": "型号", "price": "单价（元）", "quantity": "数量", "amount": "金额（元）",
        "clause": "条款", "content": "内容", "yes": "是", "caption": "表 {} {}", "group": "组别", "mean": "均值", "deviation": "标准差", "p": "P 值",
        "trial": "试验组", "control": "对照组", "sample": "样本量", "indicator": "指标",
    },
    "en": {
        "items": ["Revenue", "Cost of sales", "Selling expenses", "Administrative expenses", "Research and development", "Finance costs",
                  "Investment income", "Operating profit", "Income tax", "Net profit", "Cash flow from operations", "Earnings per share",
                  "Inventories", "Trade receivables", "Property, plant and equipment", "Intangible assets", "Short-term loans", "Goodwill"],
        "cities": ["London", "Paris", "New York", "Rio de Janeiro", "Tokyo", "Berlin", "Madrid", "Cape Town", "Sydney", "Oslo", "Lima",
                   "Cairo", "Toronto", "San Francisco", "Buenos Aires"],
        "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
        "lessons": ["Mathematics", "English", "Physics", "Chemistry", "History", "Geography", "Music", "Art", "Sports"],
        "people": ["Anna Smith", "J. P. Morgan", "Wei Zhang", "Maria Garcia", "Olaf Berg", "Tom O'Neil", "Ida Larsen", "Raj Patel", "Kim Lee", "Eva Novak"],
        "notes": ["Payment is due in three instalments, the first within ten working days of signing.",
                  "Equipment is inspected before delivery and comes with a certificate.",
                  "This clause takes effect on signature and stays in force for three years.",
                  "Force majeure must be notified in writing within 48 hours.",
                  "Parts are replaced free of charge during the warranty period.", "Figures are updated once a quarter."],
        "terms": ["passage", "index", "embedding", "reranker", "citation", "recall", "posting list", "vector", "token", "threshold"],
        "year": "{}", "item": "Item", "unit": "USD million", "total": "Total", "city": "City", "first": "First half", "second": "Second half",
        "income": "Income", "cost": "Cost", "region": "Region", "north": "North", "south": "South", "time": "Time", "morning": "Morning",
        "afternoon": "Afternoon", "no": "No.", "name": "Name", "age": "Age", "duty": "Position", "phone": "Phone", "note": "Remarks",
        "term": "Term", "meaning": "Meaning", "engineer": "Engineer", "manager": "Manager", "clerk": "Clerk", "model": "Model",
        "price": "Unit price", "quantity": "Qty", "amount": "Amount", "clause": "Clause", "content": "Content", "yes": "yes",
        "caption": "Table {}: {}", "group": "Group", "mean": "Mean", "deviation": "SD", "p": "P value", "trial": "Trial", "control": "Control",
        "sample": "n", "indicator": "Indicator",
    },
}


def money(rng, low=10, high=99999):
    """A figure as reports print them."""
    value = rng.uniform(low, high)
    shown = f"{value:,.2f}" if rng.random() < .6 else f"{value:,.0f}"
    return f"({shown})" if rng.random() < .1 else f"-{shown}" if rng.random() < .05 else shown


def financial(rng, w, rows=9, years=3):
    """Row names and a figure for every year."""
    header = [w["item"]] + [w["year"].format(2025 - y) for y in range(years)]
    body = [[name] + [money(rng) for _ in range(years)] for name in rng.sample(w["items"], rows)]
    return table([header] + body, caption=w["unit"])


def cities(rng, w, rows=8):
    """Short words, whole numbers, shares."""
    header = [w["city"], w["income"], w["cost"], "%"]
    body = [[city, str(rng.randint(100, 99999)), str(rng.randint(10, 9999)), f"{rng.uniform(0, 100):.1f}%"]
            for city in rng.sample(w["cities"], rows)]
    return table([header] + body, caption=w["city"])


def two_headers(rng, w, rows=6):
    """A header of two rows, in which cells span columns and rows."""
    top = [(w["city"], 2, 1), (w["first"], 1, 2), (w["second"], 1, 2), (w["total"], 2, 1)]
    second = [w["income"], w["cost"], w["income"], w["cost"]]
    body = [[city] + [money(rng) for _ in range(5)] for city in rng.sample(w["cities"], rows)]
    return table([top, second] + body, header_rows=2, caption=w["first"])


def groups(rng, w):
    """Row names that span rows."""
    rows = [[w["region"], w["city"], w["income"], w["cost"]]]
    names = rng.sample(w["cities"], 7)
    for name, members in ((w["north"], names[:3]), (w["south"], names[3:])):
        for index, city in enumerate(members):
            first = [(name, len(members), 1)] if index == 0 else []
            rows.append(first + [city, money(rng), money(rng)])
    rows.append([(w["total"], 1, 2), money(rng), money(rng)])
    return table(rows, caption=w["region"])


def timetable(rng, w):
    """A grid of short words, with a row that spans all columns but one."""
    rows = [[w["time"]] + w["days"]]
    for hour in range(8, 12):
        rows.append([f"{hour}:00–{hour}:45"] + [rng.choice(w["lessons"]) for _ in w["days"]])
    rows.append([w["afternoon"], (w["note"], 1, len(w["days"]))])
    for hour in range(14, 16):
        rows.append([f"{hour}:00–{hour}:45"] + [rng.choice(w["lessons"]) for _ in w["days"]])
    return table(rows, caption=w["time"])


def clauses(rng, w, rows=5):
    """Cells of several lines."""
    gap = "" if w["year"] != "{}" else " "  # only Latin sentences have a space between them
    body = [[str(i), rng.choice(w["terms"]), gap.join(rng.sample(w["notes"], 1 + i % 2))] for i in range(1, rows + 1)]
    return table([[w["no"], w["clause"], w["content"]]] + body, wide=(2,), caption=w["clause"])


def glossary(rng, w):
    """Two columns, words and sentences."""
    body = [[term, rng.choice(w["notes"])] for term in rng.sample(w["terms"], 7)]
    return table([[w["term"], w["meaning"]]] + body, wide=(1,), caption=w["term"])


def staff(rng, w, rows=7):
    """Words and numbers with empty cells."""
    duties = [w["engineer"], w["manager"], w["clerk"]]
    body = []
    for number, name in enumerate(rng.sample(w["people"], rows), 1):
        body.append([str(number), name, str(rng.randint(22, 60)), rng.choice(duties) if rng.random() < .8 else "",
                     f"139{rng.randint(10000000, 99999999)}" if rng.random() < .7 else "", w["yes"] if rng.random() < .4 else ""])
    body[0][5] = w["yes"]
    return table([[w["no"], w["name"], w["age"], w["duty"], w["phone"], w["note"]]] + body, caption=w["name"])


def prices(rng, w, rows=6):
    """An order: models, prices, and a sum under them."""
    body = []
    for _ in range(rows):
        quantity, price = rng.randint(1, 40), rng.randint(5, 4000)
        body.append([f"{rng.choice('ABXZ')}{rng.randint(100, 999)}-{rng.randint(1, 9)}", str(quantity), f"{price:.2f}", f"{quantity * price:,.2f}"])
    body.append([(w["total"], 1, 3), f"{rng.randint(10000, 99999):,}.00"])
    return table([[w["model"], w["quantity"], w["price"], w["amount"]]] + body, caption=w["price"])


def trial(rng, w):
    """What a paper prints: means and deviations of two groups."""
    top = [(w["indicator"], 2, 1), (w["trial"], 1, 2), (w["control"], 1, 2), (w["p"], 2, 1)]
    second = [w["mean"], w["deviation"], w["mean"], w["deviation"]]
    body = [[name] + [f"{rng.uniform(1, 90):.2f}" for _ in range(4)] + [f"{rng.uniform(0, 1):.3f}"] for name in rng.sample(w["terms"], 5)]
    return table([top, second] + body, header_rows=2, caption=w["trial"])


def small(rng, w):
    """Three rows, three columns."""
    body = [[city, str(rng.randint(1, 99)), f"{rng.uniform(0, 1):.3f}"] for city in rng.sample(w["cities"], 3)]
    return table([[w["city"], w["sample"], w["p"]]] + body, caption=w["sample"])


def many_columns(rng, w):
    """Twelve narrow columns of numbers."""
    header = [w["item"]] + [str(month) for month in range(1, 13)]
    body = [[name] + [str(rng.randint(0, 999)) for _ in range(12)] for name in rng.sample(w["cities"], 6)]
    return table([header] + body, caption=w["total"])


def long(rng, w, rows=75):
    """More rows than a page holds."""
    header = [w["no"], w["city"], w["item"], w["amount"]]
    body = [[str(number), rng.choice(w["cities"]), rng.choice(w["items"]), money(rng)] for number in range(1, rows + 1)]
    return table([header] + body, caption=w["amount"])


KINDS = [financial, cities, two_headers, groups, timetable, clauses, glossary, staff, prices, trial, small, many_columns]

PROSE = {
    "zh": ["水从北方的河流流入城市，十二个测站每天记录一次压力，记录的结果按季度汇总。", "第三章讨论统计检验的前提，并给出两个反例，读者可以跳过证明。",
           "公司在报告期内完成了三项重大投资，均已履行必要的审批程序。", "本节说明数据的来源与处理方法，缺失值以相邻年份的平均数代替。",
           "与去年同期相比，主要产品的价格略有下降，但销量明显上升。", "上述结果表明，两种方法在小样本条件下的差异并不显著。"],
    "en": ["Water reaches the city from the northern rivers, and twelve stations record its pressure every day.",
           "The third chapter treats the assumptions of the test and gives two counterexamples.",
           "During the reporting period the company completed three major investments.",
           "This section describes the data and how missing values were treated.",
           "Compared with the previous year prices fell slightly while sales rose.",
           "These results suggest that the two methods hardly differ for small samples."],
}


def prose(rng, lang, sentences):
    """A paragraph."""
    return ("" if lang == "zh" else " ").join(rng.choice(PROSE[lang]) for _ in range(sentences))


def words(lang):
    """The words of a language."""
    return WORDS[lang]


def source(seed):
    """Random numbers that are the same in every run."""
    return random.Random(f"tables {seed}")
