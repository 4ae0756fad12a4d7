import { Button, Group, Radio, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerCalls } from '../../../main/contributions/answers/calls.ts';
import type { Panel } from '../../../main/contributions/answers/contract/panels.ts';
import { formatCount } from '../../../main/domain/numbers/index.ts';
import { kindNames, answersAmount } from '../../../main/domain/results/index.ts';
import { orderDoubt, setAside } from '../../../main/contributions/answers/contract/panel-words.ts';
import { download, useApiOf } from '../../client/index.ts';
import { Card, Confirm, ErrorNotice, HelpNote, QueryState } from '../../ui/parts/index.ts';
import { Ago } from '../../ui/words/index.ts';

const own = 'own';

/** Imported answers of other kinds, and which answers the study's figures use. Nothing where there are none. */
export function PanelsCard({ study }: { study: string }) {
  const api = useApiOf<AnswerCalls>('answers');
  const list = useQuery(api.listPanels.queryOptions({ input: { study }, meta: { follows: ['labeling'] } }));
  const use = useMutation(api.usePanel.mutationOptions());
  const save = useMutation(api.exportPanel.mutationOptions({ onSuccess: ({ address }) => download(address) }));
  const [asked, ask] = useState<Panel | null>(null);
  const remove = useMutation(api.removePanel.mutationOptions({ onSuccess: () => ask(null) }));
  if (list.isError) return <QueryState query={list} />;
  if (!list.data || list.data.length === 0) return null;
  const used = list.data.find(({ counts }) => counts);
  return (
    <Card title="Answers in use">
      <HelpNote>Results use one kind of answers at a time. The others stay, and can be chosen again.</HelpNote>
      <Radio.Group
        aria-label="Answers in use"
        value={used ? String(used.id) : own}
        onChange={(value) => use.mutate({ study, panel: value === own ? null : Number(value) })}
      >
        <Stack gap="sm">
          <Radio value={own} label="Labels of this study" description="Sessions and imported single labels" />
          {list.data.map((panel) => (
            <Group key={panel.id} className="answers-panel" gap="8px 16px" align="start" justify="space-between">
              <Radio
                value={String(panel.id)}
                disabled={!panel.isAboutStimuli}
                label={`${kindNames[panel.kind]}: ${answersAmount(panel)}`}
                description={<Description panel={panel} />}
              />
              <Group gap="xs">
                <Button
                  size="compact-xs"
                  aria-label={`Export ${kindNames[panel.kind]} of ${panel.file ?? `panel ${panel.id}`}`}
                  onClick={() => save.mutate({ study, panel: panel.id })}
                >
                  Export
                </Button>
                <Button
                  size="compact-xs"
                  aria-label={`Delete ${kindNames[panel.kind]} of ${panel.file ?? `panel ${panel.id}`}`}
                  onClick={() => ask(panel)}
                >
                  Delete
                </Button>
              </Group>
            </Group>
          ))}
        </Stack>
      </Radio.Group>
      {save.isError && <ErrorNotice error={save.error} />}
      {use.isError && <ErrorNotice error={use.error} />}
      <Confirm
        opened={asked !== null}
        title="Delete these answers"
        action="Delete the answers"
        danger
        loading={remove.isPending}
        onConfirm={() => asked && remove.mutate({ study, panel: asked.id })}
        onClose={() => ask(null)}
      >
        {asked && (
          <p>
            Deletes {answersAmount(asked)} for good. Import {asked.file ?? 'their file'} again to get them back. Other
            answers stay.
          </p>
        )}
        {remove.isError && <ErrorNotice error={remove.error} />}
      </Confirm>
    </Card>
  );
}

function Description({ panel }: { panel: Panel }) {
  const { file, findings, importedAt, isAboutStimuli } = panel;
  const [aside, doubt] = [setAside(panel), orderDoubt(findings)];
  return (
    <>
      {file ?? 'A file'}, about {formatCount(findings.images, 'image')}, imported <Ago at={importedAt} />
      {!isAboutStimuli && '. About earlier stimuli'}
      {aside.length > 0 && `. Set aside: ${aside.join('; ')}`}
      {doubt && `. ${doubt}`}
    </>
  );
}
