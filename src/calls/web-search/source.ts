import type { FoundPage, SearchDomains } from '../../providers/index.js';
import { parsedUrl } from '../../core/parsed-url.js';

/** A page that was found, fit to be quoted: plain text in one line, bounded, its address a real one. */
export interface Source {
  /** http or https. */
  readonly url: string;
  readonly title: string;
  readonly text: string;
}

const MAX_URL = 2_048;
const MAX_TITLE = 200;
const MAX_TEXT = 1_500;
/** Tags take room of what is looked at. */
const LOOKED_AT = 4;

/**
 * Pages as sources, in their order; those of other domains, and without an address that a browser could open, are left
 * out.
 */
export function sourcesOf(
  pages: readonly FoundPage[],
  most: number,
  domains: SearchDomains,
): readonly Source[] {
  const sources: Source[] = [];
  for (const page of pages) {
    if (sources.length >= most) break;
    const url = addressOf(page.url);
    if (url === undefined || !isWanted(url, domains)) continue;
    if (sources.some((source) => source.url === url)) continue;
    const title = plain(page.title, MAX_TITLE);
    sources.push({ url, title: title === '' ? url : title, text: plain(page.text, MAX_TEXT) });
  }
  return sources;
}

function addressOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_URL || !parsedUrl(value)) return undefined;
  const { protocol, href, username, password } = new URL(value);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  if (!isWeb || username !== '' || password !== '' || href.length > MAX_URL) return undefined;
  // What a URL leaves as it is behind `#` could close a tag.
  return href.replace(/[<>"]/g, encodeURIComponent);
}

function isWanted(url: string, { allowed, blocked }: SearchDomains): boolean {
  const { hostname } = new URL(url);
  const isOf = (domain: string): boolean => {
    const wanted = domain.toLowerCase();
    return hostname === wanted || hostname.endsWith(`.${wanted}`);
  };
  return (allowed.length === 0 || allowed.some(isOf)) && !blocked.some(isOf);
}

/** Text without tags, control characters, and characters that nobody sees. */
function plain(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  return value
    .slice(0, most * LOOKED_AT)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\s]+/gu, ' ')
    .trim()
    .slice(0, most)
    .toWellFormed();
}
