import { Anchor, Group, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import type { Draft, StimuliState } from '../../../main/contract/api/stimuli.ts';
import { studyAddress } from '../../navigation/addresses.ts';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { Confirm } from '../../ui/parts/confirm.tsx';
import { ErrorNotice } from '../../ui/parts/states.tsx';
import { Segments } from '../../ui/fields/fields.tsx';
import { changedSource } from './draft-edits.ts';
import { outdatedBy } from './freeze-part.tsx';
import type { DraftProps } from './use-draft.ts';

type Source = Draft['source'] | 'test-images';

const sources = [
  { value: 'generated', label: 'Generator' },
  { value: 'blended', label: 'Real images' },
  { value: 'test-images', label: 'Test images' },
] as const;

interface SourceChoiceProps extends DraftProps {
  /** Called after a change to a generator that has to be trained first. */
  onUntrained: () => void;
}

/** Whether a generator or real images make the stimuli, or they are test images. The frozen set stays. */
export function SourceChoice({ study, state, tools, onUntrained }: SourceChoiceProps) {
  const { source, anchors } = tools.draft;
  const leave = useSetSource();
  const isUntrained = (next: Source): boolean => next === 'generated' && state.instead?.trained === false;
  const change = (next: Source): void => {
    if (next === 'test-images') return leave.mutate({ study, source: next });
    tools.change(changedSource(tools.draft, next));
    if (isUntrained(next)) onUntrained();
  };
  return (
    <Sources
      state={state}
      source={source}
      leave={leave}
      change={change}
      disabled={state.locked}
      draft={tools.draft}
      costs={(next) => next === 'test-images' || state.frozen !== null || anchors !== null || isUntrained(next)}
    >
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
    </Sources>
  );
}

/** Choice of the source for a study whose stimuli are test images: every other source brings its draft back. */
export function OtherSource({ study, state }: Pick<SourceChoiceProps, 'study' | 'state'>) {
  const leave = useSetSource();
  return (
    <Sources
      state={state}
      leave={leave}
      disabled={state.locked || leave.isPending}
      source="test-images"
      draft={{ anchors: null }}
      costs={() => true}
      change={(source) => leave.mutate({ study, source })}
    >
      {state.locked
        ? 'People have labeled the frozen set. To change the images, copy the study below.'
        : `Images of the data set’s test part, as they are: they have no pair and no alpha. ${state.noGenerator ?? ''}`}
    </Sources>
  );
}

const useSetSource = () => useMutation(useApi().stimuli.setSource.mutationOptions());

interface SourcesProps {
  state: StimuliState;
  source: Source;
  disabled: boolean;
  draft: Pick<Draft, 'anchors'>;
  /** Whether the change is asked about first. */
  costs: (next: Source) => boolean;
  change: (next: Source) => void;
  leave: Pick<ReturnType<typeof useSetSource>, 'isError' | 'error'>;
  children: ReactNode;
}

function Sources({ state, source, disabled, draft, costs, change, leave, children }: SourcesProps) {
  const [asked, setAsked] = useState<Source | null>(null);
  return (
    <Group gap="sm" mb="sm">
      <Segments
        label="What makes the images"
        value={source}
        options={sources.map((each) => ({
          ...each,
          disabled: each.value === 'generated' && state.noGenerator !== null,
        }))}
        disabled={disabled}
        onChange={(next) => {
          if (next === source) return;
          if (costs(next)) setAsked(next);
          else change(next);
        }}
      />
      <Text size="sm" c="dimmed">
        {children}
      </Text>
      <Confirm
        opened={asked !== null}
        title={asked ? questions[asked].title : ''}
        action={asked ? questions[asked].action : ''}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && change(asked)}
      >
        {asked && consequences(state, draft, asked).map((text) => <Text key={text}>{text}</Text>)}
      </Confirm>
      {leave.isError && <ErrorNotice error={leave.error} safe="The study is unchanged." />}
    </Group>
  );
}

const questions: Record<Source, { title: string; action: string }> = {
  generated: { title: 'Have a generator make the images?', action: 'Use a generator' },
  blended: { title: 'Make the images from real ones?', action: 'Use real images' },
  'test-images': { title: 'Use test images as they are?', action: 'Use test images' },
};

function madeBy({ source, generator, noGenerator }: StimuliState): string {
  if (source === 'blended') {
    const mixed = `Mixed from ${generator?.what ?? 'test images'}.`;
    return `${mixed} ${noGenerator ?? 'No generator is needed.'}`;
  }
  return generator ? `Drawn by ${generator.what}.` : 'The generator is not trained yet.';
}

/** What another source means, and what becomes outdated. */
function consequences({ instead, frozen }: StimuliState, { anchors }: Pick<Draft, 'anchors'>, next: Source): string[] {
  const trained = instead?.trained
    ? `The images are then drawn by ${instead.what}.`
    : `This study has no trained generator, so one must be trained first: ${instead?.what ?? 'a recipe is proposed'}. You can change the recipe on the Generator screen.`;
  if (next === 'test-images') {
    return [
      'The stimuli are then images of the test part as they are. They do not lie between classes, so results and report have no anchors, pairs, alphas or flip points.',
      'Your anchors and pairs come back when you choose another source again.',
      ...frozenStays(frozen),
    ];
  }
  return [
    next === 'blended'
      ? 'Each image is then a mixture of two test images. No generator is needed; a trained one is kept.'
      : trained,
    ...(anchors ? ['Anchors that you chose do not fit, so the rule chooses others. Undo brings yours back.'] : []),
    ...frozenStays(frozen),
  ];
}

const frozenStays = (frozen: StimuliState['frozen']): string[] =>
  frozen ? [`The frozen images stay until you freeze others. Then ${outdatedBy(frozen)} must be created again.`] : [];
