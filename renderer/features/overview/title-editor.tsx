import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../client/context.tsx';
import { showRefusal, showUndoToast } from '../../ui/toasts.tsx';

interface TitleEditorProps {
  study: { name: string; title: string };
  editing: boolean;
  onEnd: () => void;
  onChange: () => void;
}

/** The title as a heading; or a box to change it in. */
export function TitleEditor({ study, editing, onEnd, onChange }: TitleEditorProps) {
  if (!editing) return <h1>{study.title}</h1>;
  return <TitleBox study={study} onEnd={onEnd} onChange={onChange} />;
}

function TitleBox({ study: { name, title: before }, onEnd, onChange }: Omit<TitleEditorProps, 'editing'>) {
  const api = useApi();
  const [title, setTitle] = useState(before);
  const rename = useMutation(api.studies.rename.mutationOptions({ onError: showRefusal, onSuccess: onChange }));
  const save = (): void => {
    onEnd();
    if (title.trim() === before) return;
    rename.mutate(
      { study: name, title: title.trim() },
      {
        onSuccess: () =>
          showUndoToast({
            message: 'The title was changed',
            undo: () => rename.mutate({ study: name, title: before }),
          }),
      },
    );
  };
  return (
    <form
      className="title-box"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onEnd();
      }}
    >
      <h1 className="sr">{before}</h1>
      <TextInput
        aria-label="Title"
        autoFocus
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Button type="submit" disabled={title.trim() === ''}>
        Save
      </Button>
    </form>
  );
}
