/**
 * Leaves a promise that nobody awaits; there is no other way to do so. If it rejects, the error reaches what the process has
 * for errors that nothing handled (`main/processes/uncaught.ts`); in a page, the browser logs it.
 */
export function detach(promise: PromiseLike<unknown> | undefined): void {
  promise?.then(undefined, (error: unknown) => {
    throw error;
  });
}
