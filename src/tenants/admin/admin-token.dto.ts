import { IsISO8601, IsOptional } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST_NAME = 100;

/** A new admin token. */
export class CreateAdminTokenDto {
  /** By which people tell it from others. */
  @IsPlainText(LONGEST_NAME)
  name: string;

  /** When it ends; null or absent: never. */
  @IsOptional()
  @IsISO8601({ strict: true })
  expires_at?: string | null;
}

/** The first operator's token, in exchange for a bootstrap token. */
export class BootstrapDto {
  @IsOptional()
  @IsPlainText(LONGEST_NAME)
  name?: string | null;
}

/** A key of the admin API. */
export class AdminTokenView {
  object: 'admin_token';
  id: string;
  /** Null: an operator's token. */
  organization_id: string | null;
  member_id: string | null;
  name: string;
  /** Its first characters. */
  prefix: string;
  created_at: string;
  expires_at: string | null;
}

export class NewAdminTokenView extends AdminTokenView {
  /** The token itself; this is the only time it is shown. */
  token: string;
}

export class AdminTokenList extends ListView {
  data: AdminTokenView[];
}
