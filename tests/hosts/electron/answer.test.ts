import { describe, expect, test, vi } from 'vitest';
import type { CallHandlers } from '../../../main/contract/calls.ts';
import { UserError } from '../../../main/contract/errors.ts';
import { answerCall } from '../../../main/hosts/electron/answer.ts';

const fine: CallHandlers = {
  'app.info': () => ({ version: '1', runtime: {}, dataFolder: '/data' }),
  'studies.list': () => [],
};

describe('the answer to a call', () => {
  test('is the value', async () => {
    expect(await answerCall(fine, 'studies.list', {}, vi.fn())).toEqual({ ok: true, value: [] });
  });

  test('to what a person can mend is its four parts', async () => {
    const error = { code: 'storage.newer', what: 'Too new', where: 'the database', remedy: 'Update.' };
    const handlers: CallHandlers = {
      ...fine,
      'studies.list': () => {
        throw new UserError({ ...error, cause: new Error('secret') });
      },
    };
    const log = vi.fn();
    expect(await answerCall(handlers, 'studies.list', {}, log)).toEqual({ ok: false, error });
    expect(log).not.toHaveBeenCalled();
  });

  test('to a defect tells nothing of it to the page, and all of it to the log', async () => {
    const defect = new Error('secret at /home/ada');
    const handlers: CallHandlers = { ...fine, 'app.info': () => Promise.reject(defect) };
    const log = vi.fn();
    const answer = await answerCall(handlers, 'app.info', {}, log);
    expect(answer).toMatchObject({ ok: false, error: { code: 'call.defect', where: 'app.info' } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(log).toHaveBeenCalledWith(defect);
  });

  test('is checked too: a value that the contract does not have is a defect', async () => {
    const info = { version: '1', runtime: {}, dataFolder: '/data', password: 'secret' };
    const answer = await answerCall({ ...fine, 'app.info': () => info }, 'app.info', {}, vi.fn());
    expect(answer).toMatchObject({ ok: false, error: { code: 'call.defect' } });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});
