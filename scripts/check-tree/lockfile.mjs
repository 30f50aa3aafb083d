import { contentOf } from './files.mjs';

/** The lock file names no host, so that it serves behind any mirror, and has a digest for all it names. */
export function checkLockfile() {
  const errors = [];
  const { packages } = JSON.parse(contentOf('package-lock.json'));
  for (const [name, entry] of Object.entries(packages)) {
    if (name === '' || entry.link) continue;
    if (entry.resolved)
      errors.push(`package-lock.json: ${name} names the address ${entry.resolved}`);
    // What a package brings along inside itself has the digest of that package.
    if (!entry.integrity && !entry.inBundle)
      errors.push(`package-lock.json: ${name} has no integrity`);
  }
  return { errors, warnings: [] };
}
