import type { Variable } from '@tensorflow/tfjs-core';
import { eager } from '../../eager.ts';
import type { Engine, Entry } from '../../engine.ts';
import type { Context } from '../context.ts';
import { RecordedProgram } from './program.ts';

/** How this engine runs steps: recorded once, replayed as a graph whose session holds the variables. */
export function replaying(c: Context): Pick<Engine, 'compile' | 'read' | 'write'> {
  const owners = new WeakMap<Variable, RecordedProgram<string>>();
  const elsewhere = eager(c.tf);
  return {
    compile: <Name extends string>(entries: Record<Name, Entry>) => {
      const program = new RecordedProgram(c, entries);
      for (const variable of program.variables) owners.set(variable, program);
      return program;
    },
    read: async (variables) => {
      const values = new Map<Variable, Float32Array>();
      for (const [program, own] of Map.groupBy(variables, (variable) => owners.get(variable))) {
        const read = await (program ?? elsewhere).read(own);
        own.forEach((variable, index) => void values.set(variable, read[index]!));
      }
      return variables.map((variable) => values.get(variable)!);
    },
    write: (values) => {
      for (const [program, own] of Map.groupBy(values, ([variable]) => owners.get(variable))) {
        (program ?? elsewhere).write(new Map(own));
      }
    },
  };
}
