import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Express } from 'express';
import { PROBLEM_SCHEMA, problemResponse, problemSchema } from './common/api-problems';
import { PROBLEMS } from './common/problem';

/** Problems any route may answer with. `unauthorized` only where the route asks for a bearer token. */
const EVERYWHERE = {
  '400': problemResponse(['validation_failed', 'malformed_json']),
  '500': problemResponse(['internal_error']),
  '503': problemResponse(['database_unavailable', 'overloaded', 'shutting_down']),
};

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Serves `/api/docs`, `/api/docs-json` and `/api/docs/errors`, the page that problem types point to. */
export function setupApiDocument(app: NestExpressApplication): void {
  const express = app.getHttpAdapter().getInstance() as Express;
  express.get('/api/docs/errors', (_request, response) => {
    response.type('html').send(errorsPage());
  });
  SwaggerModule.setup('api/docs', app, () => buildApiDocument(app), {
    jsonDocumentUrl: 'api/docs-json',
    yamlDocumentUrl: 'api/docs-yaml',
    customSiteTitle: 'PadelVar API',
  });
}

/** The OpenAPI document, problems included. */
export function buildApiDocument(app: NestExpressApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('PadelVar')
    .setDescription("Records padel matches from the courts' cameras: one session, one true MP4.")
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: '`METRICS_TOKEN`' }, 'metrics')
    .addCookieAuth('media', { type: 'apiKey', in: 'cookie', name: 'padelvar_media' }, 'media')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, [PROBLEM_SCHEMA]: problemSchema },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of ['get', 'post', 'patch', 'put', 'delete'] as const) {
      const operation = path[method];
      if (operation) addProblems(operation);
    }
  }
  return document;
}

function addProblems(operation: Operation): void {
  const signedIn = operation.security && operation.security.length > 0;
  operation.responses = {
    ...EVERYWHERE,
    ...(signedIn && { '401': problemResponse(['unauthorized']) }),
    ...operation.responses,
  };
}

function errorsPage(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, [status, title]]) =>
      `<tr id="${code}"><td>${status}</td><td><code>${code}</code></td><td>${title}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>PadelVar problems</title>
<h1>Problems</h1><table><tr><th>Status</th><th>Code</th><th>Meaning</th></tr>${rows.join('')}</table></html>`;
}
