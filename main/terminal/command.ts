import type { Command } from 'commander';

/** A command of the core, to which a contribution adds its own, such as `study`. */
export function commandOf(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name);
  if (!found) throw new Error(`the command line has no command ${name}`);
  return found;
}
