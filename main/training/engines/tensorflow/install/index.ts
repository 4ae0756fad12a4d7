export { installTensorflow, isInstalled } from './install.ts';
export { damagedFiles, missingFiles, readManifest } from './manifest.ts';
export { releaseFor } from './release.ts';
export type { Report } from './report.ts';
export { findTools } from './tools.ts';
