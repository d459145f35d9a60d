//! A token's scores with drafts are those without, to the bit, and the cache is left as it would be.

use super::*;
use crate::gguf::GgufFile;
use crate::placement::Placement;
use crate::shape::ModelShape;
use crate::tiny::TinyModel;
use candle_core::Device;
use candle_core::quantized::GgmlDType;
use std::path::Path;

/// The first tokens come again, so that the first one written is already expected.
const PROMPT: [u32; 12] = [256, 5, 9, 200, 31, 7, 90, 14, 5, 9, 200, 31];

fn decoder(path: &Path) -> Decoder {
    let file = GgufFile::open(path).unwrap();
    let shape = ModelShape::read(&file).unwrap();
    let mut decoder = Decoder::load(&file, &shape, &Placement::all(Device::Cpu)).unwrap();
    decoder.reserve(640).unwrap();
    decoder
}

fn bits(scores: &[f32]) -> Vec<u32> {
    scores.iter().map(|score| score.to_bits()).collect()
}

/// Small models whose rows stand alone: on machines with the instructions for it.
fn models(folder: &Path) -> Vec<Decoder> {
    let mut all = Vec::new();
    for architecture in ["llama", "qwen2", "qwen3", "gemma3"] {
        for weights in [GgmlDType::Q8_0, GgmlDType::Q4_1] {
            let path = TinyModel { weights, ..TinyModel::new(architecture) }.write(folder);
            all.push(decoder(&path));
        }
    }
    all.retain(Decoder::rows_stand_alone);
    all
}

#[test]
fn rows_are_the_same_alone_and_together() {
    let folder = tempfile::tempdir().unwrap();
    let tokens: Vec<u32> = (0..560).map(|at| at * 7 % 250).collect();
    for mut decoder in models(folder.path()) {
        for read in [1, 60, 500] {
            for together in [2, 3, 4, 7, 16, 23] {
                decoder.keep(0);
                decoder.read(&tokens[..read]).unwrap();
                let next = &tokens[read..read + together];
                let alone: Vec<_> =
                    next.iter().map(|token| bits(&decoder.score(&[*token]).unwrap())).collect();
                decoder.keep(read);
                let scores = decoder.score_each(next).unwrap();
                for (row, alone) in alone.iter().enumerate() {
                    let off = bits(&scores.after(row).unwrap()) != *alone;
                    assert!(!off, "{together} after {read}: row {row}");
                }
            }
        }
    }
}

#[test]
fn real_weights_score_the_same_alone_and_together() {
    for id in ["smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct"] {
        let Some(path) = yinju_tests::model_file(id, "gguf") else { continue };
        let mut decoder = decoder(&path);
        if !decoder.rows_stand_alone() {
            continue;
        }
        let tokens: Vec<u32> = (0..545).map(|at| 500 + at * 37 % 5000).collect();
        decoder.read(&tokens[..505]).unwrap();
        let next = &tokens[505..521];
        let alone: Vec<_> =
            next.iter().map(|token| bits(&decoder.score(&[*token]).unwrap())).collect();
        for together in [2, 4, 9, 16] {
            decoder.keep(505);
            let scores = decoder.score_each(&next[..together]).unwrap();
            for (row, alone) in alone[..together].iter().enumerate() {
                assert!(bits(&scores.after(row).unwrap()) == *alone, "{id}: {together}, {row}");
            }
        }
    }
}

/// What is written follows the prompt's repetition, then leaves it: drafts are taken and rejected.
#[test]
fn scores_do_not_tell_whether_there_were_drafts() {
    let folder = tempfile::tempdir().unwrap();
    let written = [7, 90, 14, 5, 9, 200, 31, 7, 7, 7, 7, 7, 90, 14, 77, 5, 9, 200, 11, 31, 7];
    for mut decoder in models(folder.path()) {
        let mut runs = [Drafts::Never, Drafts::Always].map(|drafts| {
            decoder.keep(0);
            decoder.read(&PROMPT).unwrap();
            let mut pace = Pace::new();
            let mut ahead = Ahead::new(&mut decoder, &mut pace, drafts);
            let (mut all, mut ahead_of_time) = (Vec::new(), 0);
            for (at, token) in written.iter().enumerate() {
                let scores = ahead.scores_after(*token, written.len() - at).unwrap();
                all.push(bits(&scores));
                ahead_of_time += usize::from(ahead.pass.as_ref().unwrap().written > 0);
            }
            drop(ahead);
            (all, decoder.seen().to_vec(), ahead_of_time)
        });
        assert!(runs[0].2 == 0 && runs[1].2 > 5, "{} {}", runs[0].2, runs[1].2);
        runs[1].2 = 0;
        assert!(runs[0] == runs[1]);
        assert_eq!(runs[1].1, [&PROMPT[..], &written].concat());
    }
}

#[test]
fn nothing_is_drafted_where_rows_do_not_stand_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut decoder = decoder(&TinyModel::new("llama").write(folder.path()));
    decoder.read(&PROMPT).unwrap();
    let mut pace = Pace::new();
    let mut ahead = Ahead::new(&mut decoder, &mut pace, Drafts::Always);
    ahead.scores_after(7, 20).unwrap();
    assert!(ahead.pass.as_ref().unwrap().draft.is_empty());
}

#[test]
fn a_draft_keeps_to_the_room() {
    let folder = tempfile::tempdir().unwrap();
    for mut decoder in models(folder.path()) {
        for (room, drafted) in [(1, 0), (2, 1), (6, 5), (100, Pace::MOST)] {
            decoder.keep(0);
            decoder.read(&PROMPT).unwrap();
            let mut pace = Pace::new();
            let mut ahead = Ahead::new(&mut decoder, &mut pace, Drafts::Always);
            ahead.scores_after(7, room).unwrap();
            assert_eq!(ahead.pass.as_ref().unwrap().draft.len(), drafted);
        }
    }
}

#[test]
#[ignore = "measures passes of a real model by their rows"]
fn what_rows_cost() {
    let Some(path) = yinju_tests::model_file("qwen2.5-coder-0.5b-instruct", "gguf") else { return };
    let mut decoder = decoder(&path);
    decoder.reserve(1100).unwrap();
    let tokens: Vec<u32> = (0..1100).map(|at| 500 + at * 37 % 5000).collect();
    tokens[..1024].chunks(256).for_each(|chunk| decoder.read(chunk).unwrap());
    let mut seconds = vec![Vec::new(); 17];
    for _ in 0..15 {
        for rows in [1, 2, 3, 4, 5, 6, 8, 12, 16] {
            decoder.keep(1024);
            let start = Instant::now();
            decoder.score_each(&tokens[1024..1024 + rows]).unwrap();
            seconds[rows].push(start.elapsed().as_secs_f64());
        }
    }
    let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
    for (rows, all) in seconds.iter().enumerate().filter(|(_, all)| !all.is_empty()) {
        println!(
            "{rows} rows: {:.1} ms, {:.2} passes",
            least(all) * 1e3,
            least(all) / least(&seconds[1])
        );
    }
}
