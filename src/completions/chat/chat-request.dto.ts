import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { ChatMessageDto } from './chat-message.dto.js';
import { ResponseFormatDto, ToolDto } from './tools.dto.js';
import {
  IsBiasMap,
  IsOneOfOrObject,
  IsPlainObject,
  IsTextMap,
  IsTextOrTexts,
} from './shape.validator.js';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];
/** Beyond it a JSON number is no longer the integer that was written. */
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;

export class StreamOptionsDto {
  @IsOptional()
  @IsBoolean()
  include_usage?: boolean;
}

export class ReasoningDto {
  @IsOptional()
  @IsIn(EFFORTS)
  effort?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INTEGER)
  max_tokens?: number;
}

/** POST /v1/chat/completions: the fields that the gateway reads. Null counts as absent, unknown fields pass. */
export class ChatRequestDto {
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  model: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @Type(() => ChatMessageDto)
  @ValidateNested({ each: true })
  messages: ChatMessageDto[];

  @IsOptional()
  @IsBoolean()
  stream?: boolean;

  @IsOptional()
  @Type(() => StreamOptionsDto)
  @ValidateNested()
  stream_options?: StreamOptionsDto;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number;

  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  top_p?: number;

  @IsOptional()
  @IsNumber()
  @Min(-2)
  @Max(2)
  frequency_penalty?: number;

  @IsOptional()
  @IsNumber()
  @Min(-2)
  @Max(2)
  presence_penalty?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INTEGER)
  max_tokens?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INTEGER)
  max_completion_tokens?: number;

  @IsOptional()
  @IsTextOrTexts(16)
  stop?: string | string[];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(128)
  n?: number;

  @IsOptional()
  @IsInt()
  @Min(-MAX_INTEGER)
  @Max(MAX_INTEGER)
  seed?: number;

  @IsOptional()
  @IsBoolean()
  logprobs?: boolean;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(20)
  top_logprobs?: number;

  @IsOptional()
  @IsBiasMap()
  logit_bias?: Record<string, number>;

  @IsOptional()
  @IsString()
  user?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1_024)
  @Type(() => ToolDto)
  @ValidateNested({ each: true })
  tools?: ToolDto[];

  @IsOptional()
  @IsOneOfOrObject(['none', 'auto', 'required'])
  tool_choice?: unknown;

  @IsOptional()
  @IsBoolean()
  parallel_tool_calls?: boolean;

  @IsOptional()
  @Type(() => ResponseFormatDto)
  @ValidateNested()
  response_format?: ResponseFormatDto;

  @IsOptional()
  @IsIn(EFFORTS)
  reasoning_effort?: string;

  @IsOptional()
  @Type(() => ReasoningDto)
  @ValidateNested()
  reasoning?: ReasoningDto;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  service_tier?: string;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  modalities?: string[];

  @IsOptional()
  @IsPlainObject()
  audio?: object;

  @IsOptional()
  @IsPlainObject()
  prediction?: object;

  @IsOptional()
  @IsBoolean()
  store?: boolean;

  @IsOptional()
  @IsTextMap()
  metadata?: Record<string, string>;

  @IsOptional()
  @IsBoolean()
  web_search?: boolean;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(16)
  plugins?: unknown[];

  @IsOptional()
  @IsBoolean()
  free_models_only?: boolean;

  @IsOptional()
  @IsBoolean()
  no_reasoning?: boolean;
}
