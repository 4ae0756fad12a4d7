import type { MenuItemConstructorOptions } from 'electron';

export interface MenuParts {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  /** Shows a folder in the system's file manager. */
  readonly openDataFolder: () => void;
  readonly openLogs: () => void;
  readonly about: () => void;
}

type Items = MenuItemConstructorOptions[];

const line = { type: 'separator' } as const;

/** The native menu: File, Edit, View and Help in the style of each system. The page's palette has all other commands. */
export function menuTemplate(parts: MenuParts): Items {
  const isMac = parts.platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: '&File', submenu: fileMenu(parts, isMac) },
    { label: '&Edit', submenu: editMenu },
    { label: '&View', submenu: viewMenu(parts) },
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    { label: '&Help', role: 'help', submenu: helpMenu(parts, isMac) },
  ];
}

/** The menu while the window is limited to a page: zoom only. */
export const limitedMenuTemplate: Items = [
  { label: '&View', submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }] },
];

const fileMenu = ({ openDataFolder }: MenuParts, isMac: boolean): Items => [
  { label: 'Open data folder', accelerator: 'CmdOrCtrl+Shift+O', click: openDataFolder },
  line,
  isMac ? { role: 'close' } : { role: 'quit', accelerator: 'Ctrl+Q' },
];

const editMenu: Items = [
  { role: 'undo' },
  { role: 'redo' },
  line,
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'delete' },
  line,
  { role: 'selectAll' },
];

const viewMenu = ({ packaged }: MenuParts): Items => [
  { role: 'reload' },
  line,
  { role: 'resetZoom' },
  { role: 'zoomIn' },
  { role: 'zoomOut' },
  line,
  { role: 'togglefullscreen' },
  ...(packaged ? [] : [line, { role: 'toggleDevTools' } as const]),
];

const helpMenu = ({ openLogs, about }: MenuParts, isMac: boolean): Items => [
  { label: 'Open run logs', click: openLogs },
  ...(isMac ? [] : [line, { label: 'About Boundary Workbench', click: about }]),
];
