import { Button, FileButton, Group, Modal, Stack, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Board } from '../../../main/contract/labeling/board.ts';
import { useClient, useApi } from '../../client/context.tsx';
import { upload, saveFile } from '../../client/files.ts';
import { HelpNote, ErrorNotice } from '../../ui/states.tsx';
import type { WorkbenchClient } from '../../client/client.ts';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { showToast } from '../../ui/toasts.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import type { KitPayload } from '../../../main/contract/labeling/kit.ts';

/** Kits for other computers, and what comes back from them. */
export function KitPanel({ study, sessions }: { study: string; sessions: Board['sessions'] }) {
  const client = useClient();
  const saveKit = useSaveKit(study);
  const [result, setResult] = useState<OpenResult | null>(null);
  const reset = useRef<() => void>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenResult> => {
      const id = await upload(file);
      return { upload: id, look: await client.labeling.kit.inspect({ study, upload: id }) };
    },
    onSuccess: setResult,
    // So that the same file can be chosen again.
    onSettled: () => reset.current?.(),
  });
  const kits = sessions.filter(({ medium, state }) => medium === 'kit' && (state === 'planned' || state === 'active'));
  return (
    <section className="labeling-card" aria-labelledby="kits">
      <h2 id="kits">Other computers</h2>
      <HelpNote>
        A kit is one file that needs no network. Its answers stay in the browser there until the result file is saved.
        The signature shows files that were changed or swapped; it does not stop somebody who takes the kit apart. A kit
        for one person holds that person’s answers so far. One for several holds none: whoever goes on at yet another
        computer needs a kit of their own.
      </HelpNote>
      <Group gap="sm">
        {kits.length > 1 &&
          splitKits(kits).map(({ title, sessions: part }) => (
            <Button
              key={title}
              variant="default"
              disabled={saveKit.isPending}
              loading={saveKit.isPending && saveKit.variables[0] === part[0]}
              onClick={() => saveKit.mutate(part)}
            >
              {title}
            </Button>
          ))}
        <FileButton
          accept=".json,application/json"
          resetRef={reset}
          onChange={(file) => file && open.mutate(file)}
          inputProps={{ 'aria-label': 'Result file of a kit' }}
        >
          {(props) => (
            <Button variant="default" {...props} loading={open.isPending}>
              Read in a result file
            </Button>
          )}
        </FileButton>
      </Group>
      {saveKit.data && saveKit.data.length > 1 && <Codes codes={saveKit.data} />}
      {saveKit.isError && <ErrorNotice error={saveKit.error} />}
      {open.isError && <ErrorNotice error={open.error} safe="Nothing was stored." />}
      <Modal
        opened={result !== null}
        onClose={() => setResult(null)}
        title={`Result of ${result?.look.pseudonym ?? ''}`}
      >
        {result && <KitDifferences {...{ study, result }} onDone={() => setResult(null)} />}
      </Modal>
    </section>
  );
}

/** People that one kit can serve. */
const mostInKit = 300;

/** Kits for all sessions, in the order of the table: one, or as many as it takes. */
function splitKits(kits: Board['sessions']): { title: string; sessions: number[] }[] {
  const ids = kits.map(({ id }) => id);
  if (ids.length <= mostInKit) return [{ title: `Save one kit for all ${ids.length}`, sessions: ids }];
  const parts = Math.ceil(ids.length / mostInKit);
  const size = Math.ceil(ids.length / parts);
  return Array.from({ length: parts }, (_, part) => {
    const own = kits.slice(part * size, (part + 1) * size);
    const [sessions, first, last] = [own.map(({ id }) => id), own[0], own.at(-1)];
    return { title: `Save one kit for ${sessions.length}, ${first?.pseudonym} to ${last?.pseudonym}`, sessions };
  });
}

/** Who types what, where one kit serves all. */
function Codes({ codes }: { codes: readonly { pseudonym: string; code: string }[] }) {
  return (
    <dl className="labeling-facts" aria-label="Codes of the kit">
      {codes.map(({ pseudonym, code }) => (
        <div key={code} className="labeling-code">
          <dt>{pseudonym}</dt>
          <dd>
            <code>{code}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

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
        showToast({ title: `Stored ${formatCount(newEvents, 'new event')} of ${look.pseudonym}` });
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
        <dd>{formatCount(events, 'event')}</dd>
        <dt>New here</dt>
        <dd>{formatInteger(newEvents)}</dd>
        {late > 0 && (
          <>
            <dt>After their time</dt>
            <dd>{formatInteger(late)}, kept and not counted</dd>
          </>
        )}
        <dt>Answers added</dt>
        <dd>{formatInteger(added)}</dd>
        <dt>Answers changed</dt>
        <dd>{formatInteger(changedCount)}</dd>
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
        <HelpNote>The first {formatInteger(changed.length)} of the changes are shown.</HelpNote>
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
      {apply.isError && <ErrorNotice error={apply.error} safe="Nothing of the file was stored." />}
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

/** Makes the kit of some sessions and has it saved; gives the codes that are typed into it. */
export function useSaveKit(study: string) {
  const client = useClient();
  return useMutation({
    mutationFn: async (sessions: number[]) => {
      const kit = await client.labeling.kit.make({ study, sessions });
      const [only] = kit.sessions;
      const name = kit.sessions.length === 1 && only ? only.view.pseudonym : `${kit.sessions.length}-people`;
      saveFile(`labeling-${name}.html`, await kitFile(kit));
      return kit.sessions.map(({ view, code }) => ({ pseudonym: view.pseudonym, code }));
    },
  });
}

/** Where a kit's data goes in its page; scripts/kit-page.mjs puts it there. */
const mark = '<!-- the kit -->';

/**
 * A kit as one page with everything in it.
 * @throws Error where the page of kits was not built
 */
export async function kitFile(kit: KitPayload): Promise<Blob> {
  const answer = await fetch('/kit.html');
  const page = await answer.text();
  const [before, after] = page.split(mark);
  if (!answer.ok || before === undefined || after === undefined) throw new Error('The page of kits is not there');
  // So that no text of a plan can end the script.
  const data = JSON.stringify(kit).replaceAll('<', '\\u003c');
  return new Blob([before, `<script type="application/json" id="kit">${data}</script>`, after], { type: 'text/html' });
}
