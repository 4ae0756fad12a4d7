import { Button, Group, Modal, Stack, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import { saveFile, upload, useApiOf, useCallsOf } from '../../client/index.ts';
import { Card, DialogFoot, ErrorNotice, Fact, HelpNote, showRefusal, showToast } from '../../ui/parts/index.ts';
import { formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { ScrollBox } from '../../ui/tables/index.ts';
import { FilePick } from '../../ui/fields/index.ts';
import type { OfflineCalls } from '../../../main/contributions/offline/calls.ts';
import type { KitPayload, KitResultPreview, MadeKit } from '../../../main/contributions/offline/kit-format.ts';
import { formatCode } from '../../../main/contributions/offline/kit-code.ts';

/** Saves kits for other computers, and imports their result files. */
export function KitPanel({ study, sessions }: { study: string; sessions: readonly BoardRow[] }) {
  const kits = useCallsOf<OfflineCalls>('offline');
  const saveKit = useSaveKit(study);
  const [result, setResult] = useState<OpenResult | null>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenResult> => {
      const id = await upload(file);
      return { upload: id, preview: await kits.inspectResult({ study, upload: id }) };
    },
    onSuccess: setResult,
  });
  const waiting = sessions.filter(
    ({ medium, state }) => medium === 'kit' && (state === 'planned' || state === 'active'),
  );
  return (
    <Card title="Other computers">
      <HelpNote>
        A kit is one file that works without a network. Its answers stay in the browser of that computer until the
        result file is saved. A signature shows whether a result file was changed or swapped. In a kit for several
        people, only a person’s own code opens and signs their session. Whoever has a kit for one person can sign as
        that person. A kit for one person contains the answers of that person so far. A kit for several people contains
        no answers, so a person who changes the computer needs a kit of their own.
      </HelpNote>
      <Group gap="sm">
        {waiting.length > 1 &&
          splitKits(waiting).map(({ title, sessions: part }) => (
            <Button
              key={title}
              disabled={saveKit.isPending}
              loading={saveKit.isPending && saveKit.variables[0] === part[0]}
              onClick={() => saveKit.mutate(part)}
            >
              {title}
            </Button>
          ))}
        <FilePick
          label="Result file of a kit"
          accept=".json,application/json"
          onFile={open.mutate}
          loading={open.isPending}
        >
          Import a result file
        </FilePick>
      </Group>
      {saveKit.data && saveKit.data.length > 0 && <Codes codes={saveKit.data} />}
      {saveKit.isError && <ErrorNotice error={saveKit.error} />}
      {open.isError && <ErrorNotice error={open.error} safe="Nothing was stored." />}
      <Modal
        opened={result !== null}
        onClose={() => setResult(null)}
        title={`Result of ${result?.preview.pseudonym ?? ''}`}
      >
        {result && <KitDifferences study={study} result={result} onDone={() => setResult(null)} />}
      </Modal>
    </Card>
  );
}

/** Saves the kit of one person. */
export function SaveKit({ study, row: { id, pseudonym } }: { study: string; row: BoardRow }) {
  const save = useSaveKit(study);
  return (
    <Button
      size="compact-xs"
      aria-label={`Save the kit of ${pseudonym}`}
      loading={save.isPending}
      onClick={() => save.mutate([id], { onError: showRefusal })}
    >
      Save the kit
    </Button>
  );
}

/** People in one kit at most. */
const mostInKit = 300;

/** Splits all kit sessions, in the order of the table, into as few kits as possible. */
function splitKits(kits: readonly BoardRow[]): { title: string; sessions: number[] }[] {
  const ids = kits.map(({ id }) => id);
  if (ids.length <= mostInKit) return [{ title: `Save one kit for all ${ids.length}`, sessions: ids }];
  const parts = Math.ceil(ids.length / mostInKit);
  const size = Math.ceil(ids.length / parts);
  return Array.from({ length: parts }, (_, part) => {
    const own = kits.slice(part * size, (part + 1) * size);
    const [sessions, first, last] = [own.map(({ id }) => id), own[0], own.at(-1)];
    return { title: `Save a kit for ${sessions.length} people, ${first?.pseudonym} to ${last?.pseudonym}`, sessions };
  });
}

function Codes({ codes }: { codes: MadeKit['codes'] }) {
  return (
    <>
      <HelpNote>
        Write these codes down now, and give each person only their own. They are not stored: without a code, save a new
        kit.
      </HelpNote>
      <dl className="facts" aria-label="Codes of the kit">
        {codes.map(({ pseudonym, code }) => (
          <Fact key={code} name={pseudonym}>
            <code>{formatCode(code)}</code>
          </Fact>
        ))}
      </dl>
    </>
  );
}

interface OpenResult {
  upload: string;
  preview: KitResultPreview;
}

