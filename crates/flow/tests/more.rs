//! Slides, mails, notebooks and books made by hand as the programs of others write them.

#![allow(clippy::unwrap_used)]

mod support;

use support::{archive, read};

fn check(name: &str, bytes: &[u8], there: &[&str], not_there: &[&str]) {
    let told = read(name, bytes).unwrap();
    for words in there {
        assert!(told.text().contains(words), "{name} lacks {words}: {}", told.text());
    }
    for words in not_there {
        assert!(!told.text().contains(words), "{name} has {words}: {}", told.text());
    }
}

#[test]
fn a_mail_tells_who_wrote_what_to_whom_and_what_is_attached() {
    let mail = "From: =?UTF-8?B?546L6Iqz?= <wang@example.com>\r\nTo: Li <li@example.com>\r\n\
        Date: Tue, 4 Jul 2023 10:00:00 +0800\r\nSubject: Delivery\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=gbk\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nThe price is 375 euro. =D6=D0=CE=C4\r\n\
        --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"offer.pdf\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.com\r\nSubject: Inside\r\n\r\nOlder words.\r\n--b--\r\n";
    let there = [
        "Delivery",
        "王芳 <wang@example.com>",
        "375 euro. 中文",
        "offer.pdf",
        "Inside",
        "Older words.",
    ];
    check("a.eml", mail.as_bytes(), &there, &["JVBER"]);
    let told = read("a.eml", mail.as_bytes()).unwrap();
    assert_eq!((told.info.attachments, told.pages.len()), (vec!["offer.pdf".to_owned()], 2));
    let html = "From: a@example.com\r\nSubject: Page\r\nContent-Type: text/html\r\n\r\n<p>Set <b>as</b> a page</p>";
    check("b.eml", html.as_bytes(), &["Set as a page"], &["<b>"]);
}

#[test]
fn slides_come_in_their_order_with_title_table_and_notes() {
    let shape = |kind: &str, text: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r>\
            <a:rPr/><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        )
    };
    let table = "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow=\"1\"/><a:tr>\
        <a:tc><a:txBody><a:p><a:r><a:t>Region</a:t></a:r></a:p></a:txBody></a:tc>\
        <a:tc><a:txBody><a:p><a:r><a:t>2023</a:t></a:r></a:p></a:txBody></a:tc></a:tr><a:tr>\
        <a:tc><a:txBody><a:p><a:r><a:t>North</a:t></a:r></a:p></a:txBody></a:tc>\
        <a:tc><a:txBody><a:p><a:r><a:t>4,560</a:t></a:r><a:r><a:rPr baseline=\"30000\"/><a:t>1</a:t></a:r></a:p>\
        </a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
    let slide = |text: &str| format!("<p:sld><p:cSld><p:spTree>{text}</p:spTree></p:cSld></p:sld>");
    let relations = |all: &[(&str, &str, &str)]| {
        let one = |(id, kind, to): &(&str, &str, &str)| {
            format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{to}\"/>")
        };
        format!("<Relationships>{}</Relationships>", all.iter().map(one).collect::<String>())
    };
    let first =
        slide(&[shape("body", "A point"), shape("title", "Year"), shape("ftr", "foot")].concat());
    let second = slide(table);
    let notes = slide(&[shape("body", "Say this"), shape("sldNum", "2")].concat());
    let order = "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"r2\"/><p:sldId id=\"257\" r:id=\"r1\"/>\
        </p:sldIdLst></p:presentation>";
    let of_package = relations(&[("r1", "officeDocument", "ppt/presentation.xml")]);
    let of_order =
        relations(&[("r1", "slide", "slides/slide1.xml"), ("r2", "slide", "slides/slide2.xml")]);
    let of_slide = relations(&[("r1", "notesSlide", "../notesSlides/notesSlide1.xml")]);
    let bytes = archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", of_package.as_bytes()),
        ("ppt/presentation.xml", order.as_bytes()),
        ("ppt/_rels/presentation.xml.rels", of_order.as_bytes()),
        ("ppt/slides/slide2.xml", first.as_bytes()),
        ("ppt/slides/slide1.xml", second.as_bytes()),
        ("ppt/slides/_rels/slide2.xml.rels", of_slide.as_bytes()),
        ("ppt/notesSlides/notesSlide1.xml", notes.as_bytes()),
    ]);
    let told = read("a.pptx", &bytes).unwrap();
    let texts: Vec<&str> = told.pages.iter().map(|page| page.text.as_str()).collect();
    assert_eq!(texts, ["Year\n\nA point\n\nSay this\n", "Region\t2023\nNorth\t4,560[1]\n"]);
}

#[test]
fn a_notebook_has_prose_code_and_what_it_printed() {
    let notebook = r##"{"cells":[{"cell_type":"markdown","source":["# Title\n","Some *prose*."]},
        {"cell_type":"code","source":"x = 3","outputs":[{"text":["printed 3\n"]},{"data":{"text/plain":"42"}}]}],
        "metadata":{},"nbformat":4}"##;
    check(
        "a.ipynb",
        notebook.as_bytes(),
        &["Title", "Some prose.", "x = 3", "printed 3", "42"],
        &["*"],
    );
}

#[test]
fn a_fiction_book_has_its_sections() {
    let book = "<?xml version=\"1.0\"?><FictionBook><description><title-info><author><first-name>Ann</first-name>\
        <last-name>Lee</last-name></author><book-title>Home</book-title></title-info></description><body>\
        <section><title><p>One</p></title><p>It rained<sup>2</sup>.</p></section></body>\
        <binary id=\"c\">AAAA</binary></FictionBook>";
    check("a.fb2", book.as_bytes(), &["One", "It rained[2]."], &["AAAA"]);
    let told = read("a.fb2", book.as_bytes()).unwrap();
    assert_eq!(
        (told.info.title.as_deref(), told.info.authors),
        (Some("Home"), vec!["Ann Lee".to_owned()])
    );
}

#[test]
fn values_parted_by_anything_are_a_table() {
    check(
        "a.csv",
        "城市,人口\n\"某, 市\",\"1,200\"\n".as_bytes(),
        &["城市\t人口", "某, 市\t1,200"],
        &[],
    );
    check("a.tsv", b"a\tb\n1\t2\n", &["a\tb"], &[]);
}

#[test]
fn what_is_not_what_its_name_says_is_told() {
    for name in ["a.pptx", "a.xlsx", "a.odt", "a.rtf", "a.eml", "a.ipynb", "a.fb2", "a.xls"] {
        let problem = read(name, b"nothing of the kind").unwrap_err();
        assert!(!problem.code.as_str().is_empty() && !problem.message.is_empty(), "{name}");
    }
}
