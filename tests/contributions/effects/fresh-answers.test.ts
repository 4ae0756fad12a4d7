import { describe, expect, test } from 'vitest';
import type { EffectsInput, EffectsResult } from '../../../main/contributions/effects/contract/effects.ts';
import { answer, type ResultsService } from '../../../main/services/results/service.ts';
import {
  areToldAgain,
  type Asked,
  changes,
  openKept,
  queueResNets,
  stayFresh,
  study,
} from '../../services/results/kept-answers.ts';

const effects: EffectsInput = {
  study,
  labelers: null,
  outcome: null,
  factor: null,
  reference: null,
  second: null,
  target: null,
  images: 'all',
  people: 'fixed',
  m: null,
};
const between = { level: '"vit"', reference: '"mlp"', factor: 'architecture.kind' };
const question = (name: string, input: unknown): Asked => ['contributed', { name: 'effects', question: name, input }];

const result = question('result', effects);
const kept: readonly Asked[] = [
  result,
  question('source', { ...effects, of: { kind: 'mean', at: { 'architecture.kind': '"cnn"' } } }),
  question('plan', { ...effects, ...between, difference: 2 }),
  question('overStudies', { ...effects, ...between, studies: [{ study: 'twin' }] }),
];

test('effects that were asked before name networks that were queued since, after a new start too', async () => {
  const { workbench, cache, start } = await openKept();
  const results = start();
  const levels = (of: ResultsService): string[] => {
    const { factors, targets } = answer(of, cache, ...result) as EffectsResult;
    const architecture = factors.find(({ key }) => key === 'architecture.kind');
    const texts =
      architecture?.levels.map(({ text, networks, absent }) => `${text}: ${networks} trained, ${absent} absent`) ?? [];
    return [...texts, ...targets.map(({ text }) => text)];
  };
  const before = levels(results);
  expect(before).not.toContain('99 %');
  await queueResNets(workbench, 1);
  const expected = [...before, 'ResNet: 0 trained, 4 absent', '99 %'];
  expect([...levels(results)].sort()).toEqual([...expected].sort());
  expect(levels(start())).toEqual(levels(results));
});

describe('whatever changes, kept effects are equal to fresh ones', () => {
  test.each(Object.keys(changes))('%s', (name) =>
    stayFresh(name, [...kept, question('studies', { study, ...between })]),
  );
});

test('kept effects are told again without being computed while nothing changed', () => areToldAgain(kept));
