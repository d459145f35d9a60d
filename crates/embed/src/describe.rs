//! What a person's own encoder or reranker is, by the small files beside its weights. What a model
//! is run by is read elsewhere (`config`, `tokens`, `weights`).

use crate::error::EmbedError;
use serde_json::Value;
use std::fs;
use std::path::Path;
use yinju_core::{ModelDescription, Pooling};

/// What the folder of an encoder or a reranker must hold.
const FOLDER_FILES: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];
/// Pairs are cut here whatever a model's positions allow: a passage has some 400 tokens.
const LONGEST_PAIR: usize = 512;
/// No published file of these is a hundredth as long.
const LONGEST_JSON: u64 = 4 << 20;

/// Says what the model in a folder is.
pub fn describe(folder: &Path) -> Result<ModelDescription, EmbedError> {
    for name in FOLDER_FILES {
        if !folder.join(name).is_file() {
            return Err(EmbedError::NotAModel(format!("{name} is missing")));
        }
    }
    Ok(match longest_pair(folder)? {
        Some(max_tokens) => ModelDescription::Reranker { max_tokens },
        None => encoder(folder)?,
    })
}

/// The longest pair a reranker takes; `None` where `config.json` describes no classifier. One of several labels
/// sorts texts, and scores no pairs.
fn longest_pair(folder: &Path) -> Result<Option<usize>, EmbedError> {
    let config = json(folder, "config.json");
    let mut architectures =
        config["architectures"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if !architectures.any(|name| name.ends_with("ForSequenceClassification")) {
        return Ok(None);
    }
    // Without `id2label` there are two, as `transformers` has it.
    let labels = config["id2label"].as_object().map_or(2, serde_json::Map::len);
    if labels != 1 {
        let what = format!("it has {labels} labels where a reranker has one");
        return Err(EmbedError::Unsupported(what));
    }
    Ok(Some(longest_input(folder, &config).min(LONGEST_PAIR)))
}

/// How to use an encoder, from the files `sentence-transformers` publishes beside the weights;
/// without them: mean pooling, vectors of length 1, no prefixes.
fn encoder(folder: &Path) -> Result<ModelDescription, EmbedError> {
    let config = json(folder, "config.json");
    let dimensions = number(&config, "hidden_size")
        .ok_or_else(|| EmbedError::NotAModel("config.json does not say hidden_size".to_owned()))?;
    let prompts = json(folder, "config_sentence_transformers.json");
    let prefix = |names: [&str; 2]| {
        let said = names.iter().find_map(|name| prompts["prompts"][name].as_str());
        said.unwrap_or_default().to_owned()
    };
    Ok(ModelDescription::Encoder {
        dimensions,
        max_tokens: longest_input(folder, &config),
        pooling: pooling(folder)?,
        query_prefix: prefix(["query", "search_query"]),
        passage_prefix: prefix(["passage", "document"]),
    })
}

fn longest_input(folder: &Path, config: &Value) -> usize {
    let positions = number(config, "max_position_embeddings").unwrap_or(512);
    // RoBERTa counts positions from the padding id on, so two of them are never used.
    let reserved =
        if config["model_type"].as_str().is_some_and(|t| t.contains("roberta")) { 2 } else { 0 };
    let usable = positions.saturating_sub(reserved);
    let said = number(&json(folder, "sentence_bert_config.json"), "max_seq_length");
    said.unwrap_or(usable).min(usable)
}

fn pooling(folder: &Path) -> Result<Pooling, EmbedError> {
    let said = json(folder, "1_Pooling/config.json");
    let is = |mode: &str| said[format!("pooling_mode_{mode}")].as_bool() == Some(true);
    if is("cls_token") {
        return Ok(Pooling::Cls);
    }
    if is("mean_tokens") || said.is_null() {
        return Ok(Pooling::Mean);
    }
    Err(EmbedError::Unsupported("it pools its vectors in a way that is not known".to_owned()))
}

fn json(folder: &Path, name: &str) -> Value {
    let path = folder.join(name);
    let short = fs::metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= LONGEST_JSON);
    let text = Some(path).filter(|_| short).and_then(|path| fs::read(path).ok());
    text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or(Value::Null)
}

fn number(value: &Value, name: &str) -> Option<usize> {
    value[name].as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinju_core::{Problem, ProblemCode};

    /// What a folder with these files and the obligatory ones is.
    fn check(config: &str, more: &[(&str, &str)]) -> Result<ModelDescription, ProblemCode> {
        let folder = tempfile::tempdir().unwrap();
        let given = [("config.json", config), ("model.safetensors", ""), ("tokenizer.json", "{}")];
        for (name, text) in given.iter().chain(more) {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        describe(folder.path()).map_err(|error| Problem::from(error).code)
    }

    #[test]
    fn an_encoder_is_used_as_its_authors_say() {
        let config =
            r#"{"hidden_size":8,"max_position_embeddings":514,"model_type":"xlm-roberta"}"#;
        let pooling = ("1_Pooling/config.json", r#"{"pooling_mode_cls_token":true}"#);
        let prompts = ("config_sentence_transformers.json", r#"{"prompts":{"query":"query: "}}"#);
        let expected = ModelDescription::Encoder {
            dimensions: 8,
            max_tokens: 512,
            pooling: Pooling::Cls,
            query_prefix: "query: ".to_owned(),
            passage_prefix: String::new(),
        };
        assert_eq!(check(config, &[pooling, prompts]), Ok(expected));
    }

    #[test]
    fn a_reranker_is_known_by_its_architecture() {
        let config = |architecture: &str, labels: &str| {
            format!(
                r#"{{"architectures":["{architecture}"],"model_type":"xlm-roberta","hidden_size":8,
                "max_position_embeddings":8194,"id2label":{{{labels}}}}}"#
            )
        };
        let one = r#""0":"LABEL_0""#;
        let judge = check(&config("XLMRobertaForSequenceClassification", one), &[]);
        assert_eq!(judge, Ok(ModelDescription::Reranker { max_tokens: 512 }));
        let encoder = check(&config("XLMRobertaModel", one), &[]);
        assert!(matches!(encoder, Ok(ModelDescription::Encoder { .. })));
        let sorter = config("BertForSequenceClassification", r#""0":"bad","1":"good""#);
        assert_eq!(check(&sorter, &[]), Err(ProblemCode::ModelUnsupported));
    }

    #[test]
    fn what_is_no_model_is_named() {
        assert_eq!(check("not JSON", &[]), Err(ProblemCode::ModelDamaged));
        let empty = tempfile::tempdir().unwrap();
        assert!(describe(empty.path()).unwrap_err().to_string().contains("config.json"));
    }
}
