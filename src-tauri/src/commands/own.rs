//! "Test my library" and the choice of the encoder.

use super::Shared;
use crate::dto::Result;
use crate::dto::own::{
    ComparisonDto, EncoderDto, OwnQuestionDto, OwnRunDto, RunConfigDto, RunProgressDto,
};
use crate::shell::blocking;
use tauri::ipc::Channel;
use yinju_core::{DocumentId, ModelId, PageNumber, Problem, ProblemCode};
use yinju_engine::{EncoderProgress, Engine};

/// A person's own questions.
#[tauri::command]
pub async fn own_questions(shell: Shared<'_>) -> Result<Vec<OwnQuestionDto>> {
    blocking(&shell, |_, engine| {
        let questions = engine.own_questions()?.into_iter();
        Ok(questions.map(OwnQuestionDto::from).collect())
    })
    .await
}

/// Keeps a question with the pages that answer it, counted from 1.
#[tauri::command]
pub async fn add_own_question(
    shell: Shared<'_>,
    question: String,
    document: u64,
    first: u32,
    last: u32,
) -> Result<u64> {
    blocking(&shell, move |_, engine| {
        let pages = (page(first)?, page(last)?);
        engine.add_own_question(&question, DocumentId(document), pages)
    })
    .await
}

fn page(number: u32) -> std::result::Result<PageNumber, Problem> {
    let index = number.checked_sub(1).map(|index| PageNumber::from_index(index as usize));
    index.ok_or_else(|| Problem::new(ProblemCode::BadUsage, "pages count from 1"))
}

/// Removes a question.
#[tauri::command]
pub async fn remove_own_question(shell: Shared<'_>, question: u64) -> Result<()> {
    blocking(&shell, move |_, engine| engine.remove_own_question(question)).await
}

/// Asks every question under these settings. Vectors that are missing are made first.
#[tauri::command]
pub async fn run_own_questions(
    shell: Shared<'_>,
    config: RunConfigDto,
    updates: Channel<RunProgressDto>,
) -> Result<OwnRunDto> {
    let cancel = shell.begin_test();
    blocking(&shell, move |_, engine| {
        let config = config.into_config(engine.encoder_in_use()?);
        engine.prepare_encoder(
            &config.encoder,
            &cancel,
            &mut |EncoderProgress { done, total }| {
                tell(&updates, RunProgressDto { preparing: true, done, total });
            },
        )?;
        let run = engine.run_own_questions(config, &cancel, &mut |done, total| {
            tell(&updates, RunProgressDto { preparing: false, done, total });
        })?;
        Ok(run.into())
    })
    .await
}

fn tell(updates: &Channel<RunProgressDto>, progress: RunProgressDto) {
    updates.send(progress).unwrap_or_else(|error| tracing::warn!("{error}"));
}

/// Stops a test, or the making of vectors; what was made is kept.
#[tauri::command]
pub fn stop_test(shell: Shared<'_>) {
    shell.stop_test();
}

/// Runs that were kept, the latest first.
#[tauri::command]
pub async fn own_runs(shell: Shared<'_>) -> Result<Vec<OwnRunDto>> {
    blocking(&shell, |_, engine| Ok(engine.own_runs()?.into_iter().map(OwnRunDto::from).collect()))
        .await
}

/// Removes a run.
#[tauri::command]
pub async fn remove_own_run(shell: Shared<'_>, run: u64) -> Result<()> {
    blocking(&shell, move |_, engine| engine.remove_own_run(run)).await
}

/// By how much the second run is better than the first.
#[tauri::command]
pub async fn compare_own_runs(shell: Shared<'_>, first: u64, second: u64) -> Result<ComparisonDto> {
    blocking(&shell, move |_, engine| compare(engine, first, second)).await
}

fn compare(
    engine: &Engine,
    first: u64,
    second: u64,
) -> std::result::Result<ComparisonDto, Problem> {
    let runs = engine.own_runs()?;
    let find = |id: u64| {
        let gone = || Problem::new(ProblemCode::BadUsage, "the run is gone");
        runs.iter().find(|run| run.id == id).ok_or_else(gone)
    };
    Ok(ComparisonDto::of(find(first)?, find(second)?))
}

/// Encoders that vectors are kept of, the one in use first.
#[tauri::command]
pub async fn encoders(shell: Shared<'_>) -> Result<Vec<EncoderDto>> {
    blocking(&shell, |_, engine| Ok(engine.encoders()?.into_iter().map(EncoderDto::from).collect()))
        .await
}

/// Searches by another encoder from now on; its vectors are made first, and searches go on
/// meanwhile.
#[tauri::command]
pub async fn use_encoder(
    shell: Shared<'_>,
    encoder: ModelId,
    updates: Channel<RunProgressDto>,
) -> Result<()> {
    let cancel = shell.begin_test();
    blocking(&shell, move |_, engine| {
        engine.use_encoder(&encoder, &cancel, &mut |EncoderProgress { done, total }| {
            tell(&updates, RunProgressDto { preparing: true, done, total });
        })
    })
    .await
}

/// Forgets the vectors of an encoder that is not in use.
#[tauri::command]
pub async fn drop_encoder(shell: Shared<'_>, encoder: ModelId) -> Result<()> {
    blocking(&shell, move |_, engine| engine.drop_encoder(&encoder)).await
}
