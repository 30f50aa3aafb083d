import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { HotHandler } from './hot-route.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
/** Whether a request is let in; one that is not has been answered. */
type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Request line and headers together. */
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Express with a lane before it: a request whose method and path are exactly those of a hot route goes straight to
 * its handler; everything else goes to Express as ever. Measured, Express and Nest's pipeline cost more CPU than the
 * whole rest of a call (docs/decisions/0008).
 */
export class HotLaneAdapter extends ExpressAdapter {
  private readonly lane = new Map<string, HotHandler>();
  private door: Door = () => true;
  private readonly connections = new Set<Socket>();

  /** From now on this route is answered by `handler`, which must not reject. */
  open(method: string, path: string, handler: HotHandler): void {
    this.lane.set(`${method} ${path}`, handler);
  }

  /** From now on every request is shown to `door` first, which answers those that it does not let in. */
  guardDoor(door: Door): void {
    this.door = door;
  }

  /** The routes of the lane, such as `POST /v1/chat/completions`. */
  routes(): string[] {
    return [...this.lane.keys()];
  }

  override initHttpServer(): void {
    const express = this.getInstance<Listener>();
    this.httpServer = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
      if (!this.door(request, response)) return;
      const handler = this.lane.get(`${request.method ?? ''} ${request.url ?? ''}`);
      if (handler) void handler(request, response);
      else express(request, response);
    });
    this.getHttpServer().on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  /**
   * Takes no further connection, and resolves when all are closed. Node ends those that have become idle, but waits
   * without end for those on which nothing was ever asked, as clients open them to have them at hand.
   */
  override close(): Promise<unknown> | undefined {
    for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
    return super.close();
  }
}
