import { Button, MultiSelect, Group, Box, Stack } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { AnswerCalls } from '../../../main/contributions/answers/calls.ts';
import type { ToolboxAnswers, ToolboxPlan } from '../../../main/contributions/answers/contract/toolbox.ts';
import { type DataSetSource, studyNamesSchema } from '../../../main/contract/studies/index.ts';
import { formatCount, formatInteger, formatNames, formatPercent } from '../../../main/domain/numbers/index.ts';
import { useApiOf, useCallsOf, useClient } from '../../client/index.ts';
import { studyAddress } from '../../navigation/index.ts';
import { Card, ErrorNotice, Fact, HelpNote, Loading, showRefusal } from '../../ui/parts/index.ts';
import type { Places } from '../../ui/places/index.ts';
import { detach } from '../../../main/contract/wire/index.ts';
import { ClassName } from '../../ui/words/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { SettingFields } from '../../ui/fields/index.ts';
import { readSettings } from '../../../main/domain/settings/index.ts';
import { takenFrom } from '../../../main/contributions/answers/toolbox/taken-from.ts';

const namingSettings = readSettings(studyNamesSchema);

/** The answers of people and models beside the images of a folder of model-vs-human, and the button that makes the study. */
export function StudyOfAnswers({ source, images }: Places['newStudy.testImages']) {
  const api = useApiOf<AnswerCalls>('answers');
  const calls = useCallsOf<AnswerCalls>('answers');
  const client = useClient();
  const [, navigate] = useLocation();
  const [people, setPeople] = useState<string[] | null>(null);
  const [named, setNamed] = useState<Pick<ToolboxPlan, 'name' | 'title'>>({ name: null, title: null });
  const from = source.source === 'folder' ? source.path : '';
  const read = useQuery(
    api.answersBeside.queryOptions({
      input: { source: images?.source ?? source, from, people },
      enabled: images !== null,
      retry: false,
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
    }),
  );
  const start = useMutation({
    mutationFn: async ({ found, of, runs }: { found: ToolboxAnswers; of: DataSetSource; runs: boolean }) => {
      const { path, table } = found;
      const labelers = { source: 'model-vs-human' as const, path, table, ...takenFrom(found) };
      const [name, title] = [named.name, named.title].map((text) => text?.trim() || null);
      const made = await calls.createStudy({ source: of, labelers, name, title });
      if (runs) await client.work.start({ study: made.name, goal: 'report' }).catch(showRefusal);
      return made.name;
    },
    onSuccess: (made) => navigate(studyAddress(made)),
  });
  const found = read.data;
  const isReady = images !== null && found?.problem === null && !read.isPlaceholderData;
  const make = (runs: boolean): void => {
    if (images && found) start.mutate({ found, of: images.source, runs });
  };
  return (
    <Card className="beside-sticky" title="The study" aria-busy={!found && !read.isError}>
      <HelpNote>
        All images become stimuli, people’s answers a panel, and each model with answers an outside model. Nothing is
        trained; you can add models later.
      </HelpNote>
      {read.isError && (
        <ErrorNotice error={read.error} safe="No study was created." onRetry={() => detach(read.refetch())} />
      )}
      {!found && !read.isError && <Loading label={images ? 'Reading the answers' : 'Answers are read next'} />}
      {found && <FoundAnswers {...found} />}
      {found && found.answerers.length > 0 && (
        <MultiSelect
          label="People"
          description="All others are models. Names that begin with subject- are people"
          data={found.answerers.map((each) => each.name)}
          value={found.answerers.filter(({ isPerson }) => isPerson).map((each) => each.name)}
          searchable
          onChange={setPeople}
        />
      )}
      {found?.problem && (
        <Box role="alert" component="p" c="var(--failed)">
          {found.problem.what} ({found.problem.where}). {found.problem.remedy}
        </Box>
      )}
      {start.isError && <ErrorNotice error={start.error} safe="No study was created." />}
      <Group pb="md" gap="sm" align="stretch" style={{ borderBottom: '1px solid var(--line)' }}>
        <Button variant="filled" disabled={!isReady} loading={start.isPending} onClick={() => make(true)}>
          Start study
        </Button>
        <Button disabled={!isReady || start.isPending} onClick={() => make(false)}>
          Create without starting
        </Button>
      </Group>
      <SettingFields settings={namingSettings} values={named} onValues={setNamed} />
    </Card>
  );
}

/** What tables say, and what is set aside. */
function FoundAnswers({ tables, rows, others, conditions, answerers, unknownImages, unanswered }: ToolboxAnswers) {
  return (
    <>
      <dl className="facts" style={{ fontVariantNumeric: 'tabular-nums' }}>
        <Fact name="Answers">
          {formatCount(rows, 'row')} in {formatCount(tables, 'table')}
        </Fact>
        <Fact name="Conditions">
          {conditions.map((each) => `${each.name || '(none)'} (${formatCount(each.rows, 'row')})`).join(', ')}
        </Fact>
      </dl>
      <PlainTable
        label="People and models"
        box="scroll-x long-table"
        className="wide-table"
        rows={answerers}
        rowKey={({ name }) => name}
        rowTitle={({ name }) => name}
        columns={[
          { title: 'Name', cell: ({ name }) => <ClassName name={name} width={220} /> },
          {
            title: 'Kind',
            cell: ({ isPerson, leftOut }) => (isPerson ? 'person' : leftOut === null ? 'model' : 'left out'),
          },
          {
            title: 'Answers',
            numeric: true,
            cell: ({ answers, none }) => formatInteger(answers) + (none > 0 ? ` + ${formatInteger(none)} na` : ''),
          },
          { title: 'Right', numeric: true, cell: ({ right }) => right !== null && formatPercent(right / 100) },
        ]}
      />
      <Stack component="ul" className="new-study-remarks breaks-words" pl={20} gap="xs">
        {answerers.flatMap(({ name, leftOut }) =>
          leftOut === null
            ? []
            : [
                <li key={name} data-warning>
                  Left out: the model {name}, because {leftOut}.
                </li>,
              ],
        )}
        {unknownImages.count > 0 && (
          <li data-warning>
            Set aside: answers about {formatCount(unknownImages.count, 'image')} that the folder does not have (
            {formatNames(unknownImages.names, 3)}).
          </li>
        )}
        {unanswered > 0 && <li>{formatCount(unanswered, 'image')} without an answer.</li>}
        {others.count > 0 && (
          <li>
            Not read: {formatCount(others.count, 'other CSV file')} ({formatNames(others.examples, 2)}).
          </li>
        )}
      </Stack>
    </>
  );
}
