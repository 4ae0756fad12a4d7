import { along } from './along/index.ts';
import { answers } from './answers/index.ts';
import { archives } from './archives/index.ts';
import { compare } from './compare/index.ts';
import { consistency } from './consistency/index.ts';
import type { PageParts } from './define.ts';
import { desk } from './desk/index.ts';
import { draws } from './draws/index.ts';
import { effects } from './effects/index.ts';
import { evaluation } from './evaluation/index.ts';
import { groups } from './groups/index.ts';
import { images } from './images/index.ts';
import { machine } from './machine/index.ts';
import { offline } from './offline/index.ts';
import { outside } from './outside/index.ts';
import { publication } from './publication/index.ts';
import { search } from './search/index.ts';
import { selftest } from './selftest/index.ts';
import { sets } from './sets/index.ts';
import { slurm } from './slurm/index.ts';
import { subsampling } from './subsampling/index.ts';
import { teaching } from './teaching/index.ts';
import { tutorial } from './tutorial/index.ts';
import { weights } from './weights/index.ts';

/** What every contribution adds to the page: a line each, in the order of their screens and views. */
export const pageParts: readonly PageParts[] = [
  along,
  consistency,
  answers,
  archives,
  compare,
  desk,
  groups,
  effects,
  teaching,
  draws,
  evaluation,
  images,
  tutorial,
  machine,
  offline,
  outside,
  publication,
  search,
  selftest,
  sets,
  slurm,
  subsampling,
  weights,
];
