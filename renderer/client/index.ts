export { endLimit, isOwnWindow, limitAccess, ownAccess, windowAddress } from './access.ts';
export { callsOf, connect, type Connection, type WorkbenchClient } from './client.ts';
export { toRefusal, useApi, useApiOf, useCallsOf, useClient } from './context.tsx';
export { download, fileName, pathOnDisk, saveFile, upload } from './files.ts';
export { useRunChanges, useThrottledRefetch } from './refetch.ts';
export { useReportChoice } from './report-choice.ts';
export { useReading, type Reading } from './use-reading.ts';
