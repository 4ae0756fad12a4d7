import { expect, test } from 'vitest';
import { readArchive } from '../../../main/contributions/archives/read-archive.ts';
import { studySection } from '../../../main/contributions/effects/study-section.ts';
import { noProgress } from '../../../main/services/tools/jobs.ts';
import { filesOf, jsonOf, pack, putJson, relist, samplePath } from '../archives/archive-helper.ts';

test.each([
  ['is over a key that recipes do not have', { factors: [{ of: 'depth', levels: [{ value: 1 }] }] }, /no "depth"/],
  ['asks for too much', { factors: [{ of: 'batch', levels: [{ value: 8 }] }], seeds: 10_000 }, /at most 10,000/],
  ['has an unknown key', { factors: [{ of: 'batch', levels: [{ value: 8 }] }], depth: 1 }, /Unrecognized key: "depth"/],
])('an archive whose sweep %s is refused', async (_, change, message) => {
  const files = filesOf(samplePath);
  const study = jsonOf(files, 'study.json') as {
    specs: { spec: { models: { recipe: object }[]; sweeps?: object[] } }[];
  };
  const { spec } = study.specs[0] ?? expect.fail('no declaration');
  spec.sweeps = [{ name: 'deep', base: spec.models[0]?.recipe, ...change }];
  putJson(files, 'study.json', study);
  relist(files);
  const refused = expect(readArchive(pack(files), noProgress, { sections: [studySection] })).rejects;
  await refused.toMatchObject({ code: 'archive.invalid', message: expect.stringMatching(message) });
});
