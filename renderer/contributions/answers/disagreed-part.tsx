import { Button, Group, Select, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Disagreement, disagreementSchema } from '../../../main/contract/stimuli/index.ts';
import { tableFileTypes } from '../../../main/contributions/answers/contract/tables.ts';
import { disagreementFacts } from '../../../main/contributions/answers/disagreement/most-disagreed.ts';
import { disagreementText, disagreementWarnings } from '../../../main/domain/stimuli/index.ts';
import { formatCount } from '../../../main/domain/numbers/index.ts';
import { disagreementSettings, titleOf, usualValues } from '../../../main/domain/settings/index.ts';
import type { AnswerCalls } from '../../../main/contributions/answers/calls.ts';
import { upload, useApiOf } from '../../client/index.ts';
import { FilePick, Segments, SettingFields } from '../../ui/fields/index.ts';
import type { Places } from '../../ui/places/index.ts';
import { ErrorNotice, HelpNote, Loading } from '../../ui/parts/index.ts';

type DisagreedProps = Places['stimuli.disagreed'];

/** Chooses test images on which people disagree: whose answers, how many images, and what can be matched. */
export function Disagreed({ study, chosen, total, locked, saving, onChoose }: DisagreedProps) {
  const api = useApiOf<AnswerCalls>('answers');
  const [from, setFrom] = useState<From | null>(null);
  const [wanted, setWanted] = useState<Disagreement>(chosen?.by.wanted ?? usualOf('count', total));
  const listed = useQuery(api.listAnswered.queryOptions({ input: { study }, meta: { follows: ['stimuli'] } }));
  const answered = (listed.data ?? []).map(({ text, ...answers }) => ({
    value: JSON.stringify(answers),
    text,
    answers,
  }));
  const open = useMutation({
    mutationFn: async (file: File): Promise<From> => ({ name: file.name, answers: { upload: await upload(file) } }),
    onSuccess: setFrom,
  });
  return (
    <>
      {chosen && <Text size="sm">Chosen {disagreementText(chosen.by)}.</Text>}
      {disagreementWarnings(null).map((text) => (
        <HelpNote key={text}>{text}</HelpNote>
      ))}
      {!locked && (
        <Group gap="sm" align="end">
          <FilePick
            label="File with people’s answers"
            accept={tableFileTypes}
            onFile={open.mutate}
            loading={open.isPending}
          >
            Open answers
          </FilePick>
          {answered.length > 0 && (
            <Select
              label="Answers of a study"
              placeholder="Choose answers"
              w={360}
              data={answered.map(({ value, text }) => ({ value, label: text }))}
              value={from && !('upload' in from.answers) ? JSON.stringify(from.answers) : null}
              onChange={(value) => {
                const next = answered.find((each) => each.value === value);
                if (next) setFrom({ name: next.text, answers: next.answers });
              }}
            />
          )}
        </Group>
      )}
      {listed.isError && <ErrorNotice error={listed.error} />}
      {open.isError && <ErrorNotice error={open.error} safe="Nothing was stored." />}
      {from && !locked && (
        <>
          <HowMany wanted={wanted} total={total} onChange={setWanted} />
          <Preview
            key={JSON.stringify(from.answers)}
            study={study}
            from={from}
            wanted={wanted}
            saving={saving}
            onChoose={onChoose}
          />
        </>
      )}
    </>
  );
}

interface From {
  name: string;
  answers: { upload: string } | { study: string; panel: number | null };
}

interface HowManyProps {
  wanted: Disagreement;
  total: number | null;
  onChange: (next: Disagreement) => void;
}

function HowMany({ wanted, total, onChange }: HowManyProps) {
  const kind = 'count' in wanted ? 'count' : 'bits';
  return (
    <Group gap="sm" align="start">
      <Segments
        label="How many images"
        value={kind}
        options={disagreementSettings.map((each) => ({ value: each.key, label: titleOf(each) }))}
        onChange={(next) => onChange(usualOf(next, total))}
      />
      <SettingFields
        settings={disagreementSettings.filter(({ key }) => key === kind)}
        values={wanted}
        onValues={onChange}
        context={{ total }}
      />
    </Group>
  );
}

const usualOf = (kind: string, total: number | null): Disagreement =>
  disagreementSchema.parse(
    usualValues(
      disagreementSettings.filter(({ key }) => key === kind),
      { total },
    ),
  );

interface PreviewProps extends Pick<DisagreedProps, 'study' | 'saving' | 'onChoose'> {
  from: From;
  wanted: Disagreement;
}

/** How many images the answers match, which could not be matched, and how many are chosen. */
function Preview({ study, from: { answers }, wanted, saving, onChoose }: PreviewProps) {
  const api = useApiOf<AnswerCalls>('answers');
  const read = useQuery(
    api.previewDisagreement.queryOptions({
      input: { study, answers, wanted },
      meta: { follows: ['stimuli'] },
      placeholderData: (before) => before,
    }),
  );
  if (read.isError) return <ErrorNotice error={read.error} safe="Nothing was stored." />;
  if (!read.data) return <Loading label="Reading the answers" />;
  const { choose, problem } = read.data;
  const { count, names } = read.data.reading.findings.unknownImages;
  const positions = choose?.positions.length ?? 0;
  return (
    <>
      <div role="status">
        {disagreementFacts(read.data).map((fact) => (
          <Text key={fact} size="sm">
            {fact}
          </Text>
        ))}
      </div>
      {count > 1 && (
        <HelpNote>
          Images set aside: {names.join(', ')}
          {count > names.length && ' …'}
        </HelpNote>
      )}
      {problem && <ErrorNotice error={{ data: problem }} />}
      <Group>
        <Button
          disabled={choose === null || read.isFetching}
          loading={saving}
          onClick={() => choose && onChoose(choose)}
        >
          {choose ? `Use ${formatCount(positions, 'image')}` : 'Use these images'}
        </Button>
      </Group>
    </>
  );
}
