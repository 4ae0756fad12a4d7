import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApiOf } from '../../../renderer/client/index.ts';
import { definePageParts } from '../../../renderer/contributions/define.ts';
import { ExhibitTable, QueryResult, useChoice } from '../../../renderer/results/index.ts';
import { SettingFields } from '../../../renderer/ui/fields/index.ts';
import type { HelloCalls } from './index.ts';
import { greetingSchema, greetingSettings } from './settings.ts';

function Greetings() {
  const { study } = useChoice();
  const api = useApiOf<HelloCalls>('hello');
  const table = useQuery(api.table.queryOptions({ input: { study }, meta: { follows: ['studies'] } }));
  const greet = useMutation(api.greet.mutationOptions());
  const [values, setValues] = useState(greetingSchema.parse({}));
  return (
    <>
      <SettingFields settings={greetingSettings} values={values} onValues={setValues} />
      <Button onClick={() => greet.mutate({ study, ...values })}>Greet</Button>
      <QueryResult query={table}>{(exhibit) => <ExhibitTable exhibit={exhibit} />}</QueryResult>
    </>
  );
}

const view = { id: 'hello', name: 'Greetings', View: Greetings, shows: 'It shows greetings.', isOffered: () => true };
export const helloParts = definePageParts({ name: 'hello', parts: { 'results.views': [view] } });
