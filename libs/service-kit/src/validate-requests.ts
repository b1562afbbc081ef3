import { type ValidationError, ValidationPipe } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { badRequest, type Problem } from './problem.ts';

/**
 * Checks what requests say against the classes that describe it. What this takes is loaded by services that have such
 * classes: 4 MiB of validators.
 */
export function validateRequests(app: NestFastifyApplication): void {
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: invalidRequest,
    }),
  );
}

/** Names each field at fault, and says what is wrong with it in the validator's words. */
const invalidRequest = (errors: ValidationError[]): Problem =>
  badRequest(
    errors.flatMap(({ property, constraints }) =>
      Object.entries(constraints ?? {}).map(([rule, message]) => ({
        field: property,
        message:
          rule === 'whitelistValidation' ? `There is no parameter "${property}" here; see /docs.` : `${message}.`,
      })),
    ),
  );
