//! What is sent is what arrives, whatever it is; what is not of the protocol is refused.

use super::*;
use proptest::prelude::*;
use std::path::PathBuf;
use yinju_core::document::{DocumentInfo, OutlineEntry};
use yinju_core::ports::{FinishReason, Role, TokenVectors};
use yinju_core::{
    BBox, Block, BlockKind, CellSpan, CharRange, Citing, Constraint, Line, ModelId, Page,
    PageNumber, PageStatus, Pooling, ProblemCode, Span, Table, Warning, WarningCode,
};

fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

fn range() -> impl Strategy<Value = CharRange> {
    any::<[u32; 2]>().prop_map(|[start, end]| CharRange { start, end })
}

fn bbox() -> impl Strategy<Value = BBox> {
    prop::array::uniform4(-2.0f32..2.0).prop_map(BBox::from)
}

fn block() -> impl Strategy<Value = Block> {
    let kind =
        prop::sample::select(vec![BlockKind::Heading, BlockKind::Table, BlockKind::Annotation]);
    (kind, any::<Option<u8>>(), range(), prop::collection::vec(bbox(), 0..3), table())
        .prop_map(|(kind, level, range, boxes, table)| Block { kind, level, range, boxes, table })
}

fn table() -> impl Strategy<Value = Option<Table>> {
    let rows = prop::collection::vec(prop::collection::vec(text(), 0..3), 0..3);
    let place = any::<[u16; 4]>();
    let span =
        place.prop_map(|[row, column, rows, columns]| CellSpan { row, column, rows, columns });
    let table = (rows, any::<u8>(), prop::collection::vec(span, 0..3), any::<bool>()).prop_map(
        |(rows, header_rows, spans, continues)| Table { rows, header_rows, spans, continues },
    );
    prop::option::of(table)
}

fn line() -> impl Strategy<Value = Line> {
    let parts = (range(), bbox(), any::<Vec<[u16; 2]>>(), any::<bool>(), any::<Option<u8>>());
    parts.prop_map(|(range, bbox, edges, vertical, confidence)| Line {
        range,
        bbox,
        edges,
        vertical,
        confidence,
    })
}

fn draft() -> impl Strategy<Value = PassageDraft> {
    (any::<u32>(), text(), range(), any::<Vec<String>>(), any::<Option<String>>()).prop_map(
        |(ordinal, text, range, section, markdown)| {
            let spans = vec![Span { page: PageNumber::from_index(0), range }];
            PassageDraft { ordinal, text, spans, section, tokens: ordinal, markdown }
        },
    )
}

fn warning() -> impl Strategy<Value = Warning> {
    text().prop_map(|message| Warning { code: WarningCode::Truncated, message })
}

fn page() -> impl Strategy<Value = Page> {
    let status =
        prop::sample::select(vec![PageStatus::Text, PageStatus::Garbled, PageStatus::Failed]);
    let parts = (
        prop::collection::vec(block(), 0..4),
        prop::collection::vec(line(), 0..4),
        prop::collection::vec(warning(), 0..2),
    );
    (any::<u16>(), any::<Option<String>>(), 0f32..1e6, 0f32..1e6, status, text(), parts).prop_map(
        |(index, label, width, height, status, text, (blocks, lines, warnings))| Page {
            number: PageNumber::from_index(index.into()),
            label,
            width,
            height,
            status,
            text,
            blocks,
            lines,
            warnings,
        },
    )
}

fn info() -> impl Strategy<Value = DocumentInfo> {
    let entry = (any::<u8>(), text(), any::<Option<u16>>()).prop_map(|(level, title, page)| {
        OutlineEntry { level, title, page: page.map(|page| PageNumber::from_index(page.into())) }
    });
    let outline = prop::collection::vec(entry, 0..4);
    (any::<Option<String>>(), any::<Vec<String>>(), any::<Option<String>>(), any::<u32>(), outline)
        .prop_map(|(title, authors, created, page_count, outline)| DocumentInfo {
            title,
            authors,
            created,
            page_count,
            outline,
            attachments: Vec::new(),
        })
}

fn problem() -> impl Strategy<Value = Problem> {
    let code = prop::sample::select(vec![ProblemCode::FileNotFound, ProblemCode::Internal]);
    (code, text(), any::<Option<String>>()).prop_map(|(code, message, hint)| Problem {
        code,
        message,
        hint,
    })
}

fn outcome() -> impl Strategy<Value = GenerateOutcome> {
    let finish = prop::sample::select(vec![FinishReason::Stop, FinishReason::Cancelled]);
    (finish, any::<u32>(), 0.0..1e6, any::<Option<u32>>()).prop_map(
        |(finish, prompt_tokens, prefill_seconds, lifted_after)| GenerateOutcome {
            prompt_tokens,
            prefill_seconds,
            lifted_after,
            ..GenerateOutcome::nothing(finish)
        },
    )
}

