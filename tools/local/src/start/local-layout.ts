import path from 'node:path';
import { serviceArguments } from '@confscope/local-services';

/** Which programs `npm start` runs, as arguments of Node. */
export interface LocalLayout {
  /** Folder that everything is kept in. */
  dataDir: string;
  migrate: string[];
  /** The services, named; the gateway needs the two APIs among them. */
  services: Record<'upload-api' | 'parse-worker' | 'status-api', string[]>;
}

/** The layout of a checkout. */
export function checkoutLayout(root: string): LocalLayout {
  const app = (name: string): string[] => serviceArguments(root, name);
  return {
    dataDir: path.join(root, '.confscope'),
    migrate: [path.join(root, 'tools/migrate/dist/main.js')],
    services: { 'upload-api': app('upload-api'), 'parse-worker': app('parse-worker'), 'status-api': app('status-api') },
  };
}
