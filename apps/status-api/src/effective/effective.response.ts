import {
  type BeatenBy,
  type Block,
  EVENT_FIELDS,
  type EventField,
  type InheritedBy,
  type MatchKind,
  type Reach,
  type UnseenReason,
} from '@confscope/conf-parser';
import { ApiProperty } from '@nestjs/swagger';
import { CONTEXTS } from './effective.query.ts';

/** The file of a value and its place in the order of precedence. */
class PlaceResponse {
  @ApiProperty({ description: 'File in the upload.' })
  path!: string;

  @ApiProperty({ type: String, nullable: true })
  app!: string | null;

  @ApiProperty({ type: String, nullable: true })
  scope!: string | null;

  @ApiProperty({ type: String, nullable: true })
  layer!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The user whose private file it is.' })
  user!: string | null;
}

/** A place that takes part. */
class RankedPlaceResponse extends PlaceResponse {
  @ApiProperty({ description: 'Place in the order of precedence: 0 wins over all others.' })
  rank!: number;

  @ApiProperty({ type: String, description: 'Group of layers in which only the name of the app decides.' })
  block!: Block;
}

/** A value that does not hold. */
export class BeatenResponse extends RankedPlaceResponse {
  @ApiProperty()
  value!: string;

  @ApiProperty()
  line!: number;

  @ApiProperty({ description: 'The stanza that it stands in, such as default.' })
  stanza!: string;

  @ApiProperty({
    enum: ['later-line', 'higher-layer', 'own-setting', 'other-stanza'],
    description: 'What it was beaten by; other-stanza: by one that comes first for the event.',
  })
  by!: BeatenBy;
}

/** A setting that holds, and why. */
export class EffectiveSettingResponse extends RankedPlaceResponse {
  @ApiProperty()
  stanza!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for a stanza that has no settings.' })
  key!: string | null;

  @ApiProperty({ type: String, nullable: true, description: '******** for a secret.' })
  value!: string | null;

  @ApiProperty({ description: 'The value is a secret and was not stored.' })
  masked!: boolean;

  @ApiProperty({ required: false, description: 'Keyed hash of a secret: equal secrets have equal fingerprints.' })
  fingerprint?: string;

  @ApiProperty({ description: 'Line of the winner in its file, from 1.' })
  line!: number;

  @ApiProperty()
  end_line!: number;

  @ApiProperty({ type: String, nullable: true, description: 'The stanza that it is taken from, such as default.' })
  inherited_from!: string | null;

  @ApiProperty({
    type: String,
    enum: ['merge', 'consumer'],
    nullable: true,
    description:
      'merge: taken from there in every list, as btool shows it; consumer: by the part of Splunk that uses it, with inherit alone.',
  })
  inherited_by!: Exclude<InheritedBy, 'event'> | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The app that it holds for, of confs that speak of their app.',
  })
  for_app!: string | null;

  @ApiProperty({ type: [BeatenResponse], description: 'Every value that does not hold, the strongest first.' })
  beats!: BeatenResponse[];
}

/** A stanza of the name that was asked for, seen or not. */
export class SightingResponse extends PlaceResponse {
  @ApiProperty()
  line!: number;

  @ApiProperty()
  seen!: boolean;

  @ApiProperty({ type: Number, nullable: true })
  rank!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is not seen.' })
  reason!: UnseenReason | null;
}

/** A stanza of props.conf that is for an event. */
class EventStanzaResponse extends RankedPlaceResponse {
  @ApiProperty()
  stanza!: string;

  @ApiProperty({ description: 'Line of the stanza in the highest file that has it.' })
  line!: number;

  @ApiProperty({ enum: [...EVENT_FIELDS], description: 'What of the event it was matched with.' })
  field!: EventField;

  @ApiProperty({ enum: ['literal', 'pattern'] })
  match!: MatchKind;

  @ApiProperty({
    description: 'Its priority among stanzas of the same field: 100 if literal, 0 if a pattern, unless set.',
  })
  priority!: number;
}

/** A stanza of props.conf whose pattern could not be read. */
class UnreadStanzaResponse {
  @ApiProperty()
  stanza!: string;

  @ApiProperty({
    description: 'What is wrong with its pattern, that it takes too long, or that it holds a masked secret.',
  })
  why!: string;
}

/** The event that was asked for. */
export class EventResponse {
  @ApiProperty({ type: String, nullable: true })
  source!: string | null;

  @ApiProperty({ type: String, nullable: true })
  host!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The one that was asked for, that its source gives it, or that it is renamed to.',
  })
  sourcetype!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The stanza that gives it its sourcetype.' })
  sourcetype_given_by!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The stanza whose rename gave it this sourcetype; at search time alone, with app.',
  })
  sourcetype_renamed_by!: string | null;

  @ApiProperty({ type: [EventStanzaResponse], description: 'The stanzas that are for it; the first wins.' })
  stanzas!: EventStanzaResponse[];

  @ApiProperty({
    type: [UnreadStanzaResponse],
    description: 'Stanzas that may be for it and are not counted, 100 at most.',
  })
  unread!: UnreadStanzaResponse[];

  @ApiProperty({ description: 'How many those are.' })
  unread_count!: number;
}

/** A page of what holds. */
export class EffectiveResponse {
  @ApiProperty()
  conf!: string;

  @ApiProperty({
    enum: ['instance', 'app', 'one-place', 'object'],
    description:
      'How far its settings reach: all apps, their own app, from one place, or as metadata says of each object.',
  })
  reach!: Reach;

  @ApiProperty({ enum: CONTEXTS })
  context!: (typeof CONTEXTS)[number];

  @ApiProperty({ type: String, nullable: true })
  app!: string | null;

  @ApiProperty({ type: String, nullable: true })
  user!: string | null;

  @ApiProperty({ description: 'Root folder of the instance.' })
  instance!: string;

  @ApiProperty()
  target!: string;

  @ApiProperty({ type: [EffectiveSettingResponse], description: 'In byte order of stanzas and keys.' })
  items!: EffectiveSettingResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor!: string | null;

  @ApiProperty()
  total!: number;

  @ApiProperty({ required: false, type: EventResponse, description: 'Only with source, host or sourcetype.' })
  event?: EventResponse;

  @ApiProperty({
    required: false,
    type: [SightingResponse],
    description: 'Every stanza of the name; with stanza alone.',
  })
  sightings?: SightingResponse[];
}
