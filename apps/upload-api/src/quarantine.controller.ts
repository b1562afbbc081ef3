import { Quarantine } from '@confscope/persistence';
import { badRequest, type Logger, Problem } from '@confscope/service-kit';
import { Controller, Delete, HttpCode, Inject, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

/** Archives that are not parsed any more because they kept killing the process that parsed them. */
@ApiTags('quarantine')
@Controller('v1/quarantine')
export class QuarantineController {
  constructor(
    @Inject(Quarantine) private readonly quarantine: Quarantine,
    @Inject('LOGGER') private readonly logger: Logger,
  ) {}

  @Delete(':sha256')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let an archive be parsed again; its runs are parsed when they are asked to be' })
  @ApiNoContentResponse()
  async lift(@Param('sha256') text: string): Promise<void> {
    const sha256 = text.toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      const message = `${JSON.stringify(text.slice(0, 100))} is no SHA-256: 64 hexadecimal digits.`;
      throw badRequest([{ field: 'sha256', message }], 'invalid_sha256');
    }
    if (!(await this.quarantine.lift(sha256)))
      throw new Problem(404, 'not_quarantined', `The archive ${sha256} is not in quarantine.`);
    this.logger.warn({ sha256 }, 'quarantine lifted');
  }
}
