//! An honest "not in the documents", with what was looked at.

use super::Asking;
use super::request::AskRequest;
use crate::{Engine, Result};
use yinju_core::{AnswerUpdate, Hit, PassageIndex, Refusal, RefusalCode};
use yinju_question::Year;

/// Passages shown with a refusal.
const NEAREST: usize = 5;

impl Asking<'_> {
    /// Says that there is no answer.
    pub(super) fn refuse(&mut self, hits: &[Hit]) -> Result<()> {
        self.refuse_for_want_of(hits, Vec::new())
    }

    /// The same, with what the question names and no document holds.
    pub(super) fn refuse_for_want_of(&mut self, hits: &[Hit], named: Vec<String>) -> Result<()> {
        let mut refusal = self.engine.refusal(self.request, hits)?;
        refusal.missing.retain(|word| !named.iter().any(|name| name.contains(word.as_str())));
        refusal.missing.splice(..0, named);
        self.tell(AnswerUpdate::Refused { refusal: refusal.clone() });
        self.answer.refused = true;
        self.answer.refusal = Some(refusal);
        Ok(())
    }
}

impl Engine {
    fn refusal(&self, request: &AskRequest, hits: &[Hit]) -> Result<Refusal> {
        let documents = self.in_scope(&request.scope)?;
        let searchable = documents.iter().any(|d| d.status.is_searched() && d.passages > 0);
        let code =
            if searchable { RefusalCode::NotInDocuments } else { RefusalCode::NothingToSearch };
        let mut missing =
            if searchable { self.encoder()?.index.absent(&request.question)? } else { Vec::new() };
        // `FY22` stands there as 2022.
        let years = yinju_question::years(&request.question);
        missing.retain(|word| {
            let written = |year: &&Year| year.written.contains(word.as_str());
            let stands =
                |year: &Year| hits.iter().any(|hit| year.stands_in(&hit.passage.draft.text));
            !years.iter().find(written).is_some_and(stands)
        });
        missing.sort_by_key(|word| request.question.find(word.as_str()).unwrap_or(usize::MAX));
        Ok(Refusal {
            code,
            nearest: hits.iter().take(NEAREST).cloned().collect(),
            missing,
            unreadable_pages: self.unreadable_pages(&request.scope)?,
        })
    }
}
