import { z } from 'zod';
import { paperSizes } from '../../contract/api/index.ts';
import { idSchema, nothing, ofStudy } from '../../contract/wire/index.ts';
import { volunteerViewSchema } from '../desk/contract/view.ts';
import { deskOf } from '../desk/service.ts';
import { call, done } from '../../services/api/index.ts';
import { kitResultPreviewSchema, madeKitSchema } from './kit-format.ts';
import { applyKitResult, inspectKitResult } from './kit-result.ts';
import { kitReaderOf } from './kit-reader.ts';
import { makeKit } from './kit.ts';
import { paperEntrySchema, paperStateSchema } from './paper-entries.ts';
import { acceptPaper, enterPaper, paperConsent, paperSheet, paperState } from './paper.ts';
import { makePaperSheets } from './sheets.ts';

const ofSession = z.strictObject({ session: idSchema });
const ofResult = ofStudy.extend({ upload: z.string().max(64) });

const kits = {
  /** A kit for these sessions (medium `kit`), with its codes. Sessions can get several kits. */
  makeKit: call
    .input(ofStudy.extend({ sessions: z.array(idSchema).min(1).max(300) }))
    .output(madeKitSchema)
    .handler(({ input, context: { lab } }) => makeKit(deskOf(lab), input.study, input.sessions)),
  /** What a result file would change. Stores nothing. */
  inspectResult: call
    .input(ofResult)
    .output(kitResultPreviewSchema)
    .handler(({ input, context: { lab } }) => inspectKitResult(deskOf(lab), kitReaderOf(lab), input)),
  /** Imports what is new in a result file. Repeating it changes nothing. */
  applyResult: call
    .input(ofResult)
    .output(z.strictObject({ session: idSchema, newEvents: z.int().min(0) }))
    .handler(({ input, context: { lab } }) => applyKitResult(deskOf(lab), kitReaderOf(lab), input)),
};

const paper = {
  /** The person's sheets as a download: a PDF, or an HTML page to print from a browser. */
  saveSheets: call
    .input(ofSession.extend({ format: z.enum(['pdf', 'html']), paperSize: z.enum(paperSizes) }))
    .output(z.strictObject({ name: z.string(), address: z.string() }))
    .handler(({ input, context: { lab }, signal }) =>
      makePaperSheets(deskOf(lab), lab.reports.printer, input, signal ?? new AbortController().signal),
    ),
  /** The view for entering a person's answers. */
  paperView: call
    .input(ofSession)
    .output(volunteerViewSchema)
    .handler(({ input, context: { lab } }) => paperSheet(deskOf(lab), input.session)),
  paperState: call
    .input(ofSession)
    .output(paperStateSchema)
    .handler(({ input, context: { lab } }) => paperState(deskOf(lab), input.session)),
  enterPaper: call
    .input(ofSession.extend({ entries: z.array(paperEntrySchema).min(1).max(1000) }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(enterPaper(deskOf(lab), input.session, input.entries))),
  /** Whether the sheet says that consent was given. */
  setConsent: call
    .input(ofSession.extend({ given: z.boolean() }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(paperConsent(deskOf(lab), input.session, input.given))),
  /** Accepts the entries as answers and finishes the session. Refused if entries differ or are missing, and without consent. */
  acceptPaper: call
    .input(ofSession.extend({ leaveBlank: z.boolean() }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(acceptPaper(deskOf(lab), input.session, input.leaveBlank))),
};

const calls = { ...kits, ...paper };
export default calls;
export type OfflineCalls = typeof calls;
