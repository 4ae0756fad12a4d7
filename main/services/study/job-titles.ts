import type { Goal } from '../../contract/api/jobs.ts';
import type { StudyRecord } from '../../storage/studies.ts';

const titles: Record<Goal, string> = {
  generator: 'Train the generator',
  candidates: 'Find candidates for anchors',
  stimuli: 'Generate and freeze stimuli',
  models: 'Train the models',
  report: 'Run the study',
};

export function jobTitle({ spec }: StudyRecord, goal: Goal): string {
  const { source } = spec.stimuli;
  const makes = source === 'blended' ? 'Make' : source === 'test-images' ? 'Take' : null;
  return `${goal === 'stimuli' && makes ? `${makes} and freeze stimuli` : titles[goal]}: ${spec.title}`;
}

const screens: Record<Goal, string> = {
  generator: '/generator',
  candidates: '/stimuli',
  stimuli: '/stimuli',
  models: '/models',
  report: '',
};

export const linkFor = (name: string, goal: Goal): string => `/studies/${encodeURIComponent(name)}${screens[goal]}`;
