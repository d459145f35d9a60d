//! Searches as they are typed, over the sample library with the real index and encoder.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::Path;
use yinju_tests::{Home, fold, root};

fn library() -> Home {
    let home = Home::new();
    let samples = root().join("assets/samples");
    let file = |name: &str| samples.join(name).to_str().unwrap().to_owned();
    let (tea, bridge) = (file("tea-handbook-zh.pdf"), file("bridge-paper-en.pdf"));
    let (report, kettle) = (file("annual-report-zh.pdf"), file("kettle-manual-en.pdf"));
    home.yinju(&["import", &tea, &bridge, &report, &kettle]).done();
    home
}

fn search(home: &Home, typed: &str) -> Value {
    home.yinju(&["search", typed]).done().last().clone()
}

/// File names and first pages of what is found.
fn places(result: &Value) -> Vec<(String, u64)> {
    let hits = result["hits"].as_array().unwrap().iter();
    let name = |hit: &Value| {
        let path = hit["document"]["path"].as_str().unwrap();
        Path::new(path).file_name().unwrap().to_str().unwrap().to_owned()
    };
    hits.map(|hit| (name(hit), hit["pages"][0].as_u64().unwrap())).collect()
}

fn first_text(result: &Value) -> String {
    fold(result["hits"][0]["text"].as_str().unwrap_or_default())
}

#[test]
fn phrases_fields_and_words_to_leave_out() {
    let home = library();
    let phrase = search(&home, "“citric acid”");
    assert!(first_text(&phrase).contains("citricacid"));
    let all = phrase["hits"].as_array().unwrap();
    assert!(all.iter().all(|hit| hit["text"].as_str().unwrap().to_lowercase().contains("citric")));
    // Traditional characters find Simplified ones, phrases too.
    assert!(first_text(&search(&home, "\"實際控制人\"")).contains("实际控制人"));
    let on_page = places(&search(&home, "营业收入 页:1"));
    assert!(!on_page.is_empty() && on_page.iter().all(|(_, page)| *page == 1), "{on_page:?}");
    let in_document = places(&search(&home, "warranty doc:kettle"));
    assert!(!in_document.is_empty());
    assert!(in_document.iter().all(|(name, _)| name == "kettle-manual-en.pdf"));
    let without = search(&home, "kettle -descale");
    let texts = without["hits"].as_array().unwrap().iter();
    assert!(texts.into_iter().all(|hit| !hit["text"].as_str().unwrap().contains("descale")));
    let chinese = places(&search(&home, "how long does tea keep lang:zh"));
    assert!(!chinese.is_empty() && chinese.iter().all(|(name, _)| name.ends_with("zh.pdf")));
}

#[test]
fn what_is_named_exactly_comes_before_its_look_alikes() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let code = |at: usize| {
        let (part, limit) = (["pump", "valve", "fuse"][at % 3], 20 + at % 50);
        format!(
            "## E-{}\n\nShown when the {part} overheats; the limit is {limit} bar.\n\n",
            8400 + at
        )
    };
    let codes: String = (0..120).map(code).collect();
    let file = folder.path().join("codes.md");
    fs::write(&file, format!("# Codes of the boiler\n\n{codes}")).unwrap();
    home.yinju(&["import", file.to_str().unwrap()]).done();
    for at in [7, 48, 111] {
        let found = search(&home, &format!("E-{} came up, what should I do?", 8400 + at));
        let hit = &found["hits"][0];
        let held = [&hit["text"], &hit["section"]].map(ToString::to_string).concat();
        assert!(held.contains(&format!("E-{}", 8400 + at)), "{held}");
    }
}

#[test]
fn a_translation_comes_behind_what_the_question_can_be_read_in() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let texts = [
        (
            "a.txt",
            "The boiler must be descaled every six months with citric acid. Fill it to the mark and let it stand for an hour.",
        ),
        ("b.txt", "锅炉必须每六个月用柠檬酸除垢一次。加水至刻度线，静置一小时。"),
        ("c.txt", "水泵的轴承每年加注一次润滑脂，由专人负责。"),
        ("d.txt", "The bearings of the pump are greased once a year."),
    ];
    for (name, text) in texts {
        fs::write(folder.path().join(name), text).unwrap();
    }
    home.yinju(&["import", folder.path().to_str().unwrap()]).done();
    assert_eq!(places(&search(&home, "锅炉多久除垢一次？"))[0].0, "b.txt");
    assert_eq!(places(&search(&home, "How often is the boiler descaled?"))[0].0, "a.txt");
    assert_eq!(places(&search(&home, "How often are the pump's bearings greased?"))[0].0, "d.txt");
}

#[test]
fn a_question_that_names_a_page_is_looked_for_there() {
    let home = library();
    let found = search(&home, "What does the kettle manual say on page 2?");
    assert!(places(&found).iter().all(|(_, page)| *page == 2), "{:?}", places(&found));
    assert_eq!(found["narrowed"]["passages"], true);
    let nowhere = search(&home, "What is written on page 900?");
    assert!(!nowhere["hits"].as_array().unwrap().is_empty(), "named in passing, and not there");
    let typed = search(&home, "kettle page:900");
    assert_eq!(
        (typed["hits"].as_array().unwrap().len(), &typed["narrowed"]["nowhere"]),
        (0, &true.into())
    );
}

