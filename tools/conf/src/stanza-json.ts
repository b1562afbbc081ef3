import { findSecret, MASK, maskKey, maskName, type Setting, type Stanza } from '@confscope/conf-parser';
import type { ReadConf } from './read-conf.ts';

/** The stanzas of a file in the shape that the APIs show them in. */
export function stanzasAsJson({ origin, path, stanzas }: ReadConf, showSecrets: boolean): unknown[] {
  const { conf, app, scope, layer, user } = origin;
  return stanzas.map((stanza) => ({
    name: showSecrets ? stanza.name : maskName(stanza.name),
    conf,
    app,
    scope,
    layer,
    user,
    path,
    line: stanza.line,
    comment_line: stanza.commentLine,
    header_lines: stanza.headerLines,
    settings: stanza.settings.map((setting) => settingAsJson(conf, stanza, setting, showSecrets)),
  }));
}

function settingAsJson(conf: string, stanza: Stanza, setting: Setting, showSecrets: boolean) {
  const isSecret = (value: string) => findSecret(conf, stanza.name, setting.key, value) !== null;
  const show = (value: string) => (!showSecrets && isSecret(value) ? MASK : value);
  return {
    key: showSecrets ? setting.key : maskKey(setting.key, setting.value),
    value: show(setting.value),
    line: setting.line,
    end_line: setting.endLine,
    overwritten: setting.overwritten.map(({ value, line }) => ({ value: show(value), line })),
    masked: !showSecrets && isSecret(setting.value),
  };
}
