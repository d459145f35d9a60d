//! How much a model is given to read: what it can read in the time a person will wait for the first
//! word. How fast it reads is measured at every answer and kept. Deliberately not here: which passages.

use crate::{Engine, Result};
use yinju_core::ModelId;
use yinju_core::ports::GenerateOutcome;

/// The setting that says how many seconds a person will wait.
const PATIENCE: &str = "patience";
/// What they are if nobody set them.
const DEFAULT_PATIENCE: f32 = 8.0;
/// From a click's length to a coffee's.
const BOUNDS: (f32, f32) = (1.0, 600.0);
/// Before the name of the setting that keeps a model's speed.
const SPEED: &str = "reading_speed/";
/// Fewer tokens say more of how a reading begins than of how it goes on.
const ENOUGH_TOKENS: u32 = 200;
/// What the newest measurement counts for: other programs slow a machine down for a while.
const NEWEST: f32 = 0.5;
/// Less than a good passage or two answers nothing, however long it takes.
const LEAST: u32 = 500;

impl Engine {
    /// Seconds from a question to the first word of its answer that are aimed at.
    pub fn patience(&self) -> Result<f32> {
        Ok(self.number(PATIENCE)?.unwrap_or(DEFAULT_PATIENCE))
    }

    /// Sets them, within 1 and 600.
    pub fn set_patience(&self, seconds: f32) -> Result<()> {
        let seconds = seconds.clamp(BOUNDS.0, BOUNDS.1);
        Ok(self.store().set_setting(PATIENCE, &seconds.to_string())?)
    }

    /// Tokens of evidence that a model reads in that time beside those of the question and its rules;
    /// before it was measured, what a slow machine's does.
    pub(super) fn readable(&self, model: &ModelId, frame: u32) -> Result<u32> {
        let Some(speed) = self.number(&speed_of(model))? else {
            return Ok(self.0.config.evidence_tokens);
        };
        Ok(((self.patience()? * speed) as u32).saturating_sub(frame).max(LEAST))
    }

    /// Learns from a reading.
    pub(super) fn note_pace(&self, model: &ModelId, outcome: &GenerateOutcome) -> Result<()> {
        let read = outcome.prompt_tokens.saturating_sub(outcome.reused_tokens);
        if read < ENOUGH_TOKENS || outcome.prefill_seconds <= 0.0 {
            return Ok(());
        }
        let newest = read as f32 / outcome.prefill_seconds as f32;
        let name = speed_of(model);
        let before = self.number(&name)?.unwrap_or(newest);
        let speed = before + NEWEST * (newest - before);
        Ok(self.store().set_setting(&name, &speed.to_string())?)
    }

    fn number(&self, setting: &str) -> Result<Option<f32>> {
        let kept = self.store().setting(setting)?.and_then(|text| text.parse().ok());
        Ok(kept.filter(|number: &f32| number.is_finite() && *number > 0.0))
    }
}

fn speed_of(model: &ModelId) -> String {
    format!("{SPEED}{model}")
}
