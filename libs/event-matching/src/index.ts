export { resolveEvent, type EventQuestion, type ResolvedEvent } from './resolve-event.ts';
export { TooManyStanzas, TooSlow } from './match-in-time.ts';
