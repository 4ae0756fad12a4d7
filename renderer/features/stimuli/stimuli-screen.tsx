import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import type { Draft, StimuliState } from '../../../main/contract/api/stimuli.ts';
import { interpolationName } from '../../../main/domain/settings/stimuli-settings.ts';
import { pairBalance } from '../../../main/domain/stimuli/pair-balance.ts';
import { useParameter, useStudy } from '../../navigation/addresses.ts';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { ErrorNotice, QueryState, PartTabs } from '../../ui/parts/states.tsx';
import { AnchorsPart } from './anchors-part.tsx';
import { FreezePart } from './freeze-part.tsx';
import { ImageDrawer } from './image-drawer.tsx';
import { PairsPart } from './pairs-part.tsx';
import { PreviewPart } from './preview-part.tsx';
import { OtherSource, SourceChoice } from './source-choice.tsx';
import { FreezeTestImages, FrozenImages, TestImagesChoice } from './test-images-part.tsx';
import { testImagesText } from '../../../main/domain/numbers/format.ts';
import { type DraftTools, useDraft } from './use-draft.ts';
import { useStimuliState } from './use-stimuli.ts';
import { usePictures } from '../../ui/images/use-pictures.ts';
import { Waiting } from './waiting.tsx';
import { StepState } from '../../ui/parts/step-state.tsx';
import './stimuli.css';
import './pairs.css';
import './stimuli-sizes.css';

const parts = ['anchors', 'pairs', 'preview', 'freeze'] as const;

/** From candidates to a frozen set: anchors, pairs, preview, and freezing. */
export function StimuliScreen() {
  const name = useStudy();
  const state = useStimuliState(name);
  return (
    <div className="page">
      {!state.data && <Title order={1}>Stimuli</Title>}
      <QueryState query={state} loading="Reading the stimuli" lines={8} />
      {state.data &&
        (state.data.testImages ? (
          <TestImagesScreen study={name} state={state.data} chosen={state.data.testImages} />
        ) : state.data.draft ? (
          <Drafting key={name} study={name} state={state.data} stored={state.data.draft} />
        ) : (
          <Screen study={name} state={state.data} tools={null} />
        ))}
    </div>
  );
}

function Drafting({ study, state, stored }: { study: string; state: StimuliState; stored: Draft }) {
  return <Screen study={study} state={state} tools={useDraft(study, state, stored)} />;
}

interface ScreenProps {
  study: string;
  state: StimuliState;
  /** Null for imported stimuli, where there is nothing to choose. */
  tools: DraftTools | null;
}

function Screen({ study, state, tools }: ScreenProps) {
  const [part, setPart] = useParameter('part');
  const [image, setImage] = useParameter('image');
  useHotkeys([
    ['mod+Z', () => tools?.undo()],
    ['mod+shift+Z', () => tools?.redo()],
  ]);
  const shown = parts.find((each) => each === part) ?? (tools ? 'anchors' : 'preview');
  const opened = image === null || !/^\d{1,7}$/.test(image) ? null : Number(image);
  const open = (id: number | null): void => setImage(id === null ? null : String(id), { replace: opened !== null });
  const ready = !tools || state.anchors.length > 0;
  const waiting = <Waiting study={study} state={state} onReset={() => tools?.change({ anchors: null })} />;
  return (
    <>
      <Head study={study} state={state} tools={tools} />
      {tools && (
        <SourceChoice
          study={study}
          state={state}
          tools={tools}
          onUntrained={() => setPart('anchors', { replace: true })}
        />
      )}
      {tools?.error !== null && tools && <ErrorNotice error={tools.error} safe="The draft is unchanged." />}
      <PartTabs
        shown={shown}
        onShow={(next) => setPart(next, { replace: true })}
        parts={[
          {
            part: 'anchors',
            title: 'Anchors',
            disabled: !tools,
            content: tools && (ready ? <AnchorsPart study={study} state={state} tools={tools} /> : waiting),
          },
          {
            part: 'pairs',
            title: 'Pairs',
            disabled: !tools,
            content: tools && <PairsPart study={study} state={state} tools={tools} />,
          },
          {
            part: 'preview',
            title: 'Preview',
            content:
              ready || state.frozen ? (
                <PreviewPart study={study} state={state} tools={ready ? tools : null} onOpen={open} />
              ) : (
                waiting
              ),
          },
          {
            part: 'freeze',
            title: 'Freeze',
            content: <FreezePart study={study} state={state} saved={tools?.saved ?? true} />,
          },
        ]}
      />
      <ImageDrawer study={study} state={state} image={opened} onImage={open} />
    </>
  );
}

