import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { HealthService, type HealthReport } from './health.service.js';

@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** Whether the process runs at all. */
  @Get('live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Whether the process can serve, and if not, which part of it fails. */
  @Get(['', 'ready'])
  async ready(@Res({ passthrough: true }) response: Response): Promise<HealthReport> {
    const report = await this.health.check();
    response.status(report.status === 'ok' ? 200 : 503);
    return report;
  }
}
