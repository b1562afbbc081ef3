import { postgresUrl } from '@confscope/service-kit/settings';
import { trustSettings } from '@confscope/service-kit/trust';

export const migrateSettings = { ...trustSettings, DATABASE_URL: postgresUrl('Where PostgreSQL is.') };
