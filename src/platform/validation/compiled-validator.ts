import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { GatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';

/** What a value violates: where, and in words. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/** A class with class-validator decorators. */
export type RequestClass = abstract new () => object;

/** What is wrong with a value, and where below it: `` for itself, `[2].role` or `function.name` for a part. */
interface Fault {
  readonly below: string;
  readonly rule: string;
}

type Check = (value: unknown, object: object) => Fault | undefined;

interface Property {
  readonly name: string;
  readonly checks: readonly Check[];
  /** Absent and null pass without a check. */
  readonly optional: boolean;
}

/**
 * Builds, once, the check that a class's class-validator decorators describe. It works on parsed JSON as it is:
 * nothing is instantiated, copied or reflected on per call. The first violation, in the order of the properties, wins.
 */
export function compileValidator(target: RequestClass): (value: object) => Violation | undefined {
  const properties = compileProperties(target);
  return (value) => {
    const fault = checkObject(properties, value);
    return fault && { path: fault.below, message: `${fault.below} ${fault.rule}` };
  };
}

/** As compileValidator, as a function that throws. @throws GatewayError invalid_parameter naming the field */
export function compileAssertion(target: RequestClass): (value: object) => void {
  const check = compileValidator(target);
  return (value) => {
    const violation = check(value);
    if (violation)
      throw new GatewayError('invalid_parameter', {
        param: violation.path,
        message: `${violation.message}.`,
      });
  };
}

const compiled = new WeakMap<RequestClass, readonly Property[]>();

function compileProperties(target: RequestClass): readonly Property[] {
  const known = compiled.get(target);
  if (known) return known;
  const properties: Property[] = [];
  compiled.set(target, properties);
  const storage = getMetadataStorage();
  const byProperty = storage.groupByPropertyName(
    storage.getTargetValidationMetadatas(target, '', false, false),
  );
  for (const [name, metadatas] of Object.entries(byProperty)) {
    const optional = metadatas.some(
      (metadata) => metadata.type === ValidationTypes.CONDITIONAL_VALIDATION,
    );
    const checks = metadatas.flatMap((metadata) => compileCheck(target, metadata) ?? []);
    // Decorators run from the bottom up; people read them from the top down.
    properties.push({ name, optional, checks: checks.reverse() });
  }
  return properties;
}

function checkObject(properties: readonly Property[], object: object): Fault | undefined {
  for (const { name, optional, checks } of properties) {
    const value: unknown = Reflect.get(object, name);
    if (optional && (value === undefined || value === null)) continue;
    for (const check of checks) {
      const fault = check(value, object);
      if (fault) return { below: `${name}${fault.below}`, rule: fault.rule };
    }
  }
  return undefined;
}

function compileCheck(target: RequestClass, metadata: ValidationMetadata): Check | undefined {
  if (metadata.type === ValidationTypes.CONDITIONAL_VALIDATION) return undefined;
  if (metadata.type === ValidationTypes.NESTED_VALIDATION) return compileNested(target, metadata);
  const [constraint] = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
  if (!constraint) return undefined;
  const { instance } = constraint;
  // One object for all calls of the check: validators read it while they run and do not keep it.
  const args: ValidationArguments = {
    value: undefined,
    object: target.prototype as object,
    property: metadata.propertyName,
    constraints: metadata.constraints,
    targetName: target.name,
  };
  const ruleInWords = (): string => inWords(metadata, args, instance.defaultMessage?.(args));
  return (value, object) => {
    args.value = value;
    args.object = object;
    if (metadata.each) {
      const at = Array.isArray(value)
        ? value.findIndex((entry) => instance.validate(entry, args) !== true)
        : -1;
      return at < 0 ? undefined : { below: `[${at}]`, rule: ruleInWords() };
    }
    return instance.validate(value, args) === true ? undefined : { below: '', rule: ruleInWords() };
  };
}

function inWords(
  metadata: ValidationMetadata,
  args: ValidationArguments,
  fallback: string | undefined,
): string {
  const { message } = metadata;
  const text =
    typeof message === 'function' ? message(args) : (message ?? fallback ?? '$property is invalid');
  return text
    .replace(/^each value in /, '')
    .replaceAll('$property', '')
    .replace(/\$constraint(\d+)/g, (_, place: string) =>
      String(args.constraints[Number(place) - 1]),
    )
    .trim();
}

function compileNested(target: RequestClass, metadata: ValidationMetadata): Check | undefined {
  const type = defaultMetadataStorage.findTypeMetadata(target, metadata.propertyName);
  if (!type)
    throw new Error(`${target.name}.${metadata.propertyName} has @ValidateNested but no @Type`);
  const nested = type.typeFunction() as RequestClass;
  // Compiled when it is first met, so that classes may refer to themselves.
  return (value) => {
    const properties = compileProperties(nested);
    // Without `each` a list is no object, whatever its entries are.
    if (!metadata.each || !Array.isArray(value)) {
      const fault = checkEntry(properties, value);
      return fault && { below: fault.below && `.${fault.below}`, rule: fault.rule };
    }
    for (let index = 0; index < value.length; index++) {
      const fault = checkEntry(properties, value[index]);
      if (fault) {
        const below = `[${index}]${fault.below && `.${fault.below}`}`;
        return { below, rule: fault.rule };
      }
    }
    return undefined;
  };
}

function checkEntry(properties: readonly Property[], entry: unknown): Fault | undefined {
  return isObject(entry) ? checkObject(properties, entry) : NOT_AN_OBJECT;
}

const NOT_AN_OBJECT: Fault = { below: '', rule: 'must be an object' };
