import { Button, Modal, Text, Box, Group } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { type RefObject, useRef, useState } from 'react';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { z } from 'zod';
import type { deletedStudySchema, StudyCard, DeletedStudy } from '../../../main/contract/api/studies.ts';
import { formatCount, formatInteger } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { RehearsalMark, StateMark } from '../../ui/words/badges.tsx';
import { Confirm } from '../../ui/parts/confirm.tsx';
import { HelpNote, QueryState } from '../../ui/parts/states.tsx';
import { FilterInput } from '../../ui/table/filter-input.tsx';
import { Ago } from '../../ui/words/values.tsx';
import { TextField, submitting } from '../../ui/fields/fields.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { NewStudy } from './new-study.tsx';
import { StudyMenu, useStudyActions } from './study-menu.tsx';
import { Welcome } from './welcome.tsx';
import './studies.css';

/** Topics that affect a study's figures, and the shortest time between refetches in milliseconds. */
const topics = ['runs', 'jobs', 'stimuli'] as const;
const refetchInterval = 2000;

/** All studies of the data folder; on first start, a choice of how to begin. */
export function StudiesScreen() {
  const api = useApi();
  const list = useQuery(api.studies.list.queryOptions({ input: {} }));
  useThrottledRefetch(list.refetch, topics, refetchInterval);
  if (list.isError || !list.data)
    return <QueryState query={list} title="Studies" loading="Loading the studies" lines={6} />;
  const { studies, deleted } = list.data;
  return studies.length === 0 && deleted.length === 0 ? <Welcome /> : <StudiesList {...list.data} />;
}

interface StudiesListProps {
  studies: readonly StudyCard[];
  deleted: readonly z.infer<typeof deletedStudySchema>[];
}

/** The studies, last changed first. Keyboard: j/k or arrows, Enter opens, / filters. */
export function StudiesList({ studies, deleted }: StudiesListProps) {
  const [making, setMaking] = useState(false);
  const [renaming, setRenaming] = useState<StudyCard | null>(null);
  const [filter, setFilter] = useState('');
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list);
  const wanted = filter.trim().toLowerCase();
  const shown = studies.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>Studies</h1>
        <FilterInput
          label="Filter studies"
          value={filter}
          onChange={setFilter}
          onDone={() => studyLinks(list.current)[0]?.focus()}
        />
        <span className="screen-tools">
          <PartsAt place="studies.actions" studies={studies} />
          <Button variant="filled" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setMaking(true)}>
            Create study
          </Button>
        </span>
      </header>
      <PartsAt place="studies.work" />
      {shown.length === 0 && (
        <HelpNote>{studies.length === 0 ? 'All studies are deleted.' : `No study matches "${filter}".`}</HelpNote>
      )}
      <ul className="bare-list study-list" ref={list} aria-label="Studies">
        {shown.map((study) => (
          <StudyItem key={study.name} study={study} onRename={setRenaming} />
        ))}
      </ul>
      {deleted.length > 0 && <DeletedStudies deleted={deleted} />}
      <NewStudy opened={making} onClose={() => setMaking(false)} />
      <Modal opened={renaming !== null} onClose={() => setRenaming(null)} title="Change title">
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
      onSubmit={submitting(() => {
        rename(study.name, title.trim());
        onClose();
      })}
    >
      <TextField label="Title" data-autofocus maxLength={200} value={title} onChange={setTitle} />
      <Button variant="filled" type="submit" mt="md" disabled={title.trim() === ''}>
        Change title
      </Button>
    </form>
  );
}

function StudyItem({ study, onRename }: { study: StudyCard; onRename: (study: StudyCard) => void }) {
  const { name, title, models, stimuli, labelers, reportAt } = study;
  return (
    <li className="study-item">
      <Group className="study-item-head" miw={0} align="baseline" wrap="nowrap">
        <Link href={studyAddress(name)} className="study-item-title" title={title} data-study-link>
          {title}
        </Link>
        <span className="soft" title={name}>
          {name}
        </span>
      </Group>
      <StateMark state={study.state} />
      <Group
        component="p"
        className="study-item-figures"
        c="dimmed"
        gap="4px 24px"
        align="stretch"
        style={{ gridColumn: '1 / 3' }}
      >
        <span>{stimuli === null ? 'No stimuli yet' : `${formatInteger(stimuli)} stimuli`}</span>
        <span>
          {models.planned === 0
            ? 'People only'
            : `${formatInteger(models.done)} of ${formatCount(models.planned, 'model')}`}
        </span>
        <span>
          {labelers.others ?? (labelers.count === 0 ? 'No labelers yet' : formatCount(labelers.count, 'labeler'))}{' '}
          {labelers.simulated && <RehearsalMark />}
        </span>
        <span>
          {reportAt === null ? (
            'No report yet'
          ) : (
            <>
              Report <Ago at={reportAt} />
            </>
          )}
        </span>
        <Box component="span" ml="auto">
          Changed <Ago at={study.changedAt} />
        </Box>
      </Group>
      <StudyMenu study={study} onRename={() => onRename(study)} />
    </li>
  );
}

/** Deleted studies, to restore or, after a confirmation, to delete permanently. */
function DeletedStudies({ deleted }: { deleted: readonly DeletedStudy[] }) {
  const { restore, purge } = useStudyActions();
  const [asked, setAsked] = useState<DeletedStudy | null>(null);
  return (
    <details className="deleted-studies">
      <summary>Deleted ({deleted.length})</summary>
      <ul className="bare-list study-list">
        {deleted.map((study) => (
          <li key={study.name} className="deleted-study">
            <span>
              {study.title} <span className="soft">{study.name}</span>
            </span>
            <span className="soft">
              deleted <Ago at={study.deletedAt} />
            </span>
            <Button onClick={() => restore(study.name)}>Restore study</Button>
            <Button onClick={() => setAsked(study)}>Delete permanently …</Button>
          </li>
        ))}
      </ul>
      <Confirm
        opened={asked !== null}
        title="Delete permanently?"
        action="Delete permanently"
        danger
        cancel="Keep study"
        onClose={() => setAsked(null)}
        onConfirm={() => asked && purge(asked.name)}
      >
        <Text>
          This deletes "{asked?.title}", its labeling sessions, the answers of people who are in no other study, and all
          runs that no other study uses.
        </Text>
        <HelpNote>This cannot be undone. To keep a copy, restore the study and export it first.</HelpNote>
      </Confirm>
    </details>
  );
}

const studyLinks = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('[data-study-link]') ?? []),
];

/** Moves along the links of a list with j/k or arrows. */
function useListKeys(list: RefObject<HTMLElement | null>): void {
  const move =
    (step: number) =>
    (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isElsewhere(event.target, list.current)) return;
      event.preventDefault();
      const links = studyLinks(list.current);
      const at = links.indexOf(document.activeElement as HTMLElement);
      links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
    };
  const ownKeys = { preventDefault: false };
  useHotkeys([
    ['j', move(1), ownKeys],
    ['ArrowDown', move(1), ownKeys],
    ['k', move(-1), ownKeys],
    ['ArrowUp', move(-1), ownKeys],
  ]);
}

/** Menus and dialogs handle these keys themselves. */
const isElsewhere = (target: EventTarget | null, list: HTMLElement | null): boolean =>
  target instanceof HTMLElement && target !== document.body && target.id !== 'content' && !list?.contains(target);
