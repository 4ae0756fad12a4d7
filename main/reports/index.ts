export { frame } from './frame.ts';
export { html, trusted, type Content, type Html } from './html.ts';
