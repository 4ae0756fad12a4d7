/** The message that a page posts to its own window with the port for the preload script to pass on. */
export const portMessage = 'workbench:port';

/** The only IPC channel between the preload script and the program; it carries the port. */
export const portChannel = 'workbench:port';

/** A page acknowledges each message from its port with this one, so streams wait for slow pages. */
export const portAcknowledgement = 'workbench:taken';
