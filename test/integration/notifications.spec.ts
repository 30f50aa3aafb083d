import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Environment } from '../../src/platform/env.js';
import { NotificationService } from '../../src/platform/notification.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connect, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let notifications: NotificationService;
let heard: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(() => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  notifications = new NotificationService(
    Object.assign(new Environment(), { DATABASE_URL: database.appUrl }),
  );
  heard = [];
});
afterEach(async () => {
  await notifications.onApplicationShutdown();
  jest.restoreAllMocks();
});

const notify = (channel: string, payload: string) =>
  rows.query('SELECT pg_notify($1, $2)', [channel, payload]);
const listen = (channel: string, name = channel) =>
  notifications.listen(channel, (payload) => heard.push(`${name}:${payload}`));
const breakConnection = () =>
  rows.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
  );

describe('notifications', () => {
  it('reach every listener of their channel, in order, and no other', async () => {
    await Promise.all([listen('a', 'first'), listen('a', 'second'), listen('b')]);
    for (const payload of ['1', '2', '']) await notify('a', payload);
    await notify('c', 'x');
    await notify('b', 'end');
    await until(() => heard.includes('b:end'));
    expect(heard).toEqual([
      'first:1',
      'second:1',
      'first:2',
      'second:2',
      'first:',
      'second:',
      'b:end',
    ]);
  });

  it('come again after the connection was lost, and the gap is told before and after', async () => {
    await listen('a');
    let gaps = 0;
    notifications.onGap(() => gaps++);
    await breakConnection();
    await until(() => gaps === 1, 'the gap');
    await notify('a', 'missed');
    await until(() => gaps === 2, 'the reconnection');
    await notify('a', 'again');
    await until(() => heard.includes('a:again'));
    expect(heard).toEqual(['a:again']);
    await breakConnection();
    await until(() => gaps === 4, 'a second reconnection');
    await notify('a', 'still');
    await until(() => heard.includes('a:still'));
  });

  it('a channel that is listened to later is listened to after a reconnection too', async () => {
    await listen('a');
    await listen('late');
    let gaps = 0;
    notifications.onGap(() => gaps++);
    await breakConnection();
    await until(() => gaps === 2);
    await notify('late', '1');
    await until(() => heard.includes('late:1'));
  });

  it('end at shutdown, without a gap', async () => {
    await listen('a');
    let gaps = 0;
    notifications.onGap(() => gaps++);
    await notifications.onApplicationShutdown();
    const open = await rows.query(
      `SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    );
    expect(open).toEqual([]);
    expect(gaps).toBe(0); // Whoever connects again tells of a gap first.
  });
});
