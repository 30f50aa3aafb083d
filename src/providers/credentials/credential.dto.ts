import {
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST_NAME = 200;
const LONGEST_URL = 2_048;
const LONGEST_ID = 64;
const PRIORITY_LIMIT = 1_000;

/** What a header can carry, or a key file in JSON, whose lines are no part of it. */
const SECRET = /^(?:[\x21-\x7e](?:[\x20-\x7e]{0,8190}[\x21-\x7e])?|\{[\x20-\x7e\t\r\n]{0,8190}\})$/;
const SECRET_RULE = {
  message:
    'secret must be 1 to 8192 printable ASCII characters without spaces around them, in one line unless it is JSON',
};

const STATUSES = ['active', 'disabled'] as const;
type Status = (typeof STATUSES)[number];

/** May be left out, but not null. */
const WhenGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** A new credential. */
export class CreateCredentialDto {
  /** Id or alias of the provider. */
  @IsString()
  @IsPlainText(LONGEST_ID)
  provider_id: string;

  @IsString()
  @IsPlainText(LONGEST_NAME)
  name: string;

  /** The provider's key. It is tried before it is saved, and never shown again. */
  @IsString()
  @Matches(SECRET, SECRET_RULE)
  secret: string;

  /** In place of the provider's own address. */
  @IsOptional()
  @IsString()
  @IsPlainText(LONGEST_URL)
  base_url?: string | null;

  /** What this provider wants beside the secret; others than it knows are refused. */
  @WhenGiven()
  @IsObject()
  settings?: Record<string, unknown>;

  /** Lower goes first; of the same, the older. */
  @WhenGiven()
  @IsInt()
  @Min(-PRIORITY_LIMIT)
  @Max(PRIORITY_LIMIT)
  priority?: number;

  @WhenGiven()
  @IsIn(STATUSES)
  status?: Status;
}

/** What changes of a credential; what is left out stays. */
export class UpdateCredentialDto {
  @WhenGiven()
  @IsString()
  @IsPlainText(LONGEST_NAME)
  name?: string;

  /** A new key. It is tried before it is saved. */
  @WhenGiven()
  @IsString()
  @Matches(SECRET, SECRET_RULE)
  secret?: string;

  /** Null: the provider's own address. Another address needs the secret again. */
  @IsOptional()
  @IsString()
  @IsPlainText(LONGEST_URL)
  base_url?: string | null;

  /** Takes the place of all settings there were. */
  @WhenGiven()
  @IsObject()
  settings?: Record<string, unknown>;

  @WhenGiven()
  @IsInt()
  @Min(-PRIORITY_LIMIT)
  @Max(PRIORITY_LIMIT)
  priority?: number;

  @WhenGiven()
  @IsIn(STATUSES)
  status?: Status;
}

/** Whether a secret is tried at its provider. */
export class VerifyQueryDto {
  /** `false` saves it untried; for operators. */
  @WhenGiven()
  @IsIn(['true', 'false'])
  verify?: 'true' | 'false';
}

/** Which credentials are listed. */
export class CredentialQueryDto extends PageQueryDto {
  /** Id or alias of a provider. */
  @IsOptional()
  @IsPlainText(LONGEST_ID)
  provider_id?: string;

  @IsOptional()
  @IsIn(STATUSES)
  status?: Status;
}

/** A credential, without its secret. */
export class CredentialView {
  object: 'provider_credential';
  id: string;

  /** Null: the platform's. */
  organization_id: string | null;
  provider_id: string;
  name: string;
  status: string;
  priority: number;

  /** Null: the provider's own address. */
  base_url: string | null;

  /** Scheme, host and port; the secret goes nowhere else. */
  origin: string;
  settings: Record<string, unknown>;

  /** The last four characters of the secret. */
  hint: string;

  /** When the provider last accepted it, ISO 8601; null: it was not tried. */
  verified_at: string | null;
  created_at: string;
  version: number;
}

/** A page of credentials. */
export class CredentialListView extends ListView {
  data: CredentialView[];
}
