/** Builds `kit.html`, the page of a labeling kit in one file, from renderer/kit. The workbench adds a kit's data. */
import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** Where the data goes; renderer/features/labeling/kit-panel.tsx knows it too. */
const placeholder = '<!-- the kit -->';

/** @returns {import('vite').Plugin} */
export function kitPage() {
  return {
    name: 'kit-page',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'kit.html', source: await buildKit() });
    },
  };
}

/** The page as HTML, with the placeholder for a kit's data. Builds from the current folder. @returns {Promise<string>} */
export const buildKit = async () => kitHtml(await bundle());

/** @returns {Promise<{ script: string, style: string, licenses: string }>} licenses of the packages in it */
async function bundle() {
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
      rolldownOptions: { input: 'renderer/kit/main.tsx', output: { format: 'iife', codeSplitting: false } },
    },
  });
  const [first] = Array.isArray(built) ? built : [built];
  if (!first || !('output' in first)) throw new Error('the kit was not built');
  const texts = { script: '', style: '', licenses: '' };
  for (const part of first.output) {
    if (part.type === 'chunk') texts.script += part.code;
    else if (part.fileName.endsWith('.css')) texts.style += String(part.source);
    else if (part.fileName === 'licenses.txt') texts.licenses = String(part.source);
  }
  return texts;
}

/** Its policy allows only its own script and no network requests. @param {{ script: string, style: string, licenses: string }} parts */
function kitHtml({ script, style, licenses }) {
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
<title>Labeling</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
${placeholder}
<script>${code}</script>
<!--
${licenses.replaceAll('--', '- -')}
-->
</body>
</html>
`;
}
