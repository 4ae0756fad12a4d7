import { expect, test } from 'vitest';
import { errorReferenceNote, noErrors, whyNoErrors } from '../../../main/contributions/consistency/exhibits/measure.ts';
import { agreementExhibit } from '../../../main/exhibits/agreement.ts';
import { reportView } from '../../../main/exhibits/view.ts';
import { sampleWithConsistency } from './with-consistency.ts';

test('with true classes, no majority is needed to say who is right', () => {
  const view = reportView(sampleWithConsistency({ labelers: 'real', targets: [97.5] }));
  const why = (errorReference: 'truth' | 'majority', group: { models: number } | null, labelers = 1) =>
    whyNoErrors({ ...view, errorReference, labelers }, group);
  const two = { models: 2 };
  expect(why('majority', two).between).toContain('a majority of the others');
  expect(why('majority', null, 2).within).toContain('a majority of those');
  expect(why('truth', two)).toEqual({ within: noErrors, between: noErrors });
  expect(why('truth', null, 2).within).toBe(noErrors);
  expect(why('truth', two, 0).within).toBe(noErrors);
});

test('report and screen say which label was taken for the right one', () => {
  const data = sampleWithConsistency({ labelers: 'real', targets: [97.5] });
  const byMajority = agreementExhibit(reportView(data)).notes.join(' ');
  expect(byMajority).toContain('No true class is known for these images');
  if (!data.analysis) throw new Error('the sample is analyzed');
  const { meta } = data.analysis;
  const known = { ...data, analysis: { ...data.analysis, meta: { ...meta, error_reference: 'truth' as const } } };
  expect(agreementExhibit(reportView(known)).notes.join(' ')).toContain('the image’s true class');
  expect(errorReferenceNote(reportView(known))).not.toContain('majority');
});
