import { describe, expect, it } from '@jest/globals';
import { compileValidator } from './compiled-validator.js';
import { IsId } from './id.validator.js';
import { IsPlainText } from './plain-text.validator.js';

class Example {
  @IsPlainText(5)
  name: string;

  @IsId()
  id: string;

  @IsId('project')
  project_id: string;
}

const check = compileValidator(Example);
const good = { name: 'Name', id: 'org_1', project_id: 'prj_01M80MZYDMKP0182Q90111P1GC' };

describe('IsPlainText', () => {
  it.each(['a', 'Zoë', '日本語', ' a b ', '=1+1', '😀a'])('takes %j', (name) => {
    expect(check({ ...good, name })).toBeUndefined();
  });

  it.each([
    ...['', '   ', 'abcdef', 'a\nb', 'a\r', 'a\tb', 'a\0', 'a\u007f', 'a\u0085', 'a\u2028'],
    ...['a\ud800', undefined, null, 5, ['a'], {}],
  ])('refuses %j', (name) => {
    expect(check({ ...good, name })).toMatchObject({ path: 'name' });
  });
});

describe('IsId', () => {
  it.each(['org_1', 'tx_osm_01M80MZYDMKP0182Q90111P1GC', 'key_osm_AbCd1234'])('takes %j', (id) => {
    expect(check({ ...good, id })).toBeUndefined();
  });

  it.each([
    ...['', 'org', 'org_', 'ORG_1', "org_1' OR 1=1", 'org_1\n', 'org_é', '../org_1', 'org_%'],
    ...[`org_${'1'.repeat(100)}`, undefined, null, 1, ['org_1'], { toString: () => 'org_1' }],
  ])('refuses %j', (id) => {
    expect(check({ ...good, id })).toMatchObject({ path: 'id' });
  });

  it('asks for a kind where one is named', () => {
    expect(check({ ...good, project_id: 'org_1' })).toMatchObject({
      path: 'project_id',
      message: expect.stringContaining('prj_'),
    });
  });
});
