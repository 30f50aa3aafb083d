import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsMessageContent } from './content-part.validator.js';

export class FunctionCallDto {
  @IsString()
  name: string;

  @IsString()
  arguments: string;
}

export class ToolCallDto {
  @IsString()
  @MaxLength(512)
  id: string;

  @IsIn(['function'])
  type: 'function';

  @Type(() => FunctionCallDto)
  @ValidateNested()
  function: FunctionCallDto;
}

/** A message of the conversation. Fields that are not read here pass through. */
export class ChatMessageDto {
  @IsIn(['system', 'developer', 'user', 'assistant', 'tool', 'function'])
  role: string;

  @IsOptional()
  @IsMessageContent()
  content?: unknown;

  @IsOptional()
  @IsString()
  name?: string;

  @IsOptional()
  @IsArray()
  @Type(() => ToolCallDto)
  @ValidateNested({ each: true })
  tool_calls?: ToolCallDto[];

  @IsOptional()
  @IsString()
  tool_call_id?: string;

  @IsOptional()
  @IsString()
  refusal?: string;

  @IsOptional()
  @IsString()
  reasoning?: string;

  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  reasoning_details?: object[];
}
