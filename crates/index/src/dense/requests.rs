//! The words of Qdrant's interface: our nouns to its operations, filters and requests, and back.

use crate::lexical::schema::language_code;
use qdrant_edge::{
    Condition, CreateIndex, DEFAULT_VECTOR_NAME, FieldCondition, FieldIndexOperations, Filter,
    IntegerIndexParams, JsonPath, Match, NamedQuery, Payload, PayloadFieldSchema, PayloadOps,
    PayloadSchemaParams, PointId, PointInsertOperations, PointOperations, PointStruct,
    QuantizationSearchParams, QueryEnum, QueryRequest, Record, ScoringQuery, ScrollRequest,
    SearchParams, SetPayloadOp, UpdateOperation, VectorInternal, VectorStructInternal,
    WithPayloadInterface, WithVector,
};
use serde_json::json;
use yinju_core::ports::IndexVector;
use yinju_core::{DocumentId, PassageId, Scope};

/// Payload field with the library's id.
pub const LIBRARY: &str = "library";
/// Payload field with the number of its language.
pub const LANGUAGE: &str = "language";
/// Payload field with the document's id.
pub const DOCUMENT: &str = "document";
/// All of these, and whether a graph is built within each value: a document is small enough to be
/// compared whole, a library or a language is not.
pub const FIELDS: [(&str, bool); 3] = [(LIBRARY, true), (DOCUMENT, false), (LANGUAGE, true)];

/// Puts points in, replacing those with the same id.
pub fn upsert(vectors: &[IndexVector]) -> UpdateOperation {
    let points = vectors.iter().map(|vector| point(vector).into()).collect();
    UpdateOperation::PointOperation(PointOperations::UpsertPoints(
        PointInsertOperations::PointsList(points),
    ))
}

fn point(vector: &IndexVector) -> PointStruct {
    let payload = json!({
        LIBRARY: vector.library.0,
        DOCUMENT: vector.document.0,
        LANGUAGE: language_code(vector.language),
    });
    PointStruct::new(PointId::NumId(vector.passage.0), vector.vector.clone(), payload)
}

/// An index over a payload field, so that a filter does not read every payload.
pub fn index_field(field: &str, has_graph: bool) -> UpdateOperation {
    let schema = IntegerIndexParams {
        lookup: Some(true),
        range: Some(false),
        enable_hnsw: Some(has_graph),
        ..IntegerIndexParams::default()
    };
    UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(CreateIndex {
        field_name: path(field),
        field_schema: Some(PayloadFieldSchema::FieldParams(PayloadSchemaParams::Integer(schema))),
    }))
}

/// The points of these documents.
pub fn documents_filter(documents: &[DocumentId]) -> Filter {
    Filter::new_must(any_of(DOCUMENT, documents.iter().map(|d| d.0)))
}

/// These points.
pub fn passages_filter(passages: &[PassageId]) -> Filter {
    Filter::new_must(these(passages))
}

fn these(passages: &[PassageId]) -> Condition {
    Condition::HasId(passages.iter().map(|p| PointId::NumId(p.0)).collect())
}

/// The points of a scope, of these only where some are given; `None` for "everywhere".
pub fn scope_filter(scope: &Scope, only: Option<&[PassageId]>) -> Option<Filter> {
    let mut conditions = Vec::new();
    if !scope.libraries.is_empty() {
        conditions.push(any_of(LIBRARY, scope.libraries.iter().map(|l| l.0)));
    }
    if !scope.documents.is_empty() {
        conditions.push(any_of(DOCUMENT, scope.documents.iter().map(|d| d.0)));
    }
    if !scope.languages.is_empty() {
        conditions.push(any_of(LANGUAGE, scope.languages.iter().map(|l| language_code(*l))));
    }
    conditions.extend(only.map(these));
    (!conditions.is_empty()).then(|| Filter {
        should: None,
        min_should: None,
        must: Some(conditions),
        must_not: None,
    })
}

