import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';

/** Checks the bodies and queries of the admin API against their classes; unknown fields are refused. */
export function createValidationPipe(): ValidationPipe {
  return new KnownFieldsPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => toInvalidParameter(errors, ''),
  });
}

/** Fields with the name of what every object has, such as `constructor`, are no fields of any class: they too are refused. */
class KnownFieldsPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' || metadata.type === 'query') refuseInherited(value, '');
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

function refuseInherited(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const param = pathOf(path, name);
    if (name in Object.prototype)
      throw new GatewayError('invalid_parameter', {
        param,
        message: `property ${name} should not exist.`,
      });
    refuseInherited(inner, param);
  }
}

function toInvalidParameter(errors: readonly ValidationError[], prefix: string): GatewayError {
  const [error] = errors;
  if (!error) return new GatewayError('invalid_parameter');
  const param = pathOf(prefix, error.property);
  const [rule] = Object.values(error.constraints ?? {});
  if (rule === undefined) return toInvalidParameter(error.children ?? [], param);
  return new GatewayError('invalid_parameter', { param, message: `${rule}.` });
}

/** As all errors name fields: `lines[0].day`. */
function pathOf(prefix: string, name: string): string {
  if (prefix === '') return name;
  return /^\d+$/.test(name) ? `${prefix}[${name}]` : `${prefix}.${name}`;
}
