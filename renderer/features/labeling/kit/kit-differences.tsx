import { Button, Group, Stack, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../../client/context.tsx';
import type { WorkbenchClient } from '../../../client/client.ts';
import { counted, whole } from '../../../ui/format.ts';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { showToast } from '../../../ui/toasts.tsx';
import { ScrollBox } from '../../../ui/plain-table.tsx';

export interface OpenResult {
  upload: string;
  look: Awaited<ReturnType<WorkbenchClient['labeling']['kit']['inspect']>>;
}

export interface KitDifferencesProps {
  study: string;
  result: OpenResult;
  onDone: () => void;
}

/** What a result file would change, before it does. */
export function KitDifferences({ study, result: { upload, look }, onDone }: KitDifferencesProps) {
  const api = useApi();
  const apply = useMutation(
    api.labeling.kit.apply.mutationOptions({
      onSuccess: ({ newEvents }) => {
        showToast({ title: `Stored ${counted(newEvents, 'new event')} of ${look.pseudonym}` });
        onDone();
      },
    }),
  );
  const { events, newEvents, late, added, changed, changedCount, newestHere, newestInFile } = look;
  const isOlder = newestHere !== null && newestInFile !== null && newestInFile < newestHere;
  return (
    <Stack gap="sm">
      <dl className="labeling-facts">
        <dt>In the file</dt>
        <dd>{counted(events, 'event')}</dd>
        <dt>New here</dt>
        <dd>{whole(newEvents)}</dd>
        {late > 0 && (
          <>
            <dt>After their time</dt>
            <dd>{whole(late)}, kept and not counted</dd>
          </>
        )}
        <dt>Answers added</dt>
        <dd>{whole(added)}</dd>
        <dt>Answers changed</dt>
        <dd>{whole(changedCount)}</dd>
        <dt>Session</dt>
        <dd>{stateText(look)}</dd>
        <dt>Last sitting here</dt>
        <dd>{newestHere === null ? 'none' : momentText(newestHere)}</dd>
        <dt>Last sitting in the file</dt>
        <dd>{newestInFile === null ? 'none' : momentText(newestInFile)}</dd>
      </dl>
      {isOlder && (
        <HelpNote>
          What is here is newer, by the clocks of those computers: where both have an answer, the newer one stays.
        </HelpNote>
      )}
      {changedCount > changed.length && (
        <HelpNote>The first {whole(changed.length)} of the changes are shown.</HelpNote>
      )}
      {changed.length > 0 && (
        <ScrollBox className="labeling-scroll" label="Changed answers">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Image</Table.Th>
                <Table.Th>Here</Table.Th>
                <Table.Th>In the file</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {changed.map(({ trial, from, to }) => (
                <Table.Tr key={trial}>
                  <Table.Td>{trial + 1}</Table.Td>
                  <Table.Td>{answerText(look, from)}</Table.Td>
                  <Table.Td>{answerText(look, to)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollBox>
      )}
      {newEvents === 0 && !look.declined && (
        <HelpNote>All of this file is here already: reading it in changes nothing.</HelpNote>
      )}
      {apply.isError && <Refused error={apply.error} safe="Nothing of the file was stored." />}
      <Group justify="end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button loading={apply.isPending} onClick={() => apply.mutate({ study, upload })}>
          Store them
        </Button>
      </Group>
    </Stack>
  );
}

/** An answer as its plan calls it. */
function answerText({ names, cannotTell }: OpenResult['look'], choice: number | null): string {
  if (choice === null) return 'none';
  return (choice < 0 ? cannotTell : names[choice]) ?? 'unknown';
}

function stateText({ finished, timeUp, declined }: OpenResult['look']): string {
  if (declined) return 'declined to take part';
  if (timeUp) return 'ended as the time was up';
  return finished ? 'finished' : 'not finished yet';
}

const momentText = (at: string): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