fn reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        page().prop_map(|page| Reply::Event(ReadEvent::Page(page))),
        info().prop_map(|info| Reply::Event(ReadEvent::Opened(info))),
        Just(Reply::ReadDone),
        Just(Reply::EncoderLoaded),
        Just(Reply::SplitterLoaded),
        prop::collection::vec(draft(), 0..3).prop_map(Reply::Passages),
        any::<Option<String>>()
            .prop_map(|name| Reply::Described(ModelDescription::Generator { name })),
        prop::collection::vec((prop::collection::vec(-1e3f32..1e3, 0..64), any::<Vec<u8>>()), 0..4)
            .prop_map(|texts| Reply::Embeddings(texts.into_iter().map(embedding).collect())),
        (text(), any::<u32>()).prop_map(|(architecture, context_tokens)| {
            Reply::GeneratorLoaded(GeneratorProfile { architecture, context_tokens })
        }),
        (text(), any::<Option<String>>()).prop_map(|(name, reason)| Reply::Device { name, reason }),
        any::<Vec<u32>>().prop_map(Reply::Counts),
        text().prop_map(Reply::Text),
        outcome().prop_map(Reply::Finished),
        Just(Reply::RerankerLoaded),
        prop::collection::vec(-1e3f32..1e3, 0..64).prop_map(Reply::Scores),
        problem().prop_map(Reply::Failed),
        (any::<u64>(), any::<u64>())
            .prop_map(|(done, total)| Reply::Hashed(Hashing { done, total })),
        (text(), any::<u64>())
            .prop_map(|(sha256, bytes)| Reply::Opened(FileContent { sha256, bytes })),
    ]
}

fn embedding((vector, tokens): (Vec<f32>, Vec<u8>)) -> Embedding {
    Embedding { vector, tokens: TokenVectors(tokens) }
}

fn encoder() -> impl Strategy<Value = EncoderSpec> {
    (text(), "[a-z/]{0,20}", any::<u16>(), any::<u16>(), any::<bool>(), text(), text()).prop_map(
        |(id, folder, dimensions, max_tokens, flag, query_prefix, passage_prefix)| EncoderSpec {
            id: ModelId::like(&id),
            folder: folder.into(),
            dimensions: dimensions.into(),
            max_tokens: max_tokens.into(),
            pooling: if flag { Pooling::Mean } else { Pooling::Cls },
            normalize: flag,
            query_prefix,
            passage_prefix,
            late_interaction: flag,
        },
    )
}

fn sampling() -> impl Strategy<Value = Sampling> {
    (0f32..2.0, any::<u32>(), any::<u64>(), any::<Vec<String>>()).prop_map(
        |(temperature, max_tokens, seed, stop)| Sampling {
            temperature,
            seed,
            max_tokens,
            stop,
            ..Sampling::default()
        },
    )
}

