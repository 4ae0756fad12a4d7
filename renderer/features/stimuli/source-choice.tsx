import { Anchor, Group, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Draft, StimuliState } from '../../../main/contract/api/stimuli.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { changedSource } from './draft-edits.ts';
import { outdatedBy } from './freeze-part.tsx';
import type { DraftTools } from './use-draft.ts';

const sources: { value: Draft['source']; label: string }[] = [
  { value: 'generated', label: 'Generator' },
  { value: 'blended', label: 'Real images' },
];

interface SourceChoiceProps {
  study: string;
  state: StimuliState;
  tools: DraftTools;
  /** Called after a change to a generator that has to be trained first. */
  onUntrained: () => void;
}

/** Whether a generator or real images make the stimuli. A change is one of the draft: the frozen set stays. */
export function SourceChoice({ study, state, tools, onUntrained }: SourceChoiceProps) {
  const [asked, setAsked] = useState<Draft['source'] | null>(null);
  const { source, anchors } = tools.draft;
  const change = (next: Draft['source']): void => {
    setAsked(null);
    tools.change(changedSource(tools.draft, next));
    if (next === 'generated' && state.instead?.trained === false) onUntrained();
  };
  const costs = (next: Draft['source']): boolean =>
    state.frozen !== null || anchors !== null || (next === 'generated' && state.instead?.trained === false);
  return (
    <Group gap="sm" mb="sm" className="stimuli-source">
      <SegmentedControl
        aria-label="What makes the images"
        value={source}
        data={sources.map((each) => ({ ...each, disabled: each.value === 'generated' && state.noGenerator !== null }))}
        disabled={state.locked}
        onChange={(value) => {
          const next = value === 'blended' ? 'blended' : 'generated';
          if (costs(next)) setAsked(next);
          else change(next);
        }}
      />
      <Text size="sm" c="dimmed">
        {state.locked
          ? 'People have labeled the frozen set. To change what makes the images, copy the study under Freeze.'
          : madeBy(state)}
        {!state.locked && state.source === 'generated' && (
          <>
            {' '}
            <Anchor component={Link} href={studyAddress(study, '/generator')} c="inherit" underline="always">
              See the generator
            </Anchor>
          </>
        )}
      </Text>
      <Confirm
        opened={asked !== null}
        title={asked === 'blended' ? 'Make the images from real ones?' : 'Have a generator make the images?'}
        action={asked === 'blended' ? 'Use real images' : 'Use a generator'}
        onCancel={() => setAsked(null)}
        onConfirm={() => asked && change(asked)}
      >
        {asked && consequences(state, tools.draft, asked).map((text) => <Text key={text}>{text}</Text>)}
      </Confirm>
    </Group>
  );
}

function madeBy({ source, generator, noGenerator }: StimuliState): string {
  if (source === 'blended') {
    const mixed = `Mixed from ${generator?.what ?? 'test images'}.`;
    return `${mixed} ${noGenerator ?? 'No generator is needed.'}`;
  }
  return generator ? `Drawn by ${generator.what}.` : 'The generator is not trained yet.';
}

/** What another source means, and what becomes outdated. */
function consequences({ instead, frozen }: StimuliState, { anchors }: Draft, next: Draft['source']): string[] {
  const trained = instead?.trained
    ? `The images are then drawn by ${instead.what}.`
    : `This study has no trained generator. Before images can be drawn, one has to be trained: ${instead?.what ?? 'its recipe is proposed'}. You can change its recipe on the Generator screen.`;
  return [
    next === 'blended'
      ? 'Each image is then a mixture of two test images. No generator is needed; a trained one is kept.'
      : trained,
    ...(anchors ? ['Anchors that you chose do not fit, so the rule chooses others. Undo brings yours back.'] : []),
    ...(frozen
      ? [
          `The frozen set ${frozen.hash.slice(0, 8)} stays until you freeze another. Then ${outdatedBy(frozen)} must be created again.`,
        ]
      : []),
  ];
}
