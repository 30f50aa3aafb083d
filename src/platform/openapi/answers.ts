import type { Type } from '@nestjs/common';

/** Where the writer of the API document looks for the classes of answers. */
const RESPONSES = 'swagger/apiResponse';

/**
 * Names the class that a method answers with, where its return type says more than that. The document's library has a
 * decorator for it, and would be loaded into every process: 16 MB.
 */
export function Answers(type: Type) {
  return (_target: object, _name: string, { value }: PropertyDescriptor): void => {
    const whole = { type, isArray: false, description: '' };
    Reflect.defineMetadata(RESPONSES, { 200: whole }, value as object);
  };
}
