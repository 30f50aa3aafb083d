import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { IsPlainObject } from './shape.validator.js';

export class FunctionDto {
  @IsString()
  @Matches(/^[\w.:-]{1,128}$/, { message: 'must be 1 to 128 letters, digits, _, -, . or :' })
  name: string;

  @IsOptional()
  @IsString()
  description?: string;

  @IsOptional()
  @IsPlainObject()
  parameters?: object;

  @IsOptional()
  @IsBoolean()
  strict?: boolean;
}

/** A tool; what is no function is the provider's own and passes through. */
export class ToolDto {
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  type: string;

  @IsOptional()
  @Type(() => FunctionDto)
  @ValidateNested()
  function?: FunctionDto;
}

export class JsonSchemaDto {
  @IsString()
  @Matches(/^[\w-]{1,64}$/, { message: 'must be 1 to 64 letters, digits, _ or -' })
  name: string;

  @IsOptional()
  @IsPlainObject()
  schema?: object;

  @IsOptional()
  @IsBoolean()
  strict?: boolean;
}

export class ResponseFormatDto {
  @IsIn(['text', 'json_object', 'json_schema'])
  type: string;

  @IsOptional()
  @Type(() => JsonSchemaDto)
  @ValidateNested()
  json_schema?: JsonSchemaDto;
}
