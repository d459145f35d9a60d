//! What a model's answer says in doubt is asked of the model once more, with the quotation alone; where
//! that does not hold either, the quotation itself is shown.

use super::Asking;
use crate::Result;
use crate::page_cache::PageCache;
use std::collections::BTreeMap;
use yinju_answer::amending::{self, Doubt, Instead};
use yinju_answer::reasoning::Reasoning;
use yinju_answer::{Checked, check, prompt};
use yinju_core::ports::{GenerateRequest, Message, Role};
use yinju_core::text::unwrap_lines;
use yinju_core::{Evidence, Support};

/// Sentences that are asked for again: each costs about a second, or five.
const ASKED_AGAIN: usize = 2;
/// Tokens of such a sentence.
const LENGTH: u32 = 96;

impl Asking<'_> {
    /// The answer without doubtful sentences of the model.
    pub(super) fn amend(
        &self,
        checked: Checked,
        generate: &GenerateRequest,
        draft: &str,
        evidence: &[Evidence],
    ) -> Result<Checked> {
        let doubts = amending::in_doubt(&self.request.question, &checked, evidence);
        let mut instead = BTreeMap::new();
        for (number, doubt) in doubts.iter().enumerate() {
            let again = number < ASKED_AGAIN && !self.cancel.is_cancelled();
            let said = if again { self.say_again(doubt, generate, draft, evidence)? } else { None };
            instead.insert(doubt.sentence, said.map_or(Instead::Quotation, Instead::Said));
        }
        Ok(amending::amended(checked, &instead))
    }

    /// What the model says of a quotation; `None` where that does not hold. It goes on where the model
    /// is, so that it reads no more than the quotation, and a follow-up nothing again.
    fn say_again(
        &self,
        doubt: &Doubt,
        generate: &GenerateRequest,
        draft: &str,
        evidence: &[Evidence],
    ) -> Result<Option<String>> {
        let question = &self.request.question;
        let mut request = generate.clone();
        request.messages.push(Message { role: Role::Assistant, content: draft.to_owned() });
        request.messages.push(prompt::of_quotation(question, &doubt.quotation));
        request.sampling.max_tokens = LENGTH;
        request.sampling.thinks = false;
        let (mut parting, mut said) = (Reasoning::default(), String::new());
        self.engine.0.adapters.generator.generate(&request, self.cancel, &mut |text| {
            said.push_str(&parting.push(text).1);
        })?;
        let mut cache = PageCache::new(self.engine.store());
        cache.fill(evidence)?;
        let pages = |document, page| cache.held(document, page).cloned();
        let again = check::check_answer(question, said.trim(), evidence, &pages);
        let [sentence] = &again.sentences[..] else { return Ok(None) };
        let quoted = &doubt.quotation;
        let is_of_it = again.citations.iter().all(|c| quoted.contains(&unwrap_lines(&c.quote)));
        let holds = sentence.support == Support::Supported
            && !again.citations.is_empty()
            && is_of_it
            && !amending::says_what_was_asked(question, &sentence.text);
        Ok(holds.then(|| sentence.text.clone()))
    }
}
