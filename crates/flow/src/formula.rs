//! Formulas as they are written in LaTeX, whatever a file keeps them in: read letter by letter, a half would
//! be twelve.

/// `\frac{1}{2}`.
pub(crate) fn fraction(over: &str, under: &str) -> String {
    format!("\\frac{{{over}}}{{{under}}}")
}

/// `x^2`, `a_{ij}`: a base with what stands over and under its line.
pub(crate) fn scripts(base: &str, below: &str, above: &str) -> String {
    let script = |sign: char, text: &str| match text.trim().chars().count() {
        0 => String::new(),
        1 => format!("{sign}{}", text.trim()),
        _ => format!("{sign}{{{}}}", text.trim()),
    };
    // What a script stands at is one thing.
    let is_one =
        base.trim().chars().all(char::is_alphanumeric) || !base.contains(['+', '-', '−', '=']);
    let base = if is_one { base.to_owned() } else { format!("{{{base}}}") };
    format!("{base}{}{}", script('_', below), script('^', above))
}

/// `\sqrt[3]{x}`.
pub(crate) fn root(degree: &str, of: &str) -> String {
    if degree.trim().is_empty() {
        return format!("\\sqrt{{{of}}}");
    }
    format!("\\sqrt[{degree}]{{{of}}}")
}
