import { Button, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useApi } from '../../client/context.tsx';

const names = { tensorflow: 'TensorFlow', webgpu: 'WebGPU', wasm: 'WebAssembly' } as const;

/** What new models train on, and whether it was checked; leads to the machine's screen. */
export function EngineIndicator() {
  const api = useApi();
  const { data } = useQuery(api.machine.engines.queryOptions({ input: {}, staleTime: Number.POSITIVE_INFINITY }));
  const engine = data?.engines.find(({ chosen }) => chosen);
  if (!engine) return null;
  const { name, state, speedOverWasm } = engine;
  const speed = speedOverWasm === null || name === 'wasm' ? '' : `, ${speedOverWasm.toFixed(1)} times WebAssembly`;
  const words = {
    passed: `computes right on this machine${speed}`,
    untried: 'not tried on this machine yet',
    failed: 'computes wrong numbers here: choose another',
    absent: 'is not here: choose another',
  };
  const label = `Engine: ${names[name]}, ${words[state]}`;
  return (
    <Tooltip label={label}>
      <Button
        component={Link}
        href="/machine"
        variant="subtle"
        color="gray"
        size="compact-sm"
        className="header-tool"
        aria-label={label}
        leftSection={<span className="engine-dot" data-state={state} aria-hidden="true" />}
      >
        {names[name]}
      </Button>
    </Tooltip>
  );
}
