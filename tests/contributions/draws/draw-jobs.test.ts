import { expect, test } from 'vitest';
import { jobEnded } from '../../services/lab/lab-helper.ts';
import { done, predicted, refusal, study } from '../../services/stimuli/trained-study.ts';

test('the same networks on other draws of anchors', { timeout: 240_000 }, async () => {
  const { bed } = await predicted();
  const { draws } = bed.client;
  // With the study's own seed, the best of the search are its candidates.
  const request = { rule: 'candidate', anchorDesign: { kind: 'one' }, draws: 6, seed: 5 } as const;
  await done(bed, { job: (await draws.start({ study, request })).job });
  const drawn = await draws.result({ study });
  expect(drawn.runs).toMatchObject([{ state: 'done', done: 6, request, failure: null }]);
  const charts = drawn.runs[0]?.figure?.charts ?? [];
  expect(charts.length).toBeGreaterThan(0);
  for (const chart of charts)
    expect(chart.kind === 'points' ? (chart.kinds[0]?.points.length ?? 0) % 6 : null, chart.title).toBe(0);
  const often = { ...request, draws: 10_000 };
  const { job: slow } = await draws.start({ study, request: often });
  expect((await draws.start({ study, request: often })).job).toBe(slow);
  const progress = async () => (await draws.result({ study })).runs[1]?.done ?? 0;
  await expect.poll(progress, { timeout: 60_000 }).toBeGreaterThan(5);
  await bed.client.jobs.stop({ id: slow });
  expect(await jobEnded(bed, slow)).toMatchObject({ state: 'stopped' });
  const [, unfinished] = (await draws.result({ study })).runs;
  expect(unfinished).toMatchObject({ request: often, state: 'interrupted', figure: null });
  const tooMany = { ...request, rule: 'clear', anchorDesign: { kind: 'several', perClass: 100 } } as const;
  expect(await refusal(draws.start({ study, request: { ...tooMany, draws: 0 } }))).toBe('BAD_REQUEST');
});
