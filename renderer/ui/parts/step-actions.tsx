import { Button, type ButtonVariant, Modal, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StepAction } from '../../../main/contract/api/studies.ts';
import { useApi, useClient } from '../../client/context.tsx';
import { LinkButton } from './buttons.tsx';
import { ErrorNotice, HelpNote, QueryState } from './states.tsx';
import { showRefusal } from './toasts.tsx';
import { TextField, submitting } from '../fields/fields.tsx';

interface StepButtonProps {
  study: string;
  action: StepAction;
  /** Accessible name; left out: the label. */
  about?: string;
  variant?: ButtonVariant;
  color?: string;
  onChange?: () => void;
}

/** Does what fixes a step or comes next, as the program says: starts work, opens a screen, or makes a call. */
export function StepButton({ study, action, about, variant = 'default', color, onChange }: StepButtonProps) {
  const { label, goal, link, call, runs } = action;
  const [isOpen, setOpen] = useState(false);
  const client = useClient();
  const act = useMutation({
    mutationFn: async () => {
      if (goal !== null) await client.work.start({ study, goal });
      else if (call === 'resume') await client.work.resumeAll({});
      else if (call === 'other-seeds') {
        await client.runs.addModels({ study, clones: runs ?? [] });
        await client.work.start({ study, goal: 'models' });
      }
    },
    onError: showRefusal,
    onSuccess: () => onChange?.(),
  });
  const look = { variant, ...(color !== undefined && { color }), 'aria-label': about };
  if (link !== null) {
    return (
      <LinkButton to={link} {...look}>
        {label}
      </LinkButton>
    );
  }
  const press = (): void => (call === 'data-set' ? setOpen(true) : act.mutate());
  return (
    <>
      <Button {...look} loading={act.isPending} onClick={press}>
        {label}
      </Button>
      {call === 'data-set' && (
        <Modal opened={isOpen} onClose={() => setOpen(false)} title="Paths of the data set" size="lg">
          <DataSetPaths
            study={study}
            onDone={() => {
              setOpen(false);
              onChange?.();
            }}
          />
        </Modal>
      )}
    </>
  );
}

const notThere = (file: string): string =>
  file === 'path' ? 'There is nothing at this path' : 'There is no file at this path';

/** The files that a data set is read from, to enter where they are now. */
function DataSetPaths({ study, onDone }: { study: string; onDone: () => void }) {
  const api = useApi();
  const known = useQuery(api.studies.dataSet.queryOptions({ input: { study }, gcTime: 0, staleTime: 0 }));
  const change = useMutation(api.studies.changeDataSet.mutationOptions({ onSuccess: onDone }));
  const [typed, setTyped] = useState<Record<string, string>>({});
  if (known.isError || !known.data) return <QueryState query={known} loading="Looking for the files" lines={4} />;
  const files = known.data.files.map(({ file, label, path, found, uploaded }) => ({
    file,
    label,
    found,
    uploaded,
    before: path,
    path: typed[file] ?? (uploaded === null ? path : ''),
  }));
  return (
    <form onSubmit={submitting(() => change.mutate({ study, files: files.map(({ file, path }) => ({ file, path })) }))}>
      <Stack gap="md">
        <HelpNote>
          {known.data.isStored
            ? `The images of “${known.data.name}” are stored in the data folder. They are read again only if you change where they come from.`
            : `The data set “${known.data.name}” (${known.data.kind}) is read from these places on the machine that runs the program.`}{' '}
          Saving starts nothing: run the study again afterwards.
        </HelpNote>
        {files.map(({ file, label, path, before, found, uploaded }) => (
          <TextField
            key={file}
            label={label}
            value={path}
            description={uploaded !== null && `Came in the uploaded file ${uploaded}`}
            error={!found && !known.data.isStored && path === before && notThere(file)}
            onChange={(text) => setTyped({ ...typed, [file]: text })}
          />
        ))}
        {change.isError && <ErrorNotice error={change.error} />}
        <div>
          <Button
            variant="filled"
            type="submit"
            loading={change.isPending}
            disabled={files.some(({ path }) => path.trim() === '')}
          >
            Save paths
          </Button>
        </div>
      </Stack>
    </form>
  );
}
