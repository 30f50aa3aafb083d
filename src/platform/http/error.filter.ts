import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import { writeError } from './write-error.adapter.js';

/** Every error of a route as the envelope of the public contract; what it must not say goes to the log. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const error =
      thrown instanceof HttpException
        ? fromHttpException(thrown, http.getRequest())
        : toGatewayError(thrown);
    if (error.status >= 500) this.logger.error(`${error.code}: ${error.detail ?? error.message}`);
    writeError(http.getResponse<Response>(), error);
  }
}

/** What Nest and Express refuse by themselves: unknown routes, malformed paths. */
function fromHttpException(exception: HttpException, request: Request): GatewayError {
  const status = exception.getStatus();
  if (status === 404)
    return new GatewayError('route_not_found', {
      message: `There is no route ${request.method} ${request.path}.`,
    });
  if (status === 405) return new GatewayError('method_not_allowed');
  if (status === 413) return new GatewayError('request_too_large');
  if (status === 400) return new GatewayError('invalid_json', { detail: exception.message });
  return new GatewayError('internal_error', { detail: exception.message });
}
