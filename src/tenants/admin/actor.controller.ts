import { Controller, Get, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { actorView } from './actor-view.js';
import { ActorView } from './actor.dto.js';
import { Caller } from './admin-request.adapter.js';
import { AdminGuard } from './admin.guard.js';

@Controller('admin/v1/me')
@UseGuards(AdminGuard)
export class ActorController {
  /** Tells whose token or key was sent. */
  @Get()
  read(@Caller() caller: AdminRequest): ActorView {
    return actorView(caller.actor);
  }
}
