import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** What operators ask is for no client. */
const OPERATIONS = /^\/(health|metrics)\b/;

/**
 * Describes the endpoints: at `/openapi.json` for machines, at `/docs` for people. What this takes is loaded by services
 * that have an API.
 */
export function serveApi(app: NestFastifyApplication, name: string, description: string): void {
  const builder = new DocumentBuilder().setTitle(`Confscope ${name}`).setDescription(description).setVersion('1');
  const document = SwaggerModule.createDocument(app, builder.setOpenAPIVersion('3.1.0').build());
  const paths = Object.entries(document.paths).filter(([path]) => !OPERATIONS.test(path));
  const shown = { ...document, paths: Object.fromEntries(paths) };
  SwaggerModule.setup('docs', app, shown, { jsonDocumentUrl: 'openapi.json' });
}