fn constraint() -> impl Strategy<Value = Constraint> {
    prop_oneof![
        (any::<Vec<u32>>(), any::<Vec<String>>())
            .prop_map(|(markers, instead)| Constraint::Cited(Citing { markers, instead })),
        any::<Vec<String>>().prop_map(Constraint::OneOf),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    let role = prop::sample::select(vec![Role::System, Role::User, Role::Assistant]);
    let message = (role, text()).prop_map(|(role, content)| Message { role, content });
    prop_oneof![
        ("[a-z/.]{0,20}", any::<Option<String>>()).prop_map(|(path, password)| {
            Call::Read(FileToRead::from(&ReadRequest { password, ..ReadRequest::new(path) }))
        }),
        text().prop_map(|path| Call::Inspect(path.into())),
        text().prop_map(|folder| Call::LoadSplitter { folder: folder.into() }),
        (any::<u64>(), info(), prop::option::of(page()), any::<bool>()).prop_map(
            |(document, info, page, end)| {
                Call::Split { document, outline: info.outline, page, end }
            }
        ),
        (encoder(), any::<u32>()).prop_map(|(spec, threads)| Call::LoadEncoder { spec, threads }),
        (any::<bool>(), any::<Vec<String>>()).prop_map(|(query, texts)| Call::Embed {
            role: if query { TextRole::Query } else { TextRole::Passage },
            texts,
        }),
        (text(), "[a-z/.]{0,20}", any::<u32>()).prop_map(|(id, gguf, threads)| {
            let spec = GeneratorSpec { id: ModelId::like(&id), gguf: gguf.into() };
            Call::LoadGenerator { spec, threads }
        }),
        any::<Vec<String>>().prop_map(|texts| Call::CountTokens { texts }),
        (prop::collection::vec(message, 0..4), sampling(), prop::option::of(constraint()))
            .prop_map(|(messages, sampling, constraint)| Call::Generate {
                messages,
                sampling,
                constraint
            }),
        (text(), "[a-z/]{0,20}", any::<u16>(), any::<u32>()).prop_map(
            |(id, folder, max_tokens, threads)| {
                let (id, folder) = (ModelId::like(&id), folder.into());
                let spec = RerankerSpec { id, folder, max_tokens: max_tokens.into() };
                Call::LoadReranker { spec, threads }
            }
        ),
        (text(), any::<Vec<String>>())
            .prop_map(|(question, passages)| Call::Rerank { question, passages }),
        ("[a-z/.]{0,20}", any::<u64>()).prop_map(|(path, most_bytes)| Call::Open(FileToOpen {
            path: path.into(),
            most_bytes
        })),
    ]
}

fn to_worker() -> impl Strategy<Value = ToWorker> {
    prop_oneof![
        any::<u64>().prop_map(|id| ToWorker::Cancel { id }),
        (any::<u64>(), call()).prop_map(|(id, call)| ToWorker::Call { id, call }),
    ]
}

fn read<T: serde::de::DeserializeOwned>(mut bytes: &[u8]) -> Result<Option<T>, FrameError> {
    read_message(&mut bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn calls_arrive_as_they_were_sent(message in to_worker()) {
        let frame = encode(&message).unwrap();
        prop_assert_eq!(read::<ToWorker>(&frame).unwrap(), Some(message));
    }

    #[test]
    fn replies_arrive_as_they_were_sent(id in any::<u64>(), reply in reply()) {
        let message = FromWorker { id, reply };
        let frame = encode(&message).unwrap();
        prop_assert_eq!(read::<FromWorker>(&frame).unwrap(), Some(message));
    }

    #[test]
    fn a_cut_frame_is_an_error(id in any::<u64>(), reply in reply(), cut in any::<prop::sample::Index>()) {
        let frame = encode(&FromWorker { id, reply }).unwrap();
        let cut = 1 + cut.index(frame.len() - 1);
        prop_assert!(matches!(read::<FromWorker>(&frame[..cut]), Err(FrameError::Io(_))));
    }

    #[test]
    fn garbage_is_refused_or_read_but_never_a_panic(body in any::<Vec<u8>>()) {
        let mut frame = (body.len() as u32).to_le_bytes().to_vec();
        frame.extend(&body);
        let _ = read::<FromWorker>(&frame);
        let _ = read::<ToWorker>(&frame);
        let _ = read::<FromWorker>(&body);
    }

    #[test]
    fn a_flipped_bit_is_never_a_panic(reply in reply(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut frame = encode(&FromWorker { id: 7, reply }).unwrap();
        let at = at.index(frame.len());
        frame[at] ^= 1 << bit;
        let _ = read::<FromWorker>(&frame);
    }
}

#[test]
fn a_false_length_is_refused_before_anything_is_allocated() {
    let frame = u32::MAX.to_le_bytes();
    assert!(matches!(read::<FromWorker>(&frame), Err(FrameError::TooLong(_))));
    let texts = vec!["x".repeat(MAX_FRAME_BYTES)];
    assert!(matches!(encode(&Call::CountTokens { texts }), Err(FrameError::TooLong(_))));
}

#[test]
fn a_vector_that_claims_more_than_the_frame_holds_is_refused() {
    let mut frame = vec![0; 4];
    frame.extend([1, 6, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    frame[0] = 7;
    assert!(matches!(read::<FromWorker>(&frame), Err(FrameError::Malformed(_))));
}

#[test]
fn what_follows_a_message_is_refused() {
    let mut frame = encode(&ToWorker::Cancel { id: 1 }).unwrap();
    frame.push(0);
    frame[0] += 1;
    assert!(matches!(read::<ToWorker>(&frame), Err(FrameError::Trailing(1))));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_unicode_travels() {
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(OsString::from_vec(b"\xff\xfe.pdf".to_vec()));
    let request = ReadRequest { password: Some("geheim".into()), ..ReadRequest::new(path) };
    let frame = encode(&Call::Read(FileToRead::from(&request))).unwrap();
    let Some(Call::Read(file)) = read::<Call>(&frame).unwrap() else { panic!("another call") };
    assert!(!format!("{file:?}").contains("geheim"));
    assert_eq!(ReadRequest::from(file), request);
}

#[test]
fn hellos_tell_builds_roles_and_strangers_apart() {
    let check = |hello: Hello, side: Side| {
        Hello::read(Side::Worker, &mut hello.to_bytes(side).as_slice())
            .and_then(|hello| hello.check(WorkerRole::Read))
    };
    let ours = Hello::new(WorkerRole::Read);
    assert!(check(ours.clone(), Side::Worker).is_ok());
    assert!(matches!(check(ours.clone(), Side::Supervisor), Err(HelloError::Foreign)));
    let newer = Hello { version: VERSION + 1, ..ours.clone() };
    assert!(matches!(check(newer, Side::Worker), Err(HelloError::Other { .. })));
    let other = Hello { build: "9.9.9".into(), ..ours };
    assert!(matches!(check(other, Side::Worker), Err(HelloError::Other { .. })));
    assert!(check(Hello::new(WorkerRole::Infer), Side::Worker).is_err());
    assert!(matches!(Hello::read(Side::Worker, &mut [].as_slice()), Err(HelloError::Io(_))));
}
