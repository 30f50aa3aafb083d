import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { tap, type Observable } from 'rxjs';
import { isObject } from '../../core/json-object.js';
import { isReplayed } from './admin-change.service.js';
import { findAdminRequest } from './admin-request.adapter.js';

/** Headers of the admin API's answers: the ETag of what has a version, and whether an answer is an earlier one's. */
@Injectable()
export class AdminAnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = findAdminRequest(http.getRequest<Request>());
    if (!request) return next.handle();
    const response = http.getResponse<Response>();
    return next.handle().pipe(
      tap((answer: unknown) => {
        if (response.headersSent) return;
        response.setHeader('cache-control', 'no-store');
        const version = isObject(answer) ? answer['version'] : undefined;
        if (typeof version === 'number') response.setHeader('etag', `"${version}"`);
        if (isReplayed(request)) response.setHeader('idempotency-replayed', 'true');
      }),
    );
  }
}
