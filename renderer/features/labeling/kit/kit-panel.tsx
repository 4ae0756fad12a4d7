import { Button, FileButton, Group, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Board } from '../../../../main/contract/labeling/board.ts';
import { useClient } from '../../../client/context.tsx';
import { upload } from '../../../client/files.ts';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { KitDifferences } from './kit-differences.tsx';
import type { OpenResult } from './kit-differences.tsx';
import { useSaveKit } from './use-save-kit.ts';

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
          partsOf(kits).map(({ title, sessions: part }) => (
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
      {saveKit.isError && <Refused error={saveKit.error} />}
      {open.isError && <Refused error={open.error} safe="Nothing was stored." />}
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
function partsOf(kits: Board['sessions']): { title: string; sessions: number[] }[] {
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
