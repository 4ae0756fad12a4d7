import { Button, Group, MultiSelect, NumberInput, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerCalls } from '../../../main/contributions/answers/calls.ts';
import type {
  ImportedAnswers,
  PeopleMapping,
  PeoplePreview,
} from '../../../main/contributions/answers/contract/panels.ts';
import type { NamesChoice } from '../../../main/contributions/answers/contract/tables.ts';
import type { ResponseKind } from '../../../main/contract/stimuli/index.ts';
import { formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { leftOutText } from '../../../main/contributions/answers/left-out-text.ts';
import { answersAmount } from '../../../main/domain/results/index.ts';
import { orderDoubt, setAside } from '../../../main/contributions/answers/contract/panel-words.ts';
import { useApiOf } from '../../client/index.ts';
import { DialogFoot, ErrorNotice, HelpNote, Loading, showToast } from '../../ui/parts/index.ts';
import { ColumnField, LabelWords, mostFields, TableSample, unmappedText } from './table-mapping.tsx';
import { CheckField, ChoiceField } from '../../ui/fields/index.ts';

interface ImportPanelProps {
  study: string;
  upload: string;
  kind: ResponseKind;
  /** Classes of the stimuli. */
  names: readonly string[];
  onDone: () => void;
}

type Of<Layout extends PeopleMapping['layout']> = Extract<PeopleMapping, { layout: Layout }>;

/** Assigns the columns of a table with answers of a kind, shows what an import would store, and imports it. */
export function ImportPanel({ study, upload, kind, names, onDone }: ImportPanelProps) {
  const api = useApiOf<AnswerCalls>('answers');
  const [wanted, setWanted] = useState<PeopleMapping | null>(null);
  const [kept, setKept] = useState<NamesChoice>('replace');
  const read = useQuery(
    api.inspectTable.queryOptions({
      input: { study, upload, kind, mapping: wanted },
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: (before) => before,
    }),
  );
  const take = useMutation(
    api.importTable.mutationOptions({
      onSuccess: (imported) => {
        const { title, message } = importedText(imported);
        showToast(message === null ? { title } : { title, message, sticky: true });
        onDone();
      },
    }),
  );
  if (read.isError) return <ErrorNotice error={read.error} safe="Nothing was stored." />;
  if (!read.data) return <Loading label="Reading the table" />;
  const { columns, sample, words, names: people, rows, leftOut, reading } = read.data;
  const mapping = wanted ?? read.data.mapping ?? emptyMapping(kind, columns);
  const choose = (change: Partial<Of<'wide'>> | Partial<Of<'labels'>> | Partial<Of<'answers'>>): void =>
    setWanted({ ...mapping, ...change } as PeopleMapping);
  const hasPeople = mapping.layout === 'answers' && mapping.labeler !== null && mapping.labeler !== '';
  const isSimulated = mapping.layout === 'answers' && mapping.simulated === true;
  return (
    <Stack gap="md">
      <TableSample columns={columns} sample={sample} />
      <div className="column-fields">
        <ColumnField
          label="Image"
          none="Row by row, from image 0"
          columns={columns}
          value={mapping.image}
          onChange={(image) => choose({ image })}
        />
        {mapping.layout === 'wide' && (
          <WideFields mapping={mapping} columns={columns} names={names} onChoose={choose} />
        )}
        {mapping.layout === 'labels' && (
          <MultiSelect
            label="Columns with labels"
            data={[...columns]}
            value={mapping.columns}
            onChange={(value) => value.length > 0 && choose({ columns: value, words: {} })}
          />
        )}
        {mapping.layout === 'answers' && <AnswerFields mapping={mapping} columns={columns} onChoose={choose} />}
      </div>
      {kind === 'counts' && (
        <Group>
          <Button
            size="compact-sm"
            onClick={() => setWanted(mapping.layout === 'wide' ? labelsMapping(columns) : wideMapping(columns, names))}
          >
            {mapping.layout === 'wide' ? 'The columns have labels, not counts' : 'The columns have counts, not labels'}
          </Button>
        </Group>
      )}
      {mapping.layout === 'answers' && mapping.aside && (
        <MultiSelect
          label="Not people: set aside"
          description="Names of models in the column of people. Add them on the screen Outside models"
          data={[...new Set([...people, ...mapping.aside])]}
          value={mapping.aside}
          searchable
          onChange={(aside) => choose({ aside })}
        />
      )}
      {mapping.layout !== 'wide' && words.length > 0 && (
        <LabelWords
          key={mapping.layout === 'answers' ? mapping.label : 'labels'}
          words={words}
          names={names}
          meanings={mapping.words}
          canAbstain={kind === 'abstain'}
          onChoose={(text, meaning) => choose({ words: { ...mapping.words, [text]: meaning } })}
        />
      )}
      {mapping.kind === 'single' && (
        <CheckField
          label="These labels are simulated (a rehearsal), not from people"
          checked={mapping.simulated === true}
          onChange={(checked) => {
            const { simulated: _, ...ofPeople } = mapping;
            setWanted(checked ? { ...mapping, simulated: true } : ofPeople);
          }}
        />
      )}
      {hasPeople && !isSimulated && !reading?.findings.anonymous && <NamesQuestion choice={kept} onChoose={setKept} />}
      <ReadingText preview={read.data} mapping={mapping} isReading={read.isFetching} />
      {leftOutText(leftOut) !== '' && <HelpNote>People who are left out: {leftOutText(leftOut)}.</HelpNote>}
      <DialogFoot
        call={take}
        input={{ study, upload, mapping, names: kept }}
        action={`Import ${formatCount(rows, 'row')}`}
        disabled={reading === null || read.isFetching}
        safe="Nothing of the table was stored."
        onCancel={onDone}
      />
    </Stack>
  );
}

/** What was imported, and what was not. */
function importedText(imported: ImportedAnswers): { title: string; message: string | null } {
  if (imported.kind === 'single') {
    const left = leftOutText(imported.leftOut);
    const { labelers: people, labels: answers } = imported;
    const title = `Imported ${answersAmount({ kind: 'single', people, answers })}`;
    return { title, message: left === '' ? null : `People left out: ${left}.` };
  }
  const { panel } = imported;
  const aside = setAside(panel);
  const title = `Imported ${answersAmount(panel)}. ${panel.inUse ? 'Results of this study now use them' : 'Results cannot show them'}`;
  return { title, message: aside.length === 0 ? null : `Set aside: ${aside.join('; ')}.` };
}

/** Whether people get pseudonyms. Nobody but the researcher knows whether the names in a table are real ones. */
function NamesQuestion({ choice, onChoose }: { choice: NamesChoice; onChoose: (choice: NamesChoice) => void }) {
  return (
    <Radio.Group
      label="Names of people in the table"
      value={choice}
      onChange={(value) => onChoose(value === 'keep' ? 'keep' : 'replace')}
    >
      <Stack gap="xs" mt="xs">
        <Radio
          value="replace"
          label="Replace them with pseudonyms"
          description="The list of names stays in this data folder, in a file of its own that you can delete. Backups, archives, exports and reports do not have it. Pseudonyms of this program, such as P-7KQM, stay as they are."
        />
        <Radio
          value="keep"
          label="Keep them, because they are pseudonyms already"
          description="Exports, reports, archives and backups name people as the table does."
        />
      </Stack>
    </Radio.Group>
  );
}

interface ReadingTextProps {
  preview: PeoplePreview;
  mapping: PeopleMapping;
  isReading: boolean;
}

/** What the import would store, or why it would store nothing. */
function ReadingText({ preview: { reading, problem, words }, mapping, isReading }: ReadingTextProps) {
  const { kind } = mapping;
  const aside = reading ? setAside(reading) : [];
  const doubt = reading && orderDoubt(reading.findings);
  const missing = whatIsMissing(mapping, words);
  return (
    <div role="status">
      {isReading && <p className="soft">Reading the table …</p>}
      {!isReading && reading && (
        <p className="soft">
          {answersAmount({ kind, ...reading })} about {formatCount(reading.findings.images, 'image')}.
          {aside.length > 0 && ` Set aside: ${aside.join('; ')}.`}
        </p>
      )}
      {!isReading && doubt && <Text c="var(--warning)">{doubt}</Text>}
      {!isReading && reading && reading.findings.unknownImages.count > 1 && (
        <HelpNote>
          Images set aside: {reading.findings.unknownImages.names.join(', ')}
          {reading.findings.unknownImages.count > reading.findings.unknownImages.names.length && ' …'}
        </HelpNote>
      )}
      {!isReading && !reading && missing !== null && <p className="soft">{missing}</p>}
      {!isReading && problem && missing === null && (
        <Text c="var(--warning)">
          {problem.what} ({problem.where}). {problem.remedy}
        </Text>
      )}
      {!isReading && !reading && !problem && missing === null && <p className="soft">Choose the columns.</p>}
    </div>
  );
}

/** What is still to be chosen; null: nothing. */
function whatIsMissing(mapping: PeopleMapping, words: PeoplePreview['words']): string | null {
  if (mapping.image === '') return 'Choose the column that names the image.';
  if (mapping.layout === 'answers' && mapping.labeler === '') return 'Choose the column that names the person.';
  if (mapping.layout === 'answers' && mapping.label === '') return 'Choose the column with the label.';
  return mapping.layout === 'wide' ? null : unmappedText(words, mapping.words);
}

/** A value of a list of columns, which may be called like another entry of it. */
const named = (column: string): string => `column:${column}`;

interface LayoutProps<Layout extends PeopleMapping['layout']> {
  mapping: Of<Layout>;
  columns: readonly string[];
  onChoose: (change: Partial<Of<Layout>>) => void;
}

function WideFields({ mapping, columns, names, onChoose }: LayoutProps<'wide'> & Pick<ImportPanelProps, 'names'>) {
  const { classes, total } = mapping;
  const of = (label: number): string | null => Object.keys(classes).find((name) => classes[name] === label) ?? null;
  const assign = (label: number, column: string | null): void => {
    const others = Object.entries(classes).filter(([name, each]) => each !== label && name !== column);
    onChoose({ classes: Object.fromEntries(column === null ? others : [...others, [column, label]]) });
  };
  return (
    <>
      <ChoiceField
        label="The numbers are"
        options={[
          { value: 'counts', label: 'Counts' },
          { value: 'shares', label: 'Shares of a fixed number of labels' },
          ...columns.map((name) => ({ value: named(name), label: `Shares of the labels in ${name}` })),
        ]}
        value={total === null ? 'counts' : typeof total === 'number' ? 'shares' : named(total)}
        onChange={(value) =>
          onChoose({ total: value === 'counts' ? null : value === 'shares' ? 10 : value.slice(named('').length) })
        }
      />
      {typeof total === 'number' && (
        <NumberInput
          label="Labels of each image"
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={total}
          onChange={(value) => typeof value === 'number' && value >= 1 && onChoose({ total: value })}
        />
      )}
      {names.slice(0, mostFields).map((name, label) => (
        <ColumnField
          key={name}
          label={`Column of ${name}`}
          none="None"
          columns={columns}
          value={of(label)}
          onChange={(column) => assign(label, column)}
        />
      ))}
      {names.length > mostFields && (
        <HelpNote>{formatInteger(names.length - mostFields)} more classes have the columns of their names.</HelpNote>
      )}
    </>
  );
}

function AnswerFields({ mapping, columns, onChoose }: LayoutProps<'answers'>) {
  const { kind, labeler, label, rating } = mapping;
  return (
    <>
      <ColumnField
        label="Person"
        none="One labeler gave all"
        columns={columns}
        value={labeler}
        onChange={(column) => onChoose({ labeler: column })}
      />
      <ColumnField
        label={kind === 'set' ? 'Labels' : kind === 'graded' ? 'Class' : 'Label'}
        columns={columns}
        value={label}
        onChange={(column) => onChoose({ label: column ?? '', words: {} })}
      />
      {kind === 'single' && (
        <ColumnField
          label="Kind of trial"
          description="Only rows with “real” are imported."
          none="None"
          columns={columns}
          value={mapping.trials ?? null}
          onChange={(column) => onChoose({ trials: column ?? undefined })}
        />
      )}
      {kind === 'graded' && (
        <ColumnField
          label="Rating"
          columns={columns}
          value={rating}
          onChange={(column) => onChoose({ rating: column })}
        />
      )}
    </>
  );
}

/** Where nothing was recognized: the first columns, to be chosen anew. */
const emptyMapping = (kind: ResponseKind, columns: readonly string[]): PeopleMapping =>
  kind === 'counts'
    ? wideMapping(columns, [])
    : {
        layout: 'answers',
        kind,
        image: columns[0] ?? null,
        labeler: null,
        label: '',
        rating: null,
        words: {},
      };

const wideMapping = (columns: readonly string[], names: readonly string[]): PeopleMapping => ({
  layout: 'wide',
  kind: 'counts',
  image: columns[0] ?? null,
  total: null,
  classes: Object.fromEntries(names.flatMap((name, label) => (columns.includes(name) ? [[name, label]] : []))),
});

const labelsMapping = (columns: readonly string[]): PeopleMapping => ({
  layout: 'labels',
  kind: 'counts',
  image: columns[0] ?? null,
  words: {},
  columns: columns.slice(1, 2).length > 0 ? columns.slice(1, 2) : columns.slice(0, 1),
});
