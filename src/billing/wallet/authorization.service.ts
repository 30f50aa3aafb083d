import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { formatUsd, parseUsd, type PicoUsd } from '../../core/money.js';
import { DatabaseService } from '../../platform/database.service.js';
import { NotificationService } from '../../platform/notification.service.js';

/** How long after a close its charge may not yet be in the balance that Postgres gives, ms. */
const POSTING_WINDOW_MS = 3_000;

/** Money set aside for a call. It is given back by `release`, exactly once. */
export interface Hold {
  readonly amount: PicoUsd;
  /** The call is over and cost this much. */
  release(spent: PicoUsd): void;
}

interface Wallet {
  balance: PicoUsd;
  held: PicoUsd;
  /** Charges of this process that the balance may not hold yet. */
  unposted: { readonly at: number; readonly amount: PicoUsd }[];
  /** Their sum. */
  unpostedTotal: PicoUsd;
}

const NO_HOLD: Hold = { amount: 0n, release: () => undefined };

/**
 * Admits calls against the wallet, from memory: the balance less what this process has set aside and spent since.
 * A refusal always comes from Postgres.
 */
@Injectable()
export class AuthorizationService implements OnModuleInit {
  private readonly wallets = new Map<string, Wallet>();
  private readonly loading = new Map<string, Promise<Wallet>>();

  constructor(
    private readonly database: DatabaseService,
    private readonly notifications: NotificationService,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.notifications.listen(
      'osm_wallet',
      (organizationId) => void this.refresh(organizationId),
    );
    this.notifications.onGap(() => {
      for (const organizationId of this.wallets.keys()) void this.refresh(organizationId);
    });
  }

  /**
   * Sets `amount` aside.
   * @throws GatewayError insufficient_credits, ledger_unavailable
   */
  async authorize(organizationId: string, amount: PicoUsd): Promise<Hold> {
    if (amount === 0n) return NO_HOLD;
    const known = this.wallets.get(organizationId);
    const wallet = known && available(known) >= amount ? known : await this.load(organizationId);
    if (available(wallet) < amount) throw insufficient(available(wallet), amount);
    wallet.held += amount;
    let open = true;
    return {
      amount,
      release: (spent) => {
        if (!open) return;
        open = false;
        wallet.held -= amount;
        if (spent === 0n) return;
        wallet.unposted.push({ at: performance.now(), amount: spent });
        wallet.unpostedTotal += spent;
      },
    };
  }

  /** Calls that wait for the same wallet share one look. */
  private load(organizationId: string): Promise<Wallet> {
    const running = this.loading.get(organizationId);
    if (running) return running;
    const loading = this.read(organizationId).finally(() => this.loading.delete(organizationId));
    this.loading.set(organizationId, loading);
    return loading;
  }

  private async read(organizationId: string): Promise<Wallet> {
    const readAt = performance.now();
    let rows: { balance: string }[];
    try {
      ({ rows } = await this.database.pool.query<{ balance: string }>({
        name: 'wallet-balance',
        text: `SELECT (cap - spent)::text AS balance FROM quota
               WHERE scope = 'organization' AND scope_id = $1 AND kind = 'credit'`,
        values: [organizationId],
      }));
    } catch (error) {
      throw new GatewayError('ledger_unavailable', { detail: String(error), retryAfterSeconds: 1 });
    }
    const wallet = this.wallets.get(organizationId) ?? {
      balance: 0n,
      held: 0n,
      unposted: [],
      unpostedTotal: 0n,
    };
    wallet.balance = parseUsd(rows[0]?.balance ?? '0');
    wallet.unposted = wallet.unposted.filter(({ at }) => at > readAt - POSTING_WINDOW_MS);
    wallet.unpostedTotal = wallet.unposted.reduce((sum, { amount }) => sum + amount, 0n);
    this.wallets.set(organizationId, wallet);
    return wallet;
  }

  private async refresh(organizationId: string): Promise<void> {
    // A failure here is seen by the next call that has to ask.
    if (this.wallets.has(organizationId)) await this.load(organizationId).catch(() => undefined);
  }
}

function available(wallet: Wallet): PicoUsd {
  return wallet.balance - wallet.held - wallet.unpostedTotal;
}

function insufficient(left: PicoUsd, needed: PicoUsd): GatewayError {
  const balance = formatUsd(left < 0n ? 0n : left);
  return new GatewayError('insufficient_credits', {
    message: `The wallet of the organization has ${balance} USD left; this request may cost up to ${formatUsd(needed)} USD.`,
    shouldRetry: false,
  });
}
