import { Button, Text, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { className, formatFixed, formatPercent } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { useClassFilter } from '../../ui/fields/class-filter.tsx';
import { ClassName } from '../../ui/words/class-name.tsx';
import { ErrorNotice, HelpNote } from '../../ui/parts/states.tsx';
import { CallButton } from '../../ui/parts/buttons.tsx';
import { PlainTable } from '../../ui/tables/plain-table.tsx';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import type { Pair } from './pair-ring.tsx';
import { useStudyJob } from '../../ui/parts/job-progress.tsx';

/** Says that pairs by confusion are not known yet, and has them found. */
export function FindConfused({ study, state }: { study: string; state: StimuliState }) {
  const api = useApi();
  const job = useStudyJob(study, ['candidates', 'stimuli', 'report']);
  const start = useMutation(api.work.start.mutationOptions());
  const more =
    state.source !== 'generated'
      ? ''
      : state.generator === null
        ? ' This also trains the study’s own generator, which may take hours, and finds candidates.'
        : ' This also finds candidates.';
  return (
    <Stack gap="sm" align="flex-start" style={{ gridColumn: '1 / -1' }}>
      <Text role="status">
        {job
          ? `${job.title}: ${job.note || 'starting'}`
          : `The most confused classes are not known yet. The reference classifier predicts all test images; if needed, it is trained first.${more}`}
      </Text>
      {!job && (
        <CallButton variant="filled" call={start} input={{ study, goal: 'candidates' }}>
          Find the most confused pairs
        </CallButton>
      )}
      {start.isError && <ErrorNotice error={start.error} />}
    </Stack>
  );
}

/** Rows that show before all are asked for. */
const shownAtFirst = 15;

interface ConfusedPairsProps {
  study: string;
  names: readonly string[];
  pairs: readonly Pair[];
  disabled: boolean;
  onToggle: (i: number, j: number) => void;
}

/** The pairs that the reference confuses most, with their rates; nothing while it was not asked. */
export function ConfusedPairs({ study, names, pairs, disabled, onToggle }: ConfusedPairsProps) {
  const api = useApi();
  const [all, setAll] = useState(false);
  const find = useClassFilter(names);
  const { data } = useQuery(api.stimuli.confusion.queryOptions({ input: { study } }));
  if (!data || data.length === 0) return null;
  const joined = new Set(pairs.map(([i, j]) => `${i}-${j}`));
  const found = data.filter(({ pair }) => pair.some((k) => find.isShown(names[k])));
  const shown = all ? found : found.slice(0, shownAtFirst);
  return (
    <Stack
      component="section"
      className="stimuli-confused"
      gap="sm"
      align="flex-start"
      style={{ gridColumn: '1 / -1' }}
      aria-labelledby="confused-pairs"
    >
      <h2 id="confused-pairs">Most confused pairs</h2>
      <HelpNote>
        By the reference classifier, on the test images of both classes. Score: mean softmax of the second class on
        images of the first, plus that of the first on images of the second.
      </HelpNote>
      {find.field}
      <PlainTable
        rows={shown}
        rowKey={({ pair }) => pair.join('-')}
        columns={[
          {
            title: 'In the design',
            cell: ({ pair: [i, j] }) => (
              <input
                type="checkbox"
                aria-label={`Use ${names[i]} and ${names[j]}`}
                checked={joined.has(`${i}-${j}`)}
                disabled={disabled}
                onChange={() => onToggle(i, j)}
              />
            ),
          },
          {
            title: 'Pair',
            cell: ({ pair: [i, j] }) => (
              <>
                <ClassName name={className(names, i)} width={160} /> and{' '}
                <ClassName name={className(names, j)} width={160} />
              </>
            ),
          },
          { title: 'Score', numeric: true, cell: ({ score }) => formatFixed(score, 4) },
          {
            title: 'Taken for the other',
            numeric: true,
            cell: ({ called, images }) =>
              `${called} of ${images}${images > 0 ? ` (${formatPercent(called / images, 2)})` : ''}`,
          },
        ]}
      />
      {found.length > shownAtFirst && (
        <Button size="compact-sm" mt="xs" onClick={() => setAll(!all)}>
          {all ? `Show the first ${shownAtFirst}` : `Show ${found.length}`}
        </Button>
      )}
    </Stack>
  );
}
