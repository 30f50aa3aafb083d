import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';

/** Checks the bodies and queries of the admin API against their classes; unknown fields are refused. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => toInvalidParameter(errors, ''),
  });
}

function toInvalidParameter(errors: readonly ValidationError[], prefix: string): GatewayError {
  const [error] = errors;
  if (!error) return new GatewayError('invalid_parameter');
  const param = prefix === '' ? error.property : `${prefix}.${error.property}`;
  const [rule] = Object.values(error.constraints ?? {});
  if (rule === undefined) return toInvalidParameter(error.children ?? [], param);
  return new GatewayError('invalid_parameter', { param, message: `${rule}.` });
}
