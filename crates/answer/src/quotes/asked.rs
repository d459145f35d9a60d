//! What a question asks for: its terms, its characters, and the kind of thing that would answer it.
//! Deliberately not here: understanding it. A few words that ask, and a few that answer.

use crate::terms::{Terms, is_function_character};
use yinju_core::language::is_ideograph;

/// A question, read.
pub(super) struct Asked {
    /// Without the words that only ask.
    pub terms: Terms,
    /// Its content ideographs, each once.
    pub characters: Vec<char>,
    kinds: Vec<&'static Kind>,
}

/// A kind of thing that is asked for.
struct Kind {
    /// Words of the question that ask for it.
    asks: &'static [&'static str],
    /// Words of a sentence that holds it; none: only what `holds` says.
    answers: &'static [&'static str],
    holds: fn(&Terms) -> bool,
}

const KINDS: [Kind; 6] = [
    Kind {
        asks: &[
            "哪年",
            "哪一年",
            "何时",
            "什么时候",
            "什么时间",
            "哪天",
            "哪一天",
            "几月",
            "何年",
            "when ",
            "what year",
            "which year",
            "what date",
            "what day",
            "日期",
            "截止",
            "期限",
            "年份",
            " date",
            "deadline",
        ],
        answers: &["年", "月", "日", "世纪", "世紀", "in ", "on ", "since ", "until ", "century"],
        holds: Terms::has_number,
    },
    Kind {
        asks: &[
            "多少", "几", "多大", "多高", "多长", "多久", "多远", "how many", "how much",
            "how long", "how old", "how far", "金额", "费用", "价格", "数字", "amount", " cost",
            "price", "numbers",
        ],
        answers: &[],
        holds: Terms::has_number,
    },
    Kind {
        asks: &[
            "又叫",
            "又称",
            "又稱",
            "别名",
            "別名",
            "也叫",
            "别称",
            "俗称",
            "简称",
            "又名",
            "also called",
            "also known",
            "another name",
            "nickname",
        ],
        answers: &[
            "又叫", "又名", "又称", "又稱", "亦称", "亦稱", "也称", "别名", "別名", "俗称", "俗名",
            "简称", "簡稱", "原名", "known as", "called", "nickname",
        ],
        holds: |_| true,
    },
    Kind {
        asks: &["为什么", "為什麼", "原因", "为何", "why "],
        answers: &[
            "因为", "因為", "由于", "由於", "因此", "所以", "原因", "导致", "because", "due to",
            "since ", "reason", "led to",
        ],
        holds: |_| true,
    },
    Kind {
        asks: &[
            "哪里",
            "哪裡",
            "何处",
            "哪个城市",
            "哪个国家",
            "哪个省",
            "什么地方",
            "where ",
            "what city",
            "what country",
            "which city",
        ],
        answers: &[
            "位于", "位於", "省", "市", "县", "縣", "区", "區", "国", "國", "州", "岛", "島",
            "located", " in ", " at ",
        ],
        holds: |_| true,
    },
    Kind { asks: &["who ", "whom ", "whose "], answers: &[], holds: Terms::has_name },
];

impl Asked {
    /// Reads a question.
    pub fn of(question: &str) -> Self {
        let lower = question.to_lowercase() + " ";
        let asks = |kind: &&'static Kind| kind.asks.iter().any(|word| lower.contains(word));
        let terms = Terms::of_question(question);
        let content = |c: &char| {
            is_ideograph(*c)
                && !is_function_character(*c)
                && !"什么哪多少谁怎样何几吗请问".contains(*c)
        };
        let mut characters: Vec<char> = question.chars().filter(content).collect();
        characters.sort_unstable();
        characters.dedup();
        Self { terms, characters, kinds: KINDS.iter().filter(asks).collect() }
    }

    /// Whether a sentence holds the kind of thing asked for.
    pub fn kind_fits(&self, text: &str, terms: &Terms) -> bool {
        let lower = text.to_lowercase();
        let fits = |kind: &&Kind| {
            let named =
                kind.answers.is_empty() || kind.answers.iter().any(|word| lower.contains(word));
            named && (kind.holds)(terms)
        };
        self.kinds.iter().any(fits)
    }
}