/** Test images as they are: nothing lies between two classes, so there are no anchors, pairs and alphas. */
function TestImagesScreen({ study, state, chosen }: { study: string; state: StimuliState; chosen: TestImagesChosen }) {
  const [image, setImage] = useParameter('image');
  const opened = image === null || !/^\d{1,7}$/.test(image) ? null : Number(image);
  const open = (id: number | null): void => setImage(id === null ? null : String(id), { replace: opened !== null });
  const pictures = usePictures(study, state.frozen?.images ?? 0);
  return (
    <Stack gap="md">
      <Head study={study} state={state} tools={null} />
      <OtherSource study={study} state={state} />
      <Stack maw={760} gap="lg">
        <TestImagesChoice study={study} state={state} chosen={chosen} />
        {!state.frozen?.current && !state.locked && <FreezeTestImages study={study} state={state} chosen={chosen} />}
      </Stack>
      {state.frozen && <FrozenImages images={state.frozen.images} pictures={pictures} onOpen={open} />}
      <FreezePart study={study} state={state} saved />
      <ImageDrawer study={study} state={state} image={opened} onImage={open} ids={pictures.ids} />
    </Stack>
  );
}

type TestImagesChosen = NonNullable<StimuliState['testImages']>;

function Head({ study, state, tools }: ScreenProps) {
  return (
    <Group gap="md" mb="sm">
      <Title order={1}>Stimuli</Title>
      <StepState study={study} step="stimuli" />
      <StateBadge state={state} />
      <Text size="sm" c="dimmed">
        {summary(state)}
      </Text>
      {tools && (
        <Group gap={4} ml="auto" wrap="nowrap">
          <Text size="sm" c="dimmed" role="status">
            {tools.saved ? '' : 'Saving …'}
          </Text>
          <Button
            size="compact-sm"
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            disabled={!tools.canUndo}
            onClick={tools.undo}
          >
            Undo
          </Button>
          <Button
            size="compact-sm"
            leftSection={<IconArrowForwardUp size={14} aria-hidden />}
            disabled={!tools.canRedo}
            onClick={tools.redo}
          >
            Redo
          </Button>
        </Group>
      )}
    </Group>
  );
}

function StateBadge({ state }: { state: StimuliState }) {
  const { frozen } = state;
  if (!frozen) return <span className="stimuli-state">Draft</span>;
  return (
    <span className="stimuli-state" data-state={frozen.current ? 'frozen' : 'stale'} title={`Set ${frozen.hash}`}>
      {frozen.current ? 'Frozen' : 'Draft differs from frozen images'}
    </span>
  );
}

function summary({ classes: names, pairs, draft, voters, frozen, source, testImages }: StimuliState): string {
  const voting = voters.length === 0 ? 'no models yet' : `${formatCount(voters.length, 'model')} vote`;
  if (testImages) return [formatCount(names.length, 'class'), testImagesText(testImages.choose), voting].join(' · ');
  const steps = source === 'imported' ? frozen?.alphas.length : draft?.alphas;
  const { balanced } = pairBalance(pairs, names.length);
  return [
    formatCount(names.length, 'class'),
    `${formatCount(pairs.length, 'pair')}${balanced ? ', balanced' : ''}`,
    ...(steps === undefined ? [] : [`${steps} alphas`]),
    draft ? interpolationName(draft.interpolation) : 'imported',
    voting,
  ].join(' · ');
}
