import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSnowflake } from '@tabler/icons-react';
import { useState } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import type { TestImageChoice } from '../../../main/contract/study.ts';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { testImagesText } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import { NumberField, TextArea, Segments } from '../../ui/fields.tsx';
import { ErrorNotice, HelpNote, Card } from '../../ui/states.tsx';
import { StimulusGrid } from '../../ui/stimulus-grid.tsx';
import { useThumbnailSize } from '../../ui/thumbnails.ts';
import type { Pictures } from '../../ui/use-pictures.ts';
import { CallButton } from '../../ui/buttons.tsx';
import { Disagreed } from './disagreed-part.tsx';
import { JobLine, outdatedBy } from './freeze-part.tsx';
import { useStudyJob } from './use-stimuli.ts';

type Choosing = NonNullable<StimuliState['testImages']>;

interface TestImagesProps {
  study: string;
  state: StimuliState;
  chosen: Choosing;
}

/** Which images of the test part are the stimuli: chosen here, then frozen. */
export function TestImagesChoice({ study, state, chosen }: TestImagesProps) {
  const api = useApi();
  const save = useMutation(api.stimuli.chooseTestImages.mutationOptions());
  const { choose, total, reference } = chosen;
  // Images on which people disagree are chosen in steps: nothing is saved before they are known.
  const [isChoosing, setChoosing] = useState(false);
  const change = (next: TestImageChoice): void => {
    save.mutate({ study, before: choose, choose: next }, { onSuccess: () => setChoosing(false) });
  };
  const most = total ?? 100_000;
  const shown = isChoosing ? 'disagreed' : choose.kind;
  return (
    <Card className="card-start" title="Which test images">
      <Segments
        label="Which test images"
        value={shown}
        disabled={state.locked || save.isPending}
        options={kinds.map(({ value, label }) => ({ value, label, disabled: value === 'hardest' && !reference }))}
        onChange={(kind) => {
          if (kind === 'disagreed') setChoosing(true);
          else if (kind === choose.kind) setChoosing(false);
          else change(ofKind(kind as Settled, choose, most));
        }}
      />
      <HelpNote>{kinds.find(({ value }) => value === shown)?.help}</HelpNote>
      {!reference && <HelpNote>This study has no reference classifier, so it cannot find the hardest images.</HelpNote>}
      {shown === 'disagreed' && (
        <Disagreed
          study={study}
          most={most}
          onChoose={change}
          locked={state.locked}
          saving={save.isPending}
          chosen={choose.kind === 'disagreed' ? choose : null}
        />
      )}
      {!isChoosing && 'count' in choose && (
        <Group gap="sm">
          <NumberField
            label="Images"
            w={140}
            min={1}
            max={most}
            value={choose.count}
            disabled={state.locked}
            onChange={(count) => change({ ...choose, count })}
          />
          {choose.kind === 'sample' && (
            <NumberField
              label="Seed"
              w={140}
              min={0}
              max={0xffff_ffff}
              value={choose.seed}
              disabled={state.locked}
              onChange={(seed) => change({ ...choose, seed })}
            />
          )}
        </Group>
      )}
      {!isChoosing && choose.kind === 'listed' && (
        <Positions key={choose.positions.join()} choose={choose} change={change} most={most} locked={state.locked} />
      )}
      {save.isError && <ErrorNotice error={save.error} safe="The choice is unchanged." />}
      {state.problem !== null && (
        <ErrorNotice error={{ data: { what: state.problem, where: 'Which test images', remedy: '' } }} />
      )}
    </Card>
  );
}

const kinds: { value: TestImageChoice['kind']; label: string; help: string }[] = [
  { value: 'all', label: 'All', help: 'Every image of the test part.' },
  {
    value: 'sample',
    label: 'Sample',
    help: 'Drawn at random with the seed, with as many images of each class as there are, as near as that goes.',
  },
  {
    value: 'hardest',
    label: 'Hardest',
    help: 'The images that the reference classifier is least sure of. What is found there holds for such images only.',
  },
  {
    value: 'disagreed',
    label: 'Disagreed',
    help: 'The images on which people disagree most, by the entropy of their labels. Their answers come from a file, such as counts of CIFAR-10H, or from another study of these test images.',
  },
  { value: 'listed', label: 'Listed', help: 'Images that you name by their position in the test part, from 0.' },
];

/** Kinds that are saved at once. */
type Settled = Exclude<TestImageChoice['kind'], 'disagreed'>;

