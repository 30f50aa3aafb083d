import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Body, Controller, Get, Logger, Module, Param, Post, Query } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { GatewayError } from '../../src/core/errors.js';
import { Environment } from '../../src/platform/env.js';
import { ErrorFilter } from '../../src/platform/http/error.filter.js';
import { hardenServer } from '../../src/platform/http/server.adapter.js';
import { createValidationPipe } from '../../src/platform/validation/validation-pipe.adapter.js';

class InnerDto {
  @IsString()
  name: string;
}
class BodyDto {
  @IsOptional()
  @Type(() => InnerDto)
  @ValidateNested()
  inner?: InnerDto;
}
class QueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  limit?: number;
}

@Controller('things')
class ThingsController {
  @Get()
  list(@Query() query: QueryDto): unknown {
    return { limit: query.limit ?? null };
  }

  @Get('fails/:how')
  fail(@Param('how') how: string): never {
    if (how === 'known') throw new GatewayError('overloaded', { detail: 'inner secret' });
    throw new Error('outer secret');
  }

  @Post()
  create(@Body() body: BodyDto): unknown {
    return body;
  }
}

@Module({
  controllers: [ThingsController],
  providers: [
    Environment,
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useFactory: createValidationPipe },
  ],
})
class TestModule {}

let app: NestExpressApplication;
let url: string;
let logged: jest.SpiedFunction<Logger['error']>;

beforeAll(async () => {
  logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  app = await NestFactory.create<NestExpressApplication>(TestModule, { logger: false });
  hardenServer(app);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(async () => {
  await app.close();
  jest.restoreAllMocks();
});

async function ask(path: string, init?: RequestInit) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  return { response, text, error: (JSON.parse(text) as { error: Record<string, unknown> }).error };
}
const post = (body: unknown) =>
  ask('/things', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('what a route refuses', () => {
  it.each([
    ['/nothing', 404, 'route_not_found'],
    ['/things/5', 404, 'route_not_found'],
    ['//things', 404, 'route_not_found'],
    ['/things/fails/%zz', 404, 'route_not_found'],
  ])('a path that leads nowhere: %s → %i', async (path, status, code) => {
    const { response, error } = await ask(path);
    expect([response.status, error['code'], error['param']]).toEqual([status, code, null]);
  });

  it('a method that a route does not take is 405, with those that it takes', async () => {
    const { response, error } = await ask('/things', { method: 'DELETE' });
    expect([response.status, error['code'], response.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      expect.stringMatching(/GET.*POST/),
    ]);
  });

  it.each([
    [{ inner: { name: 5 } }, 'inner.name'],
    [{ inner: { name: 'a', more: 1 } }, 'inner.more'],
    [{ role: 'admin' }, 'role'],
  ])('a field that is wrong or unknown is 400 and named: %j', async (body, param) => {
    const { response, error } = await post(body);
    expect(response.status).toBe(400);
    expect(error).toMatchObject({
      code: 'invalid_parameter',
      param,
      type: 'invalid_request_error',
    });
  });

  it('a query is checked too, and no list or object comes out of it', async () => {
    expect((await ask('/things?limit=x')).error).toMatchObject({ param: 'limit' });
    expect((await ask('/things?limit[a]=1')).error).toMatchObject({ param: 'limit[a]' });
  });

  it.each([
    ['/things/fails/known', 503, 'overloaded'],
    ['/things/fails/unknown', 500, 'internal_error'],
  ])('a failure tells its code, and its cause only to the log: %s', async (path, status, code) => {
    logged.mockClear();
    const { response, text, error } = await ask(path);
    expect([response.status, error['code']]).toEqual([status, code]);
    expect(text).not.toMatch(/secret|at .*\.ts|stack/);
    expect(logged.mock.calls.flat().join()).toContain('secret');
  });

  it('has the headers of every answer, and none that tells what answered', async () => {
    const { response } = await ask('/nothing');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('etag')).toBeNull();
  });
});
