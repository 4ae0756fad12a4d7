import { Group } from '@mantine/core';
import { useParameter } from '../../navigation/addresses.ts';

interface TrainingsProps {
  /** Of the cell; names of its trainings begin with it. */
  name: string;
  trainings: readonly { id: number; name: string }[];
}

/** A button for each training of a cell; opens it. */
export function Trainings({ name, trainings }: TrainingsProps) {
  const [, openRun] = useParameter('run');
  if (trainings.length === 0) return <span className="soft">not queued</span>;
  return (
    <Group component="span" gap="4px 12px">
      {trainings.map((training) => (
        <button key={training.id} type="button" className="link-button" onClick={() => openRun(String(training.id))}>
          <span className="sr">Open {name}, </span>
          {training.name.slice(name.length + 1)}
        </button>
      ))}
    </Group>
  );
}
