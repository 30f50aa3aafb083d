import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as SocketServer, type Socket } from 'node:net';
import { ExpressAdapter } from '@nestjs/platform-express/adapters/express-adapter.js';
import { GatewayError } from '../../core/errors.js';
import type { HotHandler } from './hot-route.js';
import { framingFault } from './request-framing.js';
import { StalledClients } from './stalled-clients.adapter.js';
import { writeLastError } from './write-error.adapter.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
/** Whether a request is let in; one that is not has been answered. */
type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Request line and headers together. */
const MAX_HEADER_BYTES = 16 * 1024;
/** What the head of a request gets, from its first byte, while the server closes. */
const LAST_HEAD_MS = 1_000;

/**
 * Express with a lane before it: a request whose method and path are exactly those of a hot route goes straight to
 * its handler; everything else goes to Express as ever. Measured, Express and Nest's pipeline cost more CPU than the
 * whole rest of a call (docs/decisions/0008).
 */
export class HotLaneAdapter extends ExpressAdapter {
  private readonly lane = new Map<string, HotHandler>();
  private door: Door = () => true;
  private readonly connections = new Set<Socket>();
  /** Connections of which a request was refused for its framing: what follows on them may be part of it. */
  private readonly distrusted = new WeakSet<Socket>();

  /** From now on this route is answered by `handler`, which must not reject. */
  open(method: string, path: string, handler: HotHandler): void {
    this.lane.set(`${method} ${path}`, handler);
  }

  /** From now on every request is shown to `door` first, which answers those that it does not let in. */
  guardDoor(door: Door): void {
    this.door = door;
  }

  /** From now on a connection is cut when its client takes no byte of what waits for it for so long. */
  cutStalledAfter(milliseconds: number): void {
    new StalledClients(this.connections, milliseconds).watch();
  }

  /** Cuts all connections. */
  cutAll(): void {
    for (const socket of this.connections) socket.destroy();
  }

  /** The routes of the lane, such as `POST /v1/chat/completions`. */
  routes(): string[] {
    return [...this.lane.keys()];
  }

  override initHttpServer(): void {
    const express = this.getInstance<Listener>();
    // Without a Host Node would refuse a request by itself, and still hand over the one behind it.
    const options = { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false };
    this.httpServer = createServer(options, (request, response) => {
      if (!this.isFramed(request, response) || !this.door(request, response)) return;
      const handler = this.lane.get(`${request.method ?? ''} ${request.url ?? ''}`);
      if (handler) void handler(request, response);
      else express(request, response);
    });
    this.getHttpServer().on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  /** Whether it is beyond doubt where a request ends; one that is not has been answered, if it is the first. */
  private isFramed(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    if (this.distrusted.has(socket)) return false;
    const fault = framingFault(request);
    if (fault === undefined) return true;
    this.distrusted.add(socket);
    writeLastError(response, new GatewayError('invalid_parameter', { message: fault }));
    return false;
  }

  /**
   * Takes no further connection, and resolves when all are closed. Requests whose head has come are answered; who has
   * sent no whole head gets a second or two more, and who has asked nothing at all, as clients open connections to have
   * them at hand, is let go at once.
   */
  override close(): Promise<unknown> {
    const server = this.getHttpServer();
    for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
    server.headersTimeout = LAST_HEAD_MS;
    server.closeIdleConnections();
    setInterval(() => server.closeIdleConnections(), LAST_HEAD_MS).unref();
    // The close of HTTP would also end the look at `headersTimeout`, and then wait without end for half a head.
    return new Promise((resolve) => SocketServer.prototype.close.call(server, resolve));
  }
}
