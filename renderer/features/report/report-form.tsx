import { Button, Checkbox, Group, NumberInput, Radio, Stack, Box } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import {
  type CoreSection,
  paperSizes,
  type ReportChoice,
  type ReportFormat,
  reportFormats,
  type ReportSection,
  type ReportState,
} from '../../../main/contract/api/report.ts';
import { claimChoiceSchema } from '../../../main/contract/results/exhibit.ts';
import { choiceText } from '../../../main/domain/results/claims.ts';
import { peopleWord } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { useReportChoice } from '../../client/report-choice.ts';
import { StateIcon } from '../../ui/words/badges.tsx';
import { ErrorNotice, HelpNote, Loading, QueryState } from '../../ui/parts/states.tsx';
import { useStep } from '../../ui/parts/step-state.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { listAt } from '../../ui/places/places.ts';
import { Ago, Bytes } from '../../ui/words/values.tsx';
import { targetTitle } from '../../../main/domain/numbers/targets.ts';
import { PlainTable } from '../../ui/tables/plain-table.tsx';
import { TextArea, ChoiceField } from '../../ui/fields/fields.tsx';
import { CallButton } from '../../ui/parts/buttons.tsx';

const mostAsked = 1_000_000;

const claimChoices = claimChoiceSchema.options;

/** Milliseconds after the last change before the preview is drawn again. */
const previewDelay = 600;

/** Options of the report, its preview, and the written files. */
export function ReportForm({ study, state }: { study: string; state: ReportState }) {
  const api = useApi();
  const [choice, setChoice] = useState<ReportChoice>(state.choice);
  const [shown] = useDebouncedValue(choice, previewDelay);
  const { store } = useReportChoice(study);
  const write = useMutation(api.report.write.mutationOptions());
  const results = useStep(study, 'analysis');
  const outdated =
    results && (results.state === 'stale' || results.state === 'partial') ? results.reasons.join(' ') : null;
  const change = (part: Partial<ReportChoice>): void => {
    const next = { ...choice, ...part };
    setChoice(next);
    store(next);
  };
  return (
    <div className="report-columns">
      <Stack gap="lg">
        <Sections state={state} choice={choice} onChange={change} />
        <Picked
          label="Target accuracies"
          all={state.targets}
          chosen={choice.targets}
          itemName={(target) => targetTitle(target)}
          onChange={(targets) => change({ targets })}
        />
        <Picked
          label="Architectures"
          description="All results use only networks of these architectures"
          all={state.architectures}
          chosen={choice.architectures}
          itemName={(name) => name}
          onChange={(architectures) => change({ architectures })}
        />
        <Picked
          label="Seed groups"
          all={state.repeats}
          chosen={choice.repeats}
          itemName={(repeat) => `Repeat ${repeat}`}
          onChange={(repeats) => change({ repeats })}
        />
        <ChoiceField
          label="Intervals hold for"
          options={claimChoices.map((value) => ({ value, label: choiceText(value, peopleWord(state)) }))}
          value={choice.claim}
          onChange={(claim) => change({ claim })}
        />
        {state.hasManyLabels && (
          <NumberInput
            label={`Types if this many ${peopleWord(state)} had been asked`}
            description="Beside those with all labels"
            min={2}
            max={mostAsked}
            allowDecimal={false}
            allowNegative={false}
            value={choice.asked}
            onChange={(value) => {
              if (Number(value) >= 2 && Number(value) <= mostAsked) change({ asked: Number(value) });
            }}
          />
        )}
        <PartsAt place="report.choice" choice={choice} onChange={change} />
        <TextArea
          label="Introduction"
          description="Plain text; an empty line starts a new paragraph"
          autosize
          minRows={2}
          maxRows={10}
          value={choice.introduction}
          onChange={(introduction) => change({ introduction })}
        />
        <TextArea
          label="Conclusion"
          autosize
          minRows={2}
          maxRows={10}
          value={choice.conclusion}
          onChange={(conclusion) => change({ conclusion })}
        />
        <Formats state={state} choice={choice} onChange={change} />
        <div className="report-foot">
          {outdated !== null && (
            <HelpNote>Written now, the report shows the results that are there. {outdated}</HelpNote>
          )}
          <Group gap="xs">
            <CallButton
              variant={outdated === null && !write.data ? 'filled' : 'default'}
              call={write}
              input={{ study, choice }}
            >
              Write report
            </CallButton>
            {write.data && <SaveWritten key={write.data.job} job={write.data.job} />}
          </Group>
          <p className="soft">
            {write.data
              ? 'You can save it for ten minutes. After that, write it again.'
              : 'You can then save it as a ZIP file.'}
          </p>
        </div>
        {write.isError && <ErrorNotice error={write.error} />}
        {write.data && <WrittenFiles key={write.data.job} job={write.data.job} />}
      </Stack>
      <ReportPreview study={study} outdated={outdated} choice={shown} />
    </div>
  );
}

