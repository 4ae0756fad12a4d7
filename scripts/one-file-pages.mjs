/**
 * Builds pages that are one file each, with script and style in it and without a network. What is shown is added later: a
 * page has a mark for it.
 */
import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** Where the data goes; renderer/contributions/offline/kit-panel.tsx knows it too. */
const mark = '<!-- the kit -->';

/** @typedef {{ title: string, script: string }} OneFilePage `script`: its first module */

/** @param {Record<string, OneFilePage>} pages by name @returns {import('vite').Plugin} */
export function oneFilePages(pages) {
  return {
    name: 'one-file-pages',
    apply: 'build',
    async generateBundle() {
      for (const [fileName, page] of Object.entries(pages)) {
        this.emitFile({ type: 'asset', fileName, source: await buildOneFilePage(page) });
      }
    },
  };
}

/** The page as HTML, with the mark for its data. Builds from the current folder. @param {OneFilePage} page */
export const buildOneFilePage = async ({ title, script }) => htmlOf(title, await bundle(script));

/**
 * For bundles of a page: the `index.ts` of a folder only passes names on, so what nothing uses of it stays out. In a kit it
 * would also say what is not for who opens it, such as what a study is about.
 */
export const withoutUnusedNames = { moduleSideEffects: (/** @type {string} */ id) => !id.endsWith('/index.ts') };

/** @param {string} input @returns {Promise<{ script: string, style: string, licenses: string }>} licenses of the packages in it */
async function bundle(input) {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    root: 'renderer',
    plugins: [react()],
    build: {
      write: false,
      minify: true,
      cssCodeSplit: false,
      modulePreload: false,
      license: { fileName: 'licenses.txt' },
      rolldownOptions: {
        input,
        output: { format: 'iife', codeSplitting: false },
        treeshake: withoutUnusedNames,
      },
    },
  });
  const [first] = Array.isArray(built) ? built : [built];
  if (!first || !('output' in first)) throw new Error(`${input} was not built`);
  const texts = { script: '', style: '', licenses: '' };
  for (const part of first.output) {
    if (part.type === 'chunk') texts.script += part.code;
    else if (part.fileName.endsWith('.css')) texts.style += String(part.source);
    else if (part.fileName === 'licenses.txt') texts.licenses = String(part.source);
  }
  return texts;
}

/**
 * Its policy allows only its own script and no network requests.
 * @param {string} title @param {{ script: string, style: string, licenses: string }} parts
 */
function htmlOf(title, { script, style, licenses }) {
  // Escapes sequences that would end or comment out an inline script; inside strings they keep their meaning.
  const code = script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
  const hash = createHash('sha256').update(code).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
${mark}
<script>${code}</script>
<!--
${licenses.replaceAll('--', '- -')}
-->
</body>
</html>
`;
}
