import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type CSSProperties } from 'react';
import type { TeachingChoices } from '../../../main/contributions/teaching/contract/teaching.ts';
import type { Teaching } from '../../../main/contributions/teaching/contract/design.ts';
import { Empty, QueryState } from '../../ui/parts/index.ts';
import { RehearsalProvider } from '../../ui/words/index.ts';
import { DesignForm } from './design-form.tsx';
import { DesignPreview } from './design-preview.tsx';
import { EnoughAtFirst } from './enough.tsx';
import { fieldsOf, parseTeaching, type TeachingFields } from './teaching-fields.ts';
import { meta, useTeaching } from './calls.ts';
import './teaching.css';

interface TeachingDrawerProps {
  study: string;
  /** The design to change; null: a new one. */
  known: Teaching | null;
  onClose: () => void;
}

/** Plans what networks are taught of a study's images, beside what that takes. */
export function TeachingDrawer({ study, known, onClose }: TeachingDrawerProps) {
  const calls = useTeaching();
  const choices = useQuery(calls.choices.queryOptions({ input: { study }, meta }));
  return (
    <Drawer opened onClose={onClose} title={known ? `Change ${known.name}` : 'Plan experiment'} size={1080}>
      <QueryState query={choices} loading="Reading images and labels" lines={8} />
      {choices.data &&
        (choices.data.missing !== null ? (
          <>
            <Empty title="Labels come first">{choices.data.missing}</Empty>
            <EnoughAtFirst study={study} choices={choices.data} />
          </>
        ) : (
          <RehearsalProvider value={choices.data.simulated}>
            <Design study={study} known={known} choices={choices.data} onClose={onClose} />
          </RehearsalProvider>
        ))}
    </Drawer>
  );
}

function Design({ study, known, choices, onClose }: TeachingDrawerProps & { choices: TeachingChoices }) {
  const [fields, setFields] = useState<TeachingFields>(() => {
    const first = fieldsOf(known, choices);
    const cannot = new Set(choices.arms.flatMap(({ arm, missing }) => (missing === null ? [] : [arm])));
    return { ...first, arms: first.arms.filter((arm) => !cannot.has(arm)) };
  });
  return (
    <div className="beside" style={{ '--beside': '380px' } as CSSProperties}>
      <DesignForm choices={choices} fields={fields} onFields={setFields} />
      <DesignPreview study={study} choices={choices} onDone={onClose} parsed={parseTeaching(fields)} />
    </div>
  );
}
