//! Words that ask or connect but name nothing. They stay in the postings; a question is not looked
//! up by them and its coverage does not count them.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Whether a folded Chinese word names nothing.
pub fn is_chinese_stop(word: &str) -> bool {
    set(&CHINESE_SET, CHINESE).contains(word)
}

/// Whether a folded, lower-case English word, not stemmed, names nothing.
pub fn is_english_stop(word: &str) -> bool {
    set(&ENGLISH_SET, ENGLISH).contains(word)
}

static CHINESE_SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
static ENGLISH_SET: OnceLock<HashSet<&'static str>> = OnceLock::new();

fn set(
    cell: &'static OnceLock<HashSet<&'static str>>,
    words: &'static str,
) -> &'static HashSet<&'static str> {
    cell.get_or_init(|| words.split_whitespace().collect())
}

/// Question words, particles, pronouns, prepositions, copulas.
const CHINESE: &str = "
什么 甚么 是什么 什么样 什么时候 什么时 何 何时 何地 何人 何处 何种 为何 如何 哪 哪个 哪些 哪里 哪儿 哪年 哪位 哪家 哪种
哪一 哪一个 哪一年 哪几 哪两 几 几个 几年 几月 几日 多少 多大 多长 多久 多远 多高 谁 谁的 怎 怎么 怎样 怎么样 怎么办 为什么 吗 呢 吧 啊 呀
么 嘛 请 请问 告诉 问 是 是否 是不是 有没有 有 没 没有 的 了 着 过 得 地 之 所 其 此 该 这 那 这个 那个 这些 那些 它 它们 他 他们 她
她们 我 我们 你 你们 您 自己 在 于 由 被 把 将 向 从 到 至 以 与 和 及 跟 同 对 对于 关于 给 让 使 为 因 因为 因此 所以 但 但是
而 而且 并 并且 或 或者 也 都 就 才 又 还 还是 很 更 最 再 只 则 即 若 如果 虽然 不 不是 个 些 位 种 一 一个 一下 一些 一种
会 能 可以 可 要 应 应该 请给出 包括 称 称为 叫 叫做 叫作 属于 成为 进行 通过 根据 当 当时 时 时候 后 前 中 上 下 里 内 外 间
";

/// The usual function words of English and its question words.
const ENGLISH: &str = "
a about above after again against all also am an and any are as at be because been before being below between both but by can could
did do does doing done down during each either else ever few for from further had has have having he her here hers him his how i if in
into is it its itself just let may me might more most much must my name no nor not of off on once only or other our out over own per
please same shall she should so some such tell than that the their them then there these they this those through to too under until up
upon us very was we were what whatever when where whether which while who whom whose why will with within without would you your
s t many
";
