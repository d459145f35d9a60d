// What is copied, in every form that other programs may paste it in.

export interface Copied {
  plain: string;
  html?: string;
}

/** By the web view's clipboard, or by the older way where it refuses. */
export async function copy(copied: Copied): Promise<void> {
  try {
    await navigator.clipboard.write([new ClipboardItem(blobsOf(copied))]);
  } catch {
    copyByEvent(copied);
  }
}

function blobsOf({ plain, html }: Copied): Record<string, Blob> {
  const blob = (text: string, type: string) => ({ [type]: new Blob([text], { type }) });
  return { ...blob(plain, 'text/plain'), ...(html === undefined ? {} : blob(html, 'text/html')) };
}

function copyByEvent({ plain, html }: Copied) {
  const fill = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', plain);
    if (html !== undefined) event.clipboardData?.setData('text/html', html);
  };
  document.addEventListener('copy', fill, { capture: true });
  // Nothing newer puts several forms on the clipboard of a web view without the permission to.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand('copy');
  document.removeEventListener('copy', fill, { capture: true });
}