interface PartProps {
  choice: ReportChoice;
  onChange: (part: Partial<ReportChoice>) => void;
}

function Sections({ state, choice, onChange }: PartProps & { state: ReportState }) {
  const isChosen = (values: readonly string[]) =>
    state.sections.map(({ section }) => section).filter((each) => values.includes(each));
  const titles = new Map<ReportSection, string>(Object.entries(sectionNames) as [CoreSection, string][]);
  for (const { section, title } of listAt('report.sections')) {
    const own = titles.get(section);
    titles.set(section, own === undefined ? title : `${own}, ${title}`);
  }
  return (
    <Checkbox.Group
      label="Sections"
      description="Findings, methods and provenance are always included"
      value={choice.sections}
      onChange={(values) => onChange({ sections: isChosen(values) })}
    >
      <Stack gap={6} mt="xs">
        {state.sections.map(
          ({ section, empty }) =>
            titles.has(section) && (
              <Checkbox
                key={section}
                value={section}
                label={titles.get(section)}
                {...(empty !== null && { description: empty })}
              />
            ),
        )}
      </Stack>
    </Checkbox.Group>
  );
}

interface PickedProps<T extends string | number> {
  label: string;
  description?: string;
  all: readonly T[];
  /** Null: all. */
  chosen: readonly T[] | null;
  itemName: (each: T) => string;
  onChange: (chosen: T[] | null) => void;
}

