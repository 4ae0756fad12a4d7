/** Entry of a process that opens a data folder and kills itself at a statement: arguments are folder and number. */
import { openStorage } from '../../main/storage/open.ts';

const [folder = '', number] = process.argv.slice(2);
let remaining = Number(number);
openStorage(folder, {
  onStatement: () => {
    if (remaining-- === 0) process.kill(process.pid, 'SIGKILL');
  },
});
