import type { AnswerCalls } from './answers/calls.ts';
import { along } from './along/index.ts';
import { answers } from './answers/index.ts';
import type { ArchiveCalls } from './archives/calls.ts';
import { archives } from './archives/index.ts';
import { calibration } from './calibration/index.ts';
import type { CompareCalls } from './compare/calls.ts';
import { compare } from './compare/index.ts';
import { consistency } from './consistency/index.ts';
import { contrasts } from './contrasts/index.ts';
import type { DrawsCalls } from './draws/calls.ts';
import type { DeskCalls } from './desk/calls.ts';
import { desk } from './desk/index.ts';
import type { Contribution } from './define.ts';
import { draws } from './draws/index.ts';
import { doctor } from './doctor/index.ts';
import type { EffectsCalls } from './effects/calls.ts';
import { effects } from './effects/index.ts';
import type { EvaluationCalls } from './evaluation/calls.ts';
import { evaluation } from './evaluation/index.ts';
import { folders } from './folders/index.ts';
import { formats } from './formats/index.ts';
import type { GroupsCalls } from './groups/calls.ts';
import { groups } from './groups/index.ts';
import type { ImagesCalls } from './images/calls.ts';
import { images } from './images/index.ts';
import type { MachineCalls } from './machine/calls.ts';
import { machine } from './machine/index.ts';
import { multiplicity } from './multiplicity/index.ts';
import type { OfflineCalls } from './offline/calls.ts';
import { offline } from './offline/index.ts';
import type { OutsideCalls } from './outside/calls.ts';
import { outside } from './outside/index.ts';
import { publication } from './publication/index.ts';
import { quality } from './quality/index.ts';
import type { SearchCalls } from './search/calls.ts';
import { search } from './search/index.ts';
import { selftest } from './selftest/index.ts';
import { sessions } from './sessions/index.ts';
import type { SetsCalls } from './sets/calls.ts';
import { sets } from './sets/index.ts';
import type { SlurmCalls } from './slurm/calls.ts';
import { slurm } from './slurm/index.ts';
import { subsampling } from './subsampling/index.ts';
import type { TeachingCalls } from './teaching/calls.ts';
import { teaching } from './teaching/index.ts';
import { tutorial } from './tutorial/index.ts';
import type { WeightsCalls } from './weights/calls.ts';
import { weights } from './weights/index.ts';

/** The areas of their calls. */
export interface ContributedCalls {
  answers: AnswerCalls;
  archives: ArchiveCalls;
  compare: CompareCalls;
  desk: DeskCalls;
  draws: DrawsCalls;
  effects: EffectsCalls;
  evaluation: EvaluationCalls;
  groups: GroupsCalls;
  images: ImagesCalls;
  machine: MachineCalls;
  offline: OfflineCalls;
  outside: OutsideCalls;
  search: SearchCalls;
  sets: SetsCalls;
  slurm: SlurmCalls;
  teaching: TeachingCalls;
  weights: WeightsCalls;
}

/** Every contribution: a line each. */
export const contributions: readonly Contribution[] = [
  along,
  answers,
  archives,
  calibration,
  compare,
  consistency,
  contrasts,
  desk,
  doctor,
  draws,
  effects,
  evaluation,
  folders,
  formats,
  groups,
  images,
  machine,
  multiplicity,
  offline,
  outside,
  publication,
  quality,
  search,
  selftest,
  sessions,
  sets,
  slurm,
  subsampling,
  teaching,
  tutorial,
  weights,
];
