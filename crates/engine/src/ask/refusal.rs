//! An honest "not in the documents", with what was looked at.

use super::Listen;
use super::request::AskRequest;
use crate::{Engine, Result};
use yinju_core::{Answer, AnswerUpdate, Hit, PassageIndex, Refusal, RefusalCode};

/// Passages shown with a refusal.
const NEAREST: usize = 5;

impl Engine {
    /// The answer that there is none.
    pub(super) fn refused(
        &self,
        request: &AskRequest,
        answer: Answer,
        hits: &[Hit],
        listen: Listen<'_>,
    ) -> Result<Answer> {
        self.refused_for_want_of(request, answer, hits, Vec::new(), listen)
    }

    /// The same, with what the question names and no document holds.
    pub(super) fn refused_for_want_of(
        &self,
        request: &AskRequest,
        answer: Answer,
        hits: &[Hit],
        named: Vec<String>,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let mut refusal = self.refuse(request, hits)?;
        refusal.missing.retain(|word| !named.iter().any(|name| name.contains(word.as_str())));
        refusal.missing.splice(..0, named);
        listen(AnswerUpdate::Refused { refusal: refusal.clone() });
        Ok(Answer { refused: true, refusal: Some(refusal), ..answer })
    }

    fn refuse(&self, request: &AskRequest, hits: &[Hit]) -> Result<Refusal> {
        let documents = self.in_scope(&request.scope)?;
        let searchable = documents.iter().any(|d| d.status.is_searched() && d.passages > 0);
        let code =
            if searchable { RefusalCode::NotInDocuments } else { RefusalCode::NothingToSearch };
        let mut missing =
            if searchable { self.encoder()?.index.absent(&request.question)? } else { Vec::new() };
        missing.sort_by_key(|word| request.question.find(word.as_str()).unwrap_or(usize::MAX));
        Ok(Refusal {
            code,
            nearest: hits.iter().take(NEAREST).cloned().collect(),
            missing,
            unreadable_pages: self.unreadable_pages(&request.scope)?,
        })
    }
}
