import type { BeatenValue, EffectiveSetting, Layer, Sighting } from '@confscope/conf-parser';
import { MAX_ANSWER_CHARS, tooLarge } from '../http/answer-limit.ts';
import type {
  BeatenResponse,
  EffectiveSettingResponse,
  EventResponse,
  SightingResponse,
} from './effective.response.ts';
import type { EventAnswer } from './answer-event.ts';
import type { FoundSetting } from './found-settings.ts';
import type { TreeSetting } from './tree-stanza.ts';

/** What a value takes in an answer besides its own texts: the names and values that say where it stands. */
const PLACE_CHARS = 150;

/**
 * Shows settings, where they stand, and all that they beat.
 *
 * @throws Problem `answer_too_large`
 */
export function viewSettings(found: readonly FoundSetting[]): EffectiveSettingResponse[] {
  let chars = 0;
  return found.map((one) => {
    const item = viewSetting(one);
    // What is beaten is shown with each setting that beats it, and again wherever that is inherited.
    for (const shown of [item, ...item.beats])
      chars += (shown.value?.length ?? 0) + shown.stanza.length + shown.path.length + PLACE_CHARS;
    if (chars > MAX_ANSWER_CHARS)
      throw tooLarge(
        `The values of this page have more than ${MAX_ANSWER_CHARS} characters. Ask with a smaller limit.`,
      );
    return item;
  });
}

function viewSetting({ forApp, stanza, setting }: FoundSetting): EffectiveSettingResponse {
  const common = { stanza: stanza.name, for_app: forApp };
  if (!setting) {
    const [header] = stanza.headers;
    if (!header) throw new Error(`The stanza ${stanza.name} stands in no file.`);
    const nothing = { key: null, value: null, masked: false, inherited_from: null, inherited_by: null, beats: [] };
    return {
      ...common,
      ...nothing,
      line: header.stanza.line,
      end_line: header.stanza.line,
      ...viewLayer(header.layer),
    };
  }
  const { key, winner } = setting;
  const { value, line, endLine, fingerprint } = winner.setting;
  return {
    ...common,
    ...viewInheritance(setting),
    key,
    value,
    ...viewSecret(fingerprint),
    line,
    end_line: endLine,
    ...viewLayer(winner.layer),
    beats: stanza.beaten(key).map(viewBeaten),
  };
}

/** An event has no stanza of its own: its settings are shown as those of the stanzas that it has them from. */
function viewInheritance({ inheritedFrom, inheritedBy }: EffectiveSetting<TreeSetting>) {
  if (inheritedBy === 'event') return { stanza: inheritedFrom ?? '', inherited_from: null, inherited_by: null };
  return { inherited_from: inheritedFrom, inherited_by: inheritedBy };
}

/** So many stanzas that could not be read are shown, and so much of their names, which may be as long as files. */
const MAX_UNREAD = 100;
const MAX_NAME_CHARS = 256;

/** Shows the stanzas that are for an event, the first of which wins. */
export function viewEvent({ event, ranked, given, renamed, unread }: EventAnswer): EventResponse {
  return {
    ...event,
    sourcetype_given_by: given?.stanza ?? null,
    sourcetype_renamed_by: renamed?.stanza ?? null,
    stanzas: ranked.map(({ stanza, field, kind, priority }) => {
      const [header] = stanza.headers;
      if (!header) throw new Error(`The stanza ${stanza.name} stands in no file.`);
      return {
        stanza: stanza.name,
        field,
        match: kind,
        priority,
        line: header.stanza.line,
        ...viewLayer(header.layer),
      };
    }),
    unread: unread.slice(0, MAX_UNREAD).map(({ stanza, why }) => ({ stanza: shortened(stanza), why })),
    unread_count: unread.length,
  };
}

const shortened = (name: string): string => (name.length > MAX_NAME_CHARS ? `${name.slice(0, MAX_NAME_CHARS)}…` : name);

function viewBeaten({ value, line, claim, stanza, by }: BeatenValue<TreeSetting>): BeatenResponse {
  return { value, line, stanza, by, ...viewLayer(claim.layer) };
}

function viewLayer({ rank, block, file: { origin } }: Layer<TreeSetting>) {
  const { path, app, scope, layer, user } = origin;
  return { path, app, scope, layer, user, rank, block };
}

function viewSecret(fingerprint: string | null): { masked: boolean; fingerprint?: string } {
  return fingerprint === null ? { masked: false } : { masked: true, fingerprint };
}

/** Shows one of the stanzas of a name, and what keeps it from being seen. */
export function viewSighting({ placed, stanza, layer, reason }: Sighting<TreeSetting>): SightingResponse {
  const { path, app, scope, layer: name, user } = placed.file.origin;
  return {
    path,
    line: stanza.line,
    app,
    scope,
    layer: name,
    user,
    seen: layer !== null,
    rank: layer?.rank ?? null,
    reason,
  };
}
