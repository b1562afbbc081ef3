import { ERROR_TYPES, type ErrorType } from '@confscope/domain';
import { Quarantine } from '@confscope/persistence';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

/** Far more than an operator would let come together. */
const MAX_ARCHIVES = 500;

class QuarantinedArchiveResponse {
  @ApiProperty({ description: 'SHA-256 of the archive, in hex.' })
  sha256!: string;

  @ApiProperty({ description: 'Parsing processes it has ended.' })
  crashes!: number;

  @ApiProperty({ description: 'The run that crashed last.' })
  run_id!: number;

  @ApiProperty({ enum: ERROR_TYPES })
  error_type!: ErrorType;

  @ApiProperty()
  error_message!: string;

  @ApiProperty({ format: 'date-time' })
  last_crash_at!: string;

  @ApiProperty({ format: 'date-time' })
  quarantined_at!: string;
}

class QuarantineResponse {
  @ApiProperty({ type: [QuarantinedArchiveResponse] })
  items!: QuarantinedArchiveResponse[];
}

/** Archives that are not parsed any more because they kept killing the process that parsed them. */
@ApiTags('quarantine')
@Controller('v1/quarantine')
export class QuarantineController {
  constructor(@Inject(Quarantine) private readonly quarantine: Quarantine) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Archives in quarantine, the latest first; DELETE /v1/quarantine/{sha256} lifts it' })
  @ApiOkResponse({ type: QuarantineResponse })
  async list(): Promise<QuarantineResponse> {
    const archives = await this.quarantine.list(MAX_ARCHIVES);
    return {
      items: archives.map((archive) => ({
        ...archive,
        last_crash_at: archive.last_crash_at.toISOString(),
        quarantined_at: archive.quarantined_at.toISOString(),
      })),
    };
  }
}
