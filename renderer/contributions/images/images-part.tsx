import { Button, Group, Stack, Box, SimpleGrid } from '@mantine/core';
import { useState } from 'react';
import type { Inspection } from '../../../main/contributions/formats/contract/inspection.ts';
import type { ReadyImages } from '../../../main/contributions/images/contract.ts';
import { inspectionWords } from '../../../main/contributions/images/inspection-words.ts';
import type { Findings } from '../../../main/contract/results/index.ts';
import type { DataSetSource } from '../../../main/contract/studies/index.ts';
import { isTestOnly } from '../../../main/domain/data/index.ts';
import { folderSettings } from '../../../main/contributions/formats/contract/folder-settings.ts';
import { formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { findSetting, helpOf, titleOf } from '../../../main/domain/settings/index.ts';
import { decodePixels, imageAt, PixelImage } from '../../ui/images/index.ts';
import {
  CheckField,
  NumberField,
  Segments,
  SettingFields,
  submitting,
  TextField,
  useClassFilter,
} from '../../ui/fields/index.ts';
import { ErrorNotice, WorkProgress } from '../../ui/parts/index.ts';
import { Ago, ClassName } from '../../ui/words/index.ts';
import type { Reading } from '../../client/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';

type FolderSource = Extract<DataSetSource, { source: 'folder' }>;
type CifarSource = Extract<DataSetSource, { source: 'cifar' }>;
type Classes = Inspection['classes'];

interface ImagesPartProps {
  found: Inspection;
  /** What is read, or was. */
  source: DataSetSource;
  reading: Reading<ReadyImages>;
  /** Reads the images in another form, or `again` even if no file seems to have changed. */
  onRead: (source: DataSetSource, again: boolean) => void;
  /** Other images. */
  onLeave: () => void;
}

/** What was found, how it is read, and the images as networks will see them. */
export function ImagesPart({ found, source, reading, onRead, onLeave }: ImagesPartProps) {
  const { result, progress, error } = reading;
  // Classes by the labels that the inspection did not count, once the images were read with all of them.
  const [others, setOthers] = useState<Classes>([]);
  if (result && hasOtherLabels(result.source, found) && takenOf(result.source) === null && others.length === 0) {
    setOthers(result.classes);
  }
  const classesOf = (read: DataSetSource): Classes => (hasOtherLabels(read, found) ? others : found.classes);
  const classes = classesOf(source);
  return (
    <section className="card" aria-labelledby="images" aria-busy={result === null && error === null}>
      <Group className="new-study-head" gap="4px 12px" align="baseline">
        <h2 id="images">{source.source === 'mnist' ? 'MNIST' : source.name}</h2>
        <span className="soft">{`${found.kind}; ${inspectionWords(classes.length > 0 ? { ...found, classes } : found)}`}</span>
        <Button size="compact-sm" onClick={onLeave} ml="auto">
          Choose other images
        </Button>
      </Group>
      {(source.source === 'folder' || source.source === 'cifar') && (
        <FormFields
          key={JSON.stringify(source)}
          found={found}
          source={source}
          classesOf={classesOf}
          onRead={(draft) => onRead(draft, false)}
        />
      )}
      {error !== null && (
        <ErrorNotice error={error} safe="No study was created." onRetry={() => onRead({ ...source }, false)} />
      )}
      {error === null && result === null && (
        <WorkProgress
          of="Reading the images"
          note={`Reading the images${progress?.note ? `: ${progress.note}` : ''}`}
          share={progress?.share ?? null}
        />
      )}
      {result && result.preparedAt !== null && (
        <Group gap="4px 12px">
          <span>
            {result.preparedAt === 0 ? (
              'These images came with an archive'
            ) : (
              <>
                Prepared earlier (<Ago at={result.preparedAt} />)
              </>
            )}
            {result.areFilesGone ? '; their files are missing now.' : '; no file has changed since.'}
          </span>
          {!result.areFilesGone && (
            <Button size="compact-sm" onClick={() => onRead({ ...source }, true)}>
              Read again
            </Button>
          )}
        </Group>
      )}
      {result && <Preview {...result} />}
      {result?.findings && <Remarks {...result.findings} hasTraining={result.train > 0} />}
    </section>
  );
}

interface FormFieldsProps {
  found: Inspection;
  source: FolderSource | CifarSource;
  /** All classes of images that are read so; none before they are known. */
  classesOf: (source: DataSetSource) => Classes;
  onRead: (source: DataSetSource) => void;
}

/** Names of the classes that are taken; null: all. */
const takenOf = (source: DataSetSource): readonly string[] | null =>
  source.source === 'folder' ? source.folders : source.source === 'cifar' ? (source.take ?? null) : null;

/** Whether images have other labels so, of CIFAR-100's two, than those that were looked at. */
const hasOtherLabels = (source: DataSetSource, found: Inspection): boolean =>
  source.source === 'cifar' && found.source.source === 'cifar' && source.labels !== found.source.labels;

/** The form in which images are read. Changes apply together, as reading takes time. */
function FormFields({ found, source, classesOf, onRead }: FormFieldsProps) {
  const [draft, setDraft] = useState(source);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(source);
  const all = classesOf(draft).map(({ name }) => name);
  const find = useClassFilter(all);
  const chosen = takenOf(draft) ?? all;
  const setClass = (name: string, takes: boolean): void => {
    const some = all.filter((other) => (other === name ? takes : chosen.includes(other)));
    const taken = some.length === all.length ? null : some;
    setDraft(draft.source === 'folder' ? { ...draft, folders: taken } : withTaken(draft, taken));
  };
  const isFew = all.length > 0 && chosen.length < 2;
  const isPlain = draft.source === 'cifar' && !found.hasCoarseLabels && all.length <= 2;
  if (isPlain) return null;
  return (
    <Stack
      component="form"
      pb="md"
      gap="sm"
      style={{ borderBottom: '1px solid var(--line)' }}
      onSubmit={submitting(() => onRead(draft))}
    >
      {draft.source === 'folder' && <FolderFields draft={draft} onChange={setDraft} />}
      {draft.source === 'cifar' && found.hasCoarseLabels && (
        <Labeled name="Labels">
          <Segments
            label="Labels"
            options={{ fine: 'Fine (100 classes)', coarse: 'Coarse (20 classes)' }}
            value={draft.labels}
            onChange={(labels) => setDraft({ ...withTaken(draft, null), labels })}
          />
        </Labeled>
      )}
      {all.length > 2 && (
        <details>
          <summary>
            Classes: {chosen.length === all.length ? `all ${all.length}` : `${chosen.length} of ${all.length}`}
          </summary>
          {find.field}
          <SimpleGrid
            minColWidth={160}
            spacing="md"
            verticalSpacing={6}
            mah={220}
            mt="sm"
            style={{ overflowY: 'auto' }}
          >
            {all.filter(find.isShown).map((name) => (
              <CheckField
                key={name}
                label={name}
                checked={chosen.includes(name)}
                onChange={(checked) => setClass(name, checked)}
              />
            ))}
          </SimpleGrid>
        </details>
      )}
      {isChanged && (
        <Group gap="xs">
          <Button variant="filled" type="submit" disabled={isFew}>
            Read the images again
          </Button>
          <Button onClick={() => setDraft(source)}>Undo changes</Button>
          {isFew && <span className="soft">A study needs two classes or more.</span>}
        </Group>
      )}
    </Stack>
  );
}

const withTaken = ({ take: _, ...source }: CifarSource, taken: string[] | null): CifarSource => ({
  ...source,
  ...(taken && { take: taken }),
});

const title = (path: string): string => titleOf(findSetting(folderSettings, path));

/** How images of any size and color become those that networks see. */
function FolderFields({ draft, onChange }: { draft: FolderSource; onChange: (draft: FolderSource) => void }) {
  const change = (part: Partial<FolderSource>): void => onChange({ ...draft, ...part });
  return (
    <div className="column-fields">
      <Labeled name={title('channels')}>
        <Segments
          label={title('channels')}
          options={['Color', 'Gray']}
          value={draft.channels === 3 ? 'Color' : 'Gray'}
          onChange={(color) => change({ channels: color === 'Color' ? 3 : 1 })}
        />
      </Labeled>
      <SettingFields settings={folderSettings} values={draft} onValues={onChange} />
      <TextField
        label={title('background')}
        type="color"
        w={90}
        value={draft.background}
        onChange={(text) => change({ background: text.toLowerCase() })}
      />
      {!isTestOnly(draft) && (
        <NumberField
          label={title('split.testShare')}
          description={helpOf(findSetting(folderSettings, 'split'))}
          min={1}
          max={90}
          suffix=" %"
          value={Math.round(draft.split.testShare * 100)}
          onChange={(percent) => change({ split: { ...draft.split, testShare: percent / 100 } })}
        />
      )}
    </div>
  );
}

function Labeled({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <Box component="span" display="block" fz="sm" fw={600} aria-hidden>
        {name}
      </Box>
      {children}
    </div>
  );
}

/** Images of each class as networks will see them, with the numbers of both parts. */
function Preview({ width, height, channels, train, test, classes, preview }: ReadyImages) {
  const [values] = useState(() => decodePixels(preview.pixels));
  const size = { width, height, channels };
  const few = classes.length <= 12;
  const scale = Math.max(1, Math.floor((few ? 48 : 32) / Math.max(width, height)));
  const shownSize = Math.min(64, Math.max(width, height) * scale);
  const find = useClassFilter(classes.map(({ name }) => name));
  const of = (label: number): number[] => [...preview.labels.keys()].filter((index) => preview.labels[index] === label);
  return (
    <>
      <p style={{ fontVariantNumeric: 'tabular-nums' }}>
        {train > 0 && `${formatCount(train, 'training image')}, `}
        {formatCount(test, 'test image')}; {width} × {height} pixels, {channels === 3 ? 'color' : 'gray'}
      </p>
      {find.field}
      <PlainTable
        label="Classes and some of their images"
        box="scroll-x long-table"
        className="wide-table new-study-table"
        rows={classes.map((each, label) => ({ ...each, label })).filter(({ name }) => find.isShown(name))}
        rowKey={({ name }) => name}
        columns={[
          { title: 'Class', cell: ({ name }) => <ClassName name={name} width={220} /> },
          train > 0 && { title: 'Training', numeric: true, cell: (count) => formatInteger(count.train) },
          { title: 'Test', numeric: true, cell: (count) => formatInteger(count.test) },
          {
            title: 'Images as networks see them',
            cell: ({ name, label }) => (
              <span
                className="new-study-pictures"
                // One line: the mat is 2 px on each side.
                style={{ '--picture-height': `${shownSize + 4}px` } as React.CSSProperties}
              >
                {of(label).map((index, place) => (
                  <PixelImage
                    key={index}
                    pixels={imageAt(values, size, index)}
                    imageSize={size}
                    size={shownSize}
                    mat={2}
                    label={`${name}, image ${place + 1}`}
                  />
                ))}
              </span>
            ),
          },
        ]}
      />
    </>
  );
}

/** What a person should know before the study starts. */
function Remarks({
  leftOut,
  sameInTest,
  nearInTest,
  inTwoClasses,
  comparedAll,
  notes,
  hasTraining,
}: Findings & { hasTraining: boolean }) {
  const pairs = [
    [sameInTest, 'identical to a training image: accuracy is overstated'],
    [nearInTest, 'almost identical to a training image: accuracy may be overstated'],
  ] as const;
  const left = leftOut.reduce((sum, { count }) => sum + count, 0);
  const isClean = left + sameInTest.count + nearInTest.count + inTwoClasses.count + notes.length === 0 && comparedAll;
  if (isClean)
    return (
      <p className="soft">
        No image was left out{hasTraining && ', and no test image is almost identical to a training image'}.
      </p>
    );
  return (
    <Stack component="ul" className="new-study-remarks breaks-words" pl={20} gap="xs">
      {leftOut.map(({ reason, count, examples }) => (
        <li key={reason} data-warning>
          Left out: {formatCount(count, 'file')}, because {reason}. <Examples names={examples} count={count} />
        </li>
      ))}
      {pairs.map(
        ([{ count, examples }, words]) =>
          count > 0 && (
            <li key={words} data-warning>
              {formatCount(count, 'test image')} {count === 1 ? 'is' : 'are'} {words}.{' '}
              <Examples names={examples.map(({ first, second }) => `${second} and ${first}`)} count={count} />
            </li>
          ),
      )}
      {inTwoClasses.count > 0 && (
        <li data-warning>
          {formatCount(inTwoClasses.count, 'image')} {inTwoClasses.count === 1 ? 'has' : 'have'} an identical copy in
          another class.{' '}
          <Examples
            names={inTwoClasses.examples.map(({ first, second }) => `${first} and ${second}`)}
            count={inTwoClasses.count}
          />
        </li>
      )}
      {!comparedAll && <li>There are too many images to find all near-duplicates.</li>}
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </Stack>
  );
}

function Examples({ names, count }: { names: readonly string[]; count: number }) {
  if (names.length === 0) return null;
  return (
    <span className="soft">
      {names.join(', ')}
      {count > names.length && ` and ${formatInteger(count - names.length)} more`}
    </span>
  );
}
