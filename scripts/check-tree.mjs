/** The rules of ARCHITECTURE.md that no linter knows. Part of `npm run check`. */
import { checkDescribedFolders } from './check-tree/described-folders.mjs';
import { checkLockfile } from './check-tree/lockfile.mjs';
import { checkNotices } from './check-tree/notices.mjs';
import { checkProviderNames } from './check-tree/providers.mjs';
import { checkPurity } from './check-tree/purity.mjs';
import { checkNames, checkSizes } from './check-tree/sizes-and-names.mjs';

const rules = [
  ...[checkSizes, checkNames, checkPurity, checkProviderNames, checkLockfile],
  ...[checkNotices, checkDescribedFolders],
];
const results = rules.map((rule) => rule());

for (const warning of results.flatMap(({ warnings }) => warnings))
  console.log(`warning: ${warning}`);
const errors = results.flatMap((result) => result.errors);
for (const error of errors) console.log(`error: ${error}`);
if (errors.length > 0) process.exitCode = 1;
