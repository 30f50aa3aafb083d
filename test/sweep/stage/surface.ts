import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { declaredRoutes } from '../../../src/tenants/access/declared-routes.adapter.js';
import type { RouteAccess } from '../../../src/tenants/access/route-access.js';
import { ROUTES } from '../../../src/tenants/access/route-table.js';

/** What a client may name in a body or a query. */
export interface Field {
  readonly place: 'body' | 'query';
  /** `subject.models` of a field within a field. */
  readonly path: string;
  readonly isRequired: boolean;
  /** The values there are, where they are listed. */
  readonly choices: readonly unknown[] | undefined;
}

/** A route as the table and its controller know it. */
export interface Route {
  /** `GET /admin/v1/me` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly access: RouteAccess;
  /** Names of the path parameters, in their order. */
  readonly params: readonly string[];
  readonly fields: readonly Field[];
}

type Dto = abstract new () => object;

/** Where Nest keeps what its parameter decorators were given, and the numbers of @Body() and @Query(). */
const ARGUMENTS = '__routeArguments__';
const PLACES = [
  ['3:', 'body'],
  ['4:', 'query'],
] as const;

/** Every route of the table, in its order. */
export function routesOfTable(): Route[] {
  return Object.entries(ROUTES).map(([name, access]) => {
    const [method = '', path = ''] = name.split(' ');
    const params = [...path.matchAll(/[:*](\w+)/g)].map(([, param = '']) => param);
    return { name, method, path, access, params, fields: [] };
  });
}

/** The same, with the fields of the classes that its controllers take. */
export function surfaceOf(app: INestApplication): Route[] {
  const fields = declaredFields(app);
  return routesOfTable().map((route) => ({ ...route, fields: fields.get(route.name) ?? [] }));
}

function declaredFields(app: INestApplication): Map<string, Field[]> {
  const scanner = app.get(MetadataScanner, { strict: false });
  const found = new Map<string, Field[]>();
  for (const { instance, metatype } of app
    .get(DiscoveryService, { strict: false })
    .getControllers()) {
    if (typeof metatype !== 'function') continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const fields = fieldsOf(metatype, prototype, method);
      for (const route of declaredRoutes(metatype, prototype[method] ?? {}))
        found.set(route, fields);
    }
  }
  return found;
}

function fieldsOf(controller: object, prototype: object, method: string): Field[] {
  const given = (Reflect.getMetadata(ARGUMENTS, controller, method) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, method) ?? []) as Dto[];
  return Object.entries(given).flatMap(([kind, { index, data }]) => {
    const place = PLACES.find(([start]) => kind.startsWith(start))?.[1];
    if (place === undefined) return [];
    if (typeof data === 'string')
      return [{ place, path: data, isRequired: false, choices: undefined }];
    const type = types[index];
    return type === undefined ? [] : fieldsOfDto(type, place, '');
  });
}

function fieldsOfDto(dto: Dto, place: Field['place'], above: string): Field[] {
  const storage = getMetadataStorage();
  const byName = storage.groupByPropertyName(
    storage.getTargetValidationMetadatas(dto, '', false, false),
  );
  return Object.entries(byName).flatMap(([name, rules]) => {
    const path = `${above}${name}`;
    const isRequired = !rules.some(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
    const field: Field = { place, path, isRequired, choices: choicesOf(rules) };
    const nesting = rules.find(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
    // Of a list the first entry stands for all.
    const below = nesting?.each ? `${path}.0.` : `${path}.`;
    const nested = nesting ? defaultMetadataStorage.findTypeMetadata(dto, name) : undefined;
    return nested ? [field, ...fieldsOfDto(nested.typeFunction() as Dto, place, below)] : [field];
  });
}

function choicesOf(rules: readonly ValidationMetadata[]): readonly unknown[] | undefined {
  return rules.find(({ name }) => name === 'isIn')?.constraints?.[0] as
    readonly unknown[] | undefined;
}
