import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

const root = path.resolve(import.meta.dirname, '../..');
/** Texts so long that they are not simply counted a token a byte. */
const LENGTH = 1_500;

export const WORDS = (
  'the of and to in is that for it as was with be by on not he his but at are this have from or had an they which ' +
  'one you were all her she there would their we him been has when who will no more if out so up said what about ' +
  'request answer provider organization ledger balance completion transaction unnecessarily'
).split(' ');
export const GERMAN =
  'Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.';
const SENTENCES = [
  GERMAN,
  'Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto.',
  'Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler.',
  'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью.',
  'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.',
  'يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميراً.',
  'כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.',
  'सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।',
  'มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ',
  '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。',
  'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。',
  '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.',
];

/** Files of this project as samples of code, JSON, SQL and prose. */
export const FILES = [
  'ARCHITECTURE.md',
  'package.json',
  'prisma/migrations/20261122000100_ledger/migration.sql',
  'prisma/catalogue/models/openai.json',
  'src/calls/call.service.ts',
  'scripts/test.mjs',
  'test/support/lease-story.ts',
].map((name) => readFileSync(path.join(root, name), 'utf8'));

/** Pieces that are put together until a text is long enough. */
const joined = (piece: fc.Arbitrary<string>, separator: string): fc.Arbitrary<string> =>
  fc
    .array(piece, { minLength: 50, maxLength: 90 })
    .map((pieces) => pieces.join(separator))
    .map((text) => text.repeat(Math.ceil(LENGTH / Math.max(1, text.length))).slice(0, LENGTH));

const bytes = fc.uint8Array({ minLength: 30, maxLength: 90 }).map((array) => Buffer.from(array));

const characters = (from: number, to: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc.integer({ min: from, max: to }).map((code) => String.fromCodePoint(code)),
      { minLength: 3, maxLength: 12 },
    )
    .map((all) => all.join(''));

/** What people and programs write. */
export const NATURAL: Record<string, fc.Arbitrary<string>> = {
  english: joined(fc.constantFrom(...WORDS), ' '),
  'other languages': joined(fc.constantFrom(...SENTENCES), ' '),
  files: fc
    .tuple(fc.constantFrom(...FILES), fc.nat(2_000))
    .map(([file, from]) => file.slice(from % Math.max(1, file.length - LENGTH)).slice(0, LENGTH)),
  tools: joined(
    fc
      .record({
        name: fc.constantFrom(...WORDS),
        description: fc.constantFrom(...SENTENCES, ...WORDS),
        parameters: fc.dictionary(fc.constantFrom(...WORDS), fc.constantFrom('string', 'number')),
      })
      .map((tool) => JSON.stringify({ type: 'function', function: tool })),
    ',',
  ),
};

/** What no tokenizer was made for. */
export const ODD: Record<string, fc.Arbitrary<string>> = {
  base64: joined(
    bytes.map((buffer) => buffer.toString('base64')),
    '\n',
  ),
  hexadecimal: joined(
    bytes.map((buffer) => buffer.toString('hex')),
    '\n',
  ),
  ids: joined(fc.uuid(), ','),
  numbers: joined(fc.double().map(String), ' '),
  'random letters': joined(characters(0x61, 0x7a), ' '),
  ascii: joined(characters(0x20, 0x7e), '\n'),
  cjk: joined(characters(0x4e00, 0x9fa5), '\n'),
  hangul: joined(characters(0xac00, 0xd7a3), ' '),
  cyrillic: joined(characters(0x410, 0x44f), ' '),
  emoji: joined(characters(0x1f300, 0x1f64f), '\n'),
  json: joined(fc.json(), '\n'),
};
