/** A piece of HTML that is safe to put into a page: made by `html`, where every text is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. Texts and numbers are escaped; null, undefined and false are nothing. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Nothing at all. */
export const nothing = new Html('');

/** Template tag: html`<b>${name}</b>` escapes `name`, whatever it holds, in text and in quoted attributes. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let text = parts[0] ?? '';
  contents.forEach((content, index) => {
    text += render(content) + (parts[index + 1] ?? '');
  });
  return new Html(text);
}

/** Markup written in this program (styles, SVG paths), put in as it is. Never for anything that a user wrote. */
export const trusted = (markup: string): Html => new Html(markup);

function render(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === null || content === undefined || content === false) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return content.map(render).join('');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Escapes a text for HTML. Characters that no HTML may contain, and those that turn the direction of the text around
 * them (a name could otherwise reorder the numbers beside it), become U+FFFD.
 */
function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, (character) =>
      '\n\t\r'.includes(character) ? character : '\ufffd',
    );
}
