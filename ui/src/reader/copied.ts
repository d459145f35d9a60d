// What is copied from a document says where it is from.
import { t } from '../shared/i18n.svelte';

/** Puts what is selected on the clipboard with its title and page, unless nothing is. */
export function copyWithPlace(event: ClipboardEvent, title: string, page: number | string) {
  const selected = window.getSelection()?.toString().trim() ?? '';
  if (selected === '' || !event.clipboardData) return;
  event.preventDefault();
  event.clipboardData.setData(
    'text/plain',
    `${selected} ${t('reader.copied_from', { title, page })}`,
  );
}
