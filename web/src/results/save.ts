/** Hands a file to the browser. */

export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  follow(url, name);
  URL.revokeObjectURL(url);
}

/** Another origin names its files itself: it opens beside the page, which stays. */
export function openAddress(url: string): void {
  const link = linkTo(url);
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.click();
}

function follow(url: string, name: string): void {
  const link = linkTo(url);
  link.download = name;
  link.click();
}

function linkTo(url: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = url;
  return link;
}
