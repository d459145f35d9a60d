//! Which lines a derived figure is made of, and in which statement they stand. Definitions: CFA
//! Institute, "Financial Analysis Techniques" (2024 curriculum), and the Ministry of Finance of
//! China's formats of financial statements (财会〔2019〕6号) for the names of lines.

/// A financial statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    /// What is owned and owed at a day.
    BalanceSheet,
    /// What was earned in a period.
    Income,
    /// What was paid and received in a period.
    CashFlows,
}

impl Statement {
    /// As it is headed most often.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::BalanceSheet => "Consolidated balance sheets",
            Self::Income => "Consolidated statements of income (operations, earnings)",
            Self::CashFlows => "Consolidated statements of cash flows",
        }
    }

    /// Whether a line is the title of such a statement: its name, with the company's at most, written
    /// as titles are. A sentence about the statement, a line of a table of contents and the title of
    /// notes to it are none.
    pub fn is_title(self, line: &str) -> bool {
        let lower = line.to_lowercase();
        let (_, _, titles) =
            STATEMENTS.iter().find(|(of, _, _)| *of == self).expect("all stand there");
        let Some(name) = titles.iter().find(|title| lower.contains(*title)) else { return false };
        let is_about = ["note", "off-balance", "component", "附注", "附註", "parent", "index"];
        let ends_in_page = line.trim_end().ends_with(|c: char| c.is_ascii_digit());
        let rest = lower.replacen(name, " ", 1).chars().filter(|c| c.is_alphanumeric()).count();
        let is_lower = |word: &&str| word.chars().next().is_some_and(char::is_lowercase);
        let small = line.split_whitespace().filter(is_lower).count();
        rest <= LONGEST_REST
            && small <= SMALL_WORDS
            && !ends_in_page
            && !is_about.iter().any(|word| lower.contains(word))
    }
}

/// Letters of a title besides the statement's name: a company's, "consolidated", "(unaudited)".
const LONGEST_REST: usize = 60;
/// `of`, `and`; more is a sentence.
const SMALL_WORDS: usize = 2;

type Named = (Statement, &'static [&'static str], &'static [&'static str]);

/// Statements with the names by which they are asked for, and those that stand above them.
pub(super) const STATEMENTS: [Named; 3] = [
    (
        Statement::BalanceSheet,
        &[
            "balance sheet",
            "statement of financial position",
            "statements of financial position",
            "资产负债表",
            "資產負債表",
        ],
        &["balance sheet", "financial position", "financial condition", "资产负债表", "資產負債表"],
    ),
    (
        Statement::Income,
        &[
            "income statement",
            "statement of income",
            "statement of operations",
            "statement of earnings",
            "profit and loss",
            "p&l",
            "利润表",
            "利潤表",
            "损益表",
            "損益表",
        ],
        &[
            "statements of income",
            "statement of income",
            "statements of operations",
            "statement of operations",
            "statements of earnings",
            "statement of earnings",
            "statements of consolidated income",
            "income statement",
            "利润表",
            "利潤表",
            "损益表",
            "損益表",
        ],
    ),
    (
        Statement::CashFlows,
        &[
            "cash flow statement",
            "statement of cash flow",
            "statements of cash flow",
            "现金流量表",
            "現金流量表",
        ],
        &["statements of cash flow", "statement of cash flow", "现金流量表", "現金流量表"],
    ),
];

/// Names of so many letters are no beginnings of words.
const SHORT: usize = 4;

/// Whether a word is one of a statement's or a figure's name: `Balance Sheet` and `EBITDA` name no
/// company.
pub(super) fn is_of_a_figure(word: &str) -> bool {
    let statements = STATEMENTS.iter().flat_map(|(_, names, _)| names.iter());
    let figures = FIGURES.iter().flat_map(|figure| figure.names.iter());
    statements.chain(figures).flat_map(|name| name.split_whitespace()).any(|part| part == word)
}

/// A figure that is worked out.
pub(super) struct Figure {
    /// What it is called, in lower case.
    names: &'static [&'static str],
    /// The lines it is made of.
    pub(super) lines: &'static [(Statement, &'static str)],
}

impl Figure {
    pub(super) fn is_in(&self, question: &str) -> bool {
        let is_word = |at: usize, name: &str| {
            let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let after = question[at + name.len()..].chars().next();
            !letter(question[..at].chars().next_back()) && (name.len() > SHORT || !letter(after))
        };
        let stands = |name: &str| question.match_indices(name).any(|(at, _)| is_word(at, name));
        self.names.iter().any(|name| stands(name))
    }
}

use Statement::{BalanceSheet, CashFlows, Income};

