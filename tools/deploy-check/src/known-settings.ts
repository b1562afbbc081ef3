import { gatewaySettings } from '@confscope/gateway-app/settings';
import { migrateSettings } from '@confscope/migrate/settings';
import { workerSettings } from '@confscope/parse-worker/settings';
import { commonSettings } from '@confscope/service-kit';
import type { Settings } from '@confscope/service-kit/settings';
import { statusSettings } from '@confscope/status-api/settings';
import { uploadSettings } from '@confscope/upload-api/settings';

/** What each program reads from its environment. */
export const SETTINGS: Readonly<Record<string, Settings>> = {
  gateway: gatewaySettings,
  migrate: migrateSettings,
  'parse-worker': { ...commonSettings, ...workerSettings },
  'status-api': { ...commonSettings, ...statusSettings },
  'upload-api': { ...commonSettings, ...uploadSettings },
};

/** All settings of all programs. */
export const ALL_SETTINGS: Settings = Object.assign({}, ...Object.values(SETTINGS)) as Settings;

/** Standard names that the libraries below us read. */
export const STANDARD_VARIABLES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME', 'NODE_ENV', 'HOME'];

/** What is wrong with one variable, or nothing. A value that is not written down, or comes from elsewhere, is undefined. */
export function checkVariable(where: string, settings: Settings, name: string, value: string | undefined): string[] {
  if (STANDARD_VARIABLES.includes(name)) return [];
  const setting = settings[name];
  if (!setting) return [`${where}: no program has a setting ${name}.`];
  if (value === undefined || value === '') return [];
  try {
    setting.read(value);
    return [];
  } catch (error) {
    return [`${where}: ${name} must be ${(error as Error).message}.`];
  }
}
