import { Modal, MultiSelect, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OutsideCalls } from '../../../main/contributions/outside/calls.ts';
import type { AnswersMapping, AnswersPreview } from '../../../main/contributions/answers/contract/outside-models.ts';
import { formatCount, formatNames } from '../../../main/domain/numbers/index.ts';
import { useApiOf } from '../../client/index.ts';
import { ClassName } from '../../ui/words/index.ts';
import { ColumnField, LabelWords, mostFields, TableSample, unmappedText } from '../answers/table-mapping.tsx';
import { DialogFoot, ErrorNotice, HelpNote, showToast } from '../../ui/parts/index.ts';
import { CheckField, TextField } from '../../ui/fields/index.ts';

/** An uploaded table of answers, and how it would be read. */
export interface OpenAnswers {
  upload: string;
  preview: AnswersPreview;
}

interface AnswersDialogProps {
  study: string;
  table: OpenAnswers;
  /** Classes of the stimuli. */
  classes: readonly string[];
  onClose: () => void;
}

/** Assigns the columns and labels of a table of answers, then adds its models. */
export function AnswersDialog({ study, table, classes: names, onClose }: AnswersDialogProps) {
  const api = useApiOf<OutsideCalls>('outside');
  /** What was chosen in place of the guess: what the table is read by, and the rest. */
  const [wanted, setWanted] = useState<Partial<AnswersMapping>>({});
  const [typed, setTyped] = useState<Partial<AnswersMapping>>({});
  const read = useQuery(
    api.previewAnswers.queryOptions({
      input: { study, upload: table.upload, wanted },
      staleTime: Number.POSITIVE_INFINITY,
      meta: { follows: ['stimuli'] },
      placeholderData: (before) => before ?? table.preview,
    }),
  );
  const preview = read.data ?? table.preview;
  const { guess } = preview;
  const mapping = { ...guess, ...wanted, ...typed, classes: { ...guess.classes, ...typed.classes } };
  const add = useMutation(
    api.addAnswers.mutationOptions({
      onSuccess: ({ models, known, notes }) => {
        const there = known > 0 ? [`${formatCount(known, 'model')} of them were in the study already.`] : [];
        const message = [...there, ...notes].join(' ');
        const title = `${formatCount(models.length - known, 'outside model')} added`;
        showToast(message === '' ? { title } : { title, message, sticky: true });
        onClose();
      },
    }),
  );
  const change = (part: Partial<AnswersMapping>): void => setWanted({ ...wanted, ...part });
  const problem = whatIsMissing(preview, mapping, names.length);
  return (
    <Modal opened onClose={onClose} title={`Add models of ${preview.name}`} size="xl">
      <Stack gap="md">
        {preview.shape === null ? (
          <>
            <TableSample {...preview} />
            <Columns preview={preview} mapping={mapping} names={names} onChange={change} />
          </>
        ) : (
          <HelpNote>{describeArray(preview, names.length)}</HelpNote>
        )}
        {mapping.aside && (
          <MultiSelect
            label="Not models: set aside"
            description="Names of people in the column of models. Import their answers on the Labeling screen"
            data={[...new Set([...preview.models, ...preview.aside, ...mapping.aside])]}
            value={mapping.aside}
            searchable
            onChange={(aside) => change({ aside })}
          />
        )}
        {mapping.model === null && (
          <TextField
            label={preview.models.length > 1 ? 'Beginning of the models’ names' : 'Name of the model'}
            value={mapping.name}
            maxLength={100}
            onChange={(name) => setTyped({ ...typed, name })}
          />
        )}
        {mapping.label !== null && preview.labels.length > 0 && (
          <LabelWords
            key={mapping.label}
            words={preview.labels}
            names={names}
            meanings={mapping.classes}
            canAbstain={false}
            mayBeBlank={false}
            onChoose={(text, meaning) =>
              typeof meaning === 'number' && setTyped({ ...typed, classes: { ...typed.classes, [text]: meaning } })
            }
          />
        )}
        {preview.notOne > 0 && (
          <CheckField
            label={`Divide softmax by its sum (${formatCount(preview.notOne, 'row')} do not add up to 1)`}
            checked={mapping.normalise}
            onChange={(normalise) => setTyped({ ...typed, normalise })}
          />
        )}
        {preview.unknown.rows > 0 && (
          <HelpNote>
            {formatCount(preview.unknown.rows, 'row')} of images that this study does not have will be set aside:{' '}
            {formatNames(preview.unknown.examples, 5)}.
          </HelpNote>
        )}
        <p className="soft" role="status">
          {problem ??
            `${formatCount(preview.models.length, 'model')}: ${formatNames(shownModels(preview, mapping), 5)}.`}
        </p>
        {read.isError && <ErrorNotice error={read.error} />}
        <DialogFoot
          call={add}
          input={{ study, upload: table.upload, mapping: { ...mapping, name: mapping.name.trim() } }}
          action={`Add ${formatCount(preview.models.length, 'model')}`}
          disabled={problem !== null || read.isFetching}
          safe="Nothing of the table was stored."
          onCancel={onClose}
        />
      </Stack>
    </Modal>
  );
}

