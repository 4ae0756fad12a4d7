import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { OutsideCalls } from '../../../main/contributions/outside/calls.ts';
import type { OutsideList } from '../../../main/contributions/outside/schemas.ts';
import { formatCount, formatFixed } from '../../../main/domain/numbers/index.ts';
import { outsideKindNames } from '../../../main/contributions/answers/contract/outside-models.ts';
import { outsideWords } from '../../../main/contributions/answers/contract/outside-words.ts';
import { useApi, useApiOf } from '../../client/index.ts';
import { modelsAddress, studyAddress, useStudy } from '../../navigation/index.ts';
import {
  type ActionError,
  CallButton,
  Empty,
  HelpNote,
  isActive,
  JobStatus,
  LinkButton,
  PartScreen,
  showUndoToast,
  useActionError,
  useWindowDrop,
} from '../../ui/parts/index.ts';
import { type DataColumn, DataTable } from '../../ui/table/index.ts';
import { Undefined } from '../../ui/words/index.ts';
import { FilePick } from '../../ui/fields/index.ts';
import { AnswersDialog } from './answers-dialog.tsx';
import { ModelDialog } from './model-dialog.tsx';
import { type Opening, OpeningState, PartsDialog, PathDialog } from './opening-dialogs.tsx';
import { useOpenFiles } from './use-open-files.ts';
import './outside.css';

/** Models of a study that were not trained here: adds them by file, lists and removes them, and has them predict. */
export function OutsideScreen() {
  const study = useStudy();
  const api = useApiOf<OutsideCalls>('outside');
  const list = useQuery(api.list.queryOptions({ input: { study }, meta: { follows: ['stimuli', 'predictions'] } }));
  const { open, note, table, model, parts, setParts, close } = useOpenFiles(study);
  const [asksPath, setAsksPath] = useState(false);
  const action = useActionError();
  const missing = list.data?.missing;
  const canAdd = missing !== undefined && (missing.table === null || missing.model === null);
  const isBusy = open.isPending || asksPath || [table, model, parts].some((dialog) => dialog !== null);
  const opening: Opening = { isPending: open.isPending, note, error: open.error };
  const take = (files: readonly File[]): void => {
    if (files.length > 0 && canAdd && !isBusy) open.mutate({ from: 'files', files: [...files] });
  };
  const over = useWindowDrop(({ files }) => take([...files]));
  const add = (
    <>
      <FilePick
        label="Files of a model, or a table of answers"
        variant="filled"
        disabled={!canAdd}
        loading={open.isPending}
        onFiles={take}
      >
        Add a model or table
      </FilePick>
      <Button disabled={missing?.model !== null || isBusy} onClick={() => setAsksPath(true)}>
        Enter a path
      </Button>
    </>
  );
  const isEmpty = list.data?.models.length === 0;
  return (
    <PartScreen
      study={study}
      title={outsideWords.group}
      query={list}
      loading="Loading the outside models"
      action={action}
      trains={null}
      tools={list.data && !isEmpty && add}
      isOver={over && canAdd}
    >
      <HelpNote>
        Models that were not trained here, compared as a group of their own. Add a classifier as an ONNX file, or an
        image-text model (CLIP, SigLIP) as two ONNX files and its tokenizer.json, each with its files of external data;
        it is checked on labeled images and then answers for the stimuli. Or add a table of answers (CSV, Parquet, or a
        NumPy array, .npy) with labels, labels and confidences, or softmax.
      </HelpNote>
      {!asksPath && parts === null && <OpeningState {...opening} onDismiss={() => open.reset()} />}
      {list.data && isEmpty && (
        <Empty
          title="No outside models yet"
          actions={
            canAdd ? (
              <Group>{add}</Group>
            ) : (
              <LinkButton variant="filled" to={studyAddress(study, '/stimuli')}>
                Open stimuli
              </LinkButton>
            )
          }
        >
          {canAdd
            ? 'Choose the files of a model together, or drop them on this page. The next step shows what they hold and how they would be read.'
            : [list.data.missing.model, list.data.missing.table].join(' ')}
        </Empty>
      )}
      {list.data && !isEmpty && <ModelList study={study} list={list.data} onError={action.onError} />}
      {table && list.data && <AnswersDialog study={study} table={table} classes={list.data.classes} onClose={close} />}
      {model && list.data && (
        <ModelDialog study={study} model={model} taken={list.data.models.map(({ name }) => name)} onClose={close} />
      )}
      {parts && (
        <PartsDialog
          parts={parts}
          opening={opening}
          onChange={(next) => {
            open.reset();
            setParts(next);
          }}
          onOpen={() => open.mutate({ from: 'parts', parts })}
          onClose={close}
        />
      )}
      {asksPath && model === null && (
        <PathDialog
          opening={opening}
          onPaths={(paths) => open.mutate({ from: 'paths', paths }, { onSuccess: () => setAsksPath(false) })}
          onClose={() => {
            setAsksPath(false);
            close();
          }}
        />
      )}
    </PartScreen>
  );
}

