import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chosenForm } from '../../../main/contributions/images/image-options.ts';
import { boundary } from '../../services/study/command-line.ts';
import { pets, writeFiles } from '../formats/image-folder.ts';

test('what lies in a folder of images is shown, with what a study file needs', async () => {
  const folder = writeFiles({ ...(await pets()), 'cat/\u001b[1m.txt': 'x', 'dog/text.png': 'x' });
  const inspected = await boundary(['data-set', 'inspect', folder, '--channels', '1', '--size', '28']);
  expect(inspected).toMatchObject({ code: 0, stderr: '' });
  expect(inspected.stdout).toMatch(
    /^Image folder: 7 images in 2 classes; 8 × 8 pixels, in color\nclass +images +test\ncat +3 +-\n/,
  );
  expect(inspected.stdout).toContain('"channels":1,"width":28,"height":28');
  expect(inspected.stdout).not.toContain('\u001b');
  const prepare = async (...options: string[]) =>
    boundary(['--data', join(folder, '.data'), 'data-set', 'prepare', folder, ...options]);
  const prepared = await prepare();
  expect(prepared).toMatchObject({ code: 0, stderr: '' });
  expect(prepared.stdout).toContain('Left out: dog/text.png: its content is not a JPEG');
  expect(prepared.stdout).toMatch(/\nHash: [0-9a-f]{64}\n/);
  const later = await prepare();
  expect(later.stdout).toMatch(/^Prepared earlier, 20.* UTC: no file has changed since\. /);
  expect(later.stdout).toContain(prepared.stdout);
  expect((await prepare('--read-again')).stdout).toBe(prepared.stdout);
  for (const names of ['cat', `cat,${'o'.repeat(65)}`])
    expect(() => chosenForm({ classNames: names })).toThrow(
      expect.objectContaining({ where: '--class-names', remedy: expect.stringContaining('--class-names cat,dog') }),
    );
  expect(() => chosenForm({ classes: 'cat' })).toThrow(/^These classes cannot be taken/);
  const wrong = await boundary(['data-set', 'inspect', folder, '--size', '28x']);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('"28x" is not a whole number from 4 to 1024');
});
