import { Button, Checkbox, Group, Radio, Stack, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { paperSizes, type ReportChoice, reportFormats, type ReportState } from '../../../main/contract/api/report.ts';
import { useApi } from '../../client/context.tsx';
import { Refused } from '../../ui/states.tsx';
import { formatNames, sectionNames } from './names.ts';
import { ReportPreview } from './report-preview.tsx';
import { Written } from './written.tsx';

/** Milliseconds after the last change before the page is drawn anew. */
const settled = 600;

/** The choice, the page that it makes, and the way to the files. */
export function ReportForm({ study, state }: { study: string; state: ReportState }) {
  const api = useApi();
  const [choice, setChoice] = useState<ReportChoice>(state.choice);
  const [shown] = useDebouncedValue(choice, settled);
  const save = useMutation(api.report.save.mutationOptions());
  const write = useMutation(api.report.write.mutationOptions());
  const change = (part: Partial<ReportChoice>): void => {
    const next = { ...choice, ...part };
    setChoice(next);
    save.mutate({ study, choice: next });
  };
  return (
    <div className="report-columns">
      <Stack gap="lg" className="report-form">
        <Sections state={state} choice={choice} onChange={change} />
        <Picked
          label="Target accuracies"
          all={state.targets}
          chosen={choice.targets}
          nameOf={(target) => `${target} %`}
          onChange={(targets) => change({ targets })}
        />
        <Picked
          label="Architectures"
          description="All numbers are of the networks of these"
          all={state.architectures}
          chosen={choice.architectures}
          nameOf={(name) => name}
          onChange={(architectures) => change({ architectures })}
        />
        <Picked
          label="Seed groups"
          all={state.repeats}
          chosen={choice.repeats}
          nameOf={(repeat) => `Repeat ${repeat}`}
          onChange={(repeats) => change({ repeats })}
        />
        <Textarea
          label="Introduction"
          description="Your own words, plain text; an empty line begins a paragraph"
          autosize
          minRows={2}
          maxRows={10}
          value={choice.introduction}
          onChange={(event) => change({ introduction: event.currentTarget.value })}
        />
        <Textarea
          label="Conclusion"
          autosize
          minRows={2}
          maxRows={10}
          value={choice.conclusion}
          onChange={(event) => change({ conclusion: event.currentTarget.value })}
        />
        <Formats state={state} choice={choice} onChange={change} />
        <div>
          <Button loading={write.isPending} onClick={() => write.mutate({ study, choice })}>
            Write the report
          </Button>
        </div>
        {write.isError && <Refused error={write.error} />}
        {write.data && <Written key={write.data.job} job={write.data.job} />}
      </Stack>
      <ReportPreview study={study} choice={shown} />
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
  return (
    <Checkbox.Group
      label="Sections"
      description="What was found, methods and provenance are always there"
      value={choice.sections}
      onChange={(values) => onChange({ sections: isChosen(values) })}
    >
      <Stack gap={6} mt="xs">
        {state.sections.map(({ section, empty }) => (
          <Checkbox
            key={section}
            value={section}
            label={sectionNames[section]}
            {...(empty !== null && { description: empty })}
          />
        ))}
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
  nameOf: (each: T) => string;
  onChange: (chosen: T[] | null) => void;
}

/** Some of several, at least one; nothing to choose where there is one only. */
function Picked<T extends string | number>({ label, description, all, chosen, nameOf, onChange }: PickedProps<T>) {
  if (all.length < 2) return null;
  const set = (values: string[]): void => {
    const next = all.filter((each) => values.includes(String(each)));
    if (next.length > 0) onChange(next.length === all.length ? null : next);
  };
  return (
    <Checkbox.Group label={label} description={description} value={(chosen ?? all).map(String)} onChange={set}>
      <Group gap="md" mt="xs">
        {all.map((each) => (
          <Checkbox key={each} value={String(each)} label={nameOf(each)} />
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
              {...(format === 'pdf' && state.noPdf !== null && { description: `Not here: ${state.noPdf}` })}
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
