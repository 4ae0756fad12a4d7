import { createHash } from 'node:crypto';
import type { ReportChoice } from '../contract/api/report.ts';
import { type Content, type Html, html, trusted } from './html.ts';
import { pageSize, styles } from './styles.ts';

interface Document {
  title: Content;
  paperSize: ReportChoice['paperSize'];
  /** Whether there are images, as data URIs. */
  images: boolean;
  body: Html;
}

/** A page that needs nothing else: styles inline, no script, and a policy that refuses every request. */
export function standaloneDocument({ title, paperSize, images, body }: Document): string {
  const sheet = styles + pageSize(paperSize);
  const hash = createHash('sha256').update(sheet).digest('base64');
  const policy = `default-src 'none'; ${images ? 'img-src data:; ' : ''}style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${policy}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title}</title>
      ${trusted(`<style>${sheet}</style>`)}
    </head>
    <body>
      ${body}
    </body>
  </html>`;
  return `<!doctype html>\n${page.text}\n`;
}
