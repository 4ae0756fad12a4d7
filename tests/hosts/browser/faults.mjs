/** Loaded into a host before the program: signals that make it fail as a defect of the program would. */
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('a promise that nobody owns'));
});
process.on('SIGWINCH', () => {
  setTimeout(() => {
    throw new Error('thrown where nobody catches');
  });
});
