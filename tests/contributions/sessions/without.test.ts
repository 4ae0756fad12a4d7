import { expect, test } from 'vitest';
import { Sources } from '../../../main/services/analysis-input.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { noAnswerHistories } from '../../../main/storage/answer-histories.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { labelInSession, leaveNobody, openResults } from '../../services/results/people.ts';

test('without what reads sessions, their labels count as before, and missing ones are blank', async () => {
  const { workbench } = await openResults();
  const { storage } = workbench;
  leaveNobody(workbench);
  labelInSession(workbench);
  const read = (from: Storage) => {
    const source = new Sources(from).read(findStudy(workbench, 'sample'));
    if (source?.people.kind !== 'single') throw new Error('a person labeled');
    return { labels: source.people.labels.values, missing: source.labelers.map(({ unsaid }) => unsaid()) };
  };
  const [known, without] = [read(storage), read({ ...storage, answerHistories: noAnswerHistories })];
  expect(without.labels).toEqual(known.labels);
  expect(known.missing).toEqual([{ cannotTell: 1, timedOut: 1, blank: 0 }]);
  expect(without.missing).toEqual([{ cannotTell: 0, timedOut: 0, blank: 2 }]);
});
