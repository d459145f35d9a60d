//! The few words an export is labelled with, in Chinese and English, and how a file is named in it.

use crate::Conversation;
use serde::Serialize;
use yinju_core::text::is_cjk;
use yinju_core::{Answer, Citation, DocumentRef, PageNumber, RefusalCode};

/// Labels in one language.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Words {
    /// BCP 47 tag.
    pub language: &'static str,
    pub exported_by: &'static str,
    pub sources: &'static str,
    pub unsupported: &'static str,
    pub not_in_documents: &'static str,
    pub nothing_to_search: &'static str,
    pub nearest: &'static str,
    pub missing: &'static str,
    pub unreadable: &'static str,
    pub model: &'static str,
    pub interrupted: &'static str,
    pub no_model: &'static str,
    pub cited_pages: &'static str,
    pub file: &'static str,
    pub colon: &'static str,
    pub references: &'static str,
    pub plates: &'static str,
    pub see_note: &'static str,
    pub not_in_text: &'static str,
    doubtful: &'static str,
    page_before: &'static str,
    page_after: &'static str,
}

const ZH: Words = Words {
    language: "zh",
    exported_by: "由引据导出",
    sources: "引用",
    unsupported: "以下句子没有找到依据",
    not_in_documents: "文档中没有答案。",
    nothing_to_search: "没有可以查找的文档。",
    nearest: "最接近的段落",
    missing: "没有出现在任何文档中的词",
    unreadable: "无法读取的页",
    model: "模型",
    interrupted: "（回答在此中断。）",
    no_model: "仅摘录原文，未使用语言模型",
    cited_pages: "引用的页：",
    file: "文件：",
    colon: "：",
    references: "参考文献",
    plates: "引用处原页",
    see_note: "见注 ",
    not_in_text: "另有引用",
    doubtful: "识别所得，或有误",
    page_before: "第",
    page_after: "页",
};

const EN: Words = Words {
    language: "en",
    exported_by: "Exported by Yinju",
    sources: "Citations",
    unsupported: "Nothing was found that supports these sentences",
    not_in_documents: "The documents do not hold the answer.",
    nothing_to_search: "There is no document to search.",
    nearest: "Nearest passages",
    missing: "Words that stand in no document",
    unreadable: "Pages that could not be read",
    model: "Model",
    interrupted: "(The answer breaks off here.)",
    no_model: "quotations only, no language model",
    cited_pages: "cited pages: ",
    file: "file: ",
    colon: ": ",
    references: "References",
    plates: "Where the quotations stand",
    see_note: "See note ",
    not_in_text: "Also cited",
    doubtful: "recognised from a picture, may be wrong",
    page_before: "page ",
    page_after: "",
};

impl Words {
    /// In the language most questions were asked in.
    pub fn of(conversation: &Conversation) -> Self {
        let chinese = |text: &str| text.chars().any(|c| c.is_alphanumeric() && is_cjk(c));
        let count = conversation.turns.iter().filter(|turn| chinese(&turn.question)).count();
        if 2 * count >= conversation.turns.len() { ZH } else { EN }
    }

    /// `第 12 页 (xii)`.
    pub fn page(&self, number: PageNumber, label: Option<&str>) -> String {
        let space = if self.page_after.is_empty() { "" } else { " " };
        let page = format!("{}{space}{number}{space}{}", self.page_before, self.page_after);
        match label.filter(|label| *label != number.to_string() && !label.trim().is_empty()) {
            Some(label) => format!("{page} ({label})"),
            None => page,
        }
    }

    /// The page of a citation, and whether its words may not be the page's.
    pub fn page_of(&self, citation: &Citation) -> String {
        let page = self.page(citation.page, citation.label.as_deref());
        if citation.doubtful { format!("{page} · {}", self.doubtful) } else { page }
    }

    /// Who wrote an answer; `None` where nobody did.
    pub fn model_of<'a>(&self, answer: &'a Answer) -> Option<&'a str> {
        let quotations = (!answer.refused).then_some(self.no_model);
        answer.model.as_deref().or(quotations)
    }

    /// A refusal in a sentence.
    pub fn refusal(&self, code: RefusalCode) -> &'static str {
        match code {
            RefusalCode::NotInDocuments => self.not_in_documents,
            RefusalCode::NothingToSearch => self.nothing_to_search,
        }
    }
}

/// The file's name without its folder, whichever system wrote the path.
pub(crate) fn file_name(document: &DocumentRef) -> String {
    let path = document.path.to_string_lossy();
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// A title without the folders that some programs write into it.
pub(crate) fn title(document: &DocumentRef) -> String {
    title_of(&document.title, document)
}

/// The same for a title that somebody else gave the document.
pub(crate) fn title_of(title: &str, document: &DocumentRef) -> String {
    let located = title.starts_with('/') || title.contains(":\\") || title.starts_with("file:");
    if located { file_name(document) } else { title.to_owned() }
}

/// Page numbers as a person writes them.
pub(crate) fn page_list(pages: &[PageNumber]) -> String {
    pages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
