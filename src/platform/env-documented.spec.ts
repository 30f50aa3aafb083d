import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Environment } from './env.js';

const README = path.resolve(import.meta.dirname, '../../README.md');

/** Rows of the table of settings: each variable that the first cell names, with what the second says. */
function documentedSettings(): Map<string, string> {
  const [, section = ''] =
    /^## Configuration$([^]*?)^## /m.exec(readFileSync(README, 'utf8')) ?? [];
  const rows = [...section.matchAll(/^\| (`.+?) \| (.+?) \| .+ \|$/gm)];
  return new Map(
    rows.flatMap(([, names = '', standard = '']) =>
      [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => [name, standard] as const),
    ),
  );
}

function settings(): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Environment, '', false, false);
  return [
    ...new Set([...rules.map((rule) => rule.propertyName), ...Object.keys(new Environment())]),
  ];
}

describe('the table of settings in README.md', () => {
  const documented = documentedSettings();

  it('has every setting', () => {
    expect(settings().length).toBeGreaterThan(30);
    expect(settings().filter((name) => !documented.has(name))).toEqual([]);
  });

  it('says what holds where a setting is not made', () => {
    const defaults = Object.entries(new Environment()).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    const wrong = defaults.filter(
      ([name, value]) => !documented.get(name)?.includes(`\`${String(value)}\``),
    );
    expect(defaults.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });
});
