/**
 * `node cli.ts [--variant cpu|cuda] [--automatic]`: installs TensorFlow, tells about it on stderr.
 * Exit code 1 if it could not be installed; with `--automatic` (from `npm run study` and `npm test`) 0 all the same,
 * since the wasm engine serves, and not a word if it is installed already.
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
  report({ type: 'note', text: `There is no variant ${values.variant}: ${variants.join(' or ')}.` });
  process.exitCode = 1;
} else {
  const outcome = await installTensorflow({ variant, fullCheck: !values.automatic, report });
  if (outcome.installed && !values.automatic) report({ type: 'note', text: `TensorFlow is ready: ${outcome.folder}` });
  if (!outcome.installed) {
    report({ type: 'note', text: `TensorFlow is not installed, the slower wasm engine serves: ${outcome.reason}` });
    process.exitCode = values.automatic ? 0 : 1;
  }
}
