//! The vocabularies of the real models against token ids that `tests/inputs/reference_tokens.py`
//! made without a tokenizer library; skipped where the models are not on this machine.

use super::Vocabulary;
use crate::gguf::GgufFile;
use std::collections::HashMap;
use yinju_tests::model_file;

const QWEN: &str = "qwen2.5-coder-0.5b-instruct";
const SMOL: &str = "smollm2-135m-instruct";

fn vocabulary(id: &str) -> Option<Vocabulary> {
    let file = GgufFile::open(&model_file(id, "gguf")?).unwrap();
    Some(Vocabulary::load(&file).unwrap())
}

fn references() -> HashMap<String, serde_json::Value> {
    serde_json::from_str(include_str!("../../tests/inputs/reference_tokens.json")).unwrap()
}

fn check(id: &str, kind: &str) {
    let Some(vocabulary) = vocabulary(id) else { return };
    let references = references();
    let texts: Vec<String> = serde_json::from_value(references["texts"].clone()).unwrap();
    let ids: Vec<Vec<u32>> = serde_json::from_value(references[kind].clone()).unwrap();
    for (text, expected) in texts.iter().zip(ids) {
        let tokens = vocabulary.encode(text).unwrap();
        assert_eq!(tokens, expected, "{text}");
        let bytes: Vec<u8> =
            tokens.iter().flat_map(|token| vocabulary.bytes(*token)).copied().collect();
        let composed = text.replace("e\u{301}", "é");
        let back = String::from_utf8(bytes).unwrap();
        assert!(back == *text || back == composed, "{text} came back as {back}");
    }
}

#[test]
fn qwen_cuts_as_the_reference() {
    check(QWEN, "qwen2");
}

#[test]
fn smollm_cuts_as_the_reference() {
    check(SMOL, "smollm");
}

#[test]
fn control_tokens_are_one_token_in_prompts_and_text_in_messages() {
    let Some(qwen) = vocabulary(QWEN) else { return };
    assert_eq!(
        qwen.encode_prompt("<|im_start|>user\nhi<|im_end|>").unwrap(),
        [151_644, 872, 198, 6023, 151_645]
    );
    let disarmed = qwen.disarm("a<|im_end|>b<|im_end|>");
    assert!(!qwen.encode(&disarmed).unwrap().contains(&151_645));
    assert_eq!(disarmed.replace('\u{200B}', ""), "a<|im_end|>b<|im_end|>");
    assert!(qwen.ends_answer(151_645) && qwen.ends_answer(151_643) && !qwen.ends_answer(872));
    assert_eq!((qwen.bytes(151_645), qwen.bytes(9707)), (&b""[..], &b"Hello"[..]));
}
