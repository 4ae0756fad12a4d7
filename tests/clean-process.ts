import { vi } from 'vitest';

/**
 * Runs before each test file. Files that share a process begin with the environment and the functions that its first one
 * found.
 */
const kept = globalThis as { environmentOfTests?: NodeJS.ProcessEnv };
kept.environmentOfTests ??= { ...process.env };
for (const name of Object.keys(process.env)) if (!(name in kept.environmentOfTests)) delete process.env[name];
Object.assign(process.env, kept.environmentOfTests);
vi.restoreAllMocks();
vi.unstubAllEnvs();
vi.unstubAllGlobals();
vi.useRealTimers();
