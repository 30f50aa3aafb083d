import { open } from 'node:fs/promises';
import path from 'node:path';
import { Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';

/** Beside `src` and `dist` alike. */
const FOLDER = path.resolve(import.meta.dirname, '../../../docs');

/** The page loads nothing from elsewhere, also over plain HTTP, and nothing can be put into it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The OpenAPI document, as `npm run openapi` wrote it, and a page that shows it. Files are read when asked for. */
@Controller('docs')
export class DocsController {
  /** Shows the API to people. */
  @Get()
  @Header('content-security-policy', POLICY)
  page(): Promise<StreamableFile> {
    return fileOf('page/index.html', 'text/html; charset=utf-8');
  }

  /** The script of the page. */
  @Get('page.js')
  script(): Promise<StreamableFile> {
    return fileOf('page/page.js', 'text/javascript; charset=utf-8');
  }

  /** The style of the page. */
  @Get('page.css')
  style(): Promise<StreamableFile> {
    return fileOf('page/page.css', 'text/css; charset=utf-8');
  }

  /** The OpenAPI document of the gateway. */
  @Get('openapi.json')
  document(): Promise<StreamableFile> {
    return fileOf('openapi.json', 'application/json; charset=utf-8');
  }
}

/** @throws GatewayError route_not_found where the gateway was installed without its documentation */
async function fileOf(name: string, type: string): Promise<StreamableFile> {
  const file = await open(path.join(FOLDER, name)).catch((error: unknown) => {
    throw new GatewayError('route_not_found', { detail: String(error) });
  });
  return new StreamableFile(file.createReadStream(), { type });
}
