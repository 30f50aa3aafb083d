import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { GatewayError } from '../../core/errors.js';
import { isObject, type JsonObject } from '../../core/json-object.js';

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

/** What a class says of its objects. */
interface Shape {
  /** In the order in which the class declares them. */
  readonly properties: Property[];
  readonly byName: Map<string, Property>;
  /** Names of those that are not optional. */
  readonly required: string[];
}

/**
 * Builds, once, the check that a class's class-validator decorators describe. It works on parsed JSON as it is:
 * nothing is instantiated, copied or reflected on per call. The first violation, in the order of the properties, wins.
 */
export function compileValidator(target: RequestClass): (value: object) => Violation | undefined {
  const shape = compileShape(target);
  return (value) => {
    const fault = checkObject(shape, value);
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

const compiled = new WeakMap<RequestClass, Shape>();

function compileShape(target: RequestClass): Shape {
  const known = compiled.get(target);
  if (known) return known;
  const shape: Shape = { properties: [], byName: new Map(), required: [] };
  compiled.set(target, shape);
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
    const property = { name, optional, checks: checks.reverse() };
    shape.properties.push(property);
    shape.byName.set(name, property);
    if (!optional) shape.required.push(name);
  }
  return shape;
}

function checkObject(shape: Shape, object: object): Fault | undefined {
  return isPlainlyRight(shape, object as JsonObject) ? undefined : firstFault(shape, object);
}

/** Whether nothing is wrong. It looks at what is there alone: a request has a few of many fields. */
function isPlainlyRight({ byName, required }: Shape, object: JsonObject): boolean {
  for (const name of required) if (!Object.hasOwn(object, name)) return false;
  for (const name in object) {
    const property = byName.get(name);
    if (property && faultOf(property, object[name], object)) return false;
  }
  return true;
}

function firstFault({ properties }: Shape, object: object): Fault | undefined {
  for (const property of properties) {
    const fault = faultOf(property, Reflect.get(object, property.name), object);
    if (fault) return fault;
  }
  return undefined;
}

function faultOf(
  { name, optional, checks }: Property,
  value: unknown,
  object: object,
): Fault | undefined {
  if (optional && (value === undefined || value === null)) return undefined;
  for (const check of checks) {
    const fault = check(value, object);
    if (fault) return { below: `${name}${fault.below}`, rule: fault.rule };
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
    const shape = compileShape(nested);
    // Without `each` a list is no object, whatever its entries are.
    if (!metadata.each || !Array.isArray(value)) {
      const fault = checkEntry(shape, value);
      return fault && { below: fault.below && `.${fault.below}`, rule: fault.rule };
    }
    for (let index = 0; index < value.length; index++) {
      const fault = checkEntry(shape, value[index]);
      if (fault) {
        const below = `[${index}]${fault.below && `.${fault.below}`}`;
        return { below, rule: fault.rule };
      }
    }
    return undefined;
  };
}

function checkEntry(shape: Shape, entry: unknown): Fault | undefined {
  return isObject(entry) ? checkObject(shape, entry) : NOT_AN_OBJECT;
}

const NOT_AN_OBJECT: Fault = { below: '', rule: 'must be an object' };
