import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsString,
  Matches,
} from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';
import { CUSTOM_PROTOCOLS, type CustomProtocol } from './custom-provider.js';

const LONGEST_NAME = 200;
const LONGEST_URL = 2_048;
const MOST_MODELS = 500;
const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SLUG_RULE = { message: 'slug must be 1 to 63 small letters, digits and hyphens' };

/** A provider that speaks one of the known dialects. */
export class CreateCustomProviderDto {
  /** How clients pin it: `<slug>/<model>`. Never that of a provider that is there already. */
  @IsString()
  @Matches(SLUG, SLUG_RULE)
  slug: string;

  @IsString()
  @IsPlainText(LONGEST_NAME)
  name: string;

  @IsIn(CUSTOM_PROTOCOLS)
  protocol: CustomProtocol;

  /** What paths such as /chat/completions are appended to. It cannot be changed later. */
  @IsString()
  @IsPlainText(LONGEST_URL)
  base_url: string;

  /**
   * Its models: `id`; `prices` in USD per million tokens by meter (`input` and `output` at least), or `free: true`; if
   * they differ from what is assumed `name`, `upstream_model`, `context_window`, `max_output_tokens`, `capabilities`.
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_MODELS)
  @IsObject({ each: true })
  models: Record<string, unknown>[];
}

/** What changes of a provider; what is left out stays. */
export class UpdateCustomProviderDto {
  @MayBeAbsent()
  @IsString()
  @IsPlainText(LONGEST_NAME)
  name?: string;

  /** All of its models, in place of those that were there. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_MODELS)
  @IsObject({ each: true })
  models?: Record<string, unknown>[];
}

/** A provider that was added at run time. */
export class CustomProviderView {
  object: 'custom_provider';
  id: string;
  /** Null: an operator added it for all organizations. */
  organization_id: string | null;
  slug: string;
  name: string;
  protocol: string;
  base_url: string;
  models: Record<string, unknown>[];
  created_at: string;
  version: number;
}

/** A page of providers that were added at run time. */
export class CustomProviderList extends ListView {
  data: CustomProviderView[];
}

/** A model that the provider tells of. */
export class DiscoveredModelView {
  object: 'discovered_model';
  /** The provider's own name of it. */
  id: string;
  /** Whether it is among the models that can be called. */
  is_declared: boolean;
}

/** All models that the provider tells of. */
export class DiscoveredModelList extends ListView {
  data: DiscoveredModelView[];
}
