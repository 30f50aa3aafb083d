import type { ServerResponse } from 'node:http';
import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Application, Request, Response } from 'express';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import { allowedMethods } from './allowed-methods.adapter.js';
import { writeError } from './write-error.adapter.js';

/** Every error of a route as the envelope of the public contract; what it must not say goes to the log. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const error =
      thrown instanceof HttpException
        ? this.fromHttpException(thrown, http.getRequest<Request>(), response)
        : thrown;
    answerError(response, error, this.logger);
  }

  /** What Nest and Express refuse by themselves: unknown routes, wrong methods, malformed paths. */
  private fromHttpException(
    exception: HttpException,
    request: Request,
    response: Response,
  ): GatewayError {
    const status = exception.getStatus();
    // 400 is a path with a broken escape: bodies and queries are checked elsewhere.
    if (status === 404 || status === 400) return this.unknownRoute(request, response);
    if (status === 413) return new GatewayError('request_too_large');
    return new GatewayError('internal_error', { detail: exception.message });
  }

  private unknownRoute({ method, path }: Request, response: Response): GatewayError {
    const application = this.adapterHost.httpAdapter.getInstance<Application>();
    const allowed = allowedMethods(application, path);
    if (allowed.length === 0) {
      return new GatewayError('route_not_found', {
        message: `There is no route ${method} ${path}.`,
      });
    }
    response.setHeader('allow', allowed.join(', '));
    const message = `${path} does not take ${method}; it takes ${allowed.join(', ')}.`;
    return new GatewayError('method_not_allowed', { message });
  }
}

/** Answers with any thrown value as an error of the table, and logs what the client may not read. */
export function answerError(response: ServerResponse, thrown: unknown, logger: Logger): void {
  const error = toGatewayError(thrown);
  if (error.status >= 500) logger.error(`${error.code}: ${error.detail ?? error.message}`);
  writeError(response, error);
}