fn path(field: &str) -> JsonPath {
    field.parse().expect("the field names are plain words, which are paths")
}

/// Row ids are SQLite's and therefore fit Qdrant's signed integers.
fn any_of(field: &str, ids: impl Iterator<Item = u64>) -> Condition {
    let ids: Vec<i64> = ids.map(|id| id as i64).collect();
    Condition::Field(FieldCondition::new_match(path(field), Match::from(ids)))
}

/// The points nearest to a vector.
pub fn nearest(vector: &[f32], filter: Option<Filter>, limit: usize, width: usize) -> QueryRequest {
    let query = NamedQuery::default_dense(vector.to_vec());
    QueryRequest {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(QueryEnum::Nearest(query))),
        filter,
        score_threshold: None,
        limit,
        offset: 0,
        params: Some(SearchParams {
            hnsw_ef: Some(width),
            quantization: Some(rescored()),
            ..SearchParams::default()
        }),
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(false),
    }
}

/// Twice as many are found by rounded vectors as are wanted, and scored by exact ones.
fn rescored() -> QuantizationSearchParams {
    QuantizationSearchParams { ignore: false, rescore: Some(true), oversampling: Some(2.0) }
}

/// The next points in order of their ids, with their documents.
pub fn page(offset: Option<PointId>, limit: usize) -> ScrollRequest {
    ScrollRequest {
        offset,
        limit: Some(limit),
        filter: None,
        with_payload: Some(WithPayloadInterface::Fields(vec![path(DOCUMENT)])),
        with_vector: WithVector::Bool(false),
        order_by: None,
    }
}

/// The next points of some documents, with their vectors.
pub fn page_of(documents: &[DocumentId], offset: Option<PointId>, limit: usize) -> ScrollRequest {
    let (payload, vector) = vector_alone();
    ScrollRequest {
        filter: Some(documents_filter(documents)),
        with_payload: Some(payload),
        with_vector: vector,
        ..page(offset, limit)
    }
}

/// Points of passages.
pub fn point_ids(passages: &[PassageId]) -> Vec<PointId> {
    passages.iter().map(|passage| PointId::NumId(passage.0)).collect()
}

/// What to read of a point whose vector is wanted.
pub fn vector_alone() -> (WithPayloadInterface, WithVector) {
    (WithPayloadInterface::Bool(false), WithVector::Bool(true))
}

/// Passage and vector of a point that was read with it.
pub fn vector_of(record: &Record) -> Option<(PassageId, Vec<f32>)> {
    let vector = match record.vector.as_ref()? {
        VectorStructInternal::Single(vector) => vector.clone(),
        VectorStructInternal::Named(vectors) => match vectors.get(DEFAULT_VECTOR_NAME)? {
            VectorInternal::Dense(vector) => vector.clone(),
            _ => return None,
        },
        VectorStructInternal::MultiDense(_) => return None,
    };
    Some((passage_id(&record.id)?, vector))
}

/// So many bytes for the journal, done to no point.
pub fn nothing(bytes: usize) -> UpdateOperation {
    let payload = json!({ "nothing": "0".repeat(bytes) }).as_object().cloned().unwrap_or_default();
    UpdateOperation::PayloadOperation(PayloadOps::SetPayload(SetPayloadOp {
        payload: Payload(payload),
        points: Some(Vec::new()),
        filter: None,
        key: None,
    }))
}

/// Passage and document of a point that was read with its payload.
pub fn identity(record: &Record) -> Option<(PassageId, DocumentId)> {
    let document = record.payload.as_ref()?.0.get(DOCUMENT)?.as_u64()?;
    Some((passage_id(&record.id)?, DocumentId(document)))
}

/// The passage of a point; all of ours have numbers for ids.
pub fn passage_id(id: &PointId) -> Option<PassageId> {
    match id {
        PointId::NumId(id) => Some(PassageId(*id)),
        PointId::Uuid(_) => None,
    }
}
