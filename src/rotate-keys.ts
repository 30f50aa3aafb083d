import 'reflect-metadata';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { PlatformModule } from './platform/platform.module.js';
import { runProgram, withServices } from './platform/program.adapter.js';
import { SecretRotationService } from './platform/secrets/secret-rotation.service.js';
import { SealedRowsService } from './platform/secrets/sealed-rows.service.js';
import { SecretBoxService } from './platform/secrets/secret-box.service.js';

const DONE =
  'done: every other key can be taken out of KEY_ENCRYPTION_KEYS once all processes have this one.';
const NOT_DONE =
  'not done: put the missing keys back, or restart the processes that still write with an older key; then run this again.';

@Module({ imports: [PlatformModule], providers: [SecretRotationService, SealedRowsService] })
class RotationModule {}

await runProgram('rotate-keys', () =>
  withServices(RotationModule, ['error', 'warn', 'fatal'], rotate),
);

/** Exit status 0 when no stored secret needs an older key any more. */
async function rotate(app: INestApplicationContext): Promise<number> {
  const current = app.get(SecretBoxService).currentKeyId;
  console.log(`[rotate-keys] the current key is ${current}`);
  const tables = await app
    .get(SecretRotationService)
    .rotate((table, rewrapped) => console.log(`[rotate-keys] ${table}: ${rewrapped} so far`));
  for (const { table, rewrapped, left } of tables) {
    console.log(`[rotate-keys] ${table}: ${rewrapped} rows wrapped anew`);
    for (const { keyId, rows } of left)
      console.log(`[rotate-keys] ${table}: ${rows} rows still need the key ${keyId}`);
  }
  const isDone = tables.every(({ left }) => left.length === 0);
  console.log(`[rotate-keys] ${isDone ? DONE : NOT_DONE}`);
  return isDone ? 0 : 1;
}