/** The choice of another kind, with what both have. */
function ofKind(kind: Settled, now: TestImageChoice, most: number): TestImageChoice {
  const count = 'count' in now ? now.count : Math.min(200, most);
  if (kind === 'sample') return { kind, count, seed: 1 };
  if (kind === 'hardest') return { kind, count };
  return kind === 'listed' ? { kind, positions: [0] } : { kind };
}

interface PositionsProps {
  choose: Extract<TestImageChoice, { kind: 'listed' }>;
  change: (next: TestImageChoice) => void;
  most: number;
  locked: boolean;
}

/** Positions as text; kept once it is a list of them. */
function Positions({ choose, change, most, locked }: PositionsProps) {
  const [text, setText] = useState(choose.positions.join(', '));
  const positions = parsePositions(text);
  const isValid = positions.length > 0 && positions.every((position) => position >= 0 && position < most);
  return (
    <>
      <TextArea
        label="Positions"
        autosize
        minRows={2}
        maxRows={8}
        value={text}
        disabled={locked}
        error={
          isValid ? null : `Write whole numbers from 0 to ${formatInteger(most - 1)}, with commas or spaces between.`
        }
        onChange={setText}
      />
      <Group>
        <Button
          disabled={!isValid || locked || positions.join() === choose.positions.join()}
          onClick={() => change({ kind: 'listed', positions })}
        >
          Use {formatCount(positions.length, 'image')}
        </Button>
      </Group>
    </>
  );
}

/** Each once; -1 stands for what is no position. */
const parsePositions = (text: string): number[] => [
  ...new Set(
    text
      .split(/[\s,;]+/)
      .filter((word) => word !== '')
      .map((word) => (/^\d{1,7}$/.test(word) ? Number(word) : -1)),
  ),
];

/** The button that freezes the chosen images, and what becomes outdated by that. */
export function FreezeTestImages({ study, state, chosen: { choose, total } }: TestImagesProps) {
  const api = useApi();
  const job = useStudyJob(study, ['stimuli', 'report']);
  const freeze = useMutation(api.stimuli.freeze.mutationOptions());
  const count = choose.kind === 'all' ? total : 'positions' in choose ? choose.positions.length : choose.count;
  return (
    <Card className="card-start" title={<>Freeze {testImagesText(choose)}</>}>
      <HelpNote>
        Freezing stores the images under the hash of their pixels. After that the set never changes: models predict it,
        people label it, and every figure names it.
        {choose.kind === 'hardest' && ' The reference classifier is trained first.'}
      </HelpNote>
      {state.frozen && (
        <Text size="sm">
          The frozen set <code>{state.frozen.hash.slice(0, 8)}</code> has other images. Then {outdatedBy(state.frozen)}{' '}
          must be created again. You can use the old set again under “Earlier sets”.
        </Text>
      )}
      <Group>
        <CallButton
          variant="filled"
          leftSection={<IconSnowflake size={16} aria-hidden />}
          disabled={job !== null || state.problem !== null}
          call={freeze}
          input={{ study }}
        >
          {count === null ? 'Freeze all test images' : `Freeze ${formatCount(count, 'image')}`}
        </CallButton>
        <JobLine job={job} />
      </Group>
      {freeze.isError && <ErrorNotice error={freeze.error} />}
    </Card>
  );
}

/** Size of an image, in CSS pixels. */
const usualCell = 48;

interface FrozenImagesProps {
  images: number;
  pictures: Pictures;
  onOpen: (id: number) => void;
}

/** All images of the frozen set, by position; only those in view are drawn. */
export function FrozenImages({ images, pictures, onOpen }: FrozenImagesProps) {
  const cell = useThumbnailSize(usualCell);
  return (
    <section aria-labelledby="frozen-images">
      <h2 id="frozen-images">{formatCount(images, 'image')}, frozen</h2>
      <StimulusGrid
        label="All images by their position in the test part. Enter opens one."
        count={images}
        cell={cell}
        height={Math.min(560, Math.ceil(images / 10) * (cell + 4) + 8)}
        imageSize={pictures.imageSize}
        imageAt={(index) => {
          const id = pictures.ids[index];
          if (id === undefined) return { id: `wait-${index}`, pixels: null, label: `Image ${index + 1} of ${images}` };
          return { id: String(id), pixels: pictures.imagePixels(id), label: `Image ${id}` };
        }}
        onOpen={(index) => {
          const id = pictures.ids[index];
          if (id !== undefined) onOpen(id);
        }}
      />
    </section>
  );
}
