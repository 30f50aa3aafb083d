import { invalidParameter } from '../../core/errors.js';
import { reportWindow, type ReportWindow } from './report-window.js';
import type { UsageFilterDto } from './usage-query.dto.js';

/** What the totals are kept by. */
export const DIMENSIONS = [
  'organization',
  'project',
  'api_key',
  'member',
  'provider',
  'model',
  'source',
] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** What a report can be grouped by; of tags, `ReportTerms.tagName` says which. */
export type ReportGroup = Dimension | 'tag' | 'day' | 'hour';

/** What a report is asked to add up. */
export interface ReportTerms {
  readonly window: ReportWindow;
  /** In this order. */
  readonly groups: readonly ReportGroup[];
  /** Whose days are meant. */
  readonly timeZone: string;
  /** What must be equal. */
  readonly filters: ReadonlyMap<Dimension, string>;
  /** The tag that it is about; undefined: about all calls. */
  readonly tagName: string | undefined;
  readonly tagValue: string | undefined;
}

/** Of all organizations where none is named. */
export type ReportQuery = UsageFilterDto & {
  readonly organization_id?: string;
  readonly group_by?: string[];
};

const TAG_PREFIX = 'tag:';

/**
 * What a query asks for; `now` is what the default window ends with.
 * @throws GatewayError invalid_parameter naming the field that cannot be, or cannot be together with the others
 */
export function reportTerms(query: ReportQuery, now: Date): ReportTerms {
  const names = query.group_by ?? [];
  const groups = names.map(toGroup);
  const filter = tagOf(query.tag);
  const grouped = tagNameOf(names);
  if (grouped !== undefined && filter && filter.name !== grouped)
    throw invalidParameter('tag', 'tag must be of the tag that group_by names.');
  const terms: ReportTerms = {
    window: reportWindow(query, now),
    groups,
    timeZone: query.time_zone ?? 'UTC',
    filters: filtersOf(query),
    tagName: grouped ?? filter?.name,
    tagValue: filter?.value,
  };
  requireTogether(terms, query);
  return terms;
}

/** Tags are totalled by organization and hour alone: a total of every combination would be as long as the log. */
function requireTogether({ groups, filters, tagName }: ReportTerms, query: ReportQuery): void {
  if (query.time_zone !== undefined && !groups.includes('day'))
    throw invalidParameter('time_zone', 'time_zone goes with group_by=day only.');
  if (tagName === undefined) return;
  const param = query.tag === undefined ? 'group_by' : 'tag';
  const others = [...groups, ...filters.keys()].filter(
    (name) => !['organization', 'tag', 'day', 'hour'].includes(name),
  );
  if (others.length > 0)
    throw invalidParameter(
      param,
      `Tags are totalled by organization, day and hour only, not by ${others.join(', ')}.`,
    );
}

function toGroup(name: string): ReportGroup {
  return name.startsWith(TAG_PREFIX) ? 'tag' : (name as ReportGroup);
}

/** Names of tags are those of headers, which have no case. */
function tagNameOf(names: readonly string[]): string | undefined {
  const [name, ...more] = names.filter((group) => group.startsWith(TAG_PREFIX));
  if (more.length > 0) throw invalidParameter('group_by', 'group_by takes one tag.');
  return name?.slice(TAG_PREFIX.length).toLowerCase();
}

function tagOf(tag: string | undefined): { name: string; value: string } | undefined {
  if (tag === undefined) return undefined;
  const colon = tag.indexOf(':');
  return { name: tag.slice(0, colon).toLowerCase(), value: tag.slice(colon + 1) };
}

function filtersOf(query: ReportQuery): ReadonlyMap<Dimension, string> {
  const filters = new Map<Dimension, string>();
  const add = (dimension: Dimension, value: string | undefined): void => {
    if (value !== undefined) filters.set(dimension, value);
  };
  add('organization', query.organization_id);
  add('project', query.project_id);
  add('api_key', query.api_key_id);
  add('member', query.member_id);
  add('provider', query.provider);
  add('model', query.model);
  add('source', query.source);
  return filters;
}
