import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { boundary } from '../../services/study/command-line.ts';
import { smallStudy } from '../../services/study/small-study.ts';
import { wholeSmallStudy } from '../../services/study/whole-study.ts';

test('the command line draws anchors as a study draws its own, and by rules beside each other', {
  timeout: 600_000,
}, async () => {
  const { data, study } = await wholeSmallStudy();
  const { stimuli } = studySchema.parse(smallStudy());
  const changed = join(dirname(study), 'drawn.json');
  writeFileSync(
    changed,
    JSON.stringify(smallStudy({ stimuli: { ...stimuli, anchorRule: { kind: 'candidate', seed: 1 } } })),
  );
  const run = await boundary(['--data', data, 'study', 'run', changed, '--engine', 'wasm']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  // Without options as the study draws its own anchors.
  const draw = ['--data', data, 'stimuli', 'draw', 'small', '--draws', '3'];
  const drawn = await boundary([...draw, '--engine', 'wasm']);
  expect(drawn, drawn.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('% in 95 % of 3 draws') });
  const said = [...draw, '--rule', 'candidate', '--anchors', 'one', '--engine', 'wasm'];
  expect(await boundary(said)).toMatchObject({ code: 0, stdout: drawn.stdout, stderr: '' });
  expect(await boundary([...draw, '--rule', 'best,other'])).toMatchObject({ code: 2 });
  const both = await boundary([...draw, '--engine', 'wasm', '--rule', 'candidate, best']);
  expect(both, both.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(drawn.stdout) });
  expect(both.stdout).toMatch(/^any candidate, one a class:\n[^:]+: .*\nbest candidates, one a class:\n/s);
});
