import path from 'node:path';

/** Where fetched programs of this checkout are kept, shared by everything that starts servers. */
export const toolsFolder = path.resolve(import.meta.dirname, '../../../.confscope/tools');
