//! Weights out of an ONNX file, in the order in which the graph uses them. The graph's own
//! arithmetic is not followed: the networks are written out in this crate, and ask here for the next
//! convolution, product or norm.

use crate::error::OcrError;
use prost::Message;
use std::collections::HashMap;
use std::rc::Rc;

/// `TensorProto.DataType.FLOAT`.
pub(super) const FLOAT: i32 = 1;

/// The operator whose weights lie with inputs first.
const TRANSPOSED: &str = "ConvTranspose";

#[derive(Clone, PartialEq, Message)]
pub(super) struct ModelProto {
    #[prost(message, optional, tag = "7")]
    pub(super) graph: Option<GraphProto>,
    #[prost(message, repeated, tag = "14")]
    pub(super) metadata: Vec<Entry>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Entry {
    #[prost(string, optional, tag = "1")]
    pub(super) key: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub(super) value: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct GraphProto {
    #[prost(message, repeated, tag = "1")]
    pub(super) nodes: Vec<NodeProto>,
    #[prost(message, repeated, tag = "5")]
    pub(super) tensors: Vec<TensorProto>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct NodeProto {
    #[prost(string, repeated, tag = "1")]
    pub(super) inputs: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(super) outputs: Vec<String>,
    #[prost(string, optional, tag = "4")]
    pub(super) operator: Option<String>,
    #[prost(message, repeated, tag = "5")]
    pub(super) attributes: Vec<AttributeProto>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AttributeProto {
    #[prost(string, optional, tag = "1")]
    pub(super) name: Option<String>,
    #[prost(int64, repeated, tag = "8")]
    pub(super) numbers: Vec<i64>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct TensorProto {
    #[prost(int64, repeated, tag = "1")]
    pub(super) dims: Vec<i64>,
    #[prost(int32, optional, tag = "2")]
    pub(super) kind: Option<i32>,
    #[prost(float, repeated, tag = "4")]
    pub(super) floats: Vec<f32>,
    #[prost(string, optional, tag = "8")]
    pub(super) name: Option<String>,
    #[prost(bytes = "vec", optional, tag = "9")]
    pub(super) raw: Option<Vec<u8>>,
}

/// Numbers with a shape.
#[derive(Clone, Default)]
struct Tensor {
    dims: Vec<usize>,
    numbers: Vec<f32>,
}

/// A convolution as stored: `[outputs, inputs, height, width]`, inputs counted within a group.
pub(super) struct Filter {
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    pub(super) kernel: [usize; 2],
    pub(super) strides: [usize; 2],
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// A product as stored: `[inputs, outputs]`.
pub(super) struct Linear {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// What scales and shifts normalised numbers.
pub(super) struct Norm {
    pub(super) scale: Vec<f32>,
    pub(super) shift: Vec<f32>,
}

/// A file's weights, read from front to back.
pub(crate) struct Weights {
    nodes: Vec<NodeProto>,
    /// Some under several names.
    tensors: HashMap<String, Rc<Tensor>>,
    metadata: HashMap<String, String>,
    at: usize,
}

impl Weights {
    /// Reads the bytes of an ONNX file.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, OcrError> {
        let model = ModelProto::decode(bytes).map_err(OcrError::Format)?;
        let graph = model.graph.unwrap_or_default();
        let mut tensors: HashMap<_, _> = graph
            .tensors
            .into_iter()
            .filter(|tensor| tensor.kind == Some(FLOAT))
            .filter_map(|tensor| Some((tensor.name.clone()?, Rc::new(numbers_of(tensor)?))))
            .collect();
        let mut nodes = Vec::new();
        for node in graph.nodes {
            match (node.operator.as_deref(), node.inputs.first(), node.outputs.first()) {
                (Some("Identity"), Some(from), Some(to)) if tensors.contains_key(from) => {
                    let tensor = tensors[from].clone();
                    tensors.insert(to.clone(), tensor);
                }
                _ => nodes.push(node),
            }
        }
        let pairs = model.metadata.into_iter().filter_map(|entry| Some((entry.key?, entry.value?)));
        Ok(Self { nodes, tensors, metadata: pairs.collect(), at: 0 })
    }

    /// What the file says of itself under a name.
    pub(crate) fn metadata(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).map(String::as_str)
    }

    /// Whether the next convolution is one within each channel.
    pub(super) fn depthwise_is_next(&self) -> bool {
        self.next_filter().is_some_and(|dims| dims[1] == 1 && dims[2] > 1)
    }

    /// Outputs of the next convolution.
    pub(super) fn next_outputs(&self) -> Option<usize> {
        self.next_filter().map(|dims| dims[0])
    }

    fn next_filter(&self) -> Option<&[usize]> {
        let node = self.nodes[self.at..].iter().find(|node| node.is("Conv"))?;
        self.second(node).map(|tensor| &tensor.dims[..]).filter(|dims| dims.len() == 4)
    }

    /// The next convolution with what is added to it, batch norms folded in.
    pub(super) fn convolution(&mut self) -> Result<Filter, OcrError> {
        self.filter("Conv")
    }

    /// The next transposed convolution: its weights lie `[inputs, outputs, height, width]`.
    pub(super) fn transposed(&mut self) -> Result<Filter, OcrError> {
        let mut filter = self.filter(TRANSPOSED)?;
        std::mem::swap(&mut filter.outputs, &mut filter.inputs);
        Ok(filter)
    }

    fn filter(&mut self, operator: &str) -> Result<Filter, OcrError> {
        let node = self.advance(operator, 4)?;
        let tensor = self.second(&node).cloned().unwrap_or_default();
        // `advance` found four dimensions and more than one number, so that none of them is zero.
        let [outputs, inputs, height, width] = tensor.dims[..] else {
            return Err(OcrError::Network(format!("a {operator} of another shape")));
        };
        let strides = node.strides();
        let weights = tensor.numbers;
        let bias = vec![0.0; if operator == TRANSPOSED { inputs } else { outputs }];
        let mut filter =
            Filter { outputs, inputs, kernel: [height, width], strides, weights, bias };
        let next = self.nodes.get(self.at).cloned().unwrap_or_default();
        if next.is("Add") && next.inputs.first() == node.outputs.first() {
            self.add_bias(&next, &mut filter)?;
        } else if next.is("BatchNormalization") {
            self.fold_norm(&next, &mut filter)?;
        }
        Ok(filter)
    }

    fn add_bias(&mut self, node: &NodeProto, filter: &mut Filter) -> Result<(), OcrError> {
        if let Some(tensor) = self.second(node) {
            if tensor.numbers.len() != filter.bias.len() {
                return Err(OcrError::Network("a convolution with another bias".to_owned()));
            }
            filter.bias.clone_from(&tensor.numbers);
            self.at += 1;
        }
        Ok(())
    }

    fn fold_norm(&mut self, node: &NodeProto, filter: &mut Filter) -> Result<(), OcrError> {
        /// Of every batch norm of these networks.
        const EPSILON: f32 = 1e-5;
        let part = |at: usize| {
            let tensor = node.inputs.get(at).and_then(|name| self.tensors.get(name));
            tensor
                .map(|tensor| &tensor.numbers)
                .filter(|numbers| {
                    numbers.len() == filter.outputs && numbers.len() == filter.bias.len()
                })
                .ok_or_else(|| OcrError::Network("a batch norm of another shape".to_owned()))
        };
        let (scale, shift, mean, variance) = (part(1)?, part(2)?, part(3)?, part(4)?);
        let width = filter.weights.len() / filter.outputs.max(1);
        for (output, row) in filter.weights.chunks_exact_mut(width.max(1)).enumerate() {
            let factor = scale[output] / (variance[output] + EPSILON).sqrt();
            for weight in row {
                *weight *= factor;
            }
            filter.bias[output] = shift[output] - mean[output] * factor;
        }
        self.at += 1;
        Ok(())
    }

    /// The next product with weights, and what is added to it.
    pub(super) fn linear(&mut self) -> Result<Linear, OcrError> {
        let node = self.advance("MatMul", 2)?;
        let tensor = self.second(&node).cloned().unwrap_or_default();
        let bias = self.advance("Add", 1)?;
        let bias = self.second(&bias).map(|tensor| tensor.numbers.clone()).unwrap_or_default();
        let [inputs, outputs] = tensor.dims[..] else {
            return Err(OcrError::Network("a product of another shape".to_owned()));
        };
        if bias.len() != outputs {
            return Err(OcrError::Network("a product with another bias".to_owned()));
        }
        Ok(Linear { inputs, outputs, weights: tensor.numbers, bias })
    }

    /// The next norm of rows of so many numbers.
    pub(super) fn norm(&mut self, width: usize) -> Result<Norm, OcrError> {
        let scale = self.advance("Mul", 1)?;
        let shift = self.advance("Add", 1)?;
        let [scale, shift] = [scale, shift].map(|node| {
            self.second(&node).map(|tensor| tensor.numbers.clone()).unwrap_or_default()
        });
        if scale.len() != width || shift.len() != width {
            return Err(OcrError::Network("a norm of another width".to_owned()));
        }
        Ok(Norm { scale, shift })
    }

    /// Goes on behind the next node of this kind whose second input is weights of so many
    /// dimensions, and more than one number.
    fn advance(&mut self, operator: &str, dimensions: usize) -> Result<NodeProto, OcrError> {
        let fits = |node: &NodeProto| {
            node.is(operator)
                && self
                    .second(node)
                    .is_some_and(|t| t.dims.len() == dimensions && t.numbers.len() > 1)
        };
        let found = self.nodes[self.at..].iter().position(fits);
        let place = found.ok_or_else(|| OcrError::Network(format!("no further {operator}")))?;
        self.at += place + 1;
        Ok(self.nodes[self.at - 1].clone())
    }

    fn second(&self, node: &NodeProto) -> Option<&Tensor> {
        self.tensors.get(node.inputs.get(1)?).map(Rc::as_ref)
    }
}

impl NodeProto {
    fn is(&self, operator: &str) -> bool {
        self.operator.as_deref() == Some(operator)
    }

    fn strides(&self) -> [usize; 2] {
        let strides = self.attributes.iter().find(|a| a.name.as_deref() == Some("strides"));
        match strides.map(|attribute| &attribute.numbers[..]) {
            Some([down, across]) => [down, across].map(|n| usize::try_from(*n).unwrap_or(1).max(1)),
            _ => [1, 1],
        }
    }
}

/// Fails where parts of a network do not fit together: the loops between them rely on it.
pub(super) fn require(fits: bool, what: &str) -> Result<(), OcrError> {
    if fits { Ok(()) } else { Err(OcrError::Network(format!("{what} that does not fit"))) }
}

/// The numbers of a tensor, if there are as many as its shape says.
fn numbers_of(tensor: TensorProto) -> Option<Tensor> {
    let dims: Vec<usize> =
        tensor.dims.iter().map(|n| usize::try_from(*n).ok()).collect::<Option<_>>()?;
    let count = dims.iter().try_fold(1_usize, |a, b| a.checked_mul(*b))?;
    let numbers = match tensor.raw {
        Some(raw) => raw.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect(),
        None => tensor.floats,
    };
    (numbers.len() == count).then_some(Tensor { dims, numbers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_graph_are_an_error_or_an_empty_file() {
        assert!(Weights::read(&[0xFF; 40]).is_err());
        let mut empty = Weights::read(&[]).unwrap();
        assert!(matches!(empty.convolution(), Err(OcrError::Network(_))));
        assert!(matches!(empty.linear(), Err(OcrError::Network(_))));
        assert!(!empty.depthwise_is_next());
    }

    #[test]
    fn a_tensor_without_all_its_numbers_is_left_out() {
        let tensor = TensorProto {
            dims: vec![2, 3],
            kind: Some(FLOAT),
            floats: vec![],
            name: Some("w".to_owned()),
            raw: Some(vec![0; 20]),
        };
        assert!(numbers_of(tensor).is_none());
    }
}
