//! The analysis as a tantivy tokenizer. Offsets are not kept: nothing is highlighted from postings,
//! the store knows where a passage stands.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The name under which the schema asks for it. Another analysis needs another name or a new
/// version in the manifest, since postings made by one cannot be read by the other.
pub const NAME: &str = "yinju-1";

/// Cuts text with [`super::terms`].
#[derive(Clone, Copy, Debug, Default)]
pub struct PassageTokenizer;

impl Tokenizer for PassageTokenizer {
    type TokenStream<'a> = TermStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream {
        TermStream { terms: super::terms(text).into_iter(), token: Token::default() }
    }
}

/// The terms of one text, one after the other.
#[derive(Debug)]
pub struct TermStream {
    terms: std::vec::IntoIter<String>,
    token: Token,
}

impl TokenStream for TermStream {
    fn advance(&mut self) -> bool {
        let Some(text) = self.terms.next() else { return false };
        self.token.text = text;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
