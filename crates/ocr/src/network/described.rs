//! Files of models out of short descriptions, for tests: an operator, then the sizes of its weights, a byte
//! each. What the weights are follows from where they stand.

use super::weights::{
    AttributeProto, Entry, FLOAT, GraphProto, ModelProto, NodeProto, TensorProto,
};
use prost::Message;

/// Numbers of one tensor, and tensors of a file, at most.
const MOST_NUMBERS: usize = 1 << 14;
const MOST_TENSORS: usize = 256;

/// A file in the making.
#[derive(Default)]
struct Described {
    graph: GraphProto,
}

/// The bytes of an ONNX file.
pub(crate) fn described(bytes: &[u8]) -> Vec<u8> {
    let mut file = Described::default();
    let mut bytes = bytes.iter().copied();
    while let Some(operator) = bytes.next() {
        if file.graph.tensors.len() > MOST_TENSORS {
            break;
        }
        let mut sizes = |count: usize| -> Vec<i64> {
            (0..count).map(|_| i64::from(bytes.next().unwrap_or(1) % 32)).collect()
        };
        match operator % 8 {
            0 => {
                let strides = sizes(2);
                file.node("Conv", "x", &[&sizes(4)], strides);
            }
            1 => file.node("ConvTranspose", "x", &[&sizes(4)], Vec::new()),
            2 => file.node("MatMul", "x", &[&sizes(2)], Vec::new()),
            3 => file.node("Add", "x", &[&sizes(1)], Vec::new()),
            4 => file.node("Mul", "x", &[&sizes(1)], Vec::new()),
            5 => file.node("Add", &file.last(), &[&sizes(1)], Vec::new()),
            6 => {
                let size = sizes(1);
                file.node("BatchNormalization", &file.last(), &[&size; 4], Vec::new());
            }
            _ => file.same_again(),
        }
    }
    let entry = Entry { key: Some("character".to_owned()), value: Some("a\nb".to_owned()) };
    ModelProto { graph: Some(file.graph), metadata: vec![entry] }.encode_to_vec()
}

impl Described {
    /// What the last node gives.
    fn last(&self) -> String {
        format!("out{}", self.graph.nodes.len())
    }

    fn node(&mut self, operator: &str, input: &str, tensors: &[&Vec<i64>], strides: Vec<i64>) {
        let mut inputs = vec![input.to_owned()];
        for dims in tensors {
            inputs.push(self.tensor(dims));
        }
        let name = Some("strides".to_owned());
        let attributes = match strides[..] {
            [] => Vec::new(),
            _ => vec![AttributeProto { name, numbers: strides }],
        };
        let outputs = vec![format!("out{}", self.graph.nodes.len() + 1)];
        let operator = Some(operator.to_owned());
        self.graph.nodes.push(NodeProto { inputs, outputs, operator, attributes });
    }

    fn tensor(&mut self, dims: &[i64]) -> String {
        let count = dims.iter().product::<i64>().unsigned_abs() as usize;
        let floats = (0..count.min(MOST_NUMBERS)).map(|i| ((i * 37 % 13) as f32 - 6.0) / 12.0);
        let name = format!("w{}", self.graph.tensors.len());
        self.graph.tensors.push(TensorProto {
            dims: dims.to_vec(),
            kind: Some(FLOAT),
            floats: floats.collect(),
            name: Some(name.clone()),
            raw: None,
        });
        name
    }

    /// The last tensor under another name.
    fn same_again(&mut self) {
        let last = self.graph.tensors.last().and_then(|tensor| tensor.name.clone());
        self.graph.nodes.push(NodeProto {
            inputs: last.into_iter().collect(),
            outputs: vec![format!("same{}", self.graph.nodes.len())],
            operator: Some("Identity".to_owned()),
            attributes: Vec::new(),
        });
    }
}
