/** The OpenAPI document of the server, made from the schemas that the routes parse with. */
import { Refusal, type Route } from '@radiograph/api';
import { z } from 'zod';

/** Describes the routes as OpenAPI 3.1. */
export function describeApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Radiograph', version },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'the token of the printed address' },
      },
    },
    security: [{ token: [] }],
    paths,
  };
}

function describeRoute({ summary, params, query, body, reply }: Route): object {
  const content =
    'mediaType' in reply
      ? { [reply.mediaType]: {} }
      : { 'application/json': { schema: schemaOf(reply, 'output') } };
  return {
    summary,
    parameters: [...describeParameters('path', params), ...describeParameters('query', query)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body) } },
          },
        }),
    responses: {
      200: { description: 'Done.', content },
      default: {
        description: 'Refused, with every problem.',
        content: { 'application/json': { schema: schemaOf(Refusal) } },
      },
    },
  };
}

function describeParameters(place: 'path' | 'query', schema: z.ZodObject | undefined): object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(field as z.ZodType, undefined).success,
    schema: schemaOf(field as z.ZodType), // zod types shapes of erased objects as core types
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): object {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
  });
  return described;
}