/** One model without a column has the name in the field. */
const shownModels = ({ models, shape }: AnswersPreview, { model, name }: AnswersMapping): string[] =>
  model === null && shape === null ? [name] : models;

function describeArray({ shape }: AnswersPreview, classes: number): string {
  const isSoftmax = shape?.at(-1) === classes && (shape?.length ?? 0) > 1;
  return `An array of shape (${shape?.join(', ')}): ${isSoftmax ? 'softmax of each class' : 'labels'}, images in the order of their ids.`;
}

/** Why the table cannot be added yet; null: it can. */
function whatIsMissing(
  { shape, labels, notOne }: AnswersPreview,
  { image, label, softmax, classes, model, name, normalise }: AnswersMapping,
  count: number,
): string | null {
  if (model === null && name.trim() === '') return 'Name the model.';
  if (shape === null) {
    if (image === null) return 'Choose the column that names the image.';
    if (label === null && softmax === null) return 'Choose the column with the label, or softmax of each class.';
    if (softmax !== null && new Set(softmax.filter((column) => column !== '')).size < count)
      return 'Choose a column of softmax for each class.';
    const unmapped = label === null ? null : unmappedText(labels, classes);
    if (unmapped !== null) return unmapped;
  }
  if (notOne > 0 && !normalise)
    return 'Softmax does not add up to 1: choose to divide it by its sum, or other columns.';
  return null;
}

interface ColumnsProps {
  preview: AnswersPreview;
  mapping: AnswersMapping;
  names: readonly string[];
  onChange: (part: Partial<AnswersMapping>) => void;
}

const parts = [
  { part: 'image', label: 'Image' },
  { part: 'model', label: 'Model', none: 'All rows are of one model' },
  { part: 'label', label: 'Label', none: 'Class of the largest softmax' },
  { part: 'confidence', label: 'Confidence of the label', none: 'None' },
] as const;

function Columns({ preview: { columns, guess }, mapping, names, onChange }: ColumnsProps) {
  const { softmax } = mapping;
  const first = guess.softmax ?? names.map(() => '');
  return (
    <>
      <div className="column-fields">
        {parts
          .filter(({ part }) => part !== 'confidence' || softmax === null)
          .map(({ part, ...field }) => (
            <ColumnField
              key={part}
              {...field}
              columns={columns}
              value={mapping[part]}
              onChange={(column) => onChange({ [part]: column })}
            />
          ))}
      </div>
      <CheckField
        label="The table has softmax: a column for each class"
        checked={softmax !== null}
        onChange={(has) => onChange({ softmax: has ? [...first] : null, confidence: null })}
      />
      {softmax !== null && names.length > mostFields && (
        <HelpNote>
          Softmax is read from {softmax[0] || '(no column)'} to {softmax.at(-1) || '(no column)'}, in the order of the
          classes. Rename the columns of the table to change that.
        </HelpNote>
      )}
      {softmax !== null && names.length <= mostFields && (
        <div className="column-fields">
          {names.map((name, k) => (
            <ColumnField
              key={name}
              label={<ClassName name={name} width={160} />}
              aria-label={`Softmax of ${name}`}
              columns={columns}
              value={softmax[k] ?? null}
              onChange={(column) => onChange({ softmax: softmax.with(k, column ?? '') })}
            />
          ))}
        </div>
      )}
    </>
  );
}