interface KitDifferencesProps {
  study: string;
  result: OpenResult;
  onDone: () => void;
}

/** Shows what a result file would change, before it is imported. */
function KitDifferences({ study, result: { upload, preview }, onDone }: KitDifferencesProps) {
  const api = useApiOf<OfflineCalls>('offline');
  const apply = useMutation(
    api.applyResult.mutationOptions({
      onSuccess: ({ newEvents }) => {
        showToast({ title: `Imported ${formatCount(newEvents, 'new event')} of ${preview.pseudonym}` });
        onDone();
      },
    }),
  );
  const { events, newEvents, late, added, changed, changedCount, newestHere, newestInFile } = preview;
  const { misdatedCount, misdated } = preview;
  const isOlder = newestHere !== null && newestInFile !== null && newestInFile < newestHere;
  return (
    <Stack gap="sm">
      <dl className="facts">
        <Fact name="Events in the file">{formatCount(events, 'event')}</Fact>
        <Fact name="New events">{formatInteger(newEvents)}</Fact>
        {late > 0 && <Fact name="Too late">{formatInteger(late)}, stored but not counted</Fact>}
        <Fact name="Answers added">{formatInteger(added)}</Fact>
        <Fact name="Answers changed">{formatInteger(changedCount)}</Fact>
        <Fact name="Session">{stateText(preview)}</Fact>
        <Fact name="Last sitting in the study">{newestHere === null ? 'none' : momentText(newestHere)}</Fact>
        <Fact name="Last sitting in the file">{newestInFile === null ? 'none' : momentText(newestInFile)}</Fact>
      </dl>
      {misdatedCount > 0 && (
        <HelpNote>
          {formatCount(misdatedCount, 'sitting')} in the file {misdatedCount === 1 ? 'has' : 'have'} a date that cannot
          be right: {misdated.map(momentText).join('; ')}
          {misdatedCount > misdated.length && ' and others'}. The answers are imported and marked, but replace no later
          ones. Check the clock of that computer.
        </HelpNote>
      )}
      {isOlder && (
        <HelpNote>
          The study has newer answers than this file, by the clocks of those computers. Where both have an answer, the
          newer one stays.
        </HelpNote>
      )}
      {changedCount > changed.length && (
        <HelpNote>Only the first {formatInteger(changed.length)} changes are shown.</HelpNote>
      )}
      {changed.length > 0 && (
        <ScrollBox maxHeight={320} label="Changed answers">
          <Table
            data={{
              head: ['Image', 'Study', 'File'],
              body: changed.map(({ trial, from, to }) => [
                trial + 1,
                answerText(preview, from),
                answerText(preview, to),
              ]),
            }}
          />
        </ScrollBox>
      )}
      {newEvents === 0 && !preview.declined && <HelpNote>The study already has everything in this file.</HelpNote>}
      <DialogFoot
        call={apply}
        input={{ study, upload }}
        action="Import the answers"
        safe="Nothing of the file was stored."
        onCancel={onDone}
      />
    </Stack>
  );
}

function answerText({ names, cannotTell }: OpenResult['preview'], choice: number | null): string {
  if (choice === null) return 'none';
  return (choice < 0 ? cannotTell : names[choice]) ?? 'unknown';
}

function stateText({ finished, timeUp, declined }: OpenResult['preview']): string {
  if (declined) return 'declined to take part';
  if (timeUp) return 'ended by the time limit';
  return finished ? 'finished' : 'not finished yet';
}

const momentText = (at: string): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Saves a kit for some sessions; returns the codes that people type into it, none if it is for one person. */
function useSaveKit(study: string) {
  const kits = useCallsOf<OfflineCalls>('offline');
  return useMutation({
    mutationFn: async (sessions: number[]) => {
      const { kit, codes } = await kits.makeKit({ study, sessions });
      const name = kit.session ? kit.session.view.pseudonym : `${codes.length}-people`;
      saveFile(`labeling-${name}.html`, await kitFile(kit));
      return codes;
    },
  });
}

/** The place of a kit's data in its page; scripts/one-file-pages.mjs writes the same mark. */
const mark = '<!-- the kit -->';

/**
 * A kit as one page with everything in it.
 * @throws Error if the page of kits was not built
 */
export async function kitFile(kit: KitPayload): Promise<Blob> {
  const answer = await fetch('/kit.html');
  const page = await answer.text();
  const [before, after] = page.split(mark);
  if (!answer.ok || before === undefined || after === undefined) throw new Error('The page of kits was not built');
  // No text of a plan may end the script element.
  const data = JSON.stringify(kit).replaceAll('<', '\\u003c');
  return new Blob([before, `<script type="application/json" id="kit">${data}</script>`, after], { type: 'text/html' });
}
