/**
 * `node cli.ts [--variant cpu|cuda] [--automatic]`: installs TensorFlow and reports progress on stderr.
 * Exits with code 1 if it could not be installed; with `--automatic` (from `npm run study` and `npm test`) with 0, as the
 * wasm engine works without it, and prints nothing if it is installed already.
 */
import { parseArgs } from 'node:util';
import { installTensorflow } from './install.ts';
import { variants } from './release.ts';
import { reportTo } from './report.ts';

const { values } = parseArgs({
  options: {
    variant: { type: 'string', default: 'cpu' },
    automatic: { type: 'boolean', default: false },
  },
});
const variant = variants.find((name) => name === values.variant);
const report = reportTo(process.stderr);
if (!variant) {
  report({ type: 'note', text: `Unknown variant ${values.variant}: choose ${variants.join(' or ')}.` });
  process.exitCode = 1;
} else {
  const outcome = await installTensorflow({ variant, fullCheck: !values.automatic, report });
  if (outcome.installed && !values.automatic) report({ type: 'note', text: `TensorFlow is ready: ${outcome.folder}` });
  if (!outcome.installed) {
    report({ type: 'note', text: `TensorFlow is not installed, so the slower wasm engine is used: ${outcome.reason}` });
    process.exitCode = values.automatic ? 0 : 1;
  }
}
