import { Button, Box, Group, SimpleGrid, Stack } from '@mantine/core';
import { useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { formatBytes, formatCount, formatEstimate } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import { QueryState, Fact } from '../../ui/parts/states.tsx';
import { engineTitles } from '../../../main/contract/runs/run.ts';
import { showRefusal } from '../../ui/parts/toasts.tsx';
import { CallButton } from '../../ui/parts/buttons.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { NewStudy } from './new-study.tsx';

/** The first screen on an empty data folder. */
export function Welcome() {
  const api = useApi();
  const [, navigate] = useLocation();
  const [making, setMaking] = useState(false);
  const presets = useQuery(api.studies.presets.queryOptions({ input: {} }));
  const run = useMutation(
    api.studies.createAndRun.mutationOptions({
      onError: showRefusal,
      onSuccess: ({ name }) => navigate(studyAddress(name)),
    }),
  );
  if (presets.isError || !presets.data)
    return <QueryState query={presets} title="Studies" loading="Loading the presets" lines={6} />;
  const quick = presets.data.find(({ preset }) => preset === 'quick');
  return (
    <Box className="screen welcome" pt={40} style={{ gap: '12px' }}>
      <h1>Where do networks and people disagree?</h1>
      <Box component="p" maw="68ch" m="0 0 12px" c="dimmed" fz={15}>
        A study generates images between two classes, has networks and people label them, and shows where they disagree.
        Start with any of these; you can use the others later.
      </Box>
      <PartsAt place="welcome.help" />
      <SimpleGrid
        component="ul"
        className="bare-list welcome-choices"
        minColWidth={250}
        autoFlow="auto-fit"
        spacing="lg"
      >
        {quick && (
          <li className="card card-start welcome-choice" data-first>
            <h2>Run the quick study</h2>
            <p>{quick.does}</p>
            <Stack component="dl" className="welcome-cost" gap="xs">
              <div>
                <Fact name="Time">{formatEstimate(quick.cost)}</Fact>
              </div>
              <div>
                <Fact name="Disk">{formatBytes(quick.cost.bytes)}</Fact>
              </div>
              <div>
                <Fact name="Engine">
                  {engineTitles[quick.engine]}, {formatCount(quick.workers, 'worker')}
                </Fact>
              </div>
            </Stack>
            <p className="soft">You can stop it at any time and resume it later.</p>
            <CallButton variant="filled" call={run} input={{ preset: 'quick' }} size="sm">
              Run quick study
            </CallButton>
          </li>
        )}
        <PartsAt place="welcome.card" />
        <li className="card card-start welcome-choice">
          <h2>Create or import a study</h2>
          <p>Create a study from a preset or your own study file, or import one from an archive.</p>
          <Group gap="sm" align="stretch">
            <Button onClick={() => setMaking(true)} size="sm">
              Create study
            </Button>
            <PartsAt place="welcome.actions" />
          </Group>
        </li>
      </SimpleGrid>
      <PartsAt place="studies.work" />
      <NewStudy opened={making} onClose={() => setMaking(false)} />
    </Box>
  );
}
