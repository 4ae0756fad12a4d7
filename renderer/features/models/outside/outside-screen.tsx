import { Button, FileButton, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { OutsideList } from '../../../../main/contract/api/outside.ts';
import { formatCount, formatFixed } from '../../../../main/domain/format.ts';
import { outsideKindNames, outsideTitle } from '../../../../main/domain/outside-models.ts';
import { useApi, useClient } from '../../../client/context.tsx';
import { upload } from '../../../client/files.ts';
import { modelsAddress, studyAddress, useStudy } from '../../../navigation/addresses.ts';
import { StepState } from '../../../ui/step-state.tsx';
import { Empty, ErrorNotice, HelpNote, Loading, useActionError } from '../../../ui/states.tsx';
import { type DataColumn, DataTable } from '../../../ui/table/data-table.tsx';
import { showUndoToast } from '../../../ui/toasts.tsx';
import { Undefined } from '../../../ui/values.tsx';
import { useWindowDrop } from '../../../ui/window-drop.ts';
import { AnswersDialog, type OpenAnswers } from './answers-dialog.tsx';
import '../models.css';

/** Models of a study that were not trained here: adds them by file, lists and removes them. */
export function OutsideScreen() {
  const study = useStudy();
  const api = useApi();
  const client = useClient();
  const list = useQuery(api.outside.list.queryOptions({ input: { study } }));
  const [table, setTable] = useState<OpenAnswers | null>(null);
  const reset = useRef<() => void>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenAnswers> => {
      const id = await upload(file);
      return { upload: id, preview: await client.outside.previewAnswers({ study, upload: id, wanted: {} }) };
    },
    onSuccess: setTable,
    // Allows choosing the same file again.
    onSettled: () => reset.current?.(),
  });
  const canAdd = list.data?.missing === null;
  const over = useWindowDrop(({ files: [file] }) => file && canAdd && !open.isPending && !table && open.mutate(file));
  const add = (
    <FileButton
      accept=".csv,.tsv,.npy,text/csv"
      resetRef={reset}
      disabled={!canAdd}
      onChange={(file) => file && open.mutate(file)}
      inputProps={{ 'aria-label': 'Table of answers' }}
    >
      {(props) => (
        <Button {...props} disabled={!canAdd} loading={open.isPending}>
          Add a table of answers
        </Button>
      )}
    </FileButton>
  );
  const isEmpty = list.data?.models.length === 0;
  return (
    <div className="models-page" data-over={(over && canAdd) || undefined}>
      <header className="screen-head">
        <Title order={1}>{outsideTitle}</Title>
        <StepState study={study} step="models" />
        <span className="models-space" />
        <Button variant="default" component={Link} href={modelsAddress(study)}>
          Back to models
        </Button>
        {!isEmpty && add}
      </header>
      <HelpNote>
        Models that were not trained here. A table of their answers to this study’s stimuli is enough: a CSV file, or a
        NumPy array (.npy), with labels, labels and confidences, or softmax. They are compared as a group of their own.
      </HelpNote>
      {open.isError && <ErrorNotice error={open.error} safe="Nothing was stored." onDismiss={() => open.reset()} />}
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading label="Loading the outside models" lines={5} />}
      {list.data && isEmpty && (
        <Empty
          title="No outside models yet"
          actions={
            canAdd ? (
              add
            ) : (
              <Button component={Link} href={studyAddress(study, '/stimuli')}>
                Open stimuli
              </Button>
            )
          }
        >
          {list.data.missing ?? 'Choose a table, or drop it on this page. The next step shows how it would be read.'}
        </Empty>
      )}
      {list.data && !isEmpty && <ModelList study={study} list={list.data} />}
      {table && list.data && (
        <AnswersDialog {...{ study, table }} classes={list.data.classes} onClose={() => setTable(null)} />
      )}
    </div>
  );
}

type Model = OutsideList['models'][number];

const answersWords = { labels: 'Labels', confidence: 'Labels and confidences', softmax: 'Softmax' } as const;

const columns: DataColumn<Model>[] = [
  { id: 'name', title: 'Name', value: ({ name }) => name, width: 240 },
  { id: 'kind', title: 'Kind', value: ({ kind }) => outsideKindNames[kind], groupable: true, width: 150 },
  {
    ...{ id: 'accuracy', title: 'Accuracy (%)', numeric: true, width: 120 },
    value: ({ tested }) => tested?.accuracy ?? null,
    cell: ({ tested }) =>
      tested ? formatFixed(tested.accuracy, 2) : <Undefined reason="It was tried on no labeled images." />,
  },
  {
    ...{ id: 'images', title: 'Of images', numeric: true, width: 110 },
    value: ({ tested }) => tested?.images ?? null,
    cell: ({ tested }) => tested?.images ?? '–',
  },
  {
    ...{ id: 'answers', title: 'Known answers', groupable: true, width: 210 },
    value: ({ answers }) => (answers === null ? 'None for these stimuli' : answersWords[answers]),
  },
  {
    ...{ id: 'hash', title: 'SHA-256', width: 150 },
    value: ({ identity }) => identity,
    cell: ({ identity }) => <code title={identity}>{identity.slice(0, 12)}…</code>,
  },
  { id: 'added', title: 'Added', value: ({ addedAt }) => addedAt.slice(0, 10), width: 110 },
];

function ModelList({ study, list: { models } }: { study: string; list: OutsideList }) {
  const api = useApi();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { onError, notice } = useActionError();
  const restore = useMutation(api.outside.restore.mutationOptions({ onError }));
  const remove = useMutation(
    api.outside.remove.mutationOptions({
      onError,
      onSuccess: (_, { ids }) => {
        setSelected(new Set());
        showUndoToast({
          message: `${formatCount(ids.length, 'model')} removed from this study`,
          undo: () => restore.mutate({ study, ids }),
        });
      },
    }),
  );
  const chosen = useMemo(() => models.filter(({ id }) => selected.has(String(id))), [models, selected]);
  return (
    <>
      {notice}
      <DataTable
        id="outside models"
        label={`Outside models of ${study}`}
        rows={models}
        columns={columns}
        rowId={({ id }) => String(id)}
        selected={selected}
        onSelect={setSelected}
        tools={
          <Button
            variant="default"
            size="xs"
            disabled={chosen.length === 0}
            loading={remove.isPending}
            onClick={() => remove.mutate({ study, ids: chosen.map(({ id }) => id) })}
          >
            {chosen.length === 0 ? 'Remove models' : `Remove ${formatCount(chosen.length, 'model')}`}
          </Button>
        }
        height={480}
      />
    </>
  );
}
