//! Where a sentence ends, known as its characters come, and whether it cites until then. Coarser than
//! how an answer is read (`answer::sentences`): what may be an abbreviation or stands in brackets
//! ends nothing, so that nothing is cited that needs not be.

use yinju_core::language::is_ideograph;

/// Letters and digits before a full stop that may be an abbreviation's (`Dr.`, `U.S.`; before a number
/// `vol.`) or a list's (`12.`).
const ABBREVIATION: u8 = 3;

/// What may follow a full stop and still belongs to its sentence.
pub(super) const CLOSERS: [char; 17] =
    ['.', '!', '?', '。', '！', '？', '"', '\'', '*', '_', '）', ')', '》', '”', '」', '』', '’'];

/// The sentence that is being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    place: Place,
    cited: bool,
    /// Whether a sentence was cited before.
    any: bool,
    /// Brackets and quotation marks that are open.
    open: u8,
    word: Word,
}

/// The last word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Word {
    /// How many letters and digits it has.
    length: u8,
    /// Whether a letter that comes next belongs to it.
    goes_on: bool,
    /// Whether it begins with something else than a small letter.
    is_name: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// At the beginning of a line.
    #[default]
    Line,
    /// Behind a sentence that cites.
    Behind,
    /// In the sentence.
    Within,
    /// Behind its full stop.
    Stopped(Stop),
    /// Behind one of Latin script and white space.
    Spaced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// `.!?`: an end where white space follows.
    Latin,
    /// `。！？`: an end.
    Wide,
}

impl Sentence {
    /// Whether an answer may end here: everything that is said cites, and something does.
    pub(super) fn may_be_last(self) -> bool {
        match self.place {
            Place::Line | Place::Behind => self.any,
            Place::Within | Place::Stopped(_) | Place::Spaced => self.cited,
        }
    }

    /// Whether any letter may come.
    pub(super) fn takes_any(self) -> bool {
        match self.place {
            Place::Line | Place::Behind | Place::Within => true,
            Place::Stopped(_) => self.cited,
            Place::Spaced => false,
        }
    }

    /// A marker stands here. Behind a sentence it is one more of that sentence's.
    pub(super) fn cite(&mut self) {
        match self.place {
            Place::Behind => {}
            Place::Line => (self.place, self.cited) = (Place::Within, true),
            // White space came and the marker behind it, so nothing but another sentence is left.
            Place::Spaced => self.end(Place::Behind),
            Place::Within | Place::Stopped(_) => self.cited = true,
        }
        self.any = true;
        self.word = Word::default();
    }

    /// A character that is no marker's; `None` where it may not come.
    pub(super) fn take(&mut self, c: char) -> Option<()> {
        match self.place {
            Place::Line | Place::Behind if c == '\n' => self.place = Place::Line,
            Place::Line | Place::Behind if c.is_whitespace() => {}
            Place::Line | Place::Behind | Place::Within => self.within(c)?,
            Place::Stopped(stop) => self.stopped(stop, c)?,
            Place::Spaced => self.spaced(c)?,
        }
        Some(())
    }

    fn within(&mut self, c: char) -> Option<()> {
        self.place = Place::Within;
        match c {
            '\n' if self.cited => self.end(Place::Line),
            '\n' => return None,
            '（' | '(' | '《' | '“' | '「' | '『' => self.open = self.open.saturating_add(1),
            '）' | ')' | '》' | '”' | '」' | '』' => self.open = self.open.saturating_sub(1),
            '。' | '！' | '？' | '｡' if self.open == 0 => {
                self.place = Place::Stopped(Stop::Wide);
            }
            '!' | '?' if self.open == 0 => self.place = Place::Stopped(Stop::Latin),
            '.' if self.open == 0 && !self.word.may_be_abbreviated() => {
                self.place = Place::Stopped(Stop::Latin);
            }
            _ => {}
        }
        self.word.take(c);
        Some(())
    }

    fn stopped(&mut self, stop: Stop, c: char) -> Option<()> {
        match c {
            '\n' if self.cited => self.end(Place::Line),
            '\n' => return None,
            c if CLOSERS.contains(&c) => {}
            c if c.is_whitespace() && self.cited => self.end(Place::Behind),
            c if c.is_whitespace() && stop == Stop::Latin => self.place = Place::Spaced,
            c if c.is_whitespace() => {}
            c if stop == Stop::Latin && !is_ideograph(c) => return self.within(c),
            c if self.cited => {
                self.end(Place::Behind);
                return self.within(c);
            }
            _ => return None,
        }
        Some(())
    }

    /// White space behind a full stop of a sentence that cites nothing: a small letter goes on.
    fn spaced(&mut self, c: char) -> Option<()> {
        match c {
            '\n' => None,
            c if c.is_whitespace() => Some(()),
            c if c.is_lowercase() || matches!(c, ',' | ';') => self.within(c),
            // `vol. 3`, `no. 12`.
            '0'..='9' if self.word.is_short() => self.within(c),
            _ => None,
        }
    }

    fn end(&mut self, place: Place) {
        *self = Self { place, any: true, ..Self::default() };
    }
}

impl Word {
    /// A full stop leaves it, as it tells whether that may be an abbreviation's.
    fn take(&mut self, c: char) {
        match (c.is_alphanumeric(), self.goes_on) {
            (true, true) => self.length = self.length.saturating_add(1),
            (true, false) => {
                *self = Self { length: 1, goes_on: true, is_name: !c.is_lowercase() };
            }
            (false, _) if c == '.' => self.goes_on = false,
            (false, _) => *self = Self::default(),
        }
    }

    fn is_short(self) -> bool {
        (1..=ABBREVIATION).contains(&self.length)
    }

    /// Whether a full stop here ends no sentence: behind a letter alone, a short name or number.
    fn may_be_abbreviated(self) -> bool {
        self.length == 1 || (self.is_name && self.is_short())
    }
}
