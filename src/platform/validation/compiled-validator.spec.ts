import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { compileAssertion, compileValidator } from './compiled-validator.js';

class Leaf {
  @IsString()
  @Matches(/^[a-z]+$/, { message: 'must be lower case' })
  name: string;
}

class Branch {
  @IsOptional()
  @Type(() => Leaf)
  @ValidateNested({ each: true })
  leaves?: Leaf[];

  @IsOptional()
  @Type(() => Branch)
  @ValidateNested()
  branch?: Branch;
}

class Everything {
  @IsString()
  @MinLength(2)
  @MaxLength(4)
  text: string;

  @IsOptional()
  @IsBoolean()
  flag?: boolean;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(9)
  count?: number;

  @IsOptional()
  @IsNumber()
  ratio?: number;

  @IsOptional()
  @IsIn(['red', 'blue'])
  colour?: string;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @IsString({ each: true })
  words?: string[];

  @IsOptional()
  @IsObject({ each: true })
  objects?: object[];

  @IsOptional()
  @Type(() => Branch)
  @ValidateNested()
  branch?: Branch;

  @IsOptional()
  @IsArray()
  @Type(() => Branch)
  @ValidateNested({ each: true })
  branches?: Branch[];
}

const check = compileValidator(Everything);
const valid = { text: 'abc' };
/** [path, message] of what a body violates, undefined for nothing. */
function fault(body: Record<string, unknown>): string | undefined {
  return check({ ...valid, ...body })?.message;
}

describe('a compiled validator', () => {
  it('lets what is valid pass, and unknown fields', () => {
    expect(check(valid)).toBeUndefined();
    const whole = {
      ...valid,
      flag: false,
      count: 9,
      ratio: -0.5,
      colour: 'red',
      words: ['a'],
      objects: [{}],
      branch: { leaves: [{ name: 'a' }], branch: { branch: {} } },
      branches: [],
      unknown: Symbol('x'),
    };
    expect(check(whole)).toBeUndefined();
  });

  it.each<[Record<string, unknown>, string]>([
    [{ text: undefined }, 'text must be a string'],
    [{ text: null }, 'text must be a string'],
    [{ text: 5 }, 'text must be a string'],
    [{ text: 'a' }, 'text must be longer than or equal to 2 characters'],
    [{ text: 'abcde' }, 'text must be shorter than or equal to 4 characters'],
    [{ flag: 'true' }, 'flag must be a boolean value'],
    [{ flag: 0 }, 'flag must be a boolean value'],
    [{ count: 1.5 }, 'count must be an integer number'],
    [{ count: '1' }, 'count must be an integer number'],
    [{ count: 0 }, 'count must not be less than 1'],
    [{ count: 10 }, 'count must not be greater than 9'],
    [{ ratio: NaN }, 'ratio must be a number conforming to the specified constraints'],
    [{ colour: 'green' }, 'colour must be one of the following values: red,blue'],
    [{ words: 'a' }, 'words must be an array'],
    [{ words: [] }, 'words must contain at least 1 elements'],
    [{ words: ['a', 'b', 'c', 'd'] }, 'words must contain no more than 3 elements'],
    [{ words: ['a', 5] }, 'words[1] must be a string'],
    [{ objects: [{}, null] }, 'objects[1] must be an object'],
    [{ branch: 5 }, 'branch must be an object'],
    [{ branch: [] }, 'branch must be an object'],
    [{ branch: { leaves: [{ name: 'A' }] } }, 'branch.leaves[0].name must be lower case'],
    [{ branch: { leaves: [{ name: 'a' }, {}] } }, 'branch.leaves[1].name must be a string'],
    [
      { branch: { branch: { branch: { leaves: [null] } } } },
      'branch.branch.branch.leaves[0] must be an object',
    ],
    [{ branches: [{}, 'x'] }, 'branches[1] must be an object'],
    [{ branches: [[]] }, 'branches[0] must be an object'],
    [{ branches: {} }, 'branches must be an array'],
  ])('%j: %s', (body, message) => {
    expect(fault(body)).toBe(message);
  });

  it('null counts as absent where a field is optional', () => {
    const names = ['flag', 'count', 'ratio', 'colour', 'words', 'objects', 'branch', 'branches'];
    expect(fault(Object.fromEntries(names.map((name) => [name, null])))).toBeUndefined();
  });

  it('tells the first violation: in the order of the class, from the top decorator down', () => {
    expect(fault({ branches: 5, colour: 5, count: 'x' })).toBe('count must be an integer number');
    expect(fault({ text: 5, flag: 5 })).toBe('text must be a string');
  });

  it('reads its own fields from what the body inherits as little as class-validator does', () => {
    expect(check(Object.create({ text: 'abc' }) as object)).toBeUndefined();
  });

  it('changes nothing', () => {
    const body = Object.freeze({ ...valid, branch: Object.freeze({ leaves: Object.freeze([]) }) });
    expect(check(body)).toBeUndefined();
  });

  it('a nested class without @Type is a mistake that is seen at boot', () => {
    class Mistake {
      @ValidateNested()
      leaf: Leaf;
    }
    expect(() => compileValidator(Mistake)).toThrow(
      'Mistake.leaf has @ValidateNested but no @Type',
    );
  });

  it('as an assertion it names the field', () => {
    const assert = compileAssertion(Everything);
    expect(() => assert({ text: 'abc', branch: { leaves: [{}] } })).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        param: 'branch.leaves[0].name',
        message: 'branch.leaves[0].name must be a string.',
      }),
    );
    expect(() => assert(valid)).not.toThrow();
  });
});
