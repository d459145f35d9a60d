//! Documents and their pages.

use super::Shared;
use crate::dto::Result;
use crate::dto::bibliography::BibliographyDto;
use crate::dto::document::{DocumentDto, PageSummaryDto, RegionDto};
use crate::dto::library::ReceiptDto;
use crate::dto::page::PageTextDto;
use crate::shell::blocking;
use tauri::ipc::Response;
use tauri_plugin_opener::reveal_item_in_dir;
use yinju_core::{BBox, CancelToken, DocumentId, PageNumber, Problem, Region};

/// Every document of every library.
#[tauri::command]
pub async fn documents(shell: Shared<'_>) -> Result<Vec<DocumentDto>> {
    blocking(&shell, |_, engine| {
        Ok(engine.documents(None)?.into_iter().map(DocumentDto::from).collect())
    })
    .await
}

/// What could be read from each page.
#[tauri::command]
pub async fn pages(shell: Shared<'_>, document: u64) -> Result<Vec<PageSummaryDto>> {
    blocking(&shell, move |_, engine| {
        let pages = engine.page_summaries(DocumentId(document))?;
        Ok(pages.into_iter().map(PageSummaryDto::from).collect())
    })
    .await
}

/// Names of the files inside a document's file; they are not read.
#[tauri::command]
pub async fn attachments(shell: Shared<'_>, document: u64) -> Result<Vec<String>> {
    blocking(&shell, move |_, engine| Ok(engine.document_info(DocumentId(document))?.attachments))
        .await
}

/// A part of a page as a picture (PNG): what an answer shows of a figure.
#[tauri::command]
pub async fn figure(
    shell: Shared<'_>,
    document: u64,
    page: u32,
    area: [f32; 4],
) -> Result<Response> {
    blocking(&shell, move |_, engine| {
        let page = PageNumber::from_index(page.saturating_sub(1) as usize);
        let [x0, y0, x1, y1] = area;
        let part = Region { page, boxes: vec![BBox::new(x0, y0, x1, y1)] };
        let picture = engine.picture(DocumentId(document), &part, &CancelToken::new())?;
        Ok(Response::new(picture.png))
    })
    .await
}

/// How a document stands in lists of references.
#[tauri::command]
pub async fn bibliography(shell: Shared<'_>, document: u64) -> Result<BibliographyDto> {
    blocking(&shell, move |_, engine| Ok(engine.bibliography(DocumentId(document))?.into())).await
}

/// The text of pages of a version of a document, as far as it is kept, with what the regions cover marked.
#[tauri::command]
pub async fn page_texts(
    shell: Shared<'_>,
    document: u64,
    sha256: String,
    pages: Vec<u32>,
    regions: Vec<RegionDto>,
) -> Result<Vec<PageTextDto>> {
    blocking(&shell, move |_, engine| {
        let mut texts = Vec::with_capacity(pages.len());
        for page in pages {
            let number = PageNumber::from_index(page.saturating_sub(1) as usize);
            let page = engine.page_of_version(DocumentId(document), &sha256, number)?;
            let of_it = regions.iter().filter(|region| region.page == number.get());
            let boxes: Vec<_> = of_it.flat_map(RegionDto::boxes).collect();
            texts.extend(page.map(|page| PageTextDto::of(&page, &boxes)));
        }
        Ok(texts)
    })
    .await
}

/// Corrects it.
#[tauri::command]
pub async fn set_bibliography(
    shell: Shared<'_>,
    document: u64,
    bibliography: BibliographyDto,
) -> Result<()> {
    blocking(&shell, move |_, engine| {
        engine.set_bibliography(DocumentId(document), &bibliography.into())
    })
    .await
}

/// Documents, gone from the store and every index. The files stay where they are.
#[tauri::command]
pub async fn remove_documents(shell: Shared<'_>, documents: Vec<u64>) -> Result<ReceiptDto> {
    blocking(&shell, move |_, engine| {
        let ids: Vec<_> = documents.into_iter().map(DocumentId).collect();
        Ok(engine.remove_documents(&ids)?.into())
    })
    .await
}

/// Shows a document's file in the file manager.
#[tauri::command]
pub async fn reveal_document(shell: Shared<'_>, document: u64) -> Result<()> {
    blocking(&shell, move |_, engine| {
        let path = engine.document_file(DocumentId(document))?;
        reveal_item_in_dir(path).map_err(Problem::internal)
    })
    .await
}
