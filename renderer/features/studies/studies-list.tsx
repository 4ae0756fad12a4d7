import { Button, Modal, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { z } from 'zod';
import type { deletedStudySchema, StudyCard } from '../../../main/contract/api/studies.ts';
import { HelpNote } from '../../ui/states.tsx';
import { DeletedStudies } from './deleted-studies.tsx';
import { ImportButton, ImportJobs } from './imports.tsx';
import { NewStudy } from './new-study.tsx';
import { StudyItem } from './study-item.tsx';
import { useListKeys } from './use-list-keys.ts';
import { useOpenSample } from './use-open-sample.ts';
import { useStudyActions } from './use-study-actions.tsx';

interface StudiesListProps {
  studies: readonly StudyCard[];
  deleted: readonly z.infer<typeof deletedStudySchema>[];
  sample: string | null;
}

/** The studies, last changed first. Keyboard: j/k or arrows, Enter opens, / filters. */
export function StudiesList({ studies, deleted, sample }: StudiesListProps) {
  const [making, setMaking] = useState(false);
  const [renaming, setRenaming] = useState<StudyCard | null>(null);
  const [filter, setFilter] = useState('');
  const box = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list, box);
  const open = useOpenSample();
  const wanted = filter.trim().toLowerCase();
  const shown = studies.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>Studies</h1>
        <TextInput
          ref={box}
          aria-label="Filter the studies"
          placeholder="Filter  /"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        <span className="screen-tools">
          {sample === null && (
            <Button variant="default" onClick={open.open} loading={open.busy}>
              Open the sample study
            </Button>
          )}
          <ImportButton />
          <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setMaking(true)}>
            New study
          </Button>
        </span>
      </header>
      <ImportJobs />
      {shown.length === 0 && (
        <HelpNote>
          {studies.length === 0 ? 'All studies are deleted.' : `No study has "${filter}" in its name.`}
        </HelpNote>
      )}
      <ul className="study-list" ref={list} aria-label="Studies">
        {shown.map((study) => (
          <StudyItem key={study.name} study={study} onRename={setRenaming} />
        ))}
      </ul>
      {deleted.length > 0 && <DeletedStudies deleted={deleted} />}
      <NewStudy opened={making} onClose={() => setMaking(false)} />
      <Modal opened={renaming !== null} onClose={() => setRenaming(null)} title="Change the title">
        {renaming && <TitleForm study={renaming} onClose={() => setRenaming(null)} />}
      </Modal>
    </div>
  );
}

function TitleForm({ study, onClose }: { study: Pick<StudyCard, 'name' | 'title'>; onClose: () => void }) {
  const { rename } = useStudyActions();
  const [title, setTitle] = useState(study.title);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rename(study.name, title.trim());
        onClose();
      }}
    >
      <TextInput
        label="Title"
        data-autofocus
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Button type="submit" mt="md" disabled={title.trim() === ''}>
        Change the title
      </Button>
    </form>
  );
}
