import type { OpenAPIObject } from '@nestjs/swagger';
import { Api } from '../support/api';

/** What of a JSON schema the tests look at. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}

/** An operation of the OpenAPI document. */
export interface ApiRoute {
  /** As in `GET /api/clubs/{id}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly pathParameters: readonly string[];
  readonly queryParameters: Readonly<Record<string, Schema>>;
  /** Fields of its body by name; `null`: it takes none. */
  readonly fields: Readonly<Record<string, Schema>> | null;
  /** Asks for a sign-in. */
  readonly closed: boolean;
}

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;
const SOME_UUID = '00000000-0000-4000-8000-000000000000';

/** Every route there is. */
export async function listRoutes(api: Api): Promise<ApiRoute[]> {
  const { body: document } = await api.get<OpenAPIObject>('/api/docs-json');
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method];
      if (!operation) return [];
      const parameters = (operation.parameters ?? []) as unknown as readonly Parameter[];
      const named = (place: string): readonly Parameter[] => parameters.filter((one) => one.in === place);
      const { requestBody } = operation as { requestBody?: { content?: Record<string, { schema?: Schema }> } };
      const schema = requestBody?.content?.['application/json']?.schema;
      return [
        {
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          pathParameters: named('path').map(({ name }) => name),
          queryParameters: Object.fromEntries(named('query').map(({ name, schema: of = {} }) => [name, of])),
          fields: schema ? fieldsOf(document, schema) : null,
          closed: (operation.security ?? []).some((scheme) => 'bearer' in scheme),
        },
      ];
    }),
  );
}

/** Parameters that are numbers on whatever route. */
const NUMBERS = new Set(['position', 'part', 'clubId', 'invitationId', 'deliveryId']);

/** The path with this value for one parameter, and a value of the right form for the others. */
export function fillPath({ path }: ApiRoute, values: Readonly<Record<string, string>> = {}): string {
  const ofNumbers = /^\/api\/(clubs|terrains|users|video\/markers|video\/shares)\//.test(path);
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const number = NUMBERS.has(name) || (name === 'id' && ofNumbers);
    return values[name] ?? (number ? '1' : SOME_UUID);
  });
}

function fieldsOf(document: OpenAPIObject, schema: Schema): Record<string, Schema> {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) as string;
    return fieldsOf(document, document.components?.schemas?.[name] as Schema);
  }
  const inherited = (schema.allOf ?? []).map((part) => fieldsOf(document, part));
  return Object.assign({}, ...inherited, schema.properties) as Record<string, Schema>;
}
