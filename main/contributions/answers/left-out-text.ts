import type { LeftOut } from './contract/tables.ts';
import { formatInteger, formatNames } from '../../domain/numbers/index.ts';

const whyLeftOut: Record<keyof LeftOut, string> = {
  unfinished: 'had not finished',
  excluded: 'excluded in the table',
  withdrawn: 'withdrew from this study',
  present: 'with a session in this study',
};

/** How many people a table's import leaves out, and why; '' if there are none. @param present names of those with a session */
export const leftOutText = (leftOut: LeftOut, present: readonly string[] = []): string =>
  (Object.keys(whyLeftOut) as (keyof LeftOut)[])
    .flatMap((why) => {
      const names = why === 'present' && present.length > 0 ? ` (${formatNames([...present])})` : '';
      return leftOut[why] === 0 ? [] : [`${formatInteger(leftOut[why])} ${whyLeftOut[why]}${names}`];
    })
    .join('; ');
