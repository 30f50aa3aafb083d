import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from '../project.mjs';

/** Below node_modules, where no other tool looks, and the packages are found. */
const output = path.join(root, 'node_modules/.cache', `openapi-${process.pid}`);

const pluginOptions = {
  introspectComments: true,
  classValidatorShim: false,
  esmCompatible: true,
  dtoFileNameSuffix: ['.dto.ts'],
  controllerFileNameSuffix: ['.controller.ts'],
};

/**
 * Compiles `src` once more, with the plugin of @nestjs/swagger, which writes what it reads of types and comments into
 * the DTO classes. The programs that run have none of it. Types are not checked here: the build does that.
 *
 * @returns {Promise<{directory: string, remove: () => void}>} where the compiled modules are
 */
export async function compileWithPlugin() {
  const { before } = await import('@nestjs/swagger/plugin');
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.build.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(fileNames, {
    ...options,
    outDir: output,
    noEmit: false,
    sourceMap: false,
  });
  mkdirSync(output, { recursive: true });
  // A package scope of its own: modules below node_modules do not see that of the checkout.
  writeFileSync(path.join(output, 'package.json'), '{"type":"module"}');
  program.emit(undefined, undefined, undefined, false, {
    before: [before(pluginOptions, program)],
  });
  return { directory: output, remove: () => rmSync(output, { recursive: true, force: true }) };
}