#[test]
fn a_chapter_is_looked_for_in_the_manual_that_is_named() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    for (name, chapter) in [
        ("南方泵站操作手册", "启动前先打开排气阀。"),
        ("北方锅炉操作手册", "水位低于红线时立即停炉。"),
    ] {
        let text = format!(
            "# {name}\n\n## 第 7 章 概述\n\n本章说明范围。\n\n## 第 8 章 操作\n\n{chapter}\n\n## C.2 记录\n\n每班抄表。\n"
        );
        fs::write(folder.path().join(format!("{name}.md")), text).unwrap();
    }
    home.yinju(&["import", folder.path().to_str().unwrap()]).done();
    let found = search(&home, "北方锅炉操作手册第 8 章讲了什么？");
    assert!(
        found["hits"]
            .as_array()
            .unwrap()
            .iter()
            .all(|hit| hit["text"].as_str().unwrap().contains("停炉")),
        "{found}"
    );
    let found = search(&home, "南方泵站操作手册附录 C.2 节讲了什么？");
    let names = places(&found);
    assert!(
        !names.is_empty() && names.iter().all(|(name, _)| name == "南方泵站操作手册.md"),
        "{names:?}"
    );
    assert!(first_text(&found).contains("每班抄表"));
}

#[test]
fn a_ratio_brings_the_statement_that_its_lines_stand_in() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let statement = |sums: [u32; 4]| {
        let [stock, assets, debts, total] = sums;
        format!(
            "# CONSOLIDATED BALANCE SHEETS\n\n| In millions | 2022 |\n|---|---|\n| Cash and cash equivalents | 31 |\n\
             | Inventories | {stock} |\n| Total current assets | {assets} |\n| Total current liabilities | {debts} |\n\
             | Total assets | {total} |\n"
        )
    };
    let discussion = "# Liquidity\n\nManagement looks at the quick ratio of Northwind for 2022 and explains why it is useful. \
                      The quick ratio is no measure of profit. See the notes to the balance sheets.\n";
    for (name, text) in [
        ("Northwind 2022 statements.md", statement([12, 50, 40, 300])),
        ("Southwind 2022 statements.md", statement([17, 88, 61, 512])),
        ("Northwind 2022 discussion.md", discussion.to_owned()),
        ("北风公司报表.md", "# 合并资产负债表\n\n| 项目 | 2022年 |\n|---|---|\n| 存货 | 12 |\n| 流动资产合计 | 50 |\n| 流动负债合计 | 40 |\n".to_owned()),
        ("北风公司讨论.md", "# 讨论\n\n管理层认为2022年的速动比率能够说明短期偿债能力，速动比率是多少并不重要。\n".to_owned()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    home.yinju(&["import", folder.path().to_str().unwrap()]).done();
    let first = |typed: &str| places(&search(&home, typed))[0].0.clone();
    let asked = "What is the quick ratio of Northwind for FY2022? If it is not useful, state that and explain why.";
    assert_eq!(first(asked), "Northwind 2022 statements.md");
    let absent = first("What is the quick ratio of Westwind for FY2022?");
    assert_eq!(absent, "Northwind 2022 discussion.md", "no statement is Westwind's");
    assert_eq!(first("公司2022年的速动比率是多少？保留两位小数。"), "北风公司报表.md");
    assert_eq!(first("Why does management look at liquidity?"), "Northwind 2022 discussion.md");
    for (asked, missing) in [
        ("Does the balance sheet of Northwind for FY2030 show total assets?", Some("FY2030")),
        ("What were the total assets of Northwind in Q4 2031?", Some("Q4 2031")),
        ("What were the total assets of Northwind in 2030?", Some("2030")),
        ("What were the total assets of Northwind in FY22?", None),
        ("公司2030年的存货是多少？", Some("2030")),
    ] {
        let answer = home.yinju(&["ask", asked, "--mode", "quotes"]).done().last().clone();
        let named = answer["refusal"]["missing"][0].as_str();
        assert_eq!(named, missing, "{asked}: {answer}");
    }
}

#[test]
fn what_a_passage_refers_to_comes_before_it() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let filler =
        "The room is kept dry and swept every evening before the lamps are put out. ".repeat(12);
    let manual = format!(
        "# Air unit\n\n## 1 Daily care\n\nChanging the filter of the air unit is described in section 4.2.\n\n\
         ## 2 Rooms\n\n{filler}\n\n## 4 Service\n\n### 4.1 Fan\n\n{filler}\n\n### 4.2 Cartridge\n\n\
         Open the flap, pull the old cartridge out of the air unit and push the new filter in until it clicks.\n\n\
         ### 4.3 Records\n\n{filler}\n"
    );
    let contract = "# 设备租赁合同\n\n## 第二条 费用\n\n逾期付款的违约金按照第九条计算。\n\n## 第三条 交付\n\n\
                    设备应当在签约后十日内交付，由承租方验收并签字，验收记录一式两份。\n\n## 第九条 违约\n\n\
                    每逾期一日，承租方按应付金额的万分之五支付违约金。\n";
    fs::write(folder.path().join("air-unit.md"), manual).unwrap();
    fs::write(folder.path().join("租赁.md"), contract).unwrap();
    home.yinju(&["import", folder.path().to_str().unwrap()]).done();
    let found = search(&home, "How do I go about changing the filter of the air unit?");
    assert!(first_text(&found).contains("pulltheoldcartridge"), "{}", found["hits"][0]);
    let found = search(&home, "changing the filter of the air unit -cartridge");
    let texts = found["hits"].as_array().unwrap().iter().map(ToString::to_string);
    assert!(texts.into_iter().all(|text| !text.contains("cartridge")), "{found}");
    let found = search(&home, "逾期付款的违约金怎么计算？");
    assert!(first_text(&found).contains("万分之五"), "{}", found["hits"][0]);
}

