import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ExportFormat } from '../../../../main/contract/labeling/tables.ts';
import { exportFormats } from '../../../../main/contract/labeling/tables.ts';
import { useApi } from '../../../client/context.tsx';
import { saveFrom } from '../../../client/files.ts';
import { HelpNote, Refused } from '../../../ui/states.tsx';

const words: Record<ExportFormat, { title: string; note: string }> = {
  humans: { title: 'Labels (CSV)', note: 'One row an image and person' },
  events: { title: 'Every event (CSV)', note: 'First answers, changes, times' },
  json: { title: 'Everything (JSON)', note: 'Sessions with their events, and a schema' },
  'model-vs-human': { title: 'model-vs-human (CSV)', note: 'The columns of that toolbox' },
  counts: { title: 'Label counts (CSV)', note: 'Per image and class, as CIFAR-10H has them' },
};

/** Labels as files, each with a data dictionary beside it. */
export function ExportLabels({ study }: { study: string }) {
  const api = useApi();
  const out = useMutation(
    api.labeling.tables.export.mutationOptions({
      onSuccess: async ({ files }) => {
        for (const { address } of files) {
          saveFrom(address);
          // Browsers drop a download that begins together with another one.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      },
    }),
  );
  return (
    <section className="labeling-card" aria-labelledby="export">
      <h2 id="export">Export</h2>
      <HelpNote>Under made-up names. Each file comes with a data dictionary.</HelpNote>
      <ul className="labeling-exports">
        {exportFormats.map((format) => (
          <li key={format}>
            <Button
              variant="default"
              loading={out.isPending && out.variables.format === format}
              onClick={() => out.mutate({ study, format })}
            >
              {words[format].title}
            </Button>
            <span className="soft">{words[format].note}</span>
          </li>
        ))}
      </ul>
      {out.isError && <Refused error={out.error} />}
    </section>
  );
}
