import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { useThrottledRefetch } from '../../client/refetch.ts';
import { HelpNote, Loading, ErrorNotice } from '../../ui/states.tsx';
import './studies.css';
import { Welcome } from './welcome.tsx';
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import type { deletedStudySchema, StudyCard } from '../../../main/contract/api/studies.ts';
import { ImportButton, ImportJobs, useOpenSample } from './imports.tsx';
import { NewStudy } from './new-study.tsx';
import { StudyMenu, useStudyActions } from './study-menu.tsx';
import { Link } from 'wouter';
import { studyAddress } from '../../navigation/addresses.ts';
import { RehearsalMark } from '../../ui/badges.tsx';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { Ago } from '../../ui/values.tsx';
import { StudyStateMark } from './study-state.tsx';

/** What the figures of a study come from, and how often they are asked for at most, in milliseconds. */
const topics = ['runs', 'jobs', 'stimuli'] as const;
const lookEvery = 2000;

/** All studies of the data folder; or, at first start, the choice of what to begin with. */
export function StudiesScreen() {
  const api = useApi();
  const list = useQuery(api.studies.list.queryOptions({ input: {} }));
  useThrottledRefetch(list.refetch, topics, lookEvery);
  if (list.isPending) return <Loading label="Reading the studies" lines={6} />;
  if (list.isError) {
    return (
      <div className="screen">
        <h1>Studies</h1>
        <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      </div>
    );
  }
  const { studies, deleted } = list.data;
  return studies.length === 0 && deleted.length === 0 ? <Welcome /> : <StudiesList {...list.data} />;
}

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

/** One study of the list. */
export function StudyItem({ study, onRename }: { study: StudyCard; onRename: (study: StudyCard) => void }) {
  const { name, title, models, stimuli, labelers, reportAt } = study;
  return (
    <li className="study-item">
      <div className="study-item-head">
        <Link href={studyAddress(name)} className="study-item-title" data-study-link>
          {title}
        </Link>
        <span className="soft">{name}</span>
      </div>
      <StudyStateMark state={study.state} />
      <p className="study-item-figures">
        <span>{stimuli === null ? 'No stimuli yet' : `${formatInteger(stimuli)} stimuli`}</span>
        <span>
          {formatInteger(models.done)} of {formatInteger(models.planned)} models
        </span>
        <span>
          {labelers.count === 0 ? 'No labelers yet' : formatCount(labelers.count, 'labeler')}{' '}
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
        <span className="study-item-changed">
          Changed <Ago at={study.changedAt} />
        </span>
      </p>
      <StudyMenu study={study} onRename={() => onRename(study)} />
    </li>
  );
}

interface Deleted {
  name: string;
  title: string;
  deletedAt: string;
}

/** Deleted studies: back again, or gone for good, which asks first as nothing brings them back. */
export function DeletedStudies({ deleted }: { deleted: readonly Deleted[] }) {
  const { bringBack, purge } = useStudyActions();
  const [asked, setAsked] = useState<Deleted | null>(null);
  return (
    <details className="deleted-studies">
      <summary>Deleted ({deleted.length})</summary>
      <ul className="study-list">
        {deleted.map((study) => (
          <li key={study.name} className="deleted-study">
            <span>
              {study.title} <span className="soft">{study.name}</span>
            </span>
            <span className="soft">
              deleted <Ago at={study.deletedAt} />
            </span>
            <Button variant="default" onClick={() => bringBack(study.name)}>
              Bring back
            </Button>
            <Button variant="default" onClick={() => setAsked(study)}>
              Delete for good …
            </Button>
          </li>
        ))}
      </ul>
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title="Delete for good?">
        <p>
          "{asked?.title}" and the runs that no other study uses are removed. This cannot be undone. Labels of people
          stay.
        </p>
        <Group justify="end">
          <Button variant="default" onClick={() => setAsked(null)}>
            Keep it
          </Button>
          <Button
            onClick={() => {
              if (asked) purge(asked.name);
              setAsked(null);
            }}
          >
            Delete for good
          </Button>
        </Group>
      </Modal>
    </details>
  );
}

const steps: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** j/k and arrows walk along the links of a list; / goes to its filter, Escape back. */
export function useListKeys(list: RefObject<HTMLElement | null>, filter: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('[data-study-link]') ?? [])];
      if (event.target === filter.current) {
        if (event.key !== 'Escape' && event.key !== 'ArrowDown') return;
        links[0]?.focus();
      } else if (isTyping(event.target)) {
        return;
      } else if (event.key === '/') {
        filter.current?.focus();
      } else {
        const step = steps[event.key];
        if (step === undefined || isElsewhere(event.target, list.current)) return;
        const at = links.indexOf(document.activeElement as HTMLElement);
        links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
      }
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [list, filter]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Menus and dialogs have keys of their own. */
const isElsewhere = (target: EventTarget | null, list: HTMLElement | null): boolean =>
  target instanceof HTMLElement && target !== document.body && target.id !== 'content' && !list?.contains(target);
