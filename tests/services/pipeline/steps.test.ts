import { expect, test, vi } from 'vitest';
import { factSteps, readFacts } from '../../../main/services/pipeline/facts.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, studyName } from '../labeling/labeling-helper.ts';
import { openLab } from '../lab/lab-helper.ts';

test('no step of an overview reads two lists or asks of two labelers, and together they give what is read at once', async () => {
  const it = openLab();
  const { workbench } = it.lab;
  const { storage } = workbench;
  addStimuli(storage);
  for (const { token } of await makeSessions(it, 4)) await labelAll(it, token);
  const spies = [
    vi.spyOn(storage.responses, 'hasAny'),
    vi.spyOn(storage.stimulusSets, 'get'),
    vi.spyOn(storage.labeling.sessions, 'ofStudy'),
    vi.spyOn(storage.labelers, 'ofStudy'),
    vi.spyOn(storage.studies, 'counts'),
    vi.spyOn(storage.models, 'ofStudy'),
  ];
  const calls = (): number => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  const steps = factSteps(it.lab, findStudy(workbench, studyName));
  let [last, before] = [steps.next(), 0];
  for (; !last.done; last = steps.next()) {
    expect(calls() - before).toBeLessThanOrEqual(1);
    before = calls();
  }
  expect(spies.map((spy) => spy.mock.calls.length)).toEqual([4, 1, 1, 1, 1, 1]);
  const { forecast: _, ...facts } = last.value;
  expect(facts.people).toEqual({ linked: 4, active: 4 });
  const { forecast: _1, ...atOnce } = readFacts(it.lab, findStudy(workbench, studyName));
  expect(facts).toEqual(atOnce);
});
