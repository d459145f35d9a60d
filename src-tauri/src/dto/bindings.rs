//! Keeps `ui/src/backend/bindings/index.ts` equal to these shapes. Run this crate's tests with
//! `YINJU_WRITE_BINDINGS=1` to write the file anew.

use super::{
    answer, backup, bibliography, chat, document, event, import, library, markup, model, own, page,
    problem, question,
};
use std::path::PathBuf;
use ts_rs::{Config, TS};

#[allow(clippy::too_many_lines, reason = "one line each")]
fn declarations() -> String {
    let cfg = Config::default().with_large_int("number");
    macro_rules! declare {
        ($($room:ident :: $name:ident),* $(,)?) => {
            [$(format!("export {}", $room::$name::decl(&cfg))),*]
        };
    }
    declare![
        problem::ProblemDto,
        library::LibraryDto,
        library::ReceiptDto,
        library::WatchedFolderDto,
        library::CarriedOutDto,
        library::CarriedInDto,
        bibliography::WorkKindDto,
        bibliography::BibliographyDto,
        document::DocumentRefDto,
        document::CoverageDto,
        document::DocumentDto,
        document::WarningDto,
        document::PageSummaryDto,
        document::RegionDto,
        page::PageTableDto,
        page::PageBlockDto,
        page::PageTextDto,
        question::ScopeDto,
        question::SearchModeDto,
        question::AskModeDto,
        question::AskRequestDto,
        question::ScoresDto,
        question::HitDto,
        question::SearchResultDto,
        question::SampleQuestionDto,
        markup::AnswerBlockDto,
        markup::InlineDto,
        answer::EvidenceDto,
        answer::CitationDto,
        answer::NowThereDto,
        answer::ReviewedDto,
        answer::SentenceDto,
        answer::UnreadablePagesDto,
        answer::RefusalDto,
        answer::AnswerCostDto,
        answer::ModelFactsDto,
        answer::SetApartDto,
        answer::ProvenanceDto,
        answer::AnswerDto,
        answer::AnswerUpdateDto,
        chat::ChatSummaryDto,
        chat::ChatDto,
        chat::ExportFormatDto,
        chat::FailedCopyDto,
        chat::HighlightedCopiesDto,
        model::ModelDto,
        model::ComputeDto,
        model::PullProgressDto,
        model::ConnectionDto,
        model::LedgerDto,
        own::OwnQuestionDto,
        own::RunConfigDto,
        own::RunProgressDto,
        own::RunOutcomeDto,
        own::IntervalDto,
        own::RunMetricsDto,
        own::OwnRunDto,
        own::ComparisonDto,
        own::EncoderDto,
        import::ImportItemDto,
        import::ImportJobDto,
        import::SkippedDto,
        import::ImportSummaryDto,
        import::ImportStateDto,
        backup::BackupDto,
        event::DropHoverDto,
        event::StartupDto,
    ]
    .join("\n\n")
}

fn path() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "ui", "src", "backend", "bindings", "index.ts"]
        .iter()
        .collect()
}

#[test]
fn the_window_has_these_shapes() {
    let expected = format!(
        "// Made from src-tauri/src/dto by this crate's tests; see dto/bindings.rs there.\n\n{}\n",
        declarations()
    );
    if std::env::var_os("YINJU_WRITE_BINDINGS").is_some() {
        std::fs::create_dir_all(path().parent().unwrap()).unwrap();
        std::fs::write(path(), &expected).unwrap();
    }
    let found = std::fs::read_to_string(path()).unwrap_or_default();
    assert!(found == expected, "stale bindings: run with YINJU_WRITE_BINDINGS=1");
}
