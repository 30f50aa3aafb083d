/**
 * A file in `src` whose name has a kind (`.service`, `.controller`, …) may touch the world. One without
 * is pure: what it returns depends on its arguments alone.
 */
import { contentOf, lineAt, sourceFiles, withoutComments } from './files.mjs';

const kinds =
  /\.(controller|service|module|guard|filter|processor|client|writer|adapter|gateway)\.ts$/;
const exempt =
  /(^|\/)(main|worker|seed|rotate-keys|audit|reconcile|env|index)\.ts$|\.(dto|spec)\.ts$|^src\/sandbox\//;
const worldly =
  /^((node:)?(fs|http|https|http2|net|tls|dgram|dns|child_process|cluster|worker_threads)(\/|$)|(undici|pg|bullmq|ioredis|pino)(\/|$)|@nestjs\/|@prisma\/|.*\/generated\/prisma(\/|$))/;
const worldlyCalls = /\bprocess\.env\b|\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bfetch\(/g;

// An `import type` is gone once built; it touches nothing.
const imports = /\b(?:import|export)\s+(?!type\b)(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/g;

/** Imports and calls that a pure file may not have. */
export function checkPurity() {
  const errors = [];
  for (const file of sourceFiles('src', /\.ts$/)) {
    if (kinds.test(file) || exempt.test(file)) continue;
    const source = withoutComments(contentOf(file));
    for (const { index, 1: specifier } of source.matchAll(imports)) {
      if (worldly.test(specifier)) errors.push(`${at(file, source, index)} imports ${specifier}`);
    }
    for (const { index, 0: call } of source.matchAll(worldlyCalls)) {
      errors.push(`${at(file, source, index)} uses ${call}`);
    }
  }
  return { errors, warnings: [] };
}

function at(file, source, index) {
  return `${file}:${lineAt(source, index)}: a file without a kind in its name is pure, but this one`;
}
