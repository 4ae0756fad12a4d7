import type { z } from 'zod';
import { type Cluster, clusterSchema } from './cluster.ts';
import { helpOf, limitsOf, readSettings, type Setting, titleOf } from '../../../domain/settings/index.ts';

/** The settings of a cluster, declared in cluster.ts. */
export const clusterSettings: readonly Setting[] = readSettings(clusterSchema);

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
  const setting = clusterSettings.find((each) => each.key === key);
  if (!setting) return [{ line: 1, what: `${issue.message}.` }];
  const isMissing = !Object.hasOwn(json, key);
  const wrong = issue.code === 'invalid_format' ? `has to be ${issue.message}` : 'does not fit';
  return [
    {
      line: isMissing ? lineAt(text, text.trimEnd().length) : lineOf(text, path),
      what: `“${path.join('.')}” ${isMissing ? 'is missing' : wrong}. ${titleOf(setting)}${limitsOf(setting)}. ${helpOf(setting)}.`,
    },
  ];
}

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