pub(super) const FIGURES: &[Figure] = &[
    Figure {
        names: &["quick ratio", "cash ratio", "acid test", "acid-test"],
        lines: &[
            (
                BalanceSheet,
                "cash and cash equivalents, short-term investments, accounts receivable",
            ),
            (BalanceSheet, "inventories, total current assets, total current liabilities"),
        ],
    },
    Figure {
        names: &["current ratio", "working capital", "current assets", "current liabilities"],
        lines: &[(BalanceSheet, "total current assets, total current liabilities")],
    },
    Figure {
        names: &["fixed asset turnover", "ppne", "pp&e", "property, plant"],
        lines: &[(BalanceSheet, "property, plant and equipment, net, total assets")],
    },
    Figure {
        names: &["asset turnover", "inventory turnover", "receivables turnover"],
        lines: &[(Income, "net sales, total net revenues, cost of sales, cost of revenues")],
    },
    Figure {
        names: &["inventory turnover", "days inventory", "inventory outstanding", "dio"],
        lines: &[
            (BalanceSheet, "inventories, total current assets"),
            (Income, "cost of sales, cost of goods sold, cost of products sold"),
        ],
    },
    Figure {
        names: &["days payable", "dpo"],
        lines: &[
            (BalanceSheet, "accounts payable, inventories, total current liabilities"),
            (Income, "cost of sales, cost of goods sold"),
        ],
    },
    Figure {
        names: &["days sales outstanding", "receivables turnover", "dso"],
        lines: &[
            (BalanceSheet, "accounts receivable, net, total current assets"),
            (Income, "net sales, revenue"),
        ],
    },
    Figure {
        names: &["cash conversion cycle"],
        lines: &[
            (BalanceSheet, "accounts receivable, inventories, accounts payable"),
            (Income, "net sales, revenue, cost of sales"),
        ],
    },
    Figure {
        names: &["gross margin", "gross profit", "cogs", "cost of goods sold"],
        lines: &[(Income, "net sales, revenue, cost of sales, gross profit")],
    },
    Figure {
        names: &[
            "operating margin",
            "operating income margin",
            "operating profit margin",
            "unadjusted operating income",
            "ebit margin",
        ],
        lines: &[(Income, "total revenue, operating income, operating expenses")],
    },
    Figure {
        names: &["net margin", "net profit margin", "net income"],
        lines: &[(Income, "total revenue, net income, net earnings")],
    },
    Figure {
        names: &["ebitda", "d&a", "depreciation and amortization"],
        lines: &[
            (Income, "operating income, total revenues"),
            (CashFlows, "depreciation and amortization, net income"),
        ],
    },
    Figure {
        names: &["revenue growth", "growth rate", "change in revenue", "total revenue"],
        lines: &[(Income, "total net revenue, net sales")],
    },
    Figure {
        names: &[
            "free cash flow",
            "free cashflow",
            "fcf",
            "cash from operations",
            "cash flow from operating",
        ],
        lines: &[(
            CashFlows,
            "net cash provided by operating activities, purchases of property and equipment, capital expenditures",
        )],
    },
    Figure {
        names: &["capex", "capital expenditure", "capital intensive", "capital intensity"],
        lines: &[(CashFlows, "capital expenditures, purchases of property, plant and equipment")],
    },
    Figure {
        names: &["capital intensive", "capital intensity", "return on assets", "roa"],
        lines: &[
            (BalanceSheet, "property, plant and equipment, net, total assets"),
            (Income, "total operating revenues, net income"),
        ],
    },
    Figure {
        names: &[
            "debt on balance sheet",
            "debt to equity",
            "debt-to-equity",
            "total debt",
            "leverage",
        ],
        lines: &[(
            BalanceSheet,
            "short-term debt, current portion of long-term debt, long-term debt, total equity",
        )],
    },
    Figure {
        names: &["liquidat", "book value", "shareholders' equity", "return on equity", "roe"],
        lines: &[(BalanceSheet, "total assets, total liabilities, total stockholders' equity")],
    },
    Figure {
        names: &["interest coverage", "times interest earned"],
        lines: &[(
            Income,
            "income before income taxes, provision for income taxes, interest expense",
        )],
    },
    Figure {
        names: &["dividend payout", "retention ratio"],
        lines: &[
            (CashFlows, "dividends paid, cash dividends"),
            (Income, "net income attributable"),
        ],
    },
    Figure {
        names: &["速动比率", "速動比率"],
        lines: &[(BalanceSheet, "货币资金 应收账款 存货 流动资产合计 流动负债合计 资产负债表")],
    },
    Figure {
        names: &["流动比率", "流動比率", "营运资金", "營運資金", "营运资本"],
        lines: &[(BalanceSheet, "流动资产合计 流动负债合计 资产负债表")],
    },
    Figure {
        names: &["资产负债率", "資產負債率", "权益乘数"],
        lines: &[(BalanceSheet, "资产总计 负债合计 所有者权益合计 资产负债表")],
    },
    Figure {
        names: &["存货周转", "存貨周轉"],
        lines: &[(BalanceSheet, "存货 资产负债表"), (Income, "营业成本 利润表")],
    },
    Figure {
        names: &["应收账款周转", "應收帳款週轉"],
        lines: &[(BalanceSheet, "应收账款 资产负债表"), (Income, "营业收入 利润表")],
    },
    Figure {
        names: &["毛利率", "毛利"], lines: &[(Income, "营业收入 营业成本 利润表")]
    },
    Figure {
        names: &["净利率", "淨利率", "净利润率", "营业利润率"],
        lines: &[(Income, "营业收入 营业利润 净利润 利润表")],
    },
    Figure {
        names: &["净资产收益率", "淨資產收益率", "总资产收益率", "总资产周转"],
        lines: &[
            (BalanceSheet, "资产总计 所有者权益合计 资产负债表"),
            (Income, "营业收入 净利润 利润表"),
        ],
    },
    Figure {
        names: &["自由现金流", "自由現金流"],
        lines: &[(CashFlows, "经营活动产生的现金流量净额 购建固定资产支付的现金 现金流量表")],
    },
];
