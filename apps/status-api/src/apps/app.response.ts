import { type Target, TARGETS } from '@confscope/conf-parser';
import { ApiProperty } from '@nestjs/swagger';

/** An app of a run. */
export class AppResponse {
  @ApiProperty({ description: 'Folder of the app, or its package id when it came alone.' })
  app!: string;

  @ApiProperty({ description: 'Root folder of the instance.' })
  instance!: string;

  @ApiProperty({ enum: TARGETS, description: 'Who it is for.' })
  target!: Target;

  @ApiProperty({ type: String, nullable: true })
  scope!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As its app.conf says.' })
  label!: string | null;

  @ApiProperty({ type: String, nullable: true })
  version!: string | null;

  @ApiProperty({ type: String, nullable: true })
  package_id!: string | null;

  @ApiProperty({ description: 'Nothing of it counts.' })
  disabled!: boolean;

  @ApiProperty({ description: 'Conf and meta files of the app itself.' })
  files!: number;

  @ApiProperty()
  stanzas!: number;

  @ApiProperty()
  settings!: number;

  @ApiProperty({ description: 'Private conf and meta files of users in the app.' })
  user_files!: number;

  @ApiProperty({ description: '.conf and .meta files that Splunk does not read.' })
  ignored_files!: number;
}

/** A page of apps in byte order of instances, targets and names. */
export class AppListResponse {
  @ApiProperty({ type: [AppResponse] })
  items!: AppResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor!: string | null;

  @ApiProperty()
  total!: number;
}
