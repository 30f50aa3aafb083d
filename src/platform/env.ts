import { plainToInstance, Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';

/** The settings of a process, read once from the environment. Unset means the default below. */
export class Environment {
  @IsIn(['development', 'test', 'production'])
  NODE_ENV = 'development';

  @IsString()
  @Matches(/^postgres(ql)?:\/\//, {
    message: 'DATABASE_URL must start with postgres:// or postgresql://',
  })
  DATABASE_URL: string;

  @IsOptional()
  @Matches(/^rediss?:\/\//, { message: 'REDIS_URL must start with redis:// or rediss://' })
  REDIS_URL?: string;

  /** Unset: loopback, in production every address. */
  @IsString()
  HOST: string;

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 4000;

  /** Where journals are kept. */
  @IsString()
  DATA_DIR = '.data';

  /** Whether providers may be on loopback and private addresses. */
  @IsIn(['true', 'false'])
  ALLOW_PRIVATE_UPSTREAMS = 'false';

  /** Who sends it as a bearer token may read /metrics from another machine. */
  @IsOptional()
  @IsString()
  @MinLength(16)
  METRICS_TOKEN?: string;

  /** Off: hot routes go through Express and Nest like all others. */
  @IsIn(['on', 'off'])
  HOT_LANE = 'on';

  @IsOptional()
  @IsString()
  SANDBOX_BASE_URL?: string;

  /** Body of a chat request, bytes. */
  @Type(() => Number)
  @IsInt()
  @Min(1_024)
  MAX_BODY_BYTES = 20 * 1024 * 1024;

  /** Milliseconds until a request body must have arrived. */
  @Type(() => Number)
  @IsInt()
  @Min(100)
  BODY_TIMEOUT_MS = 60_000;

  /** Milliseconds until a stream's response headers, until its first content, and between two pieces of it. */
  @Type(() => Number)
  @IsInt()
  @Min(10)
  UPSTREAM_HEADERS_TIMEOUT_MS = 30_000;

  @Type(() => Number)
  @IsInt()
  @Min(10)
  UPSTREAM_FIRST_TOKEN_TIMEOUT_MS = 60_000;

  @Type(() => Number)
  @IsInt()
  @Min(10)
  UPSTREAM_IDLE_TIMEOUT_MS = 60_000;

  /** Milliseconds that a call may take in all, its fallbacks included. */
  @Type(() => Number)
  @IsInt()
  @Min(100)
  CALL_TIMEOUT_MS = 600_000;

  /** Milliseconds without content after which a stream carries a comment to keep the connection open. */
  @Type(() => Number)
  @IsInt()
  @Min(10)
  PING_INTERVAL_MS = 15_000;

  /** Milliseconds that running calls get at shutdown. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  DRAIN_TIMEOUT_MS = 120_000;

  /** Output tokens assumed for a hold where neither the request nor the offer bounds them. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  DEFAULT_MAX_OUTPUT_TOKENS = 16_384;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL = 'info';
}

/** @throws Error that lists every setting that is wrong, one a line. */
export function readEnvironment(source: NodeJS.ProcessEnv): Environment {
  const present = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  present['HOST'] ??= source['NODE_ENV'] === 'production' ? '0.0.0.0' : '127.0.0.1';
  const environment = plainToInstance(Environment, present, {
    exposeDefaultValues: true,
  });
  const problems = validateSync(environment, { skipMissingProperties: false });
  if (problems.length > 0) {
    const lines = problems.map(
      (problem) => `  ${problem.property}: ${Object.values(problem.constraints ?? {}).join('; ')}`,
    );
    throw new Error(`The environment is not valid:\n${lines.join('\n')}`);
  }
  return environment;
}
