import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Injectable,
  Logger,
  RequestMethod,
  type CanActivate,
  type ExecutionContext,
  type OnApplicationBootstrap,
  type Type,
} from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, MetadataScanner, ModuleRef } from '@nestjs/core';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../env.js';
import { answerError } from './error.filter.js';
import { HotLaneAdapter } from './hot-lane.adapter.js';
import { isHotRoute, type HotHandler } from './hot-route.js';

/** Keys under which Nest's decorators keep what they were given. */
const METADATA = { path: 'path', method: 'method', guards: '__guards__' } as const;

/** Opens the hot lane at boot for every method that is marked as a hot route, with the guards it declares. */
@Injectable()
export class HotLaneService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Request');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly modules: ModuleRef,
    private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    const adapter = this.adapterHost.httpAdapter;
    if (this.environment.HOT_LANE === 'off' || !(adapter instanceof HotLaneAdapter)) return;
    for (const { instance } of this.discovery.getControllers()) {
      const controller = instance as Record<string, unknown>;
      const prototype = Object.getPrototypeOf(controller) as Record<string, unknown>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const method = prototype[name];
        if (isHotRoute(method)) this.open(adapter, controller, method);
      }
    }
  }

  private open(adapter: HotLaneAdapter, controller: object, method: HotHandler): void {
    const type = controller.constructor as Type;
    const paths = [
      Reflect.getMetadata(METADATA.path, type),
      Reflect.getMetadata(METADATA.path, method),
    ] as string[];
    const path = `/${paths.join('/')}`.replace(/\/+/g, '/').replace(/\/$/, '');
    const verb = RequestMethod[Reflect.getMetadata(METADATA.method, method) as RequestMethod];
    const guards = [...guardsOf(type), ...guardsOf(method)].map((guard) =>
      this.modules.get<CanActivate>(guard, { strict: false }),
    );
    const handle: HotHandler = (request, response) => method.call(controller, request, response);
    adapter.open(verb, path, (request, response) =>
      this.run(request, response, { type, method, guards, handle }),
    );
  }

  /** Never rejects. Without a guard that waits, the handler runs at once. */
  private run(
    request: IncomingMessage,
    response: ServerResponse,
    route: HotRouteParts,
  ): Promise<void> {
    const failed = (error: unknown): void => answerError(response, error, this.logger);
    try {
      const waiting = admit(new HotContext(request, response, route), route.guards, 0);
      const handled = waiting
        ? waiting.then(() => route.handle(request, response))
        : route.handle(request, response);
      return handled.catch(failed);
    } catch (error) {
      failed(error);
      return DONE;
    }
  }
}

const DONE = Promise.resolve();

/** Asks the guards from `first` on; a promise where one of them has to wait. @throws what a guard throws */
function admit(
  context: HotContext,
  guards: readonly CanActivate[],
  first: number,
): Promise<void> | undefined {
  for (let at = first; at < guards.length; at++) {
    const admitted = guards[at]?.canActivate(context as unknown as ExecutionContext);
    if (admitted === true) continue;
    return Promise.resolve(admitted).then((later) => {
      if (later !== true) throw new GatewayError('role_not_allowed');
      return admit(context, guards, at + 1);
    });
  }
  return undefined;
}

interface HotRouteParts {
  readonly type: Type;
  readonly method: HotHandler;
  readonly guards: readonly CanActivate[];
  readonly handle: HotHandler;
}

function guardsOf(target: object): Type<CanActivate>[] {
  return (Reflect.getMetadata(METADATA.guards, target) as Type<CanActivate>[] | undefined) ?? [];
}

/** As much of Nest's ExecutionContext as a guard of a hot route may use. */
class HotContext {
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly route: HotRouteParts,
  ) {}

  switchToHttp(): this {
    return this;
  }
  getRequest(): IncomingMessage {
    return this.request;
  }
  getResponse(): ServerResponse {
    return this.response;
  }
  getClass(): Type {
    return this.route.type;
  }
  getHandler(): HotHandler {
    return this.route.method;
  }
}
