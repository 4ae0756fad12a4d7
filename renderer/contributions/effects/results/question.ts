import type { EffectsInput } from '../../../../main/contributions/effects/contract/effects.ts';
import { studyAddress } from '../../../navigation/index.ts';
import { withParameters } from '../../../results/index.ts';

/** Where a study answers a question about the effect of one factor, for all its labelers. */
export const effectsAddress = (study: string, question: Omit<EffectsInput, 'study' | 'labelers' | 'second'>): string =>
  withParameters(studyAddress(study, '/results/effects'), '', {
    outcome: question.outcome,
    factor: question.factor,
    reference: question.reference,
    target: question.target,
    m: question.m === null ? null : String(question.m),
    'of-images': question.images === 'all' ? null : question.images,
    people: question.people === 'random' ? 'random' : null,
  });

/** The question as the address has it; what it leaves out the program chooses. */
export function parseEffectsQuestion(parameters: URLSearchParams): Omit<EffectsInput, 'study' | 'labelers'> {
  const [images, m] = [parameters.get('of-images'), Number(parameters.get('m'))];
  return {
    outcome: parameters.get('outcome'),
    factor: parameters.get('factor'),
    reference: parameters.get('reference'),
    second: parameters.get('second'),
    target: parameters.get('target'),
    images: images === 'agree' || images === 'disagree' ? images : 'all',
    people: parameters.get('people') === 'random' ? 'random' : 'fixed',
    m: Number.isInteger(m) && m >= 2 && m <= 10_000 ? m : null,
  };
}
