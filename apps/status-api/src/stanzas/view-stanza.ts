import type { StanzaRow, StoredSetting } from '@confscope/persistence';
import type { SettingResponse, StanzaResponse } from './stanza.response.ts';

/** Shows a stanza. */
export function viewStanza({ owner, settings, ...stanza }: StanzaRow): StanzaResponse {
  return { ...stanza, user: owner, settings: settings.map(viewSetting) };
}

/** Writes out what a stored setting leaves out. */
function viewSetting([key, value, line, end_line, more]: StoredSetting): SettingResponse {
  const overwritten = (more?.o ?? []).map(([old, oldLine]) => ({ value: old, line: oldLine }));
  const setting = { key, value, line, end_line, overwritten, masked: more?.f !== undefined };
  return more?.f === undefined ? setting : { ...setting, fingerprint: more.f };
}
