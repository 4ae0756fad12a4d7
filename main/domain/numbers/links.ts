const address = /https?:\/\/[^\s<>"'`]+/giu;

/** Most links that a text shows. */
const most = 20;

/** Web addresses in a text, each once, without the punctuation that ends a sentence; others are no links. */
export function findLinks(text: string): string[] {
  const found = (text.match(address) ?? []).flatMap((each) => {
    const trimmed = each.replace(/[.,;:!?)\]}]+$/u, '');
    return URL.canParse(trimmed) && new URL(trimmed).hostname !== '' ? [trimmed] : [];
  });
  return [...new Set(found)].slice(0, most);
}