/** A choice of at least one of several; hidden if there is only one. */
function Picked<T extends string | number>({ label, description, all, chosen, itemName, onChange }: PickedProps<T>) {
  if (all.length < 2) return null;
  const set = (values: string[]): void => {
    const next = all.filter((each) => values.includes(String(each)));
    if (next.length > 0) onChange(next.length === all.length ? null : next);
  };
  return (
    <Checkbox.Group label={label} description={description} value={(chosen ?? all).map(String)} onChange={set}>
      <Group gap="md" mt="xs">
        {all.map((each) => (
          <Checkbox key={each} value={String(each)} label={itemName(each)} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

function Formats({ state, choice, onChange }: PartProps & { state: ReportState }) {
  const set = (values: string[]): void =>
    onChange({ formats: reportFormats.filter((format) => format === 'html' || values.includes(format)) });
  return (
    <Group align="flex-start" gap="xl">
      <Checkbox.Group label="Files" value={choice.formats} onChange={set}>
        <Stack gap={6} mt="xs">
          {reportFormats.map((format) => (
            <Checkbox
              key={format}
              value={format}
              label={formatNames[format]}
              disabled={format === 'html' || (format === 'pdf' && state.noPdf !== null)}
              {...(format === 'pdf' && state.noPdf !== null && { description: `Not available: ${state.noPdf}` })}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Radio.Group
        label="Paper"
        value={choice.paperSize}
        onChange={(value) => onChange({ paperSize: paperSizes.find((size) => size === value) ?? 'A4' })}
      >
        <Stack gap={6} mt="xs">
          {paperSizes.map((size) => (
            <Radio key={size} value={size} label={size} />
          ))}
        </Stack>
      </Radio.Group>
    </Group>
  );
}

/** The report page in a sandboxed frame. */
interface ReportPreviewProps {
  study: string;
  choice: ReportChoice;
  /** Why the results that it shows are not those of the study as it is declared now; null: they are. */
  outdated: string | null;
}

function ReportPreview({ study, choice, outdated }: ReportPreviewProps) {
  const api = useApi();
  const preview = useQuery(
    api.report.preview.queryOptions({
      input: { study, choice },
      placeholderData: keepPreviousData,
      gcTime: 0,
      retry: false,
    }),
  );
  return (
    <Stack
      component="section"
      className="report-preview"
      bd="1px solid var(--line)"
      bg="var(--surface)"
      h="calc(100vh - 130px)"
      pos="sticky"
      top={60}
      gap={0}
      style={{ overflow: 'hidden' }}
      aria-label="Preview of the report"
      aria-busy={preview.isFetching}
    >
      {preview.data && (
        <Box component="p" p="8px 12px" fz="sm" style={{ borderBottom: '1px solid var(--line)' }}>
          <span className="soft">
            Preview, made <Ago at={preview.dataUpdatedAt} />
          </span>
          {outdated !== null && (
            <Box component="span" c="var(--warning)">
              {' '}
              <StateIcon state="stale" /> {outdated}
            </Box>
          )}
        </Box>
      )}
      <QueryState query={preview} loading="Rendering the preview" lines={12} />
      {preview.data && <iframe title="The report" sandbox="" srcDoc={preview.data.html} />}
    </Stack>
  );
}

/** The job that writes, and what it wrote; null until then. */
function useWritten(id: string) {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const job = jobs.data?.find((each) => each.id === id);
  const written = useQuery(api.report.written.queryOptions({ input: { job: id }, enabled: job?.state === 'done' }));
  return { job, written: written.data?.address ? { ...written.data, address: written.data.address } : null };
}

/** Saves a written report; until it is written, says so. */
function SaveWritten({ job: id }: { job: string }) {
  const { job, written } = useWritten(id);
  if (job?.state === 'failed') return <p role="alert">{job.messages.at(-1)}</p>;
  if (job?.state === 'stopped') return <p role="status">Stopped. No report was written.</p>;
  if (!written) return <Loading label="Writing the report" lines={1} />;
  return (
    <Button variant="filled" component="a" href={written.address} download>
      Save archive
      {written.bytes !== null && (
        <Box component="span" fw={400} ml="xs">
          {' '}
          (<Bytes bytes={written.bytes} />)
        </Box>
      )}
    </Button>
  );
}

/** The files of a written report with their hashes. */
function WrittenFiles({ job }: { job: string }) {
  const { written } = useWritten(job);
  if (!written) return null;
  return (
    <section aria-label="The report that was written">
      {written.leftOut.map((note) => (
        <p key={note} role="alert">
          Left out: {note}
        </p>
      ))}
      <PlainTable
        label="Files of the report"
        box="report-files"
        rows={written.files}
        rowKey={({ name }) => name}
        columns={[
          {
            title: 'File, and its SHA-256',
            cell: ({ name, sha256 }) => (
              <>
                {name}
                <code title={sha256}>{sha256.slice(0, 12)}</code>
              </>
            ),
          },
          { title: 'Size', numeric: true, cell: ({ bytes }) => <Bytes bytes={bytes} /> },
        ]}
      />
    </section>
  );
}

const sectionNames: Record<CoreSection, string> = {
  images: 'Images: anchors and all stimuli (Figures 1 and 3)',
  networks: 'Networks: snapshots taken and targets missed',
  types: 'Types: Tables 1 to 3, Figure 4',
  softmax: 'Softmax: Table 4, distributions, calibration',
  certainty: 'Certainty: entropy, distances',
  agreement: 'Agreement: coefficients',
  comparison: 'Comparison of targets, and intervals',
  seeds: 'Seed groups: Figure 2, Table 5',
  'each-image': 'Images: values of each image',
};

const formatNames: Record<ReportFormat, string> = {
  html: 'Web page (HTML), always',
  pdf: 'PDF',
  latex: 'LaTeX tables (booktabs)',
  csv: 'CSV of every table and figure',
  json: 'JSON of every table and figure',
  svg: 'SVG of every figure',
};
