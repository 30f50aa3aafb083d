import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { decodeLine } from '../../src/billing/journal/journal-line.js';

interface Followed {
  readonly file: number;
  offset: number;
  torn: string;
}

/** Follows what is written to journals from now on, closely enough to stop a process between two of its steps. */
export class JournalWatch {
  /** Labels of the calls whose records were seen. */
  readonly opened = new Set<string>();
  readonly closed = new Set<string>();
  private readonly followed: readonly Followed[];

  constructor(journalRoot: string) {
    this.followed = newestSegments(journalRoot).map((name) => {
      const file = openSync(name, 'r');
      return { file, offset: fstatSync(file).size, torn: '' };
    });
  }

  /** Reads what has come since the last look. */
  look(): void {
    for (const one of this.followed) this.read(one);
  }

  close(): void {
    for (const { file } of this.followed) closeSync(file);
  }

  private read(one: Followed): void {
    const length = fstatSync(one.file).size - one.offset;
    if (length <= 0) return;
    const bytes = Buffer.alloc(length);
    one.offset += readSync(one.file, bytes, 0, length, one.offset);
    const lines = (one.torn + bytes.toString()).split('\n');
    one.torn = lines.pop() ?? '';
    for (const line of lines) this.note(line);
  }

  private note(line: string): void {
    const record = decodeLine(line)?.record;
    if (record?.type === 'open') this.opened.add(record.identity.source ?? '');
    if (record?.type === 'close') this.closed.add(record.identity.source ?? '');
  }
}

/** Of each writer the segment that it writes to. */
function newestSegments(journalRoot: string): string[] {
  const folders = readdirSync(journalRoot, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  );
  return folders.flatMap(({ name }) => {
    const folder = path.join(journalRoot, name);
    const segments = readdirSync(folder).filter((file) => file.endsWith('.journal'));
    const newest = segments.sort().at(-1);
    return newest === undefined ? [] : [path.join(folder, newest)];
  });
}
