import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { AnswerCalls } from '../../../main/contributions/answers/calls.ts';
import { type ExportFormat, exportFormats } from '../../../main/contributions/answers/contract/tables.ts';
import { formatInteger } from '../../../main/domain/numbers/index.ts';
import { download, useApiOf } from '../../client/index.ts';
import { Card, ErrorNotice, HelpNote } from '../../ui/parts/index.ts';

const words: Record<ExportFormat, { title: string; note: string }> = {
  humans: { title: 'Labels (CSV)', note: 'One row per image and person' },
  events: { title: 'Every event (CSV)', note: 'All answers, changes and times' },
  json: { title: 'Everything (JSON)', note: 'All sessions with their events, and a JSON schema' },
  'model-vs-human': { title: 'model-vs-human (CSV)', note: 'For the model-vs-human toolbox' },
  counts: { title: 'Label counts (CSV)', note: 'Labels per image and class, as in CIFAR-10H' },
};

/** Saves labels as files, each with a data dictionary. */
export function ExportLabels({ study, named }: { study: string; named: number }) {
  const api = useApiOf<AnswerCalls>('answers');
  const out = useMutation(
    api.exportTable.mutationOptions({
      onSuccess: async ({ files }) => {
        for (const { address } of files) {
          download(address);
          // Browsers drop a download that starts together with another one.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      },
    }),
  );
  return (
    <Card title="Export">
      <HelpNote>
        {named === 0
          ? 'People appear under pseudonyms.'
          : `People appear under pseudonyms, except ${formatInteger(named)} with the ${named === 1 ? 'name' : 'names'} of an imported table.`}{' '}
        Each file comes with a data dictionary.
      </HelpNote>
      <ul className="answers-exports">
        {exportFormats.map((format) => (
          <li key={format}>
            <Button
              loading={out.isPending && out.variables.format === format}
              onClick={() => out.mutate({ study, format })}
            >
              {words[format].title}
            </Button>
            <span className="soft">{words[format].note}</span>
          </li>
        ))}
      </ul>
      {out.isError && <ErrorNotice error={out.error} />}
    </Card>
  );
}
