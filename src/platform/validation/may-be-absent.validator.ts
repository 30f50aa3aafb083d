import { ValidateIf } from 'class-validator';

/** A field that may be left out, but not be null. */
export const MayBeAbsent = (): PropertyDecorator =>
  ValidateIf((_, value: unknown) => value !== undefined);
