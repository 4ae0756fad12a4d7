/**
 * The page of a labeling kit, in one file without anything outside: `kit.html` beside the workbench's own page. The
 * workbench puts a kit's data in place of the mark. Built from renderer/kit, which reuses the labeling page.
 */
import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** Where the data goes; renderer/features/labeling/kit-panel.tsx knows it too. */
const mark = '<!-- the kit -->';

/** @returns {import('vite').Plugin} */
export function kitPage() {
  return {
    name: 'kit-page',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'kit.html', source: pageOf(await bundle()) });
    },
  };
}

/** @returns {Promise<{ script: string, style: string }>} */
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
      rolldownOptions: { input: 'renderer/kit/main.tsx', output: { format: 'iife', codeSplitting: false } },
    },
  });
  const [first] = Array.isArray(built) ? built : [built];
  if (!first || !('output' in first)) throw new Error('the kit was not built');
  const texts = { script: '', style: '' };
  for (const part of first.output) {
    if (part.type === 'chunk') texts.script += part.code;
    else if (part.fileName.endsWith('.css')) texts.style += String(part.source);
  }
  return texts;
}

/**
 * Nothing but its own script may run, and nothing can be fetched or sent.
 * @param {{ script: string, style: string }} parts
 */
function pageOf({ script, style }) {
  // What would end or comment out a script inside a page; inside of strings this means the same.
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
${mark}
<script>${code}</script>
</body>
</html>
`;
}
