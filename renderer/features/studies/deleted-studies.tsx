import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import { Ago } from '../../ui/values.tsx';
import { useStudyActions } from './use-study-actions.tsx';

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
