import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';
import { parseRangeList } from '../core/address-ranges.js';
import { IsStrongSecret } from './validation/strong-secret.validator.js';

const ADDRESS = /^https?:\/\/\S*[^/\s]$/;
const NO_ADDRESS = 'must begin with https:// or http:// and end without a slash';

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

  /** The address that it listens on. */
  @IsString()
  HOST = '127.0.0.1';

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 4000;

  /** Where journals are kept. */
  @IsString()
  DATA_DIR = '.data';

  /** Seconds that a posted journal is kept and can be posted again; 900 where the database has an asynchronous standby. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  JOURNAL_REPLAY_SECONDS = 0;

  /** Keys that encrypt stored secrets, `id:base64`, the current one first. Unset: made in DATA_DIR, not in production. */
  @IsOptional()
  @IsString()
  KEY_ENCRYPTION_KEYS?: string;

  /** Proxies whose X-Forwarded-For counts: addresses and CIDR ranges, separated by commas. */
  @ValidateBy({
    name: 'isRangeList',
    validator: {
      validate: (value: string) => parseRangeList(value) !== undefined,
      defaultMessage: () => 'TRUSTED_PROXIES must be addresses or CIDR ranges, separated by commas',
    },
  })
  TRUSTED_PROXIES = '';

  /** An operator's token of the admin API that is not in the database. */
  @IsOptional()
  @IsStrongSecret()
  ADMIN_TOKEN?: string;

  /** Whether providers may be on loopback and private addresses. */
  @IsIn(['true', 'false'])
  ALLOW_PRIVATE_UPSTREAMS = 'false';

  /** Who sends it as a bearer token may read /metrics from another machine. */
  @IsOptional()
  @IsString()
  @MinLength(16)
  METRICS_TOKEN?: string;

  /** Keys of administrators, for the providers' own reports of what they bill. Unset: nobody asks for them. */
  @IsOptional()
  @IsString()
  OPENAI_ADMIN_KEY?: string;

  @IsOptional()
  @IsString()
  ANTHROPIC_ADMIN_KEY?: string;

  /** Where those reports are asked for, without a trailing slash. */
  @Matches(ADDRESS, { message: `OPENAI_ADMIN_BASE_URL ${NO_ADDRESS}` })
  OPENAI_ADMIN_BASE_URL = 'https://api.openai.com/v1';

  @Matches(ADDRESS, { message: `ANTHROPIC_ADMIN_BASE_URL ${NO_ADDRESS}` })
  ANTHROPIC_ADMIN_BASE_URL = 'https://api.anthropic.com/v1';

  /** Where IBM Cloud gives access tokens for API keys, without a trailing slash. */
  @Matches(ADDRESS, { message: `WATSONX_AI_AUTH_URL ${NO_ADDRESS}` })
  WATSONX_AI_AUTH_URL = 'https://iam.cloud.ibm.com';

  /** Where Microsoft Entra ID gives access tokens for secrets of applications. */
  @Matches(/^https?:\/\/[^\s/]+\/?$/, {
    message: 'AZURE_AUTHORITY_HOST must be https:// and a host',
  })
  AZURE_AUTHORITY_HOST = 'https://login.microsoftonline.com';

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

  /** Milliseconds that a client may take no byte of what it is sent. */
  @Type(() => Number)
  @IsInt()
  @Min(100)
  CLIENT_STALL_TIMEOUT_MS = 30_000;

  /** Connections of clients that this process holds; more are closed as they come. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  MAX_CONNECTIONS = 10_000;

  /** Milliseconds until a connection to a provider is there. */
  @Type(() => Number)
  @IsInt()
  @Min(10)
  UPSTREAM_CONNECT_TIMEOUT_MS = 3_000;

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

  /** Off: a target that keeps failing is asked as ever. */
  @IsIn(['on', 'off'])
  TARGET_EJECTION = 'on';

  /** Calls that this process runs at one provider, and for one organization, at the same time. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  MAX_CALLS_PER_PROVIDER = 4_096;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  MAX_CALLS_PER_ORGANIZATION = 256;

  /** Answers that this process reads to their end for clients that have left, and for how many milliseconds each. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  MAX_CLIENT_DRAINS = 32;

  @Type(() => Number)
  @IsInt()
  @Min(1)
  CLIENT_DRAIN_TIMEOUT_MS = 30_000;

  /** Milliseconds that the event loop may be late, p99 over a second, before calls are turned away. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  MAX_EVENT_LOOP_DELAY_MS = 70;

  /** Milliseconds in which a process that stops still takes calls. Unset: 5,000 in production, else none. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  SHUTDOWN_GRACE_MS: number;

  /** Milliseconds that running calls get at shutdown, the grace included. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  DRAIN_TIMEOUT_MS = 120_000;

  /** Milliseconds that a search of the request log may take. */
  @Type(() => Number)
  @IsInt()
  @Min(10)
  SEARCH_TIMEOUT_MS = 5_000;

  /** Output tokens assumed for a hold where neither the request nor the offer bounds them. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  DEFAULT_MAX_OUTPUT_TOKENS = 16_384;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL = 'info';
}
