import { expect, test } from 'vitest';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { allOf } from '../../all-of.ts';
import { trained } from '../../services/runs/trained-mlps.ts';

test('a trained network is evaluated on its test images', { timeout: 240_000 }, async () => {
  const { client, first } = await trained();
  const evaluate = async (target: number) => allOf(await client.evaluation.snapshot({ id: first.id, target }));
  // Whoever leaves it after the first answer is not waited for, and nothing half counted is kept.
  for await (const known of await client.evaluation.snapshot({ id: first.id, target: 97 })) {
    expect(known).toMatchObject({ evaluated: 0, evaluation: { testCount: 1000, confusion: [], mistakes: [] } });
    break;
  }
  const answers = await evaluate(97);
  expect(answers.map(({ evaluated: count }) => count)).toEqual(expect.arrayContaining([0, 1000]));
  const evaluated = at(answers, answers.length - 1);
  expect(evaluated.evaluation.errors).toBe(evaluated.errorsInTraining);
  const counted = evaluated.evaluation.confusion.reduce((sum, { count }) => sum + count, 0);
  expect(counted).toBe(1000);
  const wrong = evaluated.evaluation.confusion.filter(({ actual, predicted }) => actual !== predicted);
  expect(wrong.reduce((sum, { count }) => sum + count, 0)).toBe(evaluated.errorsInTraining);
  const confidences = evaluated.evaluation.mistakes.map(({ confidence }) => confidence);
  expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
  expect(Buffer.from(evaluated.evaluation.mistakes[0]?.pixels ?? '', 'base64')).toHaveLength(784);
  expect(await evaluate(97)).toEqual([evaluated]);
  await expect(evaluate(50)).rejects.toMatchObject({
    data: { code: 'examination.no-snapshot' },
  });
});
