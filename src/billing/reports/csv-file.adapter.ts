import type { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** A stream of CSV as a file to download; `name` is one of our own, without quotes. */
export function csvFile(csv: Readable, name: string): StreamableFile {
  return new StreamableFile(csv, {
    type: 'text/csv; charset=utf-8; header=present',
    disposition: `attachment; filename="${name}"`,
  });
}