#[test]
fn documents_are_chosen_by_what_they_are_and_whose() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "a.md",
            "# Lease Agreement\n\nThis agreement is made between Bright Oak LLC, a company, and Jane Doe, of Leeds.\n\nThe deposit is two rents.\n",
        ),
        (
            "b.md",
            "# Lease Agreement\n\nThis agreement is made between Red Elm LLC, a company, and John Roe, of York.\n\nThe deposit is one rent.\n",
        ),
        ("c.md", "# Annual Report 2022\n\nA deposit of one rent was paid to Bright Oak LLC.\n"),
        (
            "d.md",
            "# 房屋租赁合同\n\n甲方：北京晨光科技有限公司\n\n乙方：李四\n\n押金为两个月租金。\n",
        ),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    home.yinju(&["import", folder.path().to_str().unwrap()]).done();
    let names = |typed: &str| -> Vec<String> {
        let mut names: Vec<_> =
            places(&search(&home, typed)).into_iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        names
    };
    assert_eq!(names("deposit kind:contract"), ["a.md", "b.md", "d.md"]);
    assert_eq!(names("deposit kind:contract party:\"bright oak\""), ["a.md"]);
    assert_eq!(names("押金 种类:合同 当事人:晨光"), ["d.md"]);
    assert_eq!(names("deposit kind:report year:2022"), ["c.md"]);
    let wrong = home.yinju(&["search", "deposit kind:soup"]);
    assert_eq!((wrong.status, wrong.code()), (3, "query_syntax"));
}

#[test]
fn a_year_is_found_by_either_calendar() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    for year in [110u8, 111, 112] {
        let text = format!(
            "# 長河保險公司財務報告\n\n中華民國{year}年12月31日，本公司資產總額為新臺幣{year}五千元。\n"
        );
        fs::write(folder.path().join(format!("report-{}.md", char::from(b'a' + year - 110))), text)
            .unwrap();
    }
    home.yinju(&["import", folder.path().to_str().unwrap()]).done();
    for (asked, name) in
        [("2023年資產總額是多少？", "report-c.md"), ("民國111年資產總額", "report-b.md")]
    {
        assert_eq!(places(&search(&home, asked))[0].0, name, "{asked}");
    }
}

#[test]
fn odd_queries_have_a_code_or_an_answer() {
    let home = library();
    let long = "茶".repeat(10_000);
    for (typed, code) in [
        ("", "question_empty"),
        ("？！……", "question_empty"),
        ("🍵", "question_empty"),
        (long.as_str(), "question_too_long"),
        ("tea page:x", "query_syntax"),
        ("-tea", "query_syntax"),
    ] {
        let run = home.yinju(&["search", "--", typed]);
        assert_eq!((run.status, run.code()), (3, code), "{typed:.20}");
        assert!(run.last()["error"]["hint"].is_string());
    }
    for typed in ["茶", "a", "茶 tea 🍵 чай", "C:\\x AND (OR", "\"open", "NOT", "*", "1"] {
        let run = home.yinju(&["search", "--", typed]);
        assert!(run.status == 0 || run.code() == "question_empty", "{typed}: {}", run.words);
    }
}

#[expect(clippy::disallowed_methods, reason = "in a scratch home")]
#[test]
fn a_damaged_index_is_made_again_from_the_store() {
    let home = library();
    let before = search(&home, "citric acid")["hits"].as_array().unwrap().len();
    let index = home.path().join("index").join("multilingual-e5-small");
    for damage in [
        |folder: &Path| fs::remove_dir_all(folder).unwrap(),
        |folder: &Path| fs::remove_dir_all(folder.join("postings")).unwrap(),
        |folder: &Path| fs::write(folder.join("index.json"), b"{").unwrap(),
    ] {
        damage(&index);
        assert_eq!(search(&home, "citric acid")["hits"].as_array().unwrap().len(), before);
    }
}
