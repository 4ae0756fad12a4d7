/** What a page posts to its own window, with the port that the preload script is to hand to the program. */
export const portMessage = 'workbench:port';

/** Name of the one IPC channel between the preload script and the program: it carries the port, and nothing else. */
export const portChannel = 'workbench:port';
