import { type ValidationError, ValidationPipe } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { badRequest, type Problem } from './problem.ts';

/** What operators ask is for no client. */
const OPERATIONS = /^\/(health|metrics)\b/;

/**
 * Checks what requests say, and describes the endpoints: at `/openapi.json` for machines, at `/docs` for people. What this
 * takes is loaded by services that have an API.
 */
export function serveApi(app: NestFastifyApplication, name: string, description: string): void {
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: invalidRequest,
    }),
  );
  const builder = new DocumentBuilder().setTitle(`Confscope ${name}`).setDescription(description).setVersion('1');
  const document = SwaggerModule.createDocument(app, builder.setOpenAPIVersion('3.1.0').build());
  const paths = Object.entries(document.paths).filter(([path]) => !OPERATIONS.test(path));
  const shown = { ...document, paths: Object.fromEntries(paths) };
  SwaggerModule.setup('docs', app, shown, { jsonDocumentUrl: 'openapi.json' });
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