type Model = OutsideList['models'][number];

const answersWords = { labels: 'Labels', confidence: 'Labels and confidences', softmax: 'Softmax' } as const;

const columns: DataColumn<Model>[] = [
  { id: 'name', title: 'Name', value: ({ name }) => name, width: 300 },
  { id: 'kind', title: 'Kind', value: ({ kind }) => outsideKindNames[kind], groupable: true, width: 150 },
  {
    id: 'accuracy',
    title: 'Accuracy (%)',
    numeric: true,
    width: 120,
    value: ({ tested }) => tested?.accuracy ?? null,
    cell: ({ tested }) =>
      tested ? formatFixed(tested.accuracy, 2) : <Undefined reason="It was tried on no labeled images." />,
  },
  {
    id: 'images',
    title: 'Of images',
    numeric: true,
    width: 110,
    value: ({ tested }) => tested?.images ?? null,
    cell: ({ tested }) => tested?.images ?? '–',
  },
  {
    id: 'answers',
    title: 'Known answers',
    groupable: true,
    width: 210,
    value: ({ answers }) => (answers === null ? 'Not predicted' : answersWords[answers]),
    cell: ({ answers, canPredict }) =>
      answers !== null ? (
        answersWords[answers]
      ) : canPredict ? (
        'Not predicted'
      ) : (
        <Undefined reason="Only its answers to other stimuli are known." />
      ),
  },
  {
    id: 'file',
    title: 'SHA-256 of the file',
    width: 180,
    value: ({ files }) => files.map(({ hash }) => hash).join(' '),
    cell: ({ files }) => <FileHashes files={files} />,
  },
  {
    id: 'identity',
    title: 'Identity',
    width: 150,
    value: ({ identity }) => identity,
    cell: ({ identity }) => (
      <code title={`${identity}: hash of all that decides its answers, its files and how they are used`}>
        {identity.slice(0, 12)}…
      </code>
    ),
  },
  { id: 'added', title: 'Added', value: ({ addedAt }) => addedAt.slice(0, 10), width: 110 },
];

/** The hash of the first file; the tooltip has those of all. */
function FileHashes({ files: [first, ...others] }: Pick<Model, 'files'>) {
  if (!first) return <Undefined reason="It has no file: its answers came as a table." />;
  const all = [first, ...others].map(({ name, hash }) => `${hash} ${name}`).join('\n');
  return (
    <span title={all}>
      <code>{first.hash.slice(0, 12)}…</code>
      {others.length > 0 && ` and ${formatCount(others.length, 'more file')}`}
    </span>
  );
}

interface ModelListProps extends Pick<ActionError, 'onError'> {
  study: string;
  list: OutsideList;
}

function ModelList({ study, list: { models, images }, onError }: ModelListProps) {
  const api = useApiOf<OutsideCalls>('outside');
  const { jobs: ofJobs } = useApi();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const restore = useMutation(api.restore.mutationOptions({ onError }));
  const remove = useMutation(
    api.remove.mutationOptions({
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
  const jobs = useQuery(ofJobs.list.queryOptions({ input: {} }));
  const [newest] = jobs.data?.filter(({ link }) => link === modelsAddress(study, '/outside')) ?? [];
  const active = newest && isActive(newest) ? newest : undefined;
  const predict = useMutation(api.predict.mutationOptions({ onError }));
  const open = images === 0 ? 0 : models.filter(({ answers, canPredict }) => canPredict && answers === null).length;
  const chosen = useMemo(() => models.filter(({ id }) => selected.has(String(id))), [models, selected]);
  return (
    <>
      <JobStatus active={active} failed={newest?.state === 'failed' && open > 0 ? newest : undefined} />
      <DataTable
        id="outside models"
        label={`Outside models of ${study}`}
        rows={models}
        columns={columns}
        rowId={({ id }) => String(id)}
        selected={selected}
        onSelect={setSelected}
        tools={
          <>
            {open > 0 && (
              <CallButton variant="filled" size="xs" disabled={active !== undefined} call={predict} input={{ study }}>
                Predict with {formatCount(open, 'model')}
              </CallButton>
            )}
            <CallButton
              size="xs"
              disabled={chosen.length === 0}
              call={remove}
              input={{ study, ids: chosen.map(({ id }) => id) }}
            >
              {chosen.length === 0 ? 'Remove models' : `Remove ${formatCount(chosen.length, 'model')}`}
            </CallButton>
          </>
        }
        height={480}
      />
    </>
  );
}
