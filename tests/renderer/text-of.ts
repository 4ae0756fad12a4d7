import { MantineProvider } from '@mantine/core';
import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

/** HTML of a part of the page as it first appears, without a browser. */
export const markupOf = (element: ReactNode): string =>
  renderToStaticMarkup(createElement(MantineProvider, null, element)).replace(/<style.*?<\/style>/gs, '');

const signs: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&amp;': '&' };

/** What a person reads of HTML or of a part of the page, tooltips not included; white space as single spaces. */
export const textOf = (of: ReactNode): string =>
  (typeof of === 'string' ? of : markupOf(of))
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:lt|gt|quot|#x27|amp);/g, (sign) => signs[sign] ?? sign)
    .replace(/\s+/g, ' ')
    .trim();
