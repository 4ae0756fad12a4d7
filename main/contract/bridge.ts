/** What a page posts to its own window, with the port that the preload script is to hand to the program. */
export const portMessage = 'workbench:port';

/** Name of the one IPC channel between the preload script and the program: it carries the port, and nothing else. */
export const portChannel = 'workbench:port';

/** What a page sends back through its port for each message that it has taken, so that streams wait for slow pages. */
export const portTaken = 'workbench:taken';
