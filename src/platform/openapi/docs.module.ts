import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';

/** The documentation of the API at /docs. */
@Module({ controllers: [DocsController] })
export class DocsModule {}
