import { Injectable } from '@nestjs/common';
import {
  SealedRowsService,
  type RewrappedRow,
  type SealedTable,
  type WrappedRow,
} from './sealed-rows.service.js';
import { SecretBoxService } from './secret-box.service.js';

const PAGE = 500;

/** What a rotation did to one table. */
export interface RotatedTable {
  readonly table: string;
  /** Rows whose data key is now wrapped with the current key-encryption key. */
  readonly rewrapped: number;
  /** Rows that still need another key-encryption key, by its id. */
  readonly left: readonly { readonly keyId: string; readonly rows: number }[];
}

/**
 * Wraps every data key with the current key-encryption key. Secrets stay encrypted as they are, so calls go on
 * meanwhile; a row that changes at the same moment is left to its new state. It may be stopped and run again at any
 * time.
 */
@Injectable()
export class SecretRotationService {
  constructor(
    private readonly rows: SealedRowsService,
    private readonly secrets: SecretBoxService,
  ) {}

  /** @param onProgress is told after every few hundred rows how many of a table were done */
  async rotate(
    onProgress: (table: string, rewrapped: number) => void = () => undefined,
  ): Promise<readonly RotatedTable[]> {
    const current = this.secrets.currentKeyId;
    const rotated: RotatedTable[] = [];
    for (const table of this.rows.tables) {
      const rewrapped = await this.rotateTable(table, current, (done) =>
        onProgress(table.name, done),
      );
      rotated.push({ table: table.name, rewrapped, left: await table.left(current) });
    }
    return rotated;
  }

  private async rotateTable(
    table: SealedTable,
    current: string,
    onProgress: (rewrapped: number) => void,
  ): Promise<number> {
    let rewrapped = 0;
    let last: WrappedRow | undefined;
    for (;;) {
      const page = await table.page(current, last, PAGE);
      last = page.at(-1);
      if (!last) return rewrapped;
      const anew = page.flatMap((row) => this.rewrap(row));
      if (anew.length > 0) rewrapped += await table.replace(current, anew);
      onProgress(rewrapped);
    }
  }

  /** A row whose key-encryption key is not known stays as it is; it is counted among those that are left. */
  private rewrap(row: WrappedRow): RewrappedRow[] {
    const wrappedKey = new Uint8Array(Buffer.from(row.wrappedKey, 'base64'));
    try {
      const anew = this.secrets.rewrap({ keyId: row.keyId, wrappedKey });
      if (!anew) return [];
      return [{ ...row, newWrappedKey: Buffer.from(anew.wrappedKey).toString('base64') }];
    } catch {
      return [];
    }
  }
}
