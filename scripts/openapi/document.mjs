import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../project.mjs';
import { callSchemas } from './calls.mjs';
import { errorResponses, errorSchema } from './errors.mjs';
import { tagOf } from './names.mjs';
import { finishOperation, sharedHeaders, sharedParameters } from './operations.mjs';
import { finishProperty, finishSchemas, reachable } from './schemas.mjs';
import { describeValidators } from './validators.mjs';

/** Pages and files of the documentation itself. */
const undocumented = /^\/docs(\/|$)/;

const bearer = (bearerFormat, description) => ({
  type: 'http',
  scheme: 'bearer',
  bearerFormat,
  description,
});
const securitySchemes = {
  apiKey: bearer('osm_…', 'An API key; also taken from the headers x-api-key and api-key.'),
  adminToken: bearer('osmadm_…', 'An admin token of an operator or a member.'),
  metricsToken: bearer('METRICS_TOKEN', 'What METRICS_TOKEN is set to.'),
};

/**
 * The OpenAPI document of the compiled gateway.
 *
 * @param {string} directory where `compileWithPlugin` put the modules
 * @throws {Error} for a route that the route table does not know, or that has no group
 */
export async function describeGateway(directory) {
  const load = (file) => import(pathToFileURL(path.join(directory, file)).href);
  const [{ AppModule }, { ROUTES }, { ERRORS }, { ChatRequestDto }] = await Promise.all(
    ['app.module.js', 'tenants/access/route-table.js', 'core/errors.js', chatRequest].map(load),
  );
  describeValidators();
  return finish(await read(AppModule, [ChatRequestDto]), ROUTES, ERRORS);
}

const chatRequest = 'completions/chat/chat-request.dto.js';

/** What @nestjs/swagger reads of the application, none of whose services comes to life. */
async function read(module, extraModels) {
  const { NestFactory } = await import('@nestjs/core');
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const app = await NestFactory.create(module, {
    preview: true,
    abortOnError: false,
    logger: ['error'],
  });
  const { version, description } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  const head = new DocumentBuilder()
    .setTitle('osm gateway')
    .setDescription(description)
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setOpenAPIVersion('3.1.0')
    .addServer('/', 'The gateway that serves this document.')
    .build();
  const document = SwaggerModule.createDocument(app, head, { extraModels });
  await app.close();
  return document;
}

function finish({ openapi, info, servers, paths, components }, routes, errors) {
  const accessOf = accessByPath(routes);
  const operations = Object.entries(paths)
    .filter(([path]) => !undocumented.test(path))
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        path,
        method,
        operation: finishOperation({
          ...{ method, path, operation, schemas: components.schemas },
          access: accessOf(method, path),
        }),
      })),
    )
    .sort(inOrder);
  const bodies = operations.map(({ path, operation }) =>
    path.startsWith('/admin/') ? (operation.requestBody ?? {}) : {},
  );
  const closed = reachable(bodies, components.schemas);
  const schemas = { ...components.schemas, ...callSchemas };
  const used = reachable(operations, schemas);
  const needed = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return {
    openapi,
    info: { ...info, license: { name: 'MIT', identifier: 'MIT' } },
    servers,
    tags: tagsOf(operations),
    paths: pathsOf(operations),
    components: {
      securitySchemes,
      parameters: usedOnly(sharedParameters, 'parameters', operations),
      headers: sharedHeaders,
      responses: usedOnly(errorResponses(errors), 'responses', operations),
      schemas: { Error: errorSchema(errors), ...finishSchemas(needed, closed) },
    },
  };
}

function accessByPath(routes) {
  const known = new Map(
    Object.entries(routes).map(([route, access]) => [
      route.replace(/[:*](\w+)/g, '{$1}').replace(/^\w+/, (method) => method.toLowerCase()),
      access,
    ]),
  );
  return (method, path) => {
    const access = known.get(`${method} ${path}`);
    if (!access) throw new Error(`The route table does not know ${method} ${path}.`);
    return access;
  };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** By group, then path, then method, so that the document does not move with the code's imports. */
function inOrder(one, other) {
  return (
    tagOf(one.path).order - tagOf(other.path).order ||
    one.path.localeCompare(other.path, 'en') ||
    methods.indexOf(one.method) - methods.indexOf(other.method)
  );
}

function tagsOf(operations) {
  const byName = new Map(operations.map(({ path }) => [tagOf(path).name, tagOf(path)]));
  return [...byName.values()].map(({ name, description }) => ({ name, description }));
}

function pathsOf(operations) {
  const paths = {};
  for (const { path, method, operation } of operations) {
    const parameters = operation.parameters.map((parameter) =>
      parameter.schema
        ? { ...parameter, schema: finishProperty(parameter.name, parameter.schema) }
        : parameter,
    );
    paths[path] = { ...paths[path], [method]: { ...operation, parameters } };
  }
  return paths;
}

function usedOnly(components, kind, operations) {
  const text = JSON.stringify(operations);
  return Object.fromEntries(
    Object.entries(components).filter(([name]) => text.includes(`"#/components/${kind}/${name}"`)),
  );
}
