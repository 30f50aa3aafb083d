import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Req } from '@nestjs/common';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../env.js';
import { MetricsService } from './metrics.service.js';

/** For this machine, and for who knows METRICS_TOKEN; for all others there is no such route. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: MetricsService,
    private readonly environment: Environment,
  ) {}

  /** Counters and timings of this process. */
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(@Req() request: Request): Promise<string> {
    if (!isLocal(request) && !this.knowsToken(request.headers.authorization)) {
      throw new GatewayError('route_not_found');
    }
    return this.metrics.registry.metrics();
  }

  private knowsToken(authorization: string | undefined): boolean {
    const { METRICS_TOKEN } = this.environment;
    if (METRICS_TOKEN === undefined || authorization === undefined) return false;
    return timingSafeEqual(digest(authorization), digest(`Bearer ${METRICS_TOKEN}`));
  }
}

/** A proxy on this machine hides where a request comes from; its headers tell that it is one. */
function isLocal({ socket, headers }: Request): boolean {
  const { remoteAddress } = socket;
  const isProxied = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  if (isProxied || remoteAddress === undefined) return false;
  return ipaddr.process(remoteAddress).range() === 'loopback';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
