import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { engineTitles } from '../../../main/contract/runs/index.ts';
import type { MachineCalls } from '../../../main/contributions/machine/calls.ts';
import { useApiOf } from '../../client/index.ts';
import { LinkButton } from '../../ui/parts/index.ts';
import { followed } from './followed.ts';
import './engine-indicator.css';

/** The engine for new trainings and whether it passed its self-check; links to the Machine screen. */
export function EngineIndicator() {
  const api = useApiOf<MachineCalls>('machine');
  const { data } = useQuery(
    api.engines.queryOptions({ input: {}, staleTime: Number.POSITIVE_INFINITY, meta: followed }),
  );
  const engine = data?.engines.find(({ chosen }) => chosen);
  if (!engine) return null;
  const { name, state, speedOverWasm } = engine;
  const speed =
    speedOverWasm === null || name === 'wasm' ? '' : `, ${speedOverWasm.toFixed(1)} times as fast as WebAssembly`;
  const words = {
    passed: `passed its self-check on this machine${speed}`,
    untried: 'not checked on this machine yet',
    failed: 'failed its self-check: choose another on the Machine screen',
    absent: 'not available: choose another on the Machine screen',
  };
  const label = `Engine: ${engineTitles[name]}, ${words[state]}`;
  return (
    <Tooltip label={label}>
      <LinkButton
        to="/machine"
        variant="subtle"
        color="gray"
        size="compact-sm"
        c="var(--ink)"
        fw={500}
        aria-label={label}
        leftSection={<span className="engine-dot" data-state={state} aria-hidden="true" />}
      >
        {engineTitles[name]}
      </LinkButton>
    </Tooltip>
  );
}
