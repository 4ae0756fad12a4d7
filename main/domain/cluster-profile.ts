import type { z } from 'zod';
import { type Cluster, clusterSchema } from '../contract/cluster.ts';

/** What each line of a profile has to be, for a person. */
export const profileLines: Record<keyof Cluster, string> = {
  schema: 'is "boundary-workbench/cluster/1"',
  name: 'is a name of letters, digits, space, dot, dash and underscore; 64 characters at most',
  reach: 'is a list of words before sbatch, e.g. ["ssh", "ada@login.example.edu"]; [] where this computer has sbatch',
  folder: 'has "here", a path on this computer, and "there", the path of the same folder on the nodes, or null',
  product: 'is the path of the Boundary Workbench folder on the nodes, beginning with /',
  cache: 'is a folder on the nodes for engines and compiled code, beginning with /, or null: in the home folder there',
  prepare: 'is a list of at most 50 lines of the job script, e.g. ["module load nodejs/24"]',
  node: 'is the command that starts Node 24 on the nodes; "node": that of the product if it has one, else of the system',
  engine: 'is "wasm", "tensorflow" or "webgpu"',
  constraint: 'is a feature of nodes as Slurm names it, e.g. "icelake", or null',
  partition: 'is a partition as Slurm names it, or null',
  account: 'is an account as Slurm names it, or null',
  qos: 'is a quality of service as Slurm names it, or null',
  gres: 'is what Slurm is asked for by --gres, e.g. "gpu:1", or null',
  memory: 'is the memory of a task in MiB, from 100 to 10,000,000',
  cores: 'is the number of cores of a task, from 1 to 1,024',
  minutes: 'is the time limit of a task in minutes, from 5 to 100,000',
  runsPerTask: 'is the number of runs that a task does one after the other, from 1 to 1,000',
  atOnce: 'is the number of tasks that run at the same time, from 1 to 10,000, or null',
  tasksPerJob: 'is the number of tasks of a job at most, from 1 to 100,000',
};

/** A profile with a value on each line that a person has to look at. */
export const exampleProfile = `{
  "schema": "boundary-workbench/cluster/1",
  "name": "university",
  "reach": ["ssh", "ada@login.example.edu"],
  "folder": { "here": "/home/ada/cluster/boundary", "there": "/scratch/ada/boundary" },
  "product": "/scratch/ada/boundary-workbench",
  "prepare": ["module load nodejs/24"],
  "node": "node",
  "engine": "wasm",
  "partition": "main",
  "account": null,
  "constraint": null,
  "gres": null,
  "memory": 4000,
  "cores": 1,
  "minutes": 240,
  "runsPerTask": 4,
  "atOnce": null
}
`;

/** `line`: where in the text, from 1; `what`: a sentence. */
export interface ProfileProblem {
  line: number;
  what: string;
}

export type ReadProfile = { profile: Cluster; problems: [] } | { profile: null; problems: ProfileProblem[] };

/** Longest text of a profile, in characters. */
export const maxProfileText = 64 * 1024;

/** Most problems that are named. */
const named = 20;

/** Reads the text of a profile; says of each line that is wrong what it has to be. */
export function readProfileText(text: string): ReadProfile {
  if (text.length > maxProfileText) return refuse([{ line: 1, what: 'The text is longer than 64 KiB.' }]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse([notJson(text, error)]);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return refuse([{ line: 1, what: 'A profile begins with { and ends with }, with a line for each setting.' }]);
  const parsed = clusterSchema.safeParse(json);
  if (parsed.success) return { profile: parsed.data, problems: [] };
  const problems = parsed.error.issues.flatMap((issue) => toProblems(issue, json, text));
  const once = problems.filter(({ what }, index) => problems.findIndex((other) => other.what === what) === index);
  return refuse(once.sort((a, b) => a.line - b.line).slice(0, named));
}

const refuse = (problems: ProfileProblem[]): ReadProfile => ({ profile: null, problems });

/** Where engines say the position of what they cannot read, it is found by that; otherwise it is the end. */
function notJson(text: string, error: unknown): ProfileProblem {
  const message = error instanceof Error ? error.message : '';
  const position = /position (\d+)/.exec(message)?.[1];
  const line = lineAt(text, Math.min(text.trimEnd().length, Number(position ?? text.length)));
  return { line, what: 'This is not JSON: look for a missing comma, quote or bracket here or on the line before.' };
}

function toProblems(issue: z.core.$ZodIssue, json: object, text: string): ProfileProblem[] {
  const path = issue.path.filter((part) => typeof part === 'string');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      line: lineOf(text, [...path, key]),
      what: `“${key.slice(0, 60)}” is no setting of ${path.length === 0 ? 'a profile' : `“${path[0]}”`}.`,
    }));
  const [key = ''] = path;
  if (!isSetting(key)) return [{ line: 1, what: `${issue.message}.` }];
  const isMissing = !Object.hasOwn(json, key);
  return [
    {
      line: isMissing ? lineAt(text, text.trimEnd().length) : lineOf(text, path),
      what: `“${key}” ${isMissing ? 'is missing. It ' : ''}${profileLines[key]}.`,
    },
  ];
}

const isSetting = (key: string): key is keyof Cluster => Object.hasOwn(profileLines, key);

/** The line on which the last of these keys stands, each inside the one before. */
function lineOf(text: string, path: readonly string[]): number {
  let at = 0;
  for (const key of path) {
    const quoted = JSON.stringify(key);
    const next = text.indexOf(quoted, at);
    if (next < 0) break;
    at = next + (key === path.at(-1) ? 0 : quoted.length);
  }
  return lineAt(text, at);
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;
