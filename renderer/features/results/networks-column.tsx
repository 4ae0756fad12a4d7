import type { LeftOut } from '../../../main/contract/api/results-tables.ts';
import { formatNames } from '../../../main/domain/format.ts';
import { useChoice } from './choice.tsx';
import { leftOutReason } from './left-out-notes.tsx';
import type { BesideColumn } from './quantity-table.tsx';

/** So many networks that are not there are named. */
const most = 4;

/** How many networks each target has; which of those that the study asks for are not there, and why. */
export function useNetworksColumn<Row extends { target: number } | null>(): BesideColumn<Row> {
  const { overview } = useChoice();
  return {
    heading: 'Networks',
    of: (row) => {
      const size = overview.diverse.find(({ target }) => target === row?.target);
      if (!row || !size) return null;
      const lacking = overview.leftOut.filter(({ target, repeat }) => target === row.target && repeat === null);
      return { text: sizeOf(size), note: lacking.length === 0 ? '' : lackingOf(lacking) };
    },
  };
}

const sizeOf = ({ models, planned }: { models: number; planned: number }): string =>
  models < planned ? `${models} of ${planned}` : String(models);

const lackingOf = (lacking: readonly LeftOut[]): string =>
  formatNames(
    lacking.map(({ model, why }) => `${model} ${leftOutReason(why)}`),
    most,
  );
