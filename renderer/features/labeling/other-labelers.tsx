import { Button, Group, Modal, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { download } from '../../client/files.ts';
import { RehearsalMark } from '../../ui/words/badges.tsx';
import { Confirm } from '../../ui/parts/confirm.tsx';
import { ErrorNotice, HelpNote, QueryState, Card } from '../../ui/parts/states.tsx';
import { WithdrawSteps } from '../../ui/parts/withdraw-steps.tsx';
import { PlainTable } from '../../ui/tables/plain-table.tsx';
import { CallButton } from '../../ui/parts/buttons.tsx';

interface Labeler {
  labeler: number;
  /** As the researcher knows the person: the name of the table, else the pseudonym. */
  called: string;
}

/** Labelers from a file, an archive or a rehearsal, with their names and files as long as these are kept. */
export function OtherLabelers({ study, title }: { study: string; title: string }) {
  const api = useApi();
  const list = useQuery(api.labeling.others.list.queryOptions({ input: { study } }));
  const [asked, ask] = useState<Labeler | null>(null);
  const named = list.data?.filter(({ name }) => name !== null).length ?? 0;
  return (
    <Card title={title}>
      <QueryState query={list} loading="Reading the labelers" />
      {list.data && (
        <PlainTable
          label="List of labelers"
          maxHeight={320}
          className="wide-table"
          rows={list.data}
          rowKey={({ labeler }) => labeler}
          columns={[
            {
              title: 'Person',
              cell: ({ pseudonym, simulated }) => (
                <>
                  {pseudonym} {simulated && <RehearsalMark />}
                </>
              ),
            },
            named > 0 && { title: 'Name in the table', cell: ({ name }) => name },
            { title: 'Source', cell: ({ source, file }) => <span title={source}>{sourceText(source, file)}</span> },
            {
              title: 'Actions',
              hidden: true,
              cell: ({ labeler, name, pseudonym }) => (
                <Button
                  size="compact-xs"
                  aria-label={`Withdraw ${name ?? pseudonym}`}
                  onClick={() => ask({ labeler, called: name ?? pseudonym })}
                >
                  Withdraw
                </Button>
              ),
            },
          ]}
        />
      )}
      {named > 0 && <Names study={study} named={named} />}
      <Modal opened={asked !== null} onClose={() => ask(null)} title={`Withdraw ${asked?.called ?? ''}`}>
        {asked && <Withdraw study={study} labeler={asked.labeler} onClose={() => ask(null)} />}
      </Modal>
    </Card>
  );
}

/** The file that labelers come from; without its name, the beginning of its hash. */
function sourceText(source: string, file: string | null): string {
  const [kind = '', hash = ''] = source.split(':');
  if (file !== null) return file;
  return kind === 'csv' ? `table ${hash.slice(0, 8)}` : kind === 'labeling' ? 'session in an archive' : source;
}

/** What to do with the list of names: keep it outside the program, and delete it here. */
function Names({ study, named }: { study: string; named: number }) {
  const api = useApi();
  const [asked, ask] = useState(false);
  const save = useMutation({
    ...api.labeling.others.saveNames.mutationOptions(),
    onSuccess: ({ address }) => download(address),
  });
  const remove = useMutation(api.labeling.others.deleteNames.mutationOptions());
  const names = formatCount(named, 'name');
  return (
    <>
      <HelpNote>
        The {named === 1 ? 'name is' : 'names are'} in this data folder only, apart from the labels. Delete the list
        when nobody needs it any more.
      </HelpNote>
      <Group>
        <CallButton call={save} input={{ study }}>
          Save the list of names
        </CallButton>
        <Button loading={remove.isPending} onClick={() => ask(true)}>
          Delete {names} …
        </Button>
      </Group>
      {save.isError && <ErrorNotice error={save.error} />}
      {remove.isError && <ErrorNotice error={remove.error} />}
      <Confirm
        opened={asked}
        title={`Delete ${names}?`}
        action={`Delete ${names}`}
        danger
        onClose={() => ask(false)}
        onConfirm={() => remove.mutate({ study })}
      >
        <Text>
          This deletes the names and file names of the imported tables, also in other studies with the same tables. The
          labels stay, under their pseudonyms.
        </Text>
        <HelpNote>
          This cannot be undone. Somebody who withdraws later can be found by the pseudonym only, and this program can
          no longer recognize the name in a table.
        </HelpNote>
      </Confirm>
    </>
  );
}

function Withdraw({ study, labeler, onClose }: { study: string; labeler: number; onClose: () => void }) {
  const api = useApi();
  const withdraw = useMutation(api.labeling.others.withdraw.mutationOptions());
  return <WithdrawSteps withdraw={withdraw} onClose={onClose} onWithdraw={() => withdraw.mutate({ study, labeler })} />;
}
