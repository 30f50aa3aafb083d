import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { DatabaseService } from '../../platform/database.service.js';
import { hashKey, isWellFormedKey } from '../keys/key-format.js';

/** Who uses the admin API. */
export interface Operator {
  readonly adminTokenId: string;
}

const INCORRECT = 'Incorrect admin token. Admin tokens start with "osmadm_".';

/** Admin tokens are looked up on every use: the admin API is no hot path, and a revoked token is refused at once. */
@Injectable()
export class AdminTokenService {
  constructor(private readonly database: DatabaseService) {}

  /** @throws GatewayError invalid_api_key */
  async authenticate(token: string | undefined): Promise<Operator> {
    if (token === undefined || !isWellFormedKey(token, 'osmadm_')) {
      throw new GatewayError('invalid_api_key', { message: INCORRECT });
    }
    const { rows } = await this.database.pool.query<{ id: string }>({
      name: 'admin-token',
      text: 'SELECT id FROM admin_token WHERE hash = $1 AND revoked_at IS NULL',
      values: [hashKey(token)],
    });
    const [row] = rows;
    if (!row) throw new GatewayError('invalid_api_key', { message: INCORRECT });
    return { adminTokenId: row.id };
  }
}
