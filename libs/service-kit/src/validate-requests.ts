import { type ValidationError, ValidationPipe } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { badRequest, type FieldError, type Problem } from './problem.ts';

/**
 * Checks what requests say against the classes that describe it. What this takes is loaded by services that have such
 * classes: 4 MiB of validators.
 */
export function validateRequests(app: NestFastifyApplication): void {
  app.useGlobalPipes(
    new RequestValidation({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: invalidRequest,
    }),
  );
}

/** What Nest would take out of a request without a word, and would accept so. */
const OF_EVERY_OBJECT = ['__proto__', 'prototype', 'constructor'];

class RequestValidation extends ValidationPipe {
  protected override stripProtoKeys(value: object): void {
    const sent = OF_EVERY_OBJECT.filter((name) => Object.hasOwn(value, name));
    if (sent.length > 0) throw badRequest(sent.map(unknownParameter));
  }
}

const unknownParameter = (name: string): FieldError => ({
  field: name,
  message: `There is no parameter "${name}" here; see /docs.`,
});

/** Names each field at fault, and says what is wrong with it in the validator's words. */
const invalidRequest = (errors: ValidationError[]): Problem =>
  badRequest(
    errors.flatMap(({ property, constraints }) =>
      Object.entries(constraints ?? {}).map(([rule, message]) =>
        rule === 'whitelistValidation' ? unknownParameter(property) : { field: property, message: `${message}.` },
      ),
    ),
  );
