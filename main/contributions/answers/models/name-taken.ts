import { UserError } from '../../../contract/wire/index.ts';
import { formatNames } from '../../../domain/numbers/index.ts';

/** The study has other outside models of these names. @param names empty: one that came meanwhile */
export const nameTaken = (names: readonly string[], study: string): UserError =>
  new UserError(
    'outside.name-taken',
    names.length === 0
      ? 'The study has got a model of the same name since'
      : `The study has other models of these names: ${formatNames([...names], 5)}`,
    `study ${study}`,
    'Remove these first, or give the new models other names.',
  );
