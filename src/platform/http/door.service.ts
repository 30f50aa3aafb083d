import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { LoadSheddingService } from '../load/load-shedding.service.js';
import { HotLaneAdapter } from './hot-lane.adapter.js';
import { refuseUnread } from './write-error.adapter.js';

/** Where the endpoints of the product are. Health, metrics and the admin API are elsewhere, and always let in. */
const CALLS_BELOW = '/v1/';

/** Sees every request before anything of it is read: under load calls go no further, and at the end no connection is kept. */
@Injectable()
export class DoorService implements OnApplicationBootstrap {
  private isClosing = false;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly load: LoadSheddingService,
  ) {}

  onApplicationBootstrap(): void {
    const adapter = this.adapterHost.httpAdapter;
    if (!(adapter instanceof HotLaneAdapter)) return;
    adapter.guardDoor((request, response) => this.admits(request, response));
  }

  /** From now on every answer is the last one of its connection, so that its client turns to another process. */
  close(): void {
    this.isClosing = true;
  }

  /** Nobody is waited for any longer: all connections are cut, with whatever goes on on them. */
  cut(): void {
    const adapter = this.adapterHost.httpAdapter;
    if (adapter instanceof HotLaneAdapter) adapter.cutAll();
  }

  private admits(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.isClosing) response.shouldKeepAlive = false;
    if (!this.load.isOverloaded || request.url?.startsWith(CALLS_BELOW) !== true) return true;
    refuseUnread(response, this.load.refusal());
    return false;
  }
}
