//! Jupyter notebooks (nbformat 4): the prose, the code and what it printed, cell by cell.

use crate::FlowError;
use crate::builder::{Builder, Style};
use crate::decode;
use crate::flow::{Flow, Piece, tidy};
use crate::source::Source;
use crate::{markdown, picture};
use serde::Deserialize;
use yinju_core::document::DocumentInfo;

#[derive(Deserialize)]
struct Notebook {
    cells: Vec<Cell>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    title: Option<String>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(rename = "cell_type")]
    kind: String,
    #[serde(default)]
    source: Text,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    text: Text,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default, rename = "text/plain")]
    plain: Text,
    #[serde(default, rename = "image/png")]
    picture: Text,
}

/// A text, or its lines.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    Lines(Vec<String>),
}

impl Default for Text {
    fn default() -> Self {
        Self::Whole(String::new())
    }
}

impl Text {
    fn join(self) -> String {
        match self {
            Self::Whole(text) => text,
            Self::Lines(lines) => lines.concat(),
        }
    }
}

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let text = decode::plain(&source.bytes()?).text;
    let notebook: Notebook = serde_json::from_str(&text).map_err(|error| FlowError::Damaged {
        path: source.path.to_owned(),
        reason: error.to_string(),
    })?;
    let title = notebook.metadata.title.as_deref().and_then(tidy);
    let mut builder = Builder::default();
    for cell in notebook.cells {
        let text = cell.source.join();
        if cell.kind == "markdown" {
            builder.extend(markdown::pieces(&text));
        } else {
            verbatim(&mut builder, &text);
        }
        for Output { text, data } in cell.outputs {
            verbatim(&mut builder, &text.join());
            verbatim(&mut builder, &data.plain.join());
            let picture = Some(data.picture.join()).filter(|data| !data.is_empty());
            let picture = picture.and_then(|data| picture::from_base64(&data));
            builder
                .extend(picture.map(|picture| Piece::picture(picture, "")).into_iter().collect());
        }
    }
    let info = DocumentInfo { title, ..DocumentInfo::default() };
    let mut flow = Flow::single(info, builder.finish());
    flow.title_from_heading();
    Ok(flow)
}

fn verbatim(builder: &mut Builder, text: &str) {
    builder.style(Style { verbatim: true, ..Style::PLAIN });
    builder.text(text);
    builder.end_block();
}
