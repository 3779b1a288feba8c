/** Hands what an address leads to to the browser's downloads. */
export function saveUrl(href: string, name: string): void {
  const link = document.createElement('a');
  Object.assign(link, { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

/** The same of what the page has. Browsers read it after the click; a minute is ample. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  saveUrl(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
